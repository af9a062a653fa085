#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "lsp/transport/connection.h"

namespace belay::lsp {

/// A connection to a client in the same process. The thread that calls `next`, and hands messages
/// to the server, is the main thread.
class MemoryConnection : public Outbox, public MainThread {
 public:
  using Outbox::send;
  void send(std::string body, std::string subject) override;
  void post(std::function<void()> task) override;
  void stop() override { stopped_ = true; }

  /// The next body that the server sends; none where nothing comes in time. Runs what is posted
  /// meanwhile.
  std::optional<std::string> next(std::chrono::milliseconds patience);
  bool stopped() const { return stopped_; }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> sent_;             // guarded by mutex_
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  std::atomic<bool> stopped_ = false;
};

}  // namespace belay::lsp

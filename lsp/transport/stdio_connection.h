#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lsp/transport/connection.h"

namespace belay::lsp {

/// A connection over two file descriptors, pipes or sockets as a rule. The thread that calls `run`
/// is the main thread; it waits for input, for room to write, and for posted tasks, and is never
/// kept by a client that does not read.
class StdioConnection : public Outbox, public MainThread {
 public:
  /// Does not own the descriptors, but makes them non-blocking while it is there.
  StdioConnection(int input, int output);
  ~StdioConnection() override;

  /// Hands what arrives to `receiver` until `stop`, or until the other side is gone.
  void run(Receiver& receiver);

  using Outbox::send;
  void send(std::string body, std::string subject) override;
  void post(std::function<void()> task) override;
  void stop() override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace belay::lsp

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <belay/progress.h>

#include "lsp/transport/dispatcher.h"

namespace belay::lsp {

/// The progress of one piece of work as the client shows it. Does nothing where the client does not
/// want it. Used on the main thread, through a shared_ptr, since the client's consent comes later.
class WorkDoneProgress : public std::enable_shared_from_this<WorkDoneProgress> {
 public:
  explicit WorkDoneProgress(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  /// Under the token that came with the request, which the client waits for, or, without one, under
  /// a token of our own where `may_create` says that the client knows such, once it has agreed.
  void start(const std::string& token, bool may_create, std::string title);
  void report(std::string_view message, std::optional<uint32_t> percentage);
  /// Nothing is reported any more.
  void end(std::string_view message);

  /// A JSON text.
  const std::string& token() const { return token_; }

 private:
  void begin_with(std::string token, std::string_view title);
  void create(std::string token, std::string title);
  void send(std::string_view params) { dispatcher_.notify("$/progress", params); }

  Dispatcher& dispatcher_;
  std::string token_;
  bool begun_ = false;
  bool ended_ = false;
};

/// Hands a command's progress on to the main thread: what is new at once, counts no more often than
/// a person can see. Called on the command's thread.
runtime::ProgressCallback progress_to(MainThread& main, std::weak_ptr<WorkDoneProgress> progress);

}  // namespace belay::lsp

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/transport/dispatcher.h"

namespace belay::lsp {

/// The progress of one piece of work as the client shows it. Does nothing where the client does not
/// want it. Used on the main thread, through a shared_ptr, since the client's consent comes later.
class WorkDoneProgress : public std::enable_shared_from_this<WorkDoneProgress> {
 public:
  explicit WorkDoneProgress(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  /// Under the token that came with the request: the client waits for it.
  void begin_with(std::string token, std::string_view title);
  /// Under a token of our own, once the client has agreed.
  void create(std::string token, std::string title);
  void report(std::string_view message, std::optional<uint32_t> percentage);
  /// Nothing is reported any more.
  void end(std::string_view message);

  /// A JSON text.
  const std::string& token() const { return token_; }

 private:
  void send(std::string_view params) { dispatcher_.notify("$/progress", params); }

  Dispatcher& dispatcher_;
  std::string token_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace belay::lsp

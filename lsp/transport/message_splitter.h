#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace belay::lsp {

struct SplitterOptions {
  /// The largest body that is taken in. A document of 64 MB, the largest that is analysed, still
  /// fits with every character escaped; what is larger is passed over without being kept.
  uint64_t max_body_bytes = uint64_t{256} << 20U;
  /// Headers have two lines of some thirty bytes. What goes on for so long without an end is none.
  size_t max_header_bytes = size_t{16} << 10U;
};

/// Cuts a stream of bytes into the bodies of the base protocol's messages. Pure: bytes are fed in
/// as they come, messages are taken out. Understands line ends without CR and any header beside
/// `Content-Length`, and finds its way back after one that it cannot read.
class MessageSplitter {
 public:
  enum class Event : uint8_t {
    kNeedMore,         ///< nothing until more is fed
    kMessage,          ///< `body()` is a message, until the next call
    kMalformedHeader,  ///< a header without a usable length was passed over
    kTooLarge,         ///< a body over the limit is being passed over
  };

  explicit MessageSplitter(SplitterOptions options = {}) : options_(options) {}

  void feed(std::string_view bytes);
  Event next();
  std::string_view body() const { return std::string_view(buffer_).substr(body_at_, body_bytes_); }

  /// Whether the stream may end here: nothing of a message has come.
  bool between_messages() const { return state_ == State::kHeader && at_ == buffer_.size(); }

 private:
  enum class State : uint8_t { kHeader, kBody, kPassingOver };

  Event read_header();
  void drop_consumed();

  SplitterOptions options_;
  std::string buffer_;
  size_t at_ = 0;  ///< what stands before it is consumed
  State state_ = State::kHeader;
  uint64_t wanted_ = 0;  ///< bytes of the body that is being read or passed over
  size_t body_at_ = 0;
  size_t body_bytes_ = 0;
};

}  // namespace belay::lsp

#include "lsp/transport/message_splitter.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "support/ascii.h"

namespace belay::lsp {
namespace {

constexpr std::string_view kLengthHeader = "content-length:";

/// Where the name of the length's header begins in a line; after a body that was announced too
/// short, the rest of it stands before the name on the same line.
size_t find_length_header(std::string_view line) {
  if (line.size() < kLengthHeader.size()) return std::string_view::npos;
  for (size_t i = line.size() - kLengthHeader.size() + 1; i-- > 0;) {
    if (ascii::equal_ignoring_case(line.substr(i, kLengthHeader.size()), kLengthHeader)) return i;
  }
  return std::string_view::npos;
}

std::optional<uint64_t> read_length(std::string_view value) {
  value = ascii::trim(value);
  uint64_t out = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (error != std::errc{} || end != value.data() + value.size() || value.empty()) {
    return std::nullopt;
  }
  return out;
}

}  // namespace

void MessageSplitter::drop_consumed() {
  // Moving the rest to the front for every small message would cost more than it frees.
  constexpr size_t kWorthMoving = size_t{1} << 16U;
  if (at_ == buffer_.size()) {
    buffer_.clear();
  } else if (at_ >= kWorthMoving || at_ > buffer_.size() / 2) {
    buffer_.erase(0, at_);
  } else {
    return;
  }
  // A body of some megabytes must not be paid for ever after.
  if (buffer_.empty() && buffer_.capacity() > kWorthMoving) buffer_.shrink_to_fit();
  at_ = 0;
}

void MessageSplitter::feed(std::string_view bytes) {
  body_bytes_ = 0;
  if (state_ == State::kPassingOver && at_ == buffer_.size()) {
    const auto passed = static_cast<size_t>(std::min<uint64_t>(wanted_, bytes.size()));
    wanted_ -= passed;
    bytes.remove_prefix(passed);
  }
  drop_consumed();
  buffer_.append(bytes);
}

MessageSplitter::Event MessageSplitter::read_header() {
  bool any_line = false;
  std::optional<uint64_t> length;
  size_t line_begin = at_;
  while (true) {
    const size_t newline = buffer_.find('\n', line_begin);
    if (newline == std::string::npos) {
      if (buffer_.size() - at_ <= options_.max_header_bytes) return Event::kNeedMore;
      at_ = buffer_.size();
      return Event::kMalformedHeader;
    }
    std::string_view line = std::string_view(buffer_).substr(line_begin, newline - line_begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line_begin = newline + 1;
    if (line.empty()) {
      at_ = line_begin;
      if (!any_line) continue;  // empty lines between messages
      break;
    }
    any_line = true;
    const size_t header = find_length_header(line);
    if (header != std::string_view::npos) {
      length = read_length(line.substr(header + kLengthHeader.size()));
    }
  }
  if (!length) return Event::kMalformedHeader;
  wanted_ = *length;
  state_ = wanted_ > options_.max_body_bytes ? State::kPassingOver : State::kBody;
  return state_ == State::kBody ? Event::kNeedMore : Event::kTooLarge;
}

MessageSplitter::Event MessageSplitter::next() {
  body_bytes_ = 0;
  if (state_ == State::kPassingOver) {
    const auto here = static_cast<size_t>(std::min<uint64_t>(wanted_, buffer_.size() - at_));
    at_ += here;
    wanted_ -= here;
    if (wanted_ > 0) return Event::kNeedMore;
    state_ = State::kHeader;
  }
  if (state_ == State::kHeader) {
    const Event event = read_header();
    if (event != Event::kNeedMore || state_ == State::kHeader) return event;
  }
  if (buffer_.size() - at_ < wanted_) {
    // What is announced need not come: no more than this is set aside before it does.
    constexpr uint64_t kMostReserved = uint64_t{16} << 20U;
    buffer_.reserve(at_ + static_cast<size_t>(std::min(wanted_, kMostReserved)));
    return Event::kNeedMore;
  }
  body_at_ = at_;
  body_bytes_ = static_cast<size_t>(wanted_);
  at_ += body_bytes_;
  state_ = State::kHeader;
  return Event::kMessage;
}

}  // namespace belay::lsp

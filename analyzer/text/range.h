#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace belay {

/// A half-open range of bytes. Within a document the offsets count from the document's first byte,
/// within a statement from the statement's first byte; `shifted` leads from the second to the
/// first.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  constexpr bool empty() const { return begin == end; }
  constexpr uint32_t size() const { return end - begin; }
  constexpr bool contains(uint32_t offset) const { return begin <= offset && offset < end; }
  constexpr bool contains(ByteRange other) const {
    return begin <= other.begin && other.end <= end;
  }
  constexpr bool overlaps(ByteRange other) const { return begin < other.end && other.begin < end; }

  constexpr ByteRange shifted(uint32_t by) const { return {begin + by, end + by}; }
  /// The smallest range that covers both; an empty one does not count.
  constexpr ByteRange joined(ByteRange other) const {
    if (empty()) return other;
    if (other.empty()) return *this;
    return {std::min(begin, other.begin), std::max(end, other.end)};
  }
  /// The bytes in `text`, cut where the text ends.
  constexpr std::string_view of(std::string_view text) const {
    if (begin >= text.size()) return {};
    return text.substr(begin, end - begin);
  }

  friend constexpr auto operator<=>(const ByteRange&, const ByteRange&) = default;
};

}  // namespace belay

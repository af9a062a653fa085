#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay::testing {

/// A text with places marked in it: `[[` and `]]` stand around a range, `^` before a point. Tests
/// name places this way and never by numbers.
struct Annotated {
  std::string text;               ///< without the marks
  std::vector<ByteRange> ranges;  ///< in the order of their begins
  std::vector<uint32_t> points;

  explicit Annotated(std::string_view marked, bool with_points = false) {
    std::vector<size_t> open;
    for (size_t i = 0; i < marked.size(); ++i) {
      if (marked.substr(i, 2) == "[[") {
        open.push_back(ranges.size());
        ranges.push_back({static_cast<uint32_t>(text.size()), 0});
        ++i;
      } else if (marked.substr(i, 2) == "]]" && !open.empty()) {
        ranges[open.back()].end = static_cast<uint32_t>(text.size());
        open.pop_back();
        ++i;
      } else if (with_points && marked[i] == '^') {
        points.push_back(static_cast<uint32_t>(text.size()));
      } else {
        text += marked[i];
      }
    }
  }
};

/// The text with marks around `ranges`, for messages of failed tests.
inline std::string mark(std::string_view text, std::vector<ByteRange> ranges) {
  std::string out;
  for (uint32_t i = 0; i <= text.size(); ++i) {
    for (ByteRange r : ranges) {
      if (r.end == i && !r.empty()) out += "]]";
    }
    for (ByteRange r : ranges) {
      if (r.begin == i) out += r.empty() ? "[[]]" : "[[";
    }
    if (i < text.size()) out += text[i];
  }
  return out;
}

/// What a range covers, for messages of failed tests.
inline std::string covered(std::string_view text, ByteRange range) {
  return std::string(range.of(text)) + " at " + std::to_string(range.begin);
}

}  // namespace belay::testing

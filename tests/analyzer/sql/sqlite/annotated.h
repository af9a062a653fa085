#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay::sql::sqlite {

/// A statement with marks: `DROP TABLE [[t]]`. The ranges come in the order of their beginnings.
struct Annotated {
  explicit Annotated(std::string_view marked) {
    std::vector<size_t> open;
    for (size_t i = 0; i < marked.size(); ++i) {
      const auto at = static_cast<uint32_t>(text.size());
      if (marked.substr(i, 2) == "[[") {
        open.push_back(ranges.size());
        ranges.push_back({at, at});
        ++i;
      } else if (marked.substr(i, 2) == "]]" && !open.empty()) {
        ranges[open.back()].end = at;
        open.pop_back();
        ++i;
      } else {
        text += marked[i];
      }
    }
  }

  std::string text;
  std::vector<ByteRange> ranges;
};

/// What a range covers, for messages of failed tests.
inline std::string covered(std::string_view text, ByteRange range) {
  return std::string(range.of(text)) + " at " + std::to_string(range.begin);
}

}  // namespace belay::sql::sqlite

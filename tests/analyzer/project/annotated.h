#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay::project {

/// A text whose interesting places are written `[[so]]`: the text without the brackets, and the
/// places in their order.
struct Annotated {
  std::string text;
  std::vector<ByteRange> ranges;
};

inline Annotated annotated(std::string_view source) {
  Annotated out;
  std::vector<uint32_t> open;
  for (size_t i = 0; i < source.size(); ++i) {
    const auto here = static_cast<uint32_t>(out.text.size());
    if (source.substr(i, 2) == "[[") {
      open.push_back(here);
      ++i;
    } else if (source.substr(i, 2) == "]]" && !open.empty()) {
      out.ranges.push_back({open.back(), here});
      open.pop_back();
      ++i;
    } else {
      out.text += source[i];
    }
  }
  return out;
}

}  // namespace belay::project

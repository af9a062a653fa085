#pragma once

#include <string>
#include <string_view>

namespace belay::project {

/// A name or value in a message, in backticks.
inline std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '`';
  out += text;
  out += '`';
  return out;
}

}  // namespace belay::project

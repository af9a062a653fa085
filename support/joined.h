#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace belay {

/// `a, b, c`.
inline std::string joined(const std::vector<std::string>& parts,
                          std::string_view separator = ", ") {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

}  // namespace belay

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace belay {

/// `1 row`, `12 rows`.
inline std::string counted(uint64_t count, std::string_view unit) {
  std::string out = std::to_string(count) + " ";
  out.append(unit);
  return count == 1 ? out : out + "s";
}

}  // namespace belay

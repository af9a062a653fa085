#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace belay {

/// Whether a name is one of several.
inline bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace belay

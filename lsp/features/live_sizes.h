#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace belay::lsp {

/// What a plan has found in a history's database.
struct LiveSizes {
  /// Rows of tables, by `schema.name`, or by the name alone where the engine has no schemas.
  std::map<std::string, uint64_t> rows;
  /// What running a pending migration takes, in words, by its version: `about 40 s`.
  std::map<std::string, std::string> estimates;
};

/// By the folders of histories. What is missing is not known.
using LiveSizesByHistory = std::map<std::string, LiveSizes>;

}  // namespace belay::lsp

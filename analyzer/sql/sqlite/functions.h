#pragma once

#include <cstdint>
#include <string_view>

namespace belay::sql::sqlite {

/// Whether SQLite has a function of this name, in lower case, of its own; programs may add others.
bool is_builtin(std::string_view name);

/// Whether SQLite's own function of this name, in lower case, is an aggregate or window function
/// where it is called with so many arguments. min() and max() are with one.
bool is_aggregate(std::string_view name, uint32_t arguments);

/// Whether SQLite bars its own function of this name from generated columns and indexes.
bool is_non_deterministic(std::string_view name);

}  // namespace belay::sql::sqlite

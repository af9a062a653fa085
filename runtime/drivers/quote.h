#pragma once

#include <string>
#include <string_view>

namespace belay::runtime {

/// `text` in quotes, with each quote in it doubled.
std::string quoted(std::string_view text, char quote);

/// `name` in double quotes, as SQLite and PostgreSQL read a name.
std::string quote_name(std::string_view name);

}  // namespace belay::runtime

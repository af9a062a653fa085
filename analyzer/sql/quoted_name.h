#pragma once

#include <string>
#include <string_view>

#include "analyzer/text/dialect.h"

namespace belay::sql {

/// A name as SQL: quoted where it has to be.
std::string quoted_name(Engine engine, std::string_view id);

/// A text as a literal of standard SQL.
std::string quoted_string(std::string_view text);

}  // namespace belay::sql

#pragma once

#include <string>
#include <string_view>

#include "tests/analyzer/sql/postgres/parts.h"

namespace belay::sql::postgres {

/// The name that a token spells: unquoted ones in lower case, quotes taken off.
std::string spelled(std::string_view token);

/// What is wrong with the places of a statement's operations: a place that does not lie in the
/// statement, or a name whose place spells something else. Empty where all is well.
std::string misplaced(const ParsedStatement& statement);

}  // namespace belay::sql::postgres

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>

#include "runtime/drivers/postgres/library.h"

namespace belay::runtime::postgres {

/// A statement with `$1` in place of the first `?`, and so on. Strings and names are left alone.
std::string numbered_parameters(std::string_view sql);

/// A value as the server reads it from text; none for NULL.
std::optional<std::string> parameter_text(const Value& value);

/// The rows of an answer. Integers, booleans (0 and 1), floating point numbers and bytes come as
/// such, everything else as text.
Rows rows_of(const Library& library, const PGresult* result);

}  // namespace belay::runtime::postgres

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/text/dialect.h"
#include "workbench/verify/tables.h"

namespace belay::workbench {

/// How a value is chosen where checks leave several guesses.
enum class Flavour : uint8_t {
  kLiterals,  ///< text out of the checks, else the plain value
  kSized,     ///< text as long as a number in the checks says, numbers above it
  kNumbers,   ///< a number out of the checks
  kJson,      ///< text that is JSON
};

/// A value for row `row` (from 1) as SQL writes it; none where nothing is known for the type. It
/// depends on row, type and checks alone, so that equal rows of two tables refer to each other.
std::optional<std::string> generated_value(const ColumnShape& column, uint32_t row, Flavour flavour,
                                           Engine engine);

}  // namespace belay::workbench

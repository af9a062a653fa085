#pragma once

#include <string>
#include <string_view>

#include "tests/analyzer/sql/sqlite/oracle.h"

namespace belay::sql::sqlite {

/// What SQLite and Belay make of one statement, side by side.
struct Comparison {
  enum class Outcome : uint8_t {
    kAgree,
    kDisagree,
    kUndecided,    ///< SQLite stopped at the schema before it had read the whole statement
    kExcepted,     ///< one of the exceptions that comparison.cc lists
    kOtherReason,  ///< both refuse it, for different reasons
  };

  Outcome outcome = Outcome::kAgree;
  /// What differs, for a person.
  std::string explanation;
};

Comparison compare(Oracle& oracle, std::string_view statement);

}  // namespace belay::sql::sqlite

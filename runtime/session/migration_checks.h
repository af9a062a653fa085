#pragma once

#include <optional>
#include <string>
#include <vector>

#include <belay/guard.h>
#include <belay/report.h>

#include "runtime/drivers/driver.h"

namespace belay::runtime {

/// What is looked at before and after a migration.
struct DatabaseFacts {
  Content content;
  std::optional<ForeignKeyViolations> violations;  ///< empty: not asked for, or not to be told
  std::string violations_unchecked;                ///< why they could not be told
};

/// Reads the facts, in the transaction that `connection` is in. `before`: the content of when the
/// driver began to watch; nullptr where it does not.
Result<DatabaseFacts> read_facts(const Driver& driver, Connection& connection, bool foreign_keys,
                                 const Content* before = nullptr);

/// What `error` says as a migration's failure. One that no statement of the connection made, or
/// where there is none, has no more than its words.
DatabaseError failure_of(const Connection* connection, const Error& error);

/// Adds to `report` which tables have other numbers of rows, and warns of rows that went though no
/// statement of the script takes rows from their table, of tables that were built anew with fewer
/// rows, and of references that were broken.
void compare_facts(const DatabaseFacts& before, const DatabaseFacts& after,
                   const std::vector<TableEffect>& effects, const GuardAdvice& advice,
                   MigrationReport& report);

}  // namespace belay::runtime

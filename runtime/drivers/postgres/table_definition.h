#pragma once

#include <string>
#include <vector>

#include "runtime/drivers/postgres/connection.h"

namespace belay::runtime::postgres {

/// A table and how it is made again. The names in the statements are written in full.
struct TableDefinition {
  std::string name;     ///< quoted, with its schema
  std::string columns;  ///< those that hold values of their own, quoted, for an INSERT
  std::string create;   ///< makes it without rows
};

/// Some tables with everything that belongs to them or hangs on them.
struct TableDefinitions {
  std::vector<TableDefinition> tables;
  /// Views that read from the tables, those first that others read from.
  std::vector<std::string> views;
  /// What comes when the rows are there, in its order: constraints, indexes, foreign keys in both
  /// directions, policies, sequences' values, views, owners, privileges, comments, statistics.
  std::vector<std::string> finish;
};

/// Reads the definitions of the tables with these numbers (`pg_class.oid`). The connection is in a
/// transaction with an empty search path.
Result<TableDefinitions> read_definitions(PostgresConnection& connection,
                                          const std::vector<int64_t>& tables);

/// Why these tables cannot be taken out and put back alone; empty where they can: something hangs
/// on them that is not made again, or writing to them may write elsewhere.
Result<std::string> obstacle_to_rebuild(PostgresConnection& connection,
                                        const std::vector<int64_t>& tables);

}  // namespace belay::runtime::postgres

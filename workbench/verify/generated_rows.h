#pragma once

#include <string>
#include <vector>

#include <belay/connection.h>

#include "workbench/verify/tables.h"

namespace belay::workbench {

/// A table that took none of the rows made up for it.
struct RefusedTable {
  std::string table;
  std::string reason;  ///< what the database said last
};

struct FilledTables {
  size_t tables = 0;  ///< that took at least one row
  std::vector<RefusedTable> refused;
};

/// Puts `rows` rows into each table. Foreign keys are kept: a table is tried again once those that
/// it refers to have rows. All rows but the last have a value in every column, the last one only
/// where a column wants one; where a table takes none such, all are like the last. A table that
/// refuses these, too, and has no rows already, is told.
Result<FilledTables> fill_tables(runtime::Connection& connection,
                                 const std::vector<TableShape>& tables, uint32_t rows);

}  // namespace belay::workbench

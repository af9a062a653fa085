#pragma once

#include <vector>

#include <belay/connection.h>

#include "workbench/verify/tables.h"

namespace belay::workbench {

/// The tables of the main database but SQLite's own and virtual ones.
Result<std::vector<TableShape>> read_sqlite_tables(runtime::Connection& connection);

}  // namespace belay::workbench

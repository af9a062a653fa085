#pragma once

#include <vector>

#include <belay/connection.h>

#include "workbench/verify/tables.h"

namespace belay::workbench {

/// The tables of the user's. Sets the connection's search path to nothing.
Result<std::vector<TableShape>> read_postgres_tables(runtime::Connection& connection);

}  // namespace belay::workbench

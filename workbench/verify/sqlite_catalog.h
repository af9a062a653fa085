#pragma once

#include <belay/connection.h>

#include "workbench/verify/catalog.h"

namespace belay::workbench {

/// What the main database of an SQLite connection holds, without SQLite's own tables and without
/// what lies in rows.
Result<Catalog> read_sqlite_catalog(runtime::Connection& connection);

}  // namespace belay::workbench

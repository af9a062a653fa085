#pragma once

#include <belay/connection.h>

#include "workbench/verify/catalog.h"

namespace belay::workbench {

/// What a PostgreSQL database holds, without what is the system's or an extension's own, and
/// without what lies in rows. Sets the connection's search path to nothing.
Result<Catalog> read_postgres_catalog(runtime::Connection& connection);

}  // namespace belay::workbench

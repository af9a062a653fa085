#pragma once

#include <string>

#include <belay/result.h>

namespace belay::workbench {

/// The directory with PostgreSQL's `initdb` and `postgres`: `directory` where it is given, else
/// that of BELAY_PG_BIN, else among what is installed the one of `major_version`, else the newest.
/// Errors: there is none; the hint says how to get one.
Result<std::string> find_postgres(const std::string& directory, int major_version);

}  // namespace belay::workbench

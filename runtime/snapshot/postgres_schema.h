#pragma once

#include <string>

#include "runtime/drivers/postgres/driver.h"

/// The schema that a session's snapshot has in the database itself. It holds the mark that comes
/// with the transaction of a restore and tells that it was done, and may hold copies.
namespace belay::runtime::postgres {

/// The mark's name, quoted.
std::string restored_mark(const std::string& session);
/// Whether the mark is there.
Result<bool> is_restored(const PostgresDriver& driver, const std::string& session);
/// The schema may be gone already.
Result<void> drop_schema(const PostgresDriver& driver, const std::string& session);

}  // namespace belay::runtime::postgres

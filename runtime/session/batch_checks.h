#pragma once

#include <span>

#include <belay/connection.h>

#include "runtime/session/migration_job.h"

namespace belay::runtime {

/// Whether the tables of the last job's statements in batches can be paged by their keys. What
/// the jobs before it, or the script itself, may still make or change is left for when its turn
/// comes. Errors: a key that cannot, with the mark's place.
Result<void> check_batch_keys(Connection& connection, std::span<const MigrationJob> jobs);

}  // namespace belay::runtime

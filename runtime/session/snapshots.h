#pragma once

#include <belay/session.h>

#include "runtime/session/command.h"

namespace belay::runtime {

/// `Session::prune_snapshots`, for a command that holds the lock.
Result<SnapshotsReport> prune_snapshots(const Command& command, const PruneOptions& options);

}  // namespace belay::runtime

#pragma once

#include "runtime/session/migration_job.h"

namespace belay::runtime {

/// How a script runs that is a program: as if it were one statement.
ScriptPlan plan_program(const Script& script, bool transaction);

/// Whether an earlier run has left a program half-way that ran outside any transaction. Batches are
/// no such case: the ledger has how far they came.
bool is_stopped_program(const LedgerEntry& entry, const MigrationJob& job);
Error stopped_half_way(const LedgerEntry& entry, const MigrationJob& job);

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <belay/migration.h>
#include <belay/report.h>

#include "runtime/drivers/driver.h"
#include "runtime/session/batch_progress.h"
#include "runtime/session/ledger.h"

namespace belay::runtime {

/// A script of a migration that is to be run, with all that was decided before anything ran.
struct MigrationJob {
  const MigrationScript* migration = nullptr;
  Direction direction = Direction::kUp;
  std::string checksum;
  std::string sql_checksum;
  ScriptPlan plan;
  /// Statements that an earlier run has done and that do not run again.
  uint32_t resume_at = 0;
  /// An earlier run has ended without saying how: the statement at `resume_at` may have been done.
  bool interrupted = false;
  /// How far the statement at `resume_at` has come in batches.
  std::optional<BatchProgress> batches;
  int64_t position = Ledger::kLast;  ///< of an up, in the ledger
  /// Of a down: the row of the migration that it takes back.
  std::optional<LedgerEntry> applied;

  const std::optional<GuardAdvice>& touches() const {
    return direction == Direction::kUp ? migration->up_touches : migration->down_touches;
  }
  const Script& script() const {
    return direction == Direction::kUp ? migration->up : *migration->down;
  }
};

/// The job of a migration's up, or of its down, which it must have. Errors: the script cannot be
/// run as it is written.
Result<MigrationJob> plan_job(const Driver& driver, const MigrationScript& migration,
                              Direction direction);

/// Lets a job go on where an earlier run has left it half way. Errors: the statements that have run
/// are not what they were.
Result<void> resume_job(const LedgerEntry& entry, MigrationJob& job);

/// The hash of a script's first statements, made one statement at a time. Line ends do not count.
std::string add_statement_hash(const std::string& so_far, const Script& script,
                               const PlannedStatement& statement);

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/session/batch_progress.h"
#include "runtime/session/session_state.h"

namespace belay::runtime {

/// What has become of the migration that was running when a command was interrupted, of those
/// behind it whose records a power cut has taken, and how many commits of the session's own may lie
/// between its last mark and now.
struct InterruptedMigration {
  bool done = false;
  bool begun = false;  ///< the ledger says so; only for what runs statement by statement
  uint32_t statements_done = 0;
  std::string batches;  ///< of the ledger, for the statement behind these
  bool is_partial() const { return statements_done > 0 || !batches.empty(); }
  /// Done by the command, though the journal knows neither their begin nor their end; in order.
  std::vector<SessionState::Announced> unrecorded;
  uint64_t least_commits = 0;
  uint64_t most_commits = 0;
};

/// Asks the ledger. Without a migration in flight it is about a failure's row only.
InterruptedMigration find_out(const SessionState& state, const std::vector<LedgerEntry>& ledger);

/// `0042_x had been applied`, `0042_x was undone by the database`, `0042_x is applied in part:
/// ...`; empty where no migration was running and none is found.
std::string describe(const SessionState& state, const InterruptedMigration& outcome);

}  // namespace belay::runtime

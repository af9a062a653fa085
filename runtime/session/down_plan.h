#pragma once

#include <span>
#include <string>
#include <vector>

#include <belay/session.h>

#include "runtime/session/migration_job.h"

namespace belay::runtime {

/// What a down will do, decided before anything runs.
struct DownPlan {
  std::vector<MigrationJob> jobs;  ///< the newest first
  std::vector<DownItem> items;     ///< one for each job
  std::string stays;               ///< the newest migration that is left; empty: none
  std::vector<std::string> notes;
  /// How many of the migrations were pending before.
  size_t pending = 0;
};

/// What is looked at.
struct DownInput {
  const Driver& driver;
  std::span<const MigrationScript> migrations;
  const std::vector<LedgerEntry>& ledger;
  /// Now, so that a down is known to lose nothing of tables that are empty.
  const RowCounts& rows;
  std::string program;  ///< for advice
};

/// Errors: as `Session::down` refuses, but for confirmations that are lacking.
Result<DownPlan> plan_down(const DownInput& input, const DownOptions& options);

/// Errors: a migration has to be confirmed and was not; with what would be lost.
Result<void> check_confirmed(const DownPlan& plan, const DownOptions& options);

/// The plan in words, as facts.
std::vector<Fact> describe(const DownPlan& plan);
/// As long as the ups took; empty where that is not known of one of them.
std::optional<int64_t> estimated_duration(const DownPlan& plan);

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <belay/migration.h>
#include <belay/report.h>

#include "runtime/session/migration_run.h"

namespace belay::runtime {

/// What an apply will do, decided before anything runs.
struct ApplyPlan {
  std::vector<MigrationJob> jobs;
  std::vector<std::string> pending;  ///< the jobs' names
  std::vector<std::string> notes;
};

/// Compares the migrations with the ledger and plans each that is pending. Errors: an applied
/// migration was edited, a half applied one is missing or was edited, one is there twice, a script
/// cannot be run as it is written.
Result<ApplyPlan> plan_apply(const Driver& driver, std::span<const MigrationScript> migrations,
                             const std::vector<LedgerEntry>& ledger);

/// The files and the ledger side by side, by the migrations' names.
struct HistoryView {
  std::vector<std::string> pending;  ///< not applied, or not wholly
  std::vector<std::string> edited;   ///< applied, and with another text since
  std::string first_edited;          ///< the path of the first of them
  /// In the ledger, in one of the histories that were handed in, but not among the migrations.
  std::vector<std::string> missing;
  std::vector<std::string> missing_half;  ///< of these: applied in part
};
HistoryView compare_history(std::span<const MigrationScript> migrations,
                            const std::vector<LedgerEntry>& ledger);

}  // namespace belay::runtime

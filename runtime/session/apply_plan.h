#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <belay/migration.h>
#include <belay/report.h>
#include <belay/session.h>

#include "runtime/session/migration_job.h"

namespace belay::runtime {

/// What an apply will do, decided before anything runs.
struct ApplyPlan {
  std::vector<MigrationJob> jobs;
  std::vector<std::string> pending;  ///< the jobs' names
  std::vector<std::string> notes;
};

/// Errors: a migration without a version, one that is there twice.
Result<void> check_list(std::span<const MigrationScript> migrations);

/// Compares the migrations with the ledger and plans each that is pending. Errors: an applied
/// migration was edited, a half applied one is missing or was edited, one is there twice, a script
/// cannot be run as it is written.
Result<ApplyPlan> plan_apply(const Driver& driver, std::span<const MigrationScript> migrations,
                             const std::vector<LedgerEntry>& ledger);

/// Leaves out the jobs that are not wanted now. They stay pending. Errors: the last one wanted does
/// not exist.
Result<void> keep_what_is_wanted(std::span<const MigrationScript> migrations,
                                 const ApplyOptions& options, ApplyPlan& plan);

/// The files and the ledger side by side, by the migrations' names.
struct HistoryView {
  std::vector<std::string> pending;          ///< not applied, or not wholly
  std::vector<std::string> edited;           ///< applied, and with other statements since
  std::vector<std::string> comments_edited;  ///< applied, with the same statements
  std::string first_edited;                  ///< the path of the first of them
  /// In the ledger, in one of the histories that were handed in, but not among the migrations.
  std::vector<std::string> missing;
  std::vector<std::string> missing_half;  ///< in part
  /// Of which a down was stopped half way: neither applied nor pending.
  std::vector<std::string> half_taken_back;
};
HistoryView compare_history(std::span<const MigrationScript> migrations,
                            const std::vector<LedgerEntry>& ledger, Engine engine);

}  // namespace belay::runtime

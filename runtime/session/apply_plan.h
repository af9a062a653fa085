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
  std::vector<std::string> notes;
};

/// Compares the migrations with the ledger and plans each that is pending. Errors: an applied
/// migration was edited, a half applied one is missing or was edited, one is there twice, a script
/// cannot be run as it is written.
Result<ApplyPlan> plan_apply(const Driver& driver, std::span<const MigrationScript> migrations,
                             const std::vector<LedgerEntry>& ledger);

/// How many of `migrations` the ledger does not know as applied.
uint32_t count_pending(std::span<const MigrationScript> migrations,
                       const std::vector<LedgerEntry>& ledger);

}  // namespace belay::runtime

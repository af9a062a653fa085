#include "runtime/session/migration_job.h"

#include <string_view>
#include <utility>

#include "runtime/drivers/places.h"
#include "runtime/io/sha256.h"
#include "runtime/session/program_plan.h"
#include "support/ascii.h"
#include "support/counted.h"

namespace belay::runtime {

std::string add_statement_hash(const std::string& so_far, const Script& script,
                               const PlannedStatement& statement) {
  const std::string_view text = ascii::trim(
      std::string_view(script.sql).substr(statement.begin, statement.end - statement.begin));
  std::string normal = so_far + ":";
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    normal += text[i];
  }
  return sha256_hex(normal);
}

Result<MigrationJob> plan_job(const Driver& driver, const MigrationScript& migration,
                              Direction direction) {
  MigrationJob job;
  job.migration = &migration;
  job.direction = direction;
  job.checksum = migration.checksum();
  job.sql_checksum = migration.sql_checksum(driver.url().engine);
  const bool transaction =
      direction == Direction::kUp ? migration.transaction : migration.down_transaction;
  if (job.script().is_program()) {
    job.plan = plan_program(job.script(), transaction);
    return job;
  }
  Result<ScriptPlan> plan = driver.plan(job.script(), transaction);
  if (!plan) return std::move(plan).error();
  job.plan = *std::move(plan);
  return job;
}

namespace {

/// The statement that was stopped between two batches has to be the one that it was.
Result<void> resume_batches(const LedgerEntry& entry, MigrationJob& job) {
  if (entry.batches.empty()) return {};
  job.batches = BatchProgress::read(entry.batches);
  const bool there = job.resume_at < job.plan.body.size();
  const PlannedStatement* statement = there ? &job.plan.body[job.resume_at] : nullptr;
  if (job.batches && there && statement->batch &&
      hash_of_batched(job.script(), *statement) == job.batches->statement_hash) {
    return {};
  }
  const size_t place = there ? statement->begin : job.script().sql.size();
  return error_at(job.script(), place,
                  job.migration->display_name() + ": " + how_far(entry) +
                      " have run, and what comes here is not the statement that ran in batches",
                  "put it back as it was, with the table and the key of its mark; or roll the "
                  "session back and begin again");
}

}  // namespace

Result<void> resume_job(const LedgerEntry& entry, MigrationJob& job) {
  job.interrupted = entry.error.empty() && (entry.state == MigrationState::kStarted ||
                                            entry.state == MigrationState::kRollingBack);
  if (is_stopped_program(entry, job)) return stopped_half_way(entry, job);
  if (!is_half(entry)) return {};
  job.position = entry.position;
  const MigrationScript& migration = *job.migration;
  const bool down = job.direction == Direction::kDown;
  std::string hash;
  const bool possible = !job.plan.one_transaction && job.plan.body.size() >= entry.statements_done;
  for (uint32_t i = 0; possible && i < entry.statements_done; ++i) {
    hash = add_statement_hash(hash, job.script(), job.plan.body[i]);
  }
  if (!possible || hash != entry.statements_hash) {
    return Error{migration.display_name() +
                     (down ? " was taken back in part, and the first "
                           : " was applied in part, and its first ") +
                     counted(entry.statements_done, "statement") + (down ? " of its down" : "") +
                     ", which have run, are not what they were",
                 job.script().path,
                 "put them back as they were, or roll the session back and begin again"};
  }
  job.resume_at = entry.statements_done;
  return resume_batches(entry, job);
}

}  // namespace belay::runtime

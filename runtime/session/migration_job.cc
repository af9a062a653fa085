#include "runtime/session/migration_job.h"

#include <string_view>
#include <utility>

#include "runtime/io/sha256.h"
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
  Result<ScriptPlan> plan = driver.plan(job.script(), transaction);
  if (!plan) return std::move(plan).error();
  job.plan = *std::move(plan);
  return job;
}

Result<void> resume_job(const LedgerEntry& entry, MigrationJob& job) {
  job.interrupted = entry.error.empty() && (entry.state == MigrationState::kStarted ||
                                            entry.state == MigrationState::kRollingBack);
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
  return {};
}

}  // namespace belay::runtime

#include "runtime/session/apply_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/session/ledger.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Key = std::pair<std::string, std::string>;

bool is_applied(const LedgerEntry* entry) {
  return entry != nullptr && entry->state == MigrationState::kDone;
}

bool is_partial(const LedgerEntry& entry) {
  return entry.statements_done > 0 &&
         (entry.state == MigrationState::kStarted || entry.state == MigrationState::kFailed);
}

std::string name_of(const LedgerEntry& entry) {
  return entry.name.empty() ? entry.version : entry.version + "_" + entry.name;
}

Result<void> check_list(std::span<const MigrationScript> migrations) {
  std::set<Key> seen;
  for (const MigrationScript& migration : migrations) {
    if (migration.version.empty()) {
      return Error{"the migration `" + migration.display_name() + "` has no version",
                   migration.up.path, "give it one"};
    }
    if (!seen.emplace(migration.history, migration.version).second) {
      return Error{"the version " + migration.version + " is there twice", migration.up.path,
                   "give one of them another version"};
    }
  }
  return {};
}

Result<void> check_drift(std::span<const MigrationScript> migrations,
                         const std::vector<LedgerEntry>& ledger) {
  std::vector<std::string> edited;
  std::string place;
  for (const MigrationScript& migration : migrations) {
    const LedgerEntry* entry = find_entry(ledger, migration.history, migration.version);
    if (!is_applied(entry) || entry->checksum == migration.checksum()) continue;
    edited.push_back(migration.display_name() + " (applied " + entry->applied_at + ")");
    if (place.empty()) place = migration.up.path;
  }
  if (edited.empty()) return {};
  return Error{counted(edited.size(), "applied migration") +
                   (edited.size() == 1 ? " was" : " were") + " edited since: " + listed(edited),
               place, "put the text back as it was, and write a new migration for the change"};
}

/// Entries of the histories that were handed in, whose migrations were not.
void check_missing(std::span<const MigrationScript> migrations,
                   const std::vector<LedgerEntry>& ledger, std::vector<std::string>& applied,
                   std::vector<std::string>& partial) {
  std::set<std::string> histories;
  std::set<Key> known;
  for (const MigrationScript& migration : migrations) {
    histories.insert(migration.history);
    known.emplace(migration.history, migration.version);
  }
  for (const LedgerEntry& entry : ledger) {
    if (!histories.contains(entry.history) || known.contains({entry.history, entry.version})) {
      continue;
    }
    if (is_applied(&entry)) applied.push_back(name_of(entry));
    if (is_partial(entry)) partial.push_back(name_of(entry));
  }
}

/// Where a migration goes on that an earlier run has left half way.
Result<void> resume(const LedgerEntry& entry, MigrationJob& job) {
  job.position = entry.position;
  if (!is_partial(entry)) return {};
  const MigrationScript& migration = *job.migration;
  const std::string done = counted(entry.statements_done, "statement");
  const char* const hint = "put them back as they were, or roll the session back and begin again";
  std::string hash;
  const bool possible = !job.plan.one_transaction && job.plan.body.size() >= entry.statements_done;
  for (uint32_t i = 0; possible && i < entry.statements_done; ++i) {
    hash = add_statement_hash(hash, migration.up, job.plan.body[i]);
  }
  if (!possible || hash != entry.statements_hash) {
    return Error{migration.display_name() + " was applied in part, and its first " + done +
                     ", which have run, are not what they were",
                 migration.up.path, hint};
  }
  job.resume_at = entry.statements_done;
  return {};
}

}  // namespace

Result<ApplyPlan> plan_apply(const Driver& driver, std::span<const MigrationScript> migrations,
                             const std::vector<LedgerEntry>& ledger) {
  BELAY_TRY(check_list(migrations));
  BELAY_TRY(check_drift(migrations, ledger));
  ApplyPlan plan;
  std::vector<std::string> missing;
  std::vector<std::string> partial;
  check_missing(migrations, ledger, missing, partial);
  if (!partial.empty()) {
    return Error{listed(partial) + " is applied in part, but is not among the migrations", "",
                 "bring its file back, or roll the session back"};
  }
  if (!missing.empty()) {
    plan.notes.push_back("applied, but not among the migrations: " + listed(missing));
  }
  std::vector<std::string> late;
  for (size_t i = 0; i < migrations.size(); ++i) {
    const MigrationScript& migration = migrations[i];
    const LedgerEntry* entry = find_entry(ledger, migration.history, migration.version);
    if (is_applied(entry)) {
      // What stands before an applied one in the list and is pending runs after it.
      for (const MigrationJob& job : plan.jobs) late.push_back(job.migration->display_name());
      continue;
    }
    MigrationJob& job = plan.jobs.emplace_back();
    job.migration = &migration;
    job.checksum = migration.checksum();
    Result<ScriptPlan> script = driver.plan(migration.up, migration.transaction);
    if (!script) return std::move(script).error();
    job.plan = *std::move(script);
    if (entry != nullptr) BELAY_TRY(resume(*entry, job));
  }
  std::sort(late.begin(), late.end());
  late.erase(std::unique(late.begin(), late.end()), late.end());
  if (!late.empty()) {
    plan.notes.push_back("out of order, behind migrations that follow in the list: " +
                         listed(late));
  }
  return plan;
}

uint32_t count_pending(std::span<const MigrationScript> migrations,
                       const std::vector<LedgerEntry>& ledger) {
  return static_cast<uint32_t>(
      std::count_if(migrations.begin(), migrations.end(), [&](const MigrationScript& migration) {
        return !is_applied(find_entry(ledger, migration.history, migration.version));
      }));
}

}  // namespace belay::runtime

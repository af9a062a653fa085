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

/// Entries of the histories that were handed in, whose migrations were not.
void find_missing(std::span<const MigrationScript> migrations,
                  const std::vector<LedgerEntry>& ledger, HistoryView& view) {
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
    if (is_applied(&entry)) view.missing.push_back(entry_name(entry));
    if (is_partial(entry)) view.missing_half.push_back(entry_name(entry));
  }
}

/// Nothing may run on a history that is not what it was.
Result<void> check_history(const HistoryView& view) {
  if (!view.edited.empty()) {
    return Error{counted(view.edited.size(), "applied migration") +
                     (view.edited.size() == 1 ? " was" : " were") +
                     " edited since: " + listed(view.edited) + "; nothing was run",
                 view.first_edited,
                 "put the text back as it was, and write a new migration for the change; or roll "
                 "back a session in which it was applied"};
  }
  if (!view.missing_half.empty()) {
    return Error{listed(view.missing_half) +
                     " is applied in part, but is not among the migrations; nothing was run",
                 "", "bring its file back, or roll the session back"};
  }
  return {};
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
  const HistoryView view = compare_history(migrations, ledger);
  BELAY_TRY(check_history(view));
  ApplyPlan plan;
  plan.pending = view.pending;
  if (!view.missing.empty()) {
    plan.notes.push_back("applied, but not among the migrations: " + some_of(view.missing));
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

HistoryView compare_history(std::span<const MigrationScript> migrations,
                            const std::vector<LedgerEntry>& ledger) {
  HistoryView view;
  for (const MigrationScript& migration : migrations) {
    const LedgerEntry* entry = find_entry(ledger, migration.history, migration.version);
    if (!is_applied(entry)) {
      view.pending.push_back(migration.display_name());
    } else if (entry->checksum != migration.checksum()) {
      if (view.edited.empty()) view.first_edited = migration.up.path;
      const std::string& when = entry->applied_at;  // not known of what was adopted without it
      view.edited.push_back(migration.display_name() +
                            (when.empty() ? std::string() : " (applied " + when + ")"));
    }
  }
  find_missing(migrations, ledger, view);
  return view;
}

}  // namespace belay::runtime

#include "runtime/session/apply_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/checksums.h"
#include "runtime/session/ledger.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Key = std::pair<std::string, std::string>;

}  // namespace

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

namespace {

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
    if (is_half(entry)) view.missing_half.push_back(entry_name(entry));
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
  if (!view.half_taken_back.empty()) {
    return Error{listed(view.half_taken_back) + " is taken back in part; nothing was run", "",
                 "run `down` again to finish it, or roll the session back"};
  }
  if (!view.missing_half.empty()) {
    return Error{listed(view.missing_half) +
                     " is applied in part, but is not among the migrations; nothing was run",
                 "", "bring its file back, or roll the session back"};
  }
  return {};
}

}  // namespace

Result<ApplyPlan> plan_apply(const Driver& driver, std::span<const MigrationScript> migrations,
                             const std::vector<LedgerEntry>& ledger) {
  BELAY_TRY(check_list(migrations));
  const HistoryView view = compare_history(migrations, ledger, driver.url().engine);
  BELAY_TRY(check_history(view));
  ApplyPlan plan;
  plan.pending = view.pending;
  if (!view.missing.empty()) {
    plan.notes.push_back("applied, but not among the migrations: " + some_of(view.missing));
  }
  if (!view.comments_edited.empty()) {
    plan.notes.push_back("only their comments or their layout were edited since: " +
                         some_of(view.comments_edited));
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
    Result<MigrationJob> job = plan_job(driver, migration, Direction::kUp);
    if (!job) return std::move(job).error();
    if (entry != nullptr) BELAY_TRY(resume_job(*entry, *job));
    plan.jobs.push_back(*std::move(job));
  }
  std::sort(late.begin(), late.end());
  late.erase(std::unique(late.begin(), late.end()), late.end());
  if (!late.empty()) {
    plan.notes.push_back("out of order, behind migrations that follow in the list: " +
                         listed(late));
  }
  return plan;
}

Result<void> keep_what_is_wanted(std::span<const MigrationScript> migrations,
                                 const ApplyOptions& options, ApplyPlan& plan) {
  std::vector<MigrationJob>& jobs = plan.jobs;
  if (!options.to.empty()) {
    const auto last = std::find_if(
        migrations.begin(), migrations.end(),
        [&](const MigrationScript& migration) { return migration.is_called(options.to); });
    if (last == migrations.end()) {
      return Error{"there is no migration `" + options.to + "`; nothing was run", "",
                   "name its version, or its file without what follows the name"};
    }
    std::erase_if(jobs, [&](const MigrationJob& job) { return job.migration > &*last; });
  }
  if (options.limit != 0 && jobs.size() > options.limit) jobs.resize(options.limit);
  return {};
}

namespace {

void note_edit(const LedgerEntry& entry, const MigrationScript& migration, Engine engine,
               HistoryView& view) {
  switch (text_change(entry, migration, engine)) {
    case TextChange::kNone: return;
    case TextChange::kComments: view.comments_edited.push_back(migration.display_name()); return;
    case TextChange::kStatements: break;
  }
  if (view.edited.empty()) view.first_edited = migration.up.path;
  const std::string& when = entry.applied_at;  // not known of what was adopted without it
  view.edited.push_back(migration.display_name() +
                        (when.empty() ? std::string() : " (applied " + when + ")"));
}

}  // namespace

HistoryView compare_history(std::span<const MigrationScript> migrations,
                            const std::vector<LedgerEntry>& ledger, Engine engine) {
  HistoryView view;
  for (const MigrationScript& migration : migrations) {
    const LedgerEntry* entry = find_entry(ledger, migration.history, migration.version);
    if (entry != nullptr && is_half(*entry) && direction_of(*entry) == Direction::kDown) {
      view.half_taken_back.push_back(migration.display_name());
    } else if (!is_applied(entry)) {
      view.pending.push_back(migration.display_name());
    } else {
      note_edit(*entry, migration, engine, view);
    }
  }
  find_missing(migrations, ledger, view);
  return view;
}

}  // namespace belay::runtime

#include "runtime/session/words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "runtime/session/ledger.h"

namespace belay::runtime {

std::string_view guard_name(Guard guard) {
  switch (guard) {
    case Guard::kTransaction: return "transaction";
    case Guard::kTables: return "tables";
    case Guard::kDatabase: return "database";
    case Guard::kNone: return "none";
  }
  return "";
}

std::string_view state_name(MigrationState state) {
  switch (state) {
    case MigrationState::kPending: return "pending";
    case MigrationState::kStarted: return "started";
    case MigrationState::kDone: return "done";
    case MigrationState::kFailed: return "failed";
    case MigrationState::kRollingBack: return "rolling_back";
    case MigrationState::kRolledBack: return "rolled_back";
  }
  return "";
}

std::string_view phase_name(SessionPhase phase) {
  switch (phase) {
    case SessionPhase::kNone: return "none";
    case SessionPhase::kOpen: return "open";
    case SessionPhase::kInterruptedBegin: return "interrupted-begin";
    case SessionPhase::kInterruptedApply: return "interrupted-apply";
    case SessionPhase::kInterruptedCommit: return "interrupted-commit";
    case SessionPhase::kInterruptedRollback: return "interrupted-rollback";
  }
  return "";
}

std::string file_size_text(uint64_t bytes) {
  constexpr double kStep = 1024;
  constexpr std::array<const char*, 4> kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes < static_cast<uint64_t>(kStep)) return counted(bytes, "byte");
  double size = static_cast<double>(bytes) / kStep;
  size_t unit = 0;
  while (size >= kStep && unit + 1 < kUnits.size()) {
    size /= kStep;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", size, kUnits[unit]);
  return text.data();
}

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string some_of(const std::vector<std::string>& items, size_t most) {
  if (items.size() <= most) return listed(items);
  std::vector<std::string> last(items.end() - static_cast<std::ptrdiff_t>(most), items.end());
  return std::to_string(items.size()) + ", the last of them " + listed(last);
}

std::string entry_name(const LedgerEntry& entry) {
  return entry.name.empty() ? entry.version : entry.version + "_" + entry.name;
}

std::string display_name_of(std::span<const MigrationScript> migrations, const LedgerEntry& entry) {
  const MigrationScript* migration = find_migration(migrations, entry);
  return migration == nullptr ? entry_name(entry) : migration->display_name();
}

std::string describe(const SnapshotInfo& snapshot) {
  if (snapshot.path.empty()) return "there was no database at the begin; a rollback removes it";
  if (snapshot.bytes == 0 && snapshot.tables == 0) return snapshot.path;
  return file_size_text(snapshot.bytes) + ", " + counted(snapshot.tables, "table") + ", " +
         counted(snapshot.rows, "row") + "\n" + snapshot.path;
}

std::vector<std::string> describe(const std::vector<RowChange>& changes) {
  std::vector<std::string> out;
  for (const RowChange& change : changes) {
    if (!change.before) {
      out.push_back(change.table + ": new, with " + counted(change.after.value_or(0), "row"));
    } else if (!change.after) {
      out.push_back(change.table + ": gone, with " + counted(*change.before, "row"));
    } else if (*change.after > *change.before) {
      out.push_back(change.table + ": " + counted(*change.after - *change.before, "row") + " more");
    } else {
      out.push_back(change.table + ": " + counted(*change.before - *change.after, "row") +
                    " fewer");
    }
  }
  return out;
}

std::string describe(const BatchedStatement& batched) {
  return "statement " + std::to_string(batched.statement) + ": " + std::to_string(batched.batches) +
         (batched.batches == 1 ? " batch of " : " batches of ") + counted(batched.rows, "row") +
         ", of which " + std::to_string(batched.changed) + " changed";
}

void tell_migration(const MigrationReport& migration, const char* label, Report& report) {
  if (migration.state != MigrationState::kFailed) {
    std::string text = migration.display_name + ", " + counted(migration.statements, "statement") +
                       ", " + std::to_string(migration.duration_ms) + " ms";
    for (const BatchedStatement& batched : migration.batched) text += "\n" + describe(batched);
    for (const std::string& change : describe(migration.row_changes)) text += "\n" + change;
    report.facts.push_back({label, std::move(text)});
  } else if (!migration.error->statement.empty()) {
    report.facts.push_back({"Statement", migration.error->statement});
  }
  for (const MigrationWarning& warning : migration.warnings) {
    report.warnings.push_back(migration.display_name + ": " + warning.message);
  }
  for (const std::string& note : migration.notes) {
    report.notes.push_back(migration.display_name + ": " + note);
  }
}

namespace {

/// Labels in one column, texts in another.
std::string table_of(const std::vector<Fact>& facts) {
  size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, fact.label.size());
  std::string out;
  for (const Fact& fact : facts) {
    std::string label = fact.label;
    for (std::string_view rest = fact.text;;) {
      const size_t end = rest.find('\n');
      label.resize(width, ' ');
      out += "  " + label + "  " + std::string(rest.substr(0, end)) + "\n";
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
      label.clear();
    }
  }
  return out;
}

}  // namespace

std::string to_text(const Report& report) {
  std::string out;
  for (const Recovery& recovery : report.recovered) out += "First, " + recovery.text + ".\n";
  out += report.headline + ".\n" + table_of(report.facts);
  for (const std::string& warning : report.warnings) out += "Warning: " + warning + ".\n";
  for (const std::string& note : report.notes) out += "Note: " + note + ".\n";
  if (report.next_steps.empty()) return out;
  out += "What you can do now:\n";
  size_t number = 0;
  for (const NextStep& step : report.next_steps) {
    out += "  " + std::to_string(++number) + ". ";
    if (!step.command.empty()) out += "`" + step.command + "`: ";
    out += step.explanation + "\n";
  }
  return out;
}

std::string Advice::command(Action action) const {
  switch (action) {
    case Action::kBegin: return program_ + " begin";
    case Action::kApply: return program_ + " apply";
    case Action::kDown: return program_ + " down";
    case Action::kCommit: return program_ + " commit";
    case Action::kRollback: return program_ + " rollback";
    case Action::kStatus: return program_ + " status";
    case Action::kRepair: return program_ + " repair";
    case Action::kFixMigration:
    case Action::kWait: return "";
  }
  return "";
}

NextStep Advice::step(Action action, std::string explanation) const {
  return {action, command(action), std::move(explanation)};
}

std::vector<NextStep> Advice::without_session() const {
  return {step(Action::kBegin, "take a snapshot and open a session")};
}

NextStep Advice::rollback(std::string explanation) const {
  NextStep out = step(Action::kRollback, std::move(explanation));
  if (foreign_writes_) {
    out.command += " --discard-foreign-writes";
    out.explanation += "; what others wrote since is lost";
  }
  return out;
}

std::vector<NextStep> Advice::after_begin() const {
  return {step(Action::kApply, "run the migrations that are pending"),
          rollback("bring back the database as it is now, at any time"),
          step(Action::kCommit, "keep what was applied and drop the snapshot")};
}

std::vector<NextStep> Advice::with_session(uint32_t pending) const {
  std::vector<NextStep> steps;
  if (pending > 0) {
    steps.push_back(step(Action::kApply, "run what is pending: " + counted(pending, "migration")));
  }
  steps.push_back(step(Action::kCommit, "keep what was applied and drop the snapshot"));
  steps.push_back(rollback("bring back the database as it was at the begin"));
  if (pending == 0) steps.push_back(step(Action::kApply, "run migrations that are added later"));
  return steps;
}

std::vector<NextStep> Advice::after_failure(const MigrationReport& failed, bool guarded) const {
  const bool in_part = failed.is_partial();
  const bool down = failed.direction == Direction::kDown;
  std::vector<NextStep> steps;
  if (!failed.error || !failed.error->cancelled) {
    const std::string what = down ? "correct the down" : "correct the migration";
    steps.push_back(step(Action::kFixMigration,
                         in_part ? what + " from the statement that failed on; those before it "
                                          "have run and must stay as they are"
                                 : what + "; nothing of it has stayed"));
  }
  if (!guarded) steps.push_back(step(Action::kBegin, "take a snapshot first, this time"));
  steps.push_back(down ? step(Action::kDown, "take it back again")
                       : step(Action::kApply, "run it again, and what comes after it"));
  if (!guarded) return steps;
  NextStep back = rollback("bring back the database as it was at the begin; the snapshot is there");
  // The first advice loses nothing of anybody's.
  steps.insert(foreign_writes_ ? steps.end() : steps.begin(), std::move(back));
  if (!in_part) {
    steps.push_back(
        step(Action::kCommit, down ? "keep what was done" : "keep the migrations before it"));
  }
  return steps;
}

std::vector<NextStep> Advice::unreadable(bool session) const {
  std::vector<NextStep> steps = {
      step(Action::kStatus, "look again, once the database can be read")};
  if (session) steps.push_back(rollback("bring back the database as it was at the begin"));
  return steps;
}

std::vector<NextStep> Advice::after_rollback() const {
  return {step(Action::kFixMigration, "correct the migrations"),
          step(Action::kBegin, "take a new snapshot"),
          step(Action::kApply, "run the migrations again")};
}

std::vector<NextStep> Advice::after_recovery_is_due() const {
  return {rollback("settle it, and bring back the database as it was at the begin"),
          step(Action::kApply, "settle it, and run what is pending"),
          step(Action::kCommit, "settle it, and keep what was applied")};
}

std::vector<NextStep> Advice::without_snapshot(uint32_t pending) const {
  std::vector<NextStep> steps = {
      step(Action::kCommit, "close the session as it is; without its snapshot nothing comes back")};
  if (pending > 0) {
    steps.push_back(step(Action::kApply, "run what is pending: " + counted(pending, "migration") +
                                             ", with nothing to come back to"));
  }
  return steps;
}

std::vector<NextStep> Advice::to_finish(Action action) const {
  return {step(action, "finish what was interrupted"),
          step(Action::kBegin, "finish it, and open a new session")};
}

std::vector<NextStep> Advice::while_running() const {
  return {step(Action::kWait, "let the command that is running come to its end"),
          step(Action::kStatus, "look again")};
}

}  // namespace belay::runtime

#include "runtime/session/words.h"

#include <array>
#include <cstdio>
#include <utility>

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

std::string counted(uint64_t count, const std::string& unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
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

std::string to_text(const Report& report) {
  std::string out = report.headline + ".\n";
  for (const Recovery& recovery : report.recovered) out += "First, " + recovery.text + ".\n";
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
    case Action::kCommit: return program_ + " commit";
    case Action::kRollback: return program_ + " rollback";
    case Action::kStatus: return program_ + " status";
    case Action::kFixMigration:
    case Action::kWait: return "";
  }
  return "";
}

NextStep Advice::step(Action action, std::string explanation) const {
  return {action, command(action), std::move(explanation)};
}

std::vector<NextStep> Advice::without_session() const {
  return {step(Action::kBegin, "take a snapshot and open a session"),
          step(Action::kStatus, "see where things stand")};
}

std::vector<NextStep> Advice::after_begin() const {
  return {step(Action::kApply, "run the migrations that are pending"),
          step(Action::kRollback, "bring back the database as it is now, at any time"),
          step(Action::kCommit, "keep what was applied and drop the snapshot")};
}

std::vector<NextStep> Advice::with_session(uint32_t pending) const {
  std::vector<NextStep> steps;
  if (pending > 0) {
    steps.push_back(step(Action::kApply, "run what is pending: " + counted(pending, "migration")));
  }
  steps.push_back(step(Action::kCommit, "keep what was applied and drop the snapshot"));
  steps.push_back(step(Action::kRollback, "bring back the database as it was at the begin"));
  if (pending == 0) steps.push_back(step(Action::kApply, "run migrations that are added later"));
  return steps;
}

std::vector<NextStep> Advice::after_failure(bool guarded, bool in_part) const {
  std::vector<NextStep> steps;
  if (guarded) {
    steps.push_back(step(Action::kRollback,
                         "bring back the database as it was at the begin; the snapshot is there"));
  }
  steps.push_back(step(Action::kFixMigration,
                       in_part ? "correct the migration from the statement that failed on; those "
                                 "before it have run and must stay as they are"
                               : "correct the migration; nothing of it has stayed"));
  steps.push_back(step(Action::kApply, "run it again, and what comes after it"));
  if (guarded && !in_part) {
    steps.push_back(step(Action::kCommit, "keep the migrations before it"));
  }
  return steps;
}

std::vector<NextStep> Advice::after_rollback() const {
  return {step(Action::kFixMigration, "correct the migrations"),
          step(Action::kBegin, "take a new snapshot"),
          step(Action::kApply, "run the migrations again")};
}

std::vector<NextStep> Advice::after_recovery_is_due() const {
  return {step(Action::kRollback, "settle it, and bring back the database as it was at the begin"),
          step(Action::kApply, "settle it, and run what is pending"),
          step(Action::kCommit, "settle it, and keep what was applied")};
}

std::vector<NextStep> Advice::while_running() const {
  return {step(Action::kWait, "let the command that is running come to its end"),
          step(Action::kStatus, "look again")};
}

}  // namespace belay::runtime

#include "lsp/features/session_plan.h"

#include <algorithm>

#include "lsp/features/risk.h"
#include "support/counted.h"

namespace belay::lsp {
namespace {

using runtime::MigrationScript;
using runtime::SessionPhase;
using runtime::StatusReport;
using workbench::SessionTarget;

/// As many as a dialog can hold.
constexpr size_t kMostNames = 5;

SessionPlan refusal(MessageType type, std::string text) {
  SessionPlan out;
  out.notice = {type, std::move(text)};
  return out;
}

bool is_applied(const StatusReport& status, const MigrationScript& migration) {
  return std::any_of(status.ledger.begin(), status.ledger.end(), [&](const auto& entry) {
    return entry.version == migration.version && entry.history == migration.history &&
           entry.state == runtime::MigrationState::kDone;
  });
}

/// What would run; an error where the last one is not there.
Result<std::vector<const MigrationScript*>> pending(const SessionOrder& order,
                                                    const SessionTarget& target,
                                                    const StatusReport& status) {
  std::vector<const MigrationScript*> out;
  for (const MigrationScript& m : target.migrations) {
    if (!is_applied(status, m)) out.push_back(&m);
    if (m.id == order.migration || (!order.migration.empty() && m.version == order.migration)) {
      return out;
    }
  }
  if (order.migration.empty()) return out;
  return Error{"there is no migration `" + order.migration + "`", target.history,
               "save the file and check that it belongs to the history"};
}

/// What an editor shows and the disk does not have would not run: better to say so.
std::string unsaved_file(const SessionOrder& order, const FileSystem& disk,
                         const std::vector<const MigrationScript*>& migrations) {
  for (const MigrationScript* m : migrations) {
    const auto open = order.open.find(path::absolute(m->up.path));
    if (open == order.open.end()) continue;
    const std::string_view shown = open->second.text.text();
    const Result<std::string> saved = disk.read(open->first, Document::kMaxBytes);
    if (!saved || *saved != shown) return open->first;
  }
  return "";
}

std::vector<std::string> losses_of(const SessionOrder& order,
                                   const std::vector<const MigrationScript*>& migrations) {
  std::vector<std::string> out;
  if (order.set == nullptr) return out;
  for (uint32_t i = 0; i < order.set->migrations.size(); ++i) {
    const AnalyzedScript* up = order.set->script(i, project::Direction::kUp);
    const bool runs = std::any_of(migrations.begin(), migrations.end(), [&](const auto* m) {
      return m->id == order.set->set->migrations[i].id;
    });
    if (up == nullptr || !runs) continue;
    for (std::string& loss : risk_of(*up).losses) out.push_back(std::move(loss));
  }
  return out;
}

std::string names_of(const std::vector<const MigrationScript*>& migrations) {
  std::vector<std::string> names;
  for (const MigrationScript* m : migrations) names.push_back(m->display_name());
  return enumerated(names, kMostNames);
}

/// An interrupted command is settled before anything else: that, too, changes the database.
std::string recovery_first(const StatusReport& status) {
  return status.recovery.empty() ? "" : "\nFirst: " + status.recovery + ".";
}

bool has_session(const StatusReport& status) { return status.phase != SessionPhase::kNone; }

SessionPlan no_session(const SessionTarget& target) {
  return refusal(MessageType::kWarning,
                 "No session is open on " + target.url +
                     ". Begin one first: it takes the snapshot that a rollback restores.");
}

SessionPlan plan_begin(const SessionTarget& target, const StatusReport& status) {
  if (status.phase == SessionPhase::kOpen) {
    return refusal(MessageType::kInfo, "A session is already open on " + target.url + ", since " +
                                           status.since + ". Commit it or roll it back first.");
  }
  SessionPlan out;
  out.verb = "Begin";
  out.question = "Begin a session on " + target.url +
                 "? Belay copies the database and verifies the copy, so that a rollback can bring "
                 "everything back." +
                 recovery_first(status);
  for (const std::string& hook : target.hooks) {
    out.question += "\nbelay.toml has it call " + hook + ".";
  }
  return out;
}

SessionPlan plan_apply(const SessionOrder& order, const SessionTarget& target,
                       const StatusReport& status, const FileSystem& disk) {
  if (!has_session(status)) return no_session(target);
  if (target.migrations_problem) {
    return refusal(MessageType::kError, message_of(*target.migrations_problem));
  }
  const auto migrations = pending(order, target, status);
  if (!migrations) return refusal(MessageType::kError, message_of(migrations.error()));
  if (migrations->empty()) {
    return refusal(MessageType::kInfo, "Nothing to apply: " + target.url + " has them all.");
  }
  if (const std::string file = unsaved_file(order, disk, *migrations); !file.empty()) {
    return refusal(MessageType::kWarning,
                   std::string(path::file_name(file)) +
                       " has changes that are not saved. Save it first: what stands on the disk is "
                       "what runs.");
  }
  SessionPlan out;
  out.verb = "Apply";
  out.question = "Apply " + counted(migrations->size(), "migration") + " to " + target.url + ": " +
                 names_of(*migrations) + "?";
  const std::vector<std::string> losses = losses_of(order, *migrations);
  if (!losses.empty()) {
    out.question += "\nThis loses " + enumerated(losses, kMostNames) + ".";
  }
  out.question += "\nUntil you commit, a rollback brings back what was there.";
  out.question += recovery_first(status);
  return out;
}

SessionPlan plan_commit(const SessionTarget& target, const StatusReport& status) {
  if (!has_session(status)) return no_session(target);
  SessionPlan out;
  out.verb = "Commit";
  out.question = "Commit the session on " + target.url + "? ";
  out.question += status.applied.empty()
                      ? "Nothing was applied in it."
                      : "Applied: " + enumerated(status.applied, kMostNames) + ".";
  out.question += "\nThe snapshot is dropped: after this nothing can be rolled back.";
  out.question += recovery_first(status);
  return out;
}

SessionPlan plan_rollback(const SessionTarget& target, const StatusReport& status) {
  if (!has_session(status)) return no_session(target);
  using Certainty = runtime::ForeignWrites::Certainty;
  SessionPlan out;
  out.verb = "Rollback";
  out.question = "Roll " + target.url + " back to what it was at " + status.since + "?";
  if (!status.applied.empty()) {
    out.question += "\nUndone: " + enumerated(status.applied, kMostNames) + ".";
  }
  if (status.foreign_writes.certainty == Certainty::kSome) {
    out.discard_foreign_writes = true;
    out.question += "\nOthers have written to the database since, and that is lost: " +
                    enumerated(status.foreign_writes.details, kMostNames) + ".";
  } else if (status.foreign_writes.certainty == Certainty::kUnknown) {
    out.discard_foreign_writes = true;
    out.question += "\nOthers may have written to the database since: that would be lost.";
  }
  out.question += recovery_first(status);
  return out;
}

/// As the lenses and menus call it.
std::string_view verb_of(runtime::Action action) {
  switch (action) {
    case runtime::Action::kBegin: return "Begin";
    case runtime::Action::kApply: return "Apply";
    case runtime::Action::kDown: return "Down";
    case runtime::Action::kRepair: return "Repair";
    case runtime::Action::kCommit: return "Commit";
    case runtime::Action::kRollback: return "Rollback";
    case runtime::Action::kStatus: return "Status";
    case runtime::Action::kFixMigration:
    case runtime::Action::kWait: break;
  }
  return "Next";
}

std::string status_message(const StatusReport& status) {
  std::string facts;
  for (const runtime::Fact& fact : status.facts) facts += "\n" + fact.label + ": " + fact.text;
  std::string out = message_of(status);
  const size_t headline_end = std::min(out.find('\n'), out.size());
  return out.insert(headline_end, facts);
}

template <class Report>
SessionOutcome outcome_of(const Result<Report>& report) {
  if (!report) return {false, {MessageType::kError, message_of(report.error())}};
  return {true, {MessageType::kInfo, message_of(*report)}};
}

SessionOutcome run_apply(const SessionOrder& order, const SessionTarget& target) {
  workbench::ApplyRequest request;
  request.to = order.migration;
  const Result<runtime::ApplyReport> report = workbench::apply(target, request);
  SessionOutcome out = outcome_of(report);
  if (!report || (!report->failed && !report->cancelled)) return out;
  out.done = false;
  out.notice.type = report->failed ? MessageType::kError : MessageType::kWarning;
  return out;
}

}  // namespace

SessionPlan plan_session_command(const SessionOrder& order, const SessionTarget& target,
                                 const StatusReport& status, const FileSystem& disk) {
  if (order.command == SessionCommand::kStatus) {
    return refusal(MessageType::kInfo, status_message(status));
  }
  if (status.running) {
    return refusal(MessageType::kWarning,
                   "Another command works on " + target.url + ": " + status.running->to_string());
  }
  switch (order.command) {
    case SessionCommand::kBegin: return plan_begin(target, status);
    case SessionCommand::kApply: return plan_apply(order, target, status, disk);
    case SessionCommand::kCommit: return plan_commit(target, status);
    case SessionCommand::kRollback: return plan_rollback(target, status);
    case SessionCommand::kStatus: break;
  }
  return {};
}

SessionOutcome run_session_command(const SessionOrder& order, const SessionPlan& plan,
                                   const SessionTarget& target) {
  switch (order.command) {
    case SessionCommand::kBegin: return outcome_of(workbench::begin(target));
    case SessionCommand::kApply: return run_apply(order, target);
    case SessionCommand::kCommit: return outcome_of(workbench::commit(target));
    case SessionCommand::kRollback:
      return outcome_of(workbench::rollback(target, plan.discard_foreign_writes));
    case SessionCommand::kStatus: break;
  }
  return {};
}

std::string message_of(const runtime::Report& report) {
  std::string out;
  for (const runtime::Recovery& recovery : report.recovered) {
    out += "First, " + recovery.text + ".\n";
  }
  out += report.headline + ".";
  for (const std::string& warning : report.warnings) out += "\nWarning: " + warning + ".";
  for (const std::string& note : report.notes) out += "\nNote: " + note + ".";
  for (const runtime::NextStep& step : report.next_steps) {
    out += "\n" + std::string(verb_of(step.action)) + ": " + step.explanation + ".";
  }
  return out;
}

std::string message_of(const Error& error) { return error.to_string(); }

SessionView view_of(const StatusReport& status) {
  SessionView out;
  out.open = has_session(status);
  for (const runtime::LedgerEntry& entry : status.ledger) {
    if (entry.state == runtime::MigrationState::kDone) out.applied.insert(entry.version);
  }
  return out;
}

}  // namespace belay::lsp

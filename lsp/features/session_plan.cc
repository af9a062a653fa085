#include "lsp/features/session_plan.h"

#include <algorithm>

#include "lsp/features/report_markdown.h"
#include "lsp/features/risk.h"
#include "lsp/features/session_words.h"
#include "lsp/features/upkeep_plan.h"
#include "support/counted.h"
#include "workbench/checked_apply.h"
#include "workbench/rehearse.h"

namespace belay::lsp {
namespace {

using runtime::MigrationScript;
using runtime::SessionPhase;
using runtime::StatusReport;
using workbench::place_of;
using workbench::SessionTarget;

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

std::vector<std::string> files_of(const std::vector<const MigrationScript*>& migrations) {
  std::vector<std::string> out;
  for (const MigrationScript* m : migrations) out.push_back(m->up.path);
  return out;
}

std::string names_of(const std::vector<const MigrationScript*>& migrations) {
  std::vector<std::string> names;
  for (const MigrationScript* m : migrations) names.push_back(m->display_name());
  return enumerated(names, kMostNames);
}

SessionPlan plan_begin(const SessionTarget& target, const StatusReport& status) {
  if (status.phase == SessionPhase::kOpen) {
    return told_only(MessageType::kInfo, "A session is already open on " + place_of(target) +
                                             ", since " + status.since +
                                             ". Commit it or roll it back first.");
  }
  SessionPlan out;
  out.verb = "Begin";
  out.question = "Begin a session on " + place_of(target) +
                 "? Belay copies the database and verifies the copy, so that a rollback can bring "
                 "everything back." +
                 recovery_first(status);
  for (const std::string& hook : target.hooks) {
    out.question += "\nbelay.toml has it call " + hook + ".";
  }
  return out;
}

workbench::ApplyRequest request_of(const SessionOrder& order) {
  workbench::ApplyRequest out;
  out.to = order.migration;
  return out;
}

/// What belay.toml has asked for behind an apply: it calls something, or goes back by itself.
std::vector<std::string> checks_of(const SessionTarget& target) {
  std::vector<std::string> out;
  const project::SessionConfig& config = target.session_config;
  if (!config.validations.empty()) {
    out.push_back("Then " + counted(config.validations.size(), "validation") + " will be asked.");
  }
  for (const std::string& hook : target.hooks) {
    if (hook.starts_with("after each apply")) out.push_back("belay.toml has it call " + hook + ".");
  }
  if (config.on_failure == project::OnFailure::kRollback) {
    out.push_back("Where something fails, it is rolled back by itself.");
  }
  return out;
}

SessionPlan plan_apply(const SessionOrder& order, const SessionTarget& target,
                       const StatusReport& status, const FileSystem& disk) {
  if (!has_session(status)) return no_session(target);
  if (target.migrations_problem) return refused(*target.migrations_problem);
  const auto migrations = pending(order, target, status);
  if (!migrations) return refused(migrations.error());
  if (migrations->empty()) {
    return told_only(MessageType::kInfo,
                     "Nothing to apply: " + place_of(target) + " has them all.");
  }
  if (auto refusal = unsaved(order, disk, files_of(*migrations))) return *std::move(refusal);
  const workbench::RunFacts facts = workbench::apply_facts(target, status, request_of(order));
  SessionPlan out;
  out.verb = "Apply";
  out.question = "Apply " + counted(migrations->size(), "migration") + " to " + place_of(target) +
                 ": " + names_of(*migrations) + "?" + loss_line(facts.losses);
  for (const std::string& check : checks_of(target)) out.question += "\n" + check;
  out.question += "\nUntil you commit, a rollback brings back what was there.";
  out.question += recovery_first(status);
  std::vector<std::string> arguments;
  if (!order.migration.empty()) arguments = {"--to", migrations->back()->version};
  return permitted(std::move(out), facts, target, arguments);
}

SessionPlan plan_rehearse(const SessionOrder& order, const SessionTarget& target,
                          const StatusReport& status, const FileSystem& disk) {
  if (target.migrations_problem) return refused(*target.migrations_problem);
  const auto migrations = pending(order, target, status);
  if (!migrations) return refused(migrations.error());
  if (migrations->empty()) {
    return told_only(MessageType::kInfo,
                     "Nothing to rehearse: " + place_of(target) + " has all migrations.");
  }
  if (auto refusal = unsaved(order, disk, files_of(*migrations))) return *std::move(refusal);
  SessionPlan out;
  out.verb = "Rehearse";
  out.question = "Rehearse " + counted(migrations->size(), "migration") + " on a copy of " +
                 place_of(target) + ": " + names_of(*migrations) +
                 "?\nThe copy is made now and thrown away afterwards; the database itself stays as "
                 "it is. While it is copied, others cannot write to it.";
  return out;
}

SessionPlan plan_commit(const SessionTarget& target, const StatusReport& status) {
  if (!has_session(status)) return no_session(target);
  SessionPlan out;
  out.verb = "Commit";
  out.question = "Commit the session on " + place_of(target) + "? ";
  out.question += status.applied.empty()
                      ? "Nothing was applied in it."
                      : "Applied: " + enumerated(status.applied, kMostNames) + ".";
  out.question +=
      target.session_config.keep_snapshots > 0
          ? "\nAfter this nothing can be rolled back; the snapshot is kept for `restore`."
          : "\nThe snapshot is dropped: after this nothing can be rolled back.";
  out.question += recovery_first(status);
  return out;
}

SessionPlan plan_rollback(const SessionOrder& order, const SessionTarget& target,
                          const StatusReport& status) {
  if (!has_session(status)) return no_session(target);
  using Certainty = runtime::ForeignWrites::Certainty;
  SessionPlan out;
  out.verb = "Rollback";
  out.question = "Roll " + place_of(target) + " back to what it was at " + status.since + "?";
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
  const bool routine = !out.discard_foreign_writes && status.recovery.empty();
  out.is_agreed = routine && !status.session.empty() && status.session == order.agreed_session;
  return permitted(std::move(out), workbench::rollback_facts(target, status), target, {});
}

std::string status_message(const StatusReport& status) {
  std::string facts;
  for (const runtime::Fact& fact : status.facts) facts += "\n" + fact.label + ": " + fact.text;
  std::string out = message_of(status);
  const size_t headline_end = std::min(out.find('\n'), out.size());
  return out.insert(headline_end, facts);
}

/// What failed within the session is no matter any more.
SessionOutcome over(SessionOutcome outcome) {
  if (outcome.done) outcome.failures.emplace();
  return outcome;
}

SessionOutcome run_apply(const SessionOrder& order, const SessionTarget& target) {
  const project::OnFailure on_failure = target.session_config.on_failure;
  const Result<workbench::CheckedApply> report =
      workbench::apply_checked(target, request_of(order), on_failure);
  if (!report) return outcome_of(Result<runtime::ApplyReport>(report.error()));
  SessionOutcome out = outcome_of(Result<runtime::ApplyReport>(report->applied));
  out.failures = failures_of(target, report->applied);
  out.done = report->well() && !report->applied.cancelled;
  if (out.done) return out;
  out.notice.type = report->well() ? MessageType::kWarning : MessageType::kError;
  if (report->rolled_back) {
    out.notice.text += "\n" + message_of(*report->rolled_back);
  } else if (report->rollback_error) {
    out.notice.text += "\n" + message_of(*report->rollback_error);
  } else if (on_failure == project::OnFailure::kAsk && report->applied.snapshot) {
    out.offered_rollback = report->applied.session;
  }
  return out;
}

/// No failure is marked in the files: what counts is what happened to the database.
SessionOutcome run_rehearsal(const SessionOrder& order, const SessionTarget& target) {
  const Result<workbench::RehearsalReport> report = workbench::rehearse(target, request_of(order));
  SessionOutcome out = outcome_of(report);
  if (!report) return out;
  out.done = report->well();
  out.notice = {report->well() ? MessageType::kInfo : MessageType::kWarning,
                report->headline + "."};
  out.report = report_markdown("Rehearsal", place_of(target), *report);
  return out;
}

SessionOutcome run_command(const SessionOrder& order, const SessionPlan& plan,
                           const SessionTarget& target) {
  switch (order.command) {
    case SessionCommand::kBegin: return outcome_of(workbench::begin(target));
    case SessionCommand::kApply: return run_apply(order, target);
    case SessionCommand::kRehearse: return run_rehearsal(order, target);
    case SessionCommand::kCommit: return over(outcome_of(workbench::commit(target)));
    case SessionCommand::kRollback:
      return over(outcome_of(workbench::rollback(target, plan.discard_foreign_writes)));
    default: return run_upkeep(order, plan, target);
  }
}

}  // namespace

SessionPlan plan_session_command(const SessionOrder& order, const SessionTarget& target,
                                 const StatusReport& status, const FileSystem& disk) {
  if (order.command == SessionCommand::kStatus) {
    return told_only(MessageType::kInfo, with_place(target, status_message(status)));
  }
  if (status.running) {
    return told_only(MessageType::kWarning, "Another command works on " + place_of(target) + ": " +
                                                status.running->to_string());
  }
  switch (order.command) {
    case SessionCommand::kBegin: return plan_begin(target, status);
    case SessionCommand::kApply: return plan_apply(order, target, status, disk);
    case SessionCommand::kRehearse: return plan_rehearse(order, target, status, disk);
    case SessionCommand::kCommit: return plan_commit(target, status);
    case SessionCommand::kRollback: return plan_rollback(order, target, status);
    default: return plan_upkeep(order, target, status, disk);
  }
}

SessionOutcome run_session_command(const SessionOrder& order, const SessionPlan& plan,
                                   const SessionTarget& target) {
  SessionOutcome out = run_command(order, plan, target);
  out.notice.text = with_place(target, std::move(out.notice.text));
  return out;
}

Result<std::pair<StatusReport, SessionView>> look_at_session(const SessionTarget& target) {
  // Before the status: what others write in between is taken in once more, which changes nothing.
  const std::string stamp = target.session.records_stamp();
  const Result<runtime::RecordsReport> records = target.session.records();
  Result<StatusReport> status = workbench::status(target);
  if (!status) return std::move(status).error();
  SessionView view = view_of(*status);
  view.database = place_of(target);
  view.stamp = stamp;
  view.events = records ? records->events.size() : 0;
  return std::make_pair(*std::move(status), std::move(view));
}

}  // namespace belay::lsp

// On the command line a person types the version of what a down may lose. Here the question names
// all that is lost, and its button the versions: pressing one that says what goes is as near to
// that as an editor comes. It is only ever done under a session's snapshot, and never on
// production, where the database's name would have to be typed.
#include "lsp/features/upkeep_plan.h"

#include <algorithm>

#include "lsp/features/risk.h"
#include "lsp/features/session_words.h"
#include "support/counted.h"

namespace belay::lsp {
namespace {

using runtime::StatusReport;
using runtime::StoredSnapshot;
using workbench::place_of;
using workbench::SessionTarget;

std::vector<std::string> files_of(const SessionTarget& target,
                                  const std::vector<runtime::DownItem>& items, bool with_ups) {
  std::vector<std::string> out;
  for (const runtime::MigrationScript& m : target.migrations) {
    const bool is_meant = std::any_of(items.begin(), items.end(), [&](const auto& item) {
      return item.version == m.version && item.history == m.history;
    });
    if (!is_meant) continue;
    if (m.down) out.push_back(m.down->path);
    if (with_ups) out.push_back(m.up.path);
  }
  return out;
}

Result<workbench::DownRequest> down_request(const SessionOrder& order, const SessionTarget& target,
                                            const StatusReport& status) {
  if (!order.migration.empty()) return workbench::down_through(target, status, order.migration);
  if (!order.steps) {
    return Error{"no migration that could be taken back stands here", place_of(target),
                 "open its file, or say how many of the newest are meant"};
  }
  workbench::DownRequest out;
  out.steps = *order.steps;
  return out;
}

std::vector<std::string> versions_of(const runtime::DownPlanReport& plan) {
  std::vector<std::string> out;
  for (const runtime::DownItem& item : plan.items) out.push_back(item.version);
  return out;
}

/// The way back in words: what goes, what it loses, what stays.
std::string down_question(const SessionOrder& order, const SessionTarget& target,
                          const runtime::DownPlanReport& plan,
                          const std::vector<std::string>& losses) {
  std::vector<std::string> names;
  for (const runtime::DownItem& item : plan.items) names.push_back(item.display_name);
  const bool again = order.command == SessionCommand::kRedo;
  std::string out = again ? "Take back and apply again on " : "Take back on ";
  out += place_of(target) + ": " + enumerated(names, kMostNames) + "?";
  out += loss_line(losses);
  if (!again) {
    out += plan.stays.empty() ? "\nNo migration stays applied." : "\n" + plan.stays + " stays.";
  }
  for (const std::string& warning : plan.warnings) out += "\n" + warning + ".";
  return out + "\nUntil you commit, a rollback brings back what was there.";
}

SessionPlan plan_down(const SessionOrder& order, const SessionTarget& target,
                      const StatusReport& status, const FileSystem& disk) {
  if (!has_session(status)) return no_session(target);
  if (target.migrations_problem) return refused(*target.migrations_problem);
  const bool again = order.command == SessionCommand::kRedo;
  SessionPlan out;
  Result<workbench::DownRequest> request = down_request(order, target, status);
  if (!request) return refused(request.error());
  out.down = *std::move(request);
  const Result<runtime::DownPlanReport> plan = workbench::plan_down(target, out.down);
  if (!plan) return refused(plan.error());
  if (auto refusal = unsaved(order, disk, files_of(target, plan->items, again))) {
    return *std::move(refusal);
  }
  const workbench::RunFacts facts = workbench::down_facts(target, again ? "redo" : "down", *plan);
  out.taken_back = versions_of(*plan);
  for (const runtime::DownItem& item : plan->items) {
    if (item.needs_confirmation) out.down.confirmed.push_back(item.version);
  }
  out.verb = again ? "Redo" : "Take back";
  if (!out.down.confirmed.empty()) out.verb += " " + enumerated(out.down.confirmed, kMostNames);
  out.question = down_question(order, target, *plan, facts.losses) + recovery_first(status);
  const std::string steps = std::to_string(out.down.steps);
  return permitted(std::move(out), facts, target, {"--steps", steps});
}

SessionPlan plan_fresh(const SessionTarget& target, const SessionOrder& order,
                       const FileSystem& disk) {
  if (const Result<void> possible = workbench::check_fresh(target); !possible) {
    return refused(possible.error());
  }
  std::vector<std::string> files;
  for (const runtime::MigrationScript& m : target.migrations) files.push_back(m.up.path);
  if (auto refusal = unsaved(order, disk, files)) return *std::move(refusal);
  SessionPlan out;
  out.verb = "Empty and apply";
  out.question = "Empty " + place_of(target) + " and apply all " +
                 counted(target.migrations.size(), "migration") +
                 " to it? All that is in it goes. A session is opened for it: until you commit, a "
                 "rollback brings back what was there.";
  for (const std::string& hook : target.hooks) {
    out.question += "\nbelay.toml has it call " + hook + ".";
  }
  return out;
}

/// The kept snapshot that is meant: the one that is named, or the only one.
Result<StoredSnapshot> meant_snapshot(const SessionOrder& order, const SessionTarget& target) {
  const Result<runtime::SnapshotsReport> report = workbench::snapshots(target, /*verify=*/false);
  if (!report) return report.error();
  std::vector<StoredSnapshot> kept;
  std::vector<std::string> names;
  for (const StoredSnapshot& snapshot : report->snapshots) {
    if (snapshot.state == StoredSnapshot::State::kInUse) continue;
    if (snapshot.session == order.snapshot) return snapshot;
    names.push_back(snapshot.session);
    kept.push_back(snapshot);
  }
  if (order.snapshot.empty() && kept.size() == 1) return kept.front();
  if (kept.empty()) return Error{"no snapshot is kept", place_of(target), ""};
  return Error{order.snapshot.empty() ? "several snapshots are kept"
                                      : "no snapshot of `" + order.snapshot + "` is kept",
               place_of(target), "name one of " + enumerated(names, kMostNames)};
}

std::string with_time(const StoredSnapshot& snapshot) {
  return snapshot.session +
         (snapshot.taken_at.empty() ? std::string() : ", taken " + snapshot.taken_at);
}

SessionPlan plan_restore(const SessionOrder& order, const SessionTarget& target,
                         const StatusReport& status) {
  const Result<StoredSnapshot> snapshot = meant_snapshot(order, target);
  if (!snapshot) return refused(snapshot.error());
  SessionPlan out;
  out.verb = "Restore";
  out.snapshot = snapshot->session;
  out.question = "Replace all that is in " + place_of(target) + " by the snapshot " +
                 with_time(*snapshot) + "?\n" +
                 (has_session(status) ? "It happens within the session that is open"
                                      : "A session is opened for it") +
                 ": until you commit, a rollback brings back what is there now." +
                 recovery_first(status);
  if (!has_session(status)) {
    for (const std::string& hook : target.hooks) {
      out.question += "\nbelay.toml has it call " + hook + ".";
    }
  }
  return permitted(std::move(out), workbench::restore_facts(target), target, {snapshot->session});
}

SessionPlan plan_drop(const SessionOrder& order, const SessionTarget& target) {
  const Result<StoredSnapshot> snapshot = meant_snapshot(order, target);
  if (!snapshot) return refused(snapshot.error());
  SessionPlan out;
  out.verb = "Remove";
  out.snapshot = snapshot->session;
  out.question = "Remove the snapshot " + with_time(*snapshot) + ", of " + place_of(target) +
                 ", for good? What it holds cannot be brought back.";
  return out;
}

/// As many as belay.toml keeps behind commits; at least the last good one.
size_t how_many_stay(const SessionTarget& target) {
  return static_cast<size_t>(std::max<int64_t>(1, target.session_config.keep_snapshots));
}

SessionPlan plan_prune(const SessionTarget& target) {
  SessionPlan out;
  out.verb = "Remove";
  const size_t stay = how_many_stay(target);
  out.question = "Remove the old snapshots of " + place_of(target) + " for good? " +
                 (stay == 1 ? "The newest good one stays."
                            : "The newest " + std::to_string(stay) + " good ones stay.") +
                 " Each is read whole first.";
  return out;
}

SessionOutcome outcome_of_run(const SessionTarget& target,
                              const Result<runtime::DownReport>& report) {
  SessionOutcome out = outcome_of(report);
  if (!report) return out;
  out.failures = failures_of(target, *report);
  if (!report->failed && !report->cancelled) return out;
  out.done = false;
  out.notice.type = report->failed ? MessageType::kError : MessageType::kWarning;
  if (report->snapshot) out.offered_rollback = report->session;
  return out;
}

/// Somebody else may have applied or taken back migrations while the question stood.
Result<runtime::DownReport> run_down(const SessionOrder& order, const SessionPlan& plan,
                                     const SessionTarget& target) {
  const Result<runtime::DownPlanReport> now = workbench::plan_down(target, plan.down);
  if (!now) return now.error();
  if (versions_of(*now) != plan.taken_back) {
    return Error{
        "other migrations are applied by now than those that you were asked about; "
        "nothing was taken back",
        place_of(target), "run the command again"};
  }
  const bool again = order.command == SessionCommand::kRedo;
  return again ? workbench::redo(target, plan.down) : workbench::down(target, plan.down);
}

SessionOutcome run_fresh(const SessionTarget& target) {
  const Result<workbench::Fresh> fresh = workbench::fresh(target);
  if (!fresh) return outcome_of(Result<runtime::ApplyReport>(fresh.error()));
  const runtime::ApplyReport& applied = fresh->applied;
  SessionOutcome out = outcome_of(Result<runtime::ApplyReport>(applied));
  out.failures = failures_of(target, applied);
  if (!applied.failed && !applied.cancelled) return out;
  out.done = false;
  out.notice.type = applied.failed ? MessageType::kError : MessageType::kWarning;
  out.offered_rollback = fresh->session;
  return out;
}

SessionOutcome run_prune(const SessionPlan& plan, const SessionTarget& target) {
  runtime::PruneOptions options;
  options.keep = how_many_stay(target);
  if (!plan.snapshot.empty()) options.sessions = {plan.snapshot};
  return outcome_of(workbench::prune_snapshots(target, options));
}

}  // namespace

SessionPlan plan_upkeep(const SessionOrder& order, const SessionTarget& target,
                        const StatusReport& status, const FileSystem& disk) {
  switch (order.command) {
    case SessionCommand::kDown:
    case SessionCommand::kRedo: return plan_down(order, target, status, disk);
    case SessionCommand::kRestore: return plan_restore(order, target, status);
    case SessionCommand::kFresh: return plan_fresh(target, order, disk);
    case SessionCommand::kDropSnapshot: return plan_drop(order, target);
    case SessionCommand::kPruneSnapshots: return plan_prune(target);
    default: return {};
  }
}

SessionOutcome run_upkeep(const SessionOrder& order, const SessionPlan& plan,
                          const SessionTarget& target) {
  switch (order.command) {
    case SessionCommand::kDown:
    case SessionCommand::kRedo: return outcome_of_run(target, run_down(order, plan, target));
    case SessionCommand::kRestore: return outcome_of(workbench::restore(target, plan.snapshot));
    case SessionCommand::kFresh: return run_fresh(target);
    case SessionCommand::kDropSnapshot:
    case SessionCommand::kPruneSnapshots: return run_prune(plan, target);
    default: return {};
  }
}

}  // namespace belay::lsp

#include "workbench/upkeep.h"

#include <algorithm>
#include <utility>

namespace belay::workbench {
namespace {

runtime::DownOptions options_of(const SessionTarget& target, const DownRequest& request) {
  runtime::DownOptions options;
  options.steps = request.steps;
  options.to = request.to;
  options.confirmed = request.confirmed;
  options.allow_unguarded = request.allow_unguarded;
  if (!request.beyond_window) options.window = target.rollback_window;
  return options;
}

/// Reports about the migrations say what is wrong with them.
template <class T>
Result<T> with_problems(const SessionTarget& target, Result<T> report) {
  if (report) note_problems(target, *report);
  return report;
}

}  // namespace

Result<runtime::PlanReport> pending(const SessionTarget& target) {
  BELAY_TRY(check_migrations(target));
  runtime::PlanOptions options;
  options.sizes = false;
  return with_problems(target, target.session.plan(target.migrations, options));
}

Result<runtime::DownPlanReport> plan_down(const SessionTarget& target, const DownRequest& request) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target,
                       target.session.plan_down(target.migrations, options_of(target, request)));
}

Result<DownRequest> down_through(const SessionTarget& target, const runtime::StatusReport& status,
                                 const std::string& migration) {
  const runtime::MigrationScript* script = script_called(target, migration);
  if (script == nullptr) {
    return Error{"there is no migration `" + migration + "`", target.history, ""};
  }
  using State = runtime::MigrationState;
  const auto is_there = [&](const runtime::LedgerEntry& entry) {
    const bool applied = entry.state == State::kDone || entry.state == State::kRollingBack;
    return applied && entry.history == script->history;
  };
  const auto entry = std::find_if(status.ledger.begin(), status.ledger.end(), [&](const auto& e) {
    return is_there(e) && e.version == script->version;
  });
  if (entry == status.ledger.end()) {
    return Error{script->display_name() + " is not applied, so there is nothing to take back",
                 target.url, ""};
  }
  DownRequest out;
  out.steps = static_cast<size_t>(
      std::count_if(status.ledger.begin(), status.ledger.end(),
                    [&](const auto& e) { return is_there(e) && e.position >= entry->position; }));
  const Result<runtime::DownPlanReport> plan = plan_down(target, out);
  if (!plan) return plan.error();
  const bool ends_there = !plan->items.empty() && plan->items.back().version == script->version;
  if (ends_there) return out;
  return Error{"it cannot be told what was applied after " + script->display_name(), target.url,
               "`belay down --to VERSION` names what is to stay"};
}

Result<runtime::DownReport> down(const SessionTarget& target, const DownRequest& request) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target, target.session.down(target.migrations, options_of(target, request)));
}

Result<runtime::DownReport> redo(const SessionTarget& target, const DownRequest& request) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target, target.session.redo(target.migrations, options_of(target, request)));
}

Result<runtime::HistoryReport> history(const SessionTarget& target) {
  return target.session.history();
}

Result<runtime::CheckReport> check(const SessionTarget& target) { return target.session.check(); }

Result<runtime::VerifySchemaReport> verify_schema(const SessionTarget& target) {
  return target.session.verify_schema();
}

Result<runtime::BaselineReport> baseline(const SessionTarget& target, const std::string& version) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target, target.session.baseline(target.migrations, version));
}

namespace {

/// A session whose snapshot holds everything. Returns whether it was opened now.
Result<bool> open_session(const SessionTarget& target) {
  const Result<runtime::StatusReport> status = target.session.status(target.migrations);
  if (!status) return status.error();
  if (status->phase == runtime::SessionPhase::kOpen) return false;
  Result<runtime::BeginReport> begun = target.session.begin();
  if (!begun) return std::move(begun).error();
  return true;
}

}  // namespace

Result<runtime::ReplaceReport> restore(const SessionTarget& target, const std::string& source) {
  Result<bool> opened = open_session(target);
  if (!opened) return std::move(opened).error();
  runtime::RestoreOptions options;
  options.source = source;
  Result<runtime::ReplaceReport> report = target.session.restore(options);
  // It comes whole or not at all, so that a session for nothing need not stay.
  if (!report && *opened) (void)target.session.commit();
  return with_problems(target, std::move(report));
}

Result<runtime::SnapshotsReport> snapshots(const SessionTarget& target, bool verify) {
  runtime::SnapshotsOptions options;
  options.verify = verify;
  return target.session.snapshots(options);
}

Result<runtime::SnapshotsReport> prune_snapshots(const SessionTarget& target,
                                                 const runtime::PruneOptions& options) {
  return target.session.prune_snapshots(options);
}

Result<void> check_fresh(const SessionTarget& target) {
  BELAY_TRY(check_migrations(target));
  if (target.kind != project::EnvironmentKind::kDevelopment) {
    return Error{"`fresh` empties the database, and `" + target.environment +
                     "` is no environment for development",
                 target.url, "name another one with --environment"};
  }
  const Result<runtime::StatusReport> status = target.session.status(target.migrations);
  if (!status) return status.error();
  if (status->phase == runtime::SessionPhase::kNone) return {};
  return Error{"a session is open, and `fresh` opens one of its own; nothing was changed",
               target.url, "commit or roll back first"};
}

Result<Fresh> fresh(const SessionTarget& target) {
  BELAY_TRY(check_fresh(target));
  Result<runtime::BeginReport> begun = target.session.begin();
  if (!begun) return std::move(begun).error();
  Fresh out;
  out.session = begun->session;
  Result<runtime::ReplaceReport> cleared = target.session.clear();
  if (!cleared) return std::move(cleared).error();
  Result<runtime::ApplyReport> applied = apply(target, {});
  if (!applied) return std::move(applied).error();
  out.applied = *std::move(applied);
  return out;
}

Result<runtime::RepairReport> plan_repair(const SessionTarget& target,
                                          const runtime::RepairOptions& options) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target, target.session.plan_repair(target.migrations, options));
}

Result<runtime::RepairReport> repair(const SessionTarget& target,
                                     const runtime::RepairOptions& options) {
  BELAY_TRY(check_migrations(target));
  return with_problems(target, target.session.repair(target.migrations, options));
}

}  // namespace belay::workbench

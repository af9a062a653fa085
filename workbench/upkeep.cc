#include "workbench/upkeep.h"

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

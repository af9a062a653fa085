#include <iostream>

#include "cli/run_outputs.h"
#include "cli/session_support.h"
#include "workbench/checked_apply.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

/// Without a session there is no snapshot: only a person may want that, and has to say so. What
/// else has to be confirmed depends on the environment.
Result<void> confirm_apply(const Arguments& arguments, const workbench::SessionTarget& target,
                           const workbench::ApplyRequest& request) {
  if (!request.allow_unguarded && !may_have_to_confirm(arguments, target)) return {};
  workbench::RunFacts run = workbench::facts_of(target, "apply");
  run.guarded = !request.allow_unguarded;
  const Result<runtime::StatusReport> status = workbench::status(target);
  if (!status) return status.error();
  run.losses = workbench::losses_of(
      target, workbench::wanted_of(target, status->pending_migrations, request));
  return confirm_run(arguments, run);
}

/// A migration failed in an open session: offer what brings everything back.
void offer_rollback(const Arguments& arguments) {
  if (confirm("Roll back now, to the state before `belay begin`?")) {
    roll_back(arguments, /*discard_foreign_writes=*/false, /*report=*/false);
  }
}

project::OnFailure on_failure(const Arguments& arguments, const workbench::SessionTarget& target) {
  return arguments.has("--rollback-on-failure") ? project::OnFailure::kRollback
                                                : target.session_config.on_failure;
}

/// Prints how it went; where it did not go well, what was done about it, or asks.
int tell(const Arguments& arguments, const workbench::CheckedApply& report,
         project::OnFailure on_failure) {
  print_report(report.applied);
  if (report.rolled_back) {
    std::cout << '\n';
    print_report(*report.rolled_back);
  } else if (report.rollback_error) {
    fail(*report.rollback_error, kFindings);
  } else if ((!report.well() || report.applied.cancelled) && report.applied.snapshot &&
             on_failure == project::OnFailure::kAsk) {
    offer_rollback(arguments);
  }
  return report.well() && !report.applied.cancelled ? kClean : kFindings;
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  workbench::ApplyRequest request;
  request.to = arguments.value("--to");
  request.allow_unguarded = arguments.has("--without-snapshot");
  const Result<void> confirmed = confirm_apply(arguments, *target, request);
  if (!confirmed) return fail(confirmed.error(), kFindings);
  const Result<RunOutputs> outputs = RunOutputs::from(arguments);
  if (!outputs) return fail(outputs.error(), kUsage);
  const workbench::RunStart start = workbench::start_run(*target, "apply");
  const Result<workbench::CheckedApply> report =
      workbench::apply_checked(*target, request, on_failure(arguments, *target));
  outputs->write(workbench::report_run(*target, start, report));
  if (!report) return fail(report.error(), kFindings);
  return tell(arguments, *report, on_failure(arguments, *target));
}

}  // namespace

Command apply_command() {
  std::vector<OptionSpec> options = with_permission(with_run_outputs(session_options()));
  options.push_back(
      {"--to", "The last version to apply, it included (default: all)", Kind::kValue});
  options.push_back(
      {"--without-snapshot", "Apply without an open session: nothing can be taken back"});
  options.push_back(
      {"--rollback-on-failure",
       "Roll the session back where a migration, a validation or the health check fails"});
  return {"apply", "Apply the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

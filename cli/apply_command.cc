#include <iostream>

#include "cli/run_outputs.h"
#include "cli/session_support.h"

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
  if (confirm("Roll back now, to the state before `belay begin`?")) roll_back(arguments, false);
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
  const Result<runtime::ApplyReport> report = workbench::apply(*target, request);
  outputs->write(workbench::report_run(*target, start, report));
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  if (!report->failed && !report->cancelled) return kClean;
  if (report->snapshot) offer_rollback(arguments);
  return kFindings;
}

}  // namespace

Command apply_command() {
  std::vector<OptionSpec> options = with_permission(with_run_outputs(session_options()));
  options.push_back(
      {"--to", "The last version to apply, it included (default: all)", Kind::kValue});
  options.push_back(
      {"--without-snapshot", "Apply without an open session: nothing can be taken back"});
  return {"apply", "Apply the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

#include <iostream>

#include "cli/run_outputs.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

/// Without a session there is no snapshot: only a person may want that, and has to say so.
bool may_run_unguarded(const Arguments& arguments, const workbench::SessionTarget& target) {
  if (!arguments.has("--without-snapshot")) return false;
  if (arguments.has("--yes")) return true;
  return confirm("Apply migrations to " + target.url +
                 " without a snapshot? What goes wrong cannot be taken back.");
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
  request.allow_unguarded = may_run_unguarded(arguments, *target);
  if (arguments.has("--without-snapshot") && !request.allow_unguarded) {
    return fail({"nothing was run: running without a snapshot was not confirmed", "",
                 "answer yes, or pass --yes where no person can be asked"},
                kFindings);
  }
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
  std::vector<OptionSpec> options = with_run_outputs(session_options());
  options.push_back(
      {"--to", "The last version to apply, it included (default: all)", Kind::kValue});
  options.push_back(
      {"--without-snapshot", "Apply without an open session: nothing can be taken back"});
  options.push_back({"--yes", "Do not ask"});
  return {"apply", "Apply the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

#include "cli/run_outputs.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  runtime::CommitOptions options;
  options.keep_snapshot = arguments.has("--keep-snapshot");
  options.accept_partial = arguments.has("--accept-partial");
  Result<RunOutputs> outputs = RunOutputs::from(arguments);
  if (!outputs) return fail(outputs.error(), kUsage);
  outputs->start(*target, "commit");
  const Result<runtime::CommitReport> report = workbench::commit(*target, options);
  outputs->write(*target, report);
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace

Command commit_command() {
  std::vector<OptionSpec> options = with_run_outputs(session_options());
  options.push_back({"--keep-snapshot", "Leave the snapshot's files where they are"});
  options.push_back(
      {"--accept-partial", "Keep a migration that ran statement by statement and failed half way"});
  return {"commit", "Keep what was applied and drop the snapshot", std::move(options), run};
}

}  // namespace belay::cli

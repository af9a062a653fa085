#include <iostream>

#include "cli/run_outputs.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  Result<RunOutputs> outputs = RunOutputs::from(arguments);
  if (!outputs) return fail(outputs.error(), kUsage);
  for (const std::string& hook : target->hooks)
    std::cerr << "belay.toml has it call " << hook << '\n';
  outputs->start(*target, "begin");
  const Result<runtime::BeginReport> report = workbench::begin(*target);
  outputs->write(*target, report);
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace

Command begin_command() {
  return {"begin", "Take a snapshot of the database and open a session",
          with_run_outputs(session_options()), run};
}

}  // namespace belay::cli

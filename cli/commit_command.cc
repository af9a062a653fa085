#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::CommitReport> report = workbench::commit(*target);
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace

Command commit_command() {
  return {"commit", "Keep what was applied and drop the snapshot", session_options(), run};
}

}  // namespace belay::cli

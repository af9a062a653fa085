#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::BeginReport> report = workbench::begin(*target);
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace

Command begin_command() {
  return {"begin", "Take a snapshot of the database and open a session", session_options(), run};
}

}  // namespace belay::cli

#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::RollbackReport> report =
      workbench::rollback(*target, arguments.has("--discard-foreign-writes"));
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace

Command rollback_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--discard-foreign-writes",
                     "Restore although others have written since; their writes are lost"});
  return {"rollback", "Bring the database back to what it was at begin", std::move(options), run};
}

}  // namespace belay::cli

#include "cli/run_outputs.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  return roll_back(arguments, arguments.has("--discard-foreign-writes"), /*report=*/true);
}

}  // namespace

Command rollback_command() {
  std::vector<OptionSpec> options = with_permission(with_run_outputs(session_options()));
  options.push_back({"--discard-foreign-writes",
                     "Restore although others have written since; their writes are lost"});
  return {"rollback", "Bring the database back to what it was at begin", std::move(options), run};
}

}  // namespace belay::cli

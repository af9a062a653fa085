#include "cli/down_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  return run_down(arguments, {workbench::redo, "take back and apply again", "redo"});
}

}  // namespace

Command redo_command() {
  return {"redo", "Take back the newest applied migrations and apply them again",
          down_options(/*with_target=*/false), run};
}

}  // namespace belay::cli

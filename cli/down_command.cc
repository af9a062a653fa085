#include "cli/down_support.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  return run_down(arguments, {workbench::down, "take back", "down"});
}

}  // namespace

Command down_command() {
  return {"down",
          "Take back the newest applied migrations by their down scripts. With --to VERSION that "
          "version stays: only what was applied after it is taken back",
          down_options(/*with_target=*/true), run};
}

}  // namespace belay::cli

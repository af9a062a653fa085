#pragma once

#include <string_view>
#include <vector>

#include "cli/session_support.h"
#include "workbench/upkeep.h"

/// What `down` and `redo` share.
namespace belay::cli {

struct DownWork {
  Result<runtime::DownReport> (*run)(const workbench::SessionTarget&,
                                     const workbench::DownRequest&);
  std::string_view verb;     ///< for questions
  std::string_view command;  ///< `down`, `redo`
};

/// With `with_target` there is `--to`.
std::vector<OptionSpec> down_options(bool with_target);

/// Shows the plan, asks for what has to be confirmed, and runs it. Returns the exit code.
int run_down(const Arguments& arguments, const DownWork& work);

}  // namespace belay::cli

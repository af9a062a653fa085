#pragma once

#include <belay/result.h>

#include "cli/command.h"
#include "workbench/project_loader.h"

/// The options that say which project is meant and how to read it, for every command that has them.
namespace belay::cli {

OptionSpec dialect_option();
OptionSpec dialect_version_option();
OptionSpec layout_option();

/// What the command line says of them. Errors: a name or version that does not exist.
Result<workbench::LoadOptions> load_options(const Arguments& arguments);

}  // namespace belay::cli

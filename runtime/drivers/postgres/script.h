#pragma once

#include <belay/migration.h>
#include <belay/result.h>

#include "runtime/drivers/script_plan.h"

namespace belay::runtime::postgres {

/// Decides how a script is run. Errors: commands of psql, a NUL byte.
Result<ScriptPlan> plan_script(const Script& script, bool transaction);

}  // namespace belay::runtime::postgres

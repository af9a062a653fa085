#pragma once

#include <belay/migration.h>
#include <belay/result.h>

#include "runtime/drivers/script_plan.h"

namespace belay::runtime::sqlite {

/// Decides how SQLite runs a script. `transaction` is false where its author wants none. Errors:
/// what SQLite would silently ignore or cut off, and commands of its shell; each with its place.
Result<ScriptPlan> plan_script(const Script& script, bool transaction);

}  // namespace belay::runtime::sqlite

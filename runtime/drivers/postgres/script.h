#pragma once

#include <belay/connection.h>
#include <belay/migration.h>
#include <belay/result.h>

#include "runtime/drivers/script_plan.h"

namespace belay::runtime::postgres {

/// Decides how a script is run. Errors: commands of psql, a NUL byte.
Result<ScriptPlan> plan_script(const Script& script, bool transaction);

/// See `Driver::was_done`. An index that was being made concurrently when its maker died is there
/// and not valid; it is dropped, so that the statement can run again.
Result<bool> was_done(Connection& connection, const Script& script,
                      const PlannedStatement& statement);

}  // namespace belay::runtime::postgres

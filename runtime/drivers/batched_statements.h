#pragma once

#include <span>

#include <belay/result.h>

#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"
#include "runtime/drivers/script_plan.h"

namespace belay::runtime {

struct Script;

/// Gives the statements of a script that are to run in batches their marks. Errors: a mark that
/// cannot be followed, or that stands within a transaction of the script's own, with its place.
Result<void> mark_batches(const Script& script, belay::Engine engine,
                          std::span<const ByteRange> comments,
                          std::span<PlannedStatement* const> statements);

/// Says in the plan's notes which statements run in batches, and how.
void note_batches(ScriptPlan& plan);

}  // namespace belay::runtime

#pragma once

#include <span>
#include <string>
#include <vector>

#include <belay/migration.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What a script touches, and what would guard it: its tables, where every operation is known and
/// is about tables alone or makes something new, else the whole database.
runtime::GuardAdvice guard_advice(const AnalyzedScript& script);

/// The same of all ups of `pending`, in which there is at least one: what is to come else may touch
/// anything.
runtime::GuardAdvice guard_advice(std::span<const runtime::MigrationScript> migrations,
                                  const std::vector<std::string>& pending);

}  // namespace belay::workbench

#pragma once

#include <set>
#include <string>

#include <belay/guard.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What those migrations of `set` touch whose ids are in `pending`, and what would guard it: their
/// tables, where every operation is known and is about tables alone or makes something new, else
/// the whole database.
runtime::GuardAdvice guard_advice(const AnalyzedSet& set, const std::set<std::string>& pending);

}  // namespace belay::workbench

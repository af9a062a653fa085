#pragma once

#include <cstddef>
#include <vector>

#include "analyzer/rules/rule.h"
#include "analyzer/rules/settings.h"
#include "analyzer/schema/schema.h"

namespace belay::rules {

struct ScriptResult {
  std::vector<Finding> findings;  ///< by place, once `finish_script` has seen them
  size_t suppressed = 0;
  ScriptTrace trace;
};

/// Goes through a script statement by statement: runs the rules on each operation against the
/// schema before it, then applies it. `schema` is the one before the script and becomes the one
/// after it.
ScriptResult lint_script(const ScriptContext& script, schema::Schema& schema,
                         const Settings& settings);

/// Runs the rules about a migration as a pair, which add to what was found in either script; `down`
/// is null where there is none.
void lint_migration(const MigrationContext& migration, const Settings& settings, ScriptResult& up,
                    ScriptResult* down);

/// Applies the script's suppressions to all that was found in it, and sorts it.
void finish_script(const ScriptContext& script, const Settings& settings, ScriptResult& result);

struct HistoryResult {
  std::vector<Finding> findings;  ///< by place, those that no comment of their script silences
  size_t suppressed = 0;
};

/// Runs the rules that look at a history as a whole: names, versions, missing downs.
HistoryResult lint_history(const HistoryContext& history, const Settings& settings);

/// What holds before a script's first statement.
SessionState initial_session(const ScriptContext& script, const Settings& settings);

}  // namespace belay::rules

#pragma once

#include <vector>

#include "analyzer/project/project.h"

namespace belay::workbench {

/// Puts classes among a history's files, as the runner takes them: by version, each behind what it
/// needs. Those that have the version of another one, or none, come last. A version that is there
/// twice and dependencies that no order satisfies become problems of the history.
void add_in_order(project::MigrationSet& set, std::vector<project::Migration> classes);

}  // namespace belay::workbench

#pragma once

#include <vector>

#include <belay/migration.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What the analysis of a migration tells the runtime about its down.
runtime::DownAdvice down_advice_of(const AnalyzedMigration& migration);

/// Gives each script the advice on its down. A script that the analysis does not know keeps what it
/// has: nobody has looked.
void add_down_advice(const AnalyzedSet& set, std::vector<runtime::MigrationScript>& scripts);

}  // namespace belay::workbench

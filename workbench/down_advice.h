#pragma once

#include <belay/migration.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What the analysis of a migration tells the runtime about its down.
runtime::DownAdvice down_advice_of(const AnalyzedMigration& migration);

}  // namespace belay::workbench

#pragma once

#include <string>

#include <belay/migration.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What the analysis of a migration tells the runtime about its down.
runtime::DownAdvice down_advice_of(const AnalyzedMigration& migration);

/// The verdict on a down that nobody has analysed, as its author declares it.
struct DeclaredDown {
  std::string verdict;  ///< `missing` where there is none
  std::string reason;
};
DeclaredDown declared_down(const runtime::MigrationScript& script);

}  // namespace belay::workbench

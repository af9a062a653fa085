#pragma once

#include <memory>
#include <string>
#include <vector>

#include <belay/result.h>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"

namespace belay::workbench {

/// One migration with the verdict on it, in its history.
struct MigrationVerdict {
  std::shared_ptr<const AnalyzedSet> set;
  uint32_t migration = 0;

  const project::Migration& location() const { return set->set->migrations[migration]; }
  const AnalyzedMigration& analyzed() const { return *set->migrations[migration]; }
  const rollback::Reversibility& reversibility() const { return analyzed().reversibility; }
};

struct VerdictResult {
  std::vector<ConfigReport> configs;
  std::vector<MigrationVerdict> migrations;  ///< in the order of their histories
};

/// Judges the migrations that stand at the paths: folders, files of migrations. Errors as of
/// `lint`.
Result<VerdictResult> verdicts(const FileSystem& files, const std::vector<std::string>& paths,
                               const LoadOptions& options);

}  // namespace belay::workbench

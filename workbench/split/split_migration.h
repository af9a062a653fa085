#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <belay/result.h>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"
#include "workbench/split/safe_steps.h"

namespace belay::workbench {

/// A migration whose statement becomes several steps, each in files of its own as the layout has
/// them, with downs where it has those.
struct SplitMigration {
  struct ChangedFile {
    std::string path;
    std::vector<TextEdit> edits;
  };
  struct CreatedFile {
    std::string path;
    std::string text;
  };
  std::string title;
  std::vector<ChangedFile> changed;  ///< the migration's own
  std::vector<CreatedFile> created;  ///< the ups in the order in which they run, then the downs
};

struct SplitRequest {
  uint32_t migration = 0;
  uint32_t statement = 0;
  LoadOptions load;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
};

/// Splits a statement of a migration's up, and tries it: the history is read again with the new
/// texts in it. Changes nothing. `files`: as the editor has them; `set`: the history as it is read
/// from there. Errors: no recipe fits; the layout has no place for the files; the result would be
/// another schema, or would not be better.
Result<SplitMigration> split_migration(const FileSystem& files, const AnalyzedSet& set,
                                       const SplitRequest& request);

}  // namespace belay::workbench

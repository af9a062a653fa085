#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <belay/result.h>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"

namespace belay::workbench {

struct GenerateDownOptions {
  /// Only add what the down that is there misses.
  bool complete = false;
  /// A pair of up and down that keeps what the up would destroy.
  bool keep_data = false;
  /// Which of those in the file: its version, its id or the name of its class. Empty: there is one.
  std::string migration = {};
};

/// A down that was generated for a migration, in the form of its layout.
struct GeneratedDownFile {
  std::string id;  ///< of the migration
  /// The script alone, without marks.
  std::string script;
  /// With `keep_data`: how the up should be written instead.
  std::string up;
  /// Where it goes; empty where the layout has no place for a down, which `no_place` explains.
  std::string path;
  std::string no_place;
  /// The whole text of that file with the down in it.
  std::string new_text;
  /// The change to the file, where it is there already; else `new_text` is a new file.
  std::optional<TextEdit> edit;
  /// The part of `new_text` that is new: what is printed.
  std::string printed;
  /// Whether a down with statements is there already, which is only ever completed.
  bool has_down = false;
  /// Nothing to do: the migration changes nothing, or its down misses nothing.
  bool nothing_to_do = false;
  /// What the migration would be judged as with this down, in its place in its history.
  rollback::Reversibility reversibility;
  /// What the person should know: what does not come back, and why.
  std::vector<std::string> notes;
};

/// Generates the down of the migration that stands in the file at `path` (its up, or its down).
/// Changes nothing. Errors: as of `lint`; no migration stands there; several do.
Result<GeneratedDownFile> generate_down(const FileSystem& files, const std::string& path,
                                        const LoadOptions& load,
                                        const GenerateDownOptions& options);

/// The same for a migration of a history in memory: what the language server has.
Result<GeneratedDownFile> generate_down(const AnalyzedSet& set, uint32_t migration,
                                        const GenerateDownOptions& options);

}  // namespace belay::workbench

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/project/project_files.h"

namespace belay::project {

struct LayoutGuess {
  Layout layout = Layout::kPlain;
  std::string why;
  /// The set takes in all folders below (Flyway), or only those (diesel, `rollback/`): a walk does
  /// not look for other sets in them.
  bool takes_all_below = false;
  std::vector<std::string> takes_folders;
};

/// Why a folder is looked at: a walk takes files with a number for migrations only where more
/// speaks for it; where a person named the folder, that is said already.
enum class Naming : uint8_t { kFoundByWalk, kNamedByPerson };

/// What a folder's files are laid out as. Names speak first, then the marks inside, then the
/// project's manifests (`go.mod`, `Cargo.toml`, `package.json`) where two tools share names.
std::optional<LayoutGuess> guess_layout(ProjectFiles& files, const Folder& folder, Naming naming);

/// What goes with a layout that a person chose.
LayoutGuess chosen_layout(ProjectFiles& files, const Folder& folder, Layout layout,
                          std::string why);

}  // namespace belay::project

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/project/project.h"
#include "analyzer/text/document.h"

namespace belay::workbench {

/// Where a migration's down stands, or would stand, in its layout.
struct DownPlace {
  std::string path;
  /// Why there is none; `path` is empty then.
  std::string no_place;
  /// The down shares the up's file: it is put in at `offset`, behind `mark` where that is missing.
  bool in_up_file = false;
  uint32_t offset = 0;
  std::string mark;
};

/// `up_text`: the text of the up's file.
DownPlace down_place(const project::MigrationSet& set, const project::Migration& migration,
                     std::string_view up_text);

/// The script as the layout wants it: statements with semicolons inside get goose's marks, each
/// line Liquibase's, and so on. Ends with a line end.
std::string in_layout_form(project::Layout layout, const Dialect& dialect,
                           const std::string& script);

}  // namespace belay::workbench

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/workspace.h"

/// Fixes that are made together. The one place for editors and for whoever else applies them.
namespace belay {

/// A finding's fix of choice, where it stands wholly in the file; null where it has none.
const Fix* preferred_fix(const Finding& finding, std::string_view path);

/// The edits of the findings' fixes of choice, in the order of the findings, but for those that
/// would touch what an earlier one changes. `rule`: only of that one; empty: of all.
std::vector<TextEdit> fixes_together(const std::vector<const Finding*>& findings,
                                     std::string_view path, std::string_view rule);

/// The findings of a history that stand in a file: of its scripts, and about the file.
std::vector<const Finding*> findings_of_file(const AnalyzedSet& set, std::string_view path);

/// Fixes a file of the history over and over, with a look at the result in between, until nothing
/// is left to be fixed. The edits are of the file as it is in the history; empty where nothing can
/// be done, or where a statement of the file cannot be read.
std::vector<TextEdit> fix_all(const Workspace& history, const std::string& path,
                              std::string_view rule);

}  // namespace belay

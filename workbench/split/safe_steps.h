#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// What a statement that is not safe as one step becomes: something in its place, and migrations
/// behind it.
struct SafeSteps {
  struct Step {
    std::string name;    ///< of the migration, in words
    std::string script;  ///< its up; ends with a line end
    bool in_transaction = true;
  };

  std::string title;      ///< what the person chooses
  std::string_view rule;  ///< that has nothing to say of the result
  std::string here;       ///< statements with their semicolons; empty: nothing stays
  std::vector<Step> later;
  /// A column ends up behind the others, wherever it was.
  bool may_reorder = false;
  /// The statement of the migration's down that took the statement back, and what does so now;
  /// null: the down stays as it is.
  std::function<bool(const sql::Operation&)> is_undone_by;
  std::string undo;
  /// Without such a statement in a down that is there, the steps cannot be taken back.
  bool needs_undo = false;
};

/// The steps for a statement of a migration's up, from what it says, what the rules have found in
/// it, and the schema before it; none where none of the recipes fits. Nobody has tried them yet.
std::optional<SafeSteps> safe_steps(const AnalyzedSet& set, uint32_t migration, uint32_t statement);

}  // namespace belay::workbench

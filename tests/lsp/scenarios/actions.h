#pragma once

#include <string>
#include <vector>

#include "tests/lsp/scenarios/editor.h"
#include "tests/lsp/scenarios/scenario.h"

namespace belay::lsp::testing {

/// What an action works with. Its mistakes are thrown as std::runtime_error.
struct ActionCall {
  Editor& editor;
  const Step& step;

  /// The argument, or an error that says which one is missing.
  const std::string& argument(size_t index, const char* what) const;
  std::string optional_argument(size_t index) const;
  /// The file that the argument names.
  std::string file(size_t index = 0) const { return editor.path_of(argument(index, "a file")); }
  /// The text under the action, with its marks read.
  MarkedText text() const;
};

/// What a scenario can do: a line of usage and a function that does it and says what came of it.
struct Action {
  const char* name;
  const char* usage;
  std::string (*run)(const ActionCall& call);
};

/// All of them; a new one is a function and a line in this table.
const std::vector<Action>& actions();

}  // namespace belay::lsp::testing

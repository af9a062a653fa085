#pragma once

#include <functional>
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

/// All of them. A new one is a function and a line in the table of one of the parts, each of which
/// stands in a file of its name.
const std::vector<Action>& actions();
std::vector<Action> editing_actions();
std::vector<Action> place_questions();
std::vector<Action> file_questions();
std::vector<Action> offers();

// --- what the parts share

/// The answer to a request as `write` writes it; errors and null are written here.
std::string answer_text(const ActionCall& call, const std::string& method, const Json& params,
                        const std::function<std::string(const Json& result)>& write);
/// Does an edit and tells, file by file, what came of it.
std::string applied_text(Editor& editor, const Json& workspace_edit);

}  // namespace belay::lsp::testing

#include "tests/lsp/scenarios/actions.h"

#include <map>
#include <stdexcept>

#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {

const std::string& ActionCall::argument(size_t index, const char* what) const {
  if (index < step.arguments.size()) return step.arguments[index];
  throw std::runtime_error(step.name + " needs " + what);
}

std::string ActionCall::optional_argument(size_t index) const {
  return index < step.arguments.size() ? step.arguments[index] : "";
}

MarkedText ActionCall::text() const {
  if (!step.has_text) throw std::runtime_error(step.name + " needs a text under it: `| ...`");
  return read_marks(step.text, "");
}

std::string answer_text(const ActionCall& call, const std::string& method, const Json& params,
                        const std::function<std::string(const Json& result)>& write) {
  const Editor::Answer answer = call.editor.ask(method, params);
  if (!answer.error.empty()) return answer.error + "\n";
  return answer.result.is_null() ? "nothing\n" : write(answer.result);
}

std::string applied_text(Editor& editor, const Json& workspace_edit) {
  std::map<std::string, std::string> before;
  for (const std::string& path : editor.paths()) before[path] = editor.text(path)->text();
  std::string out;
  for (const std::string& path : editor.apply(workspace_edit)) {
    const bool is_new = !before.contains(path);
    out +=
        path + (is_new ? " (new)\n" : "\n") + changes_text(before[path], editor.text(path)->text());
  }
  return or_nothing(out);
}

const std::vector<Action>& actions() {
  static const std::vector<Action> kActions = [] {
    std::vector<Action> out;
    for (const auto& part : {editing_actions(), place_questions(), file_questions(), offers()}) {
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  }();
  return kActions;
}

}  // namespace belay::lsp::testing

#include "tests/lsp/scenarios/actions.h"

#include <algorithm>
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

namespace {

// --- what an editor does ----------------------------------------------------------------------

std::string open_file(const ActionCall& call) {
  const std::string path = call.file();
  if (call.step.has_text) {
    call.editor.open(path, call.text());
  } else {
    call.editor.open(path);
  }
  return {};
}

std::string close_file(const ActionCall& call) {
  call.editor.close(call.file());
  return {};
}

std::string change_file(const ActionCall& call) {
  call.editor.change(call.file(), call.text());
  return {};
}

std::string replace_place(const ActionCall& call) {
  call.editor.replace(call.argument(0, "a place"), call.argument(1, "a text in quotes"));
  return {};
}

std::string write_file(const ActionCall& call) {
  call.editor.write(call.file(), call.text());
  return {};
}

std::string delete_file(const ActionCall& call) {
  call.editor.remove(call.file());
  return {};
}

std::string save_file(const ActionCall& call) {
  call.editor.save(call.file());
  return {};
}

std::string show_text(const ActionCall& call) {
  const EditorText* text = call.editor.text(call.file());
  return text == nullptr ? "no such file\n" : text->text();
}

// --- what is asked at a place -----------------------------------------------------------------

/// The answer to a request, written by `write` where it is no error.
template <class Write>
std::string answer_text(const ActionCall& call, const std::string& method, const Json& params,
                        Write write) {
  const Editor::Answer answer = call.editor.ask(method, params);
  if (!answer.error.empty()) return answer.error + "\n";
  return answer.result.is_null() ? "nothing\n" : write(answer.result);
}

const EditorText& text_at(const ActionCall& call) {
  return *call.editor.text(call.editor.spot(call.argument(0, "a place")).path);
}

Json place_of(const ActionCall& call) { return call.editor.at(call.argument(0, "a place")); }

std::string hover(const ActionCall& call) {
  return answer_text(call, "textDocument/hover", place_of(call), [&](const Json& result) {
    std::string out;
    if (result.contains("range")) out = marked_line(text_at(call), result["range"]) + "\n\n";
    return out + result.at("contents").at("value").get<std::string>() + "\n";
  });
}

std::string locations(const ActionCall& call, const std::string& method, const Json& params) {
  return answer_text(call, method, params,
                     [&](const Json& result) { return locations_text(call.editor, result); });
}

std::string definition(const ActionCall& call) {
  return locations(call, "textDocument/definition", place_of(call));
}

std::string implementation(const ActionCall& call) {
  return locations(call, "textDocument/implementation", place_of(call));
}

std::string references(const ActionCall& call) {
  Json params = place_of(call);
  params["context"] = {{"includeDeclaration", true}};
  return locations(call, "textDocument/references", params);
}

std::string uses(const ActionCall& call) {
  Json params = place_of(call);
  params["context"] = {{"includeDeclaration", false}};
  return locations(call, "textDocument/references", params);
}

std::string highlights(const ActionCall& call) {
  return answer_text(call, "textDocument/documentHighlight", place_of(call),
                     [&](const Json& result) {
                       std::string out;
                       for (const Json& one : result) {
                         out += name_of("DocumentHighlightKind", one.at("kind")) + " " +
                                std::to_string(one["range"]["start"]["line"].get<size_t>() + 1) +
                                ": " + marked_line(text_at(call), one["range"]) + "\n";
                       }
                       return or_nothing(out);
                     });
}

// --- what is asked of a file ------------------------------------------------------------------

std::string symbols(const ActionCall& call) {
  const std::string path = call.file();
  return answer_text(call, "textDocument/documentSymbol", call.editor.in(path),
                     [&](const Json& result) {
                       return or_nothing(symbols_text(*call.editor.text(path), result));
                     });
}

/// Of one file, or of all that there is something to say of.
std::string diagnostics(const ActionCall& call) {
  if (!call.step.arguments.empty()) {
    const std::string path = call.file();
    const auto known = call.editor.diagnostics(path);
    return known ? diagnostics_text(call.editor, path, *known) : "never told\n";
  }
  std::string out;
  for (const std::string& path : call.editor.paths()) {
    const auto known = call.editor.diagnostics(path);
    if (known && !known->empty()) out += diagnostics_text(call.editor, path, *known);
  }
  return or_nothing(out);
}

// --- actions ----------------------------------------------------------------------------------

/// The kinds and titles of what is asked for at a place; the second argument is a kind.
Editor::Answer ask_actions(const ActionCall& call, const std::string& only) {
  const std::string& name = call.argument(0, "a place");
  const Editor::Spot& spot = call.editor.spot(name);
  Json params = call.editor.at(name);
  params.erase("position");
  params["range"] = call.editor.range(spot);
  params["context"] = {{"diagnostics", Json::array()}};
  if (!only.empty()) params["context"]["only"] = {only};
  return call.editor.ask("textDocument/codeAction", params);
}

std::string action_list(const Json& actions) {
  std::string out;
  for (const Json& action : actions) {
    out += action.value("kind", "command") + ": " + action.at("title").get<std::string>() +
           (action.value("isPreferred", false) ? " (preferred)" : "") + "\n";
  }
  return or_nothing(out);
}

std::string offered_actions(const ActionCall& call) {
  const Editor::Answer answer = ask_actions(call, call.optional_argument(1));
  return answer.error.empty() ? action_list(answer.result) : answer.error + "\n";
}

std::string run_command(const ActionCall& call, const Json& command) {
  Json params = {{"command", command.at("command")}};
  if (command.contains("arguments")) params["arguments"] = command["arguments"];
  const Editor::Answer answer = call.editor.ask("workspace/executeCommand", params);
  std::string out;
  if (!answer.error.empty()) out += answer.error + "\n";
  for (const std::string& told : call.editor.take_told()) out += told + "\n";
  return out;
}

/// Does an edit and tells, file by file, what came of it.
std::string applied(const ActionCall& call, const Json& edit) {
  std::map<std::string, std::string> before;
  for (const std::string& path : call.editor.paths()) before[path] = call.editor.text(path)->text();
  std::string out;
  for (const std::string& path : call.editor.apply(edit)) {
    const bool is_new = !before.contains(path);
    out += path + (is_new ? " (new)\n" : "\n") +
           changes_text(before[path], call.editor.text(path)->text());
  }
  return or_nothing(out);
}

std::string do_action(const ActionCall& call) {
  const Editor::Answer answer = ask_actions(call, "");
  if (!answer.error.empty()) return answer.error + "\n";
  const std::string& title = call.argument(1, "a title in quotes");
  for (Json action : answer.result) {
    if (action.at("title") != title) continue;
    std::string out;
    if (!action.contains("edit") && action.contains("data")) {
      const Editor::Answer resolved = call.editor.ask("codeAction/resolve", action);
      if (!resolved.error.empty()) return resolved.error + "\n";
      action = resolved.result;
    }
    if (action.contains("edit")) out += applied(call, action["edit"]);
    if (action.contains("command")) out += run_command(call, action["command"]);
    return out;
  }
  return "no such action; there are\n" + action_list(answer.result);
}

/// The lenses of a file, those without a command resolved.
std::vector<Json> lenses_of(const ActionCall& call, const std::string& path) {
  const Editor::Answer answer = call.editor.ask("textDocument/codeLens", call.editor.in(path));
  if (!answer.error.empty()) throw std::runtime_error(answer.error);
  std::vector<Json> out;
  for (const Json& lens : answer.result) {
    if (lens.contains("command")) {
      out.push_back(lens);
      continue;
    }
    const Editor::Answer resolved = call.editor.ask("codeLens/resolve", lens);
    if (!resolved.error.empty()) throw std::runtime_error(resolved.error);
    out.push_back(resolved.result);
  }
  return out;
}

std::string lenses(const ActionCall& call) {
  const std::string path = call.file();
  std::string out;
  for (const Json& lens : lenses_of(call, path)) {
    marked_line(*call.editor.text(path), lens.at("range"));
    out += std::to_string(lens["range"]["start"]["line"].get<size_t>() + 1) + ": " +
           lens.at("command").at("title").get<std::string>() + "\n";
  }
  return or_nothing(out);
}

std::string run_lens(const ActionCall& call) {
  const std::string path = call.file();
  const std::string& title = call.argument(1, "a title in quotes");
  for (const Json& lens : lenses_of(call, path)) {
    if (lens.at("command").at("title") == title) return run_command(call, lens["command"]);
  }
  return "no such lens; there are\n" + lenses(call);
}

std::string told(const ActionCall& call) {
  std::string out;
  for (const std::string& one : call.editor.take_told()) out += one + "\n";
  return or_nothing(out);
}

}  // namespace

const std::vector<Action>& actions() {
  static const std::vector<Action> kActions = {
      {"open", "FILE: opens it, with the text under it where there is one", open_file},
      {"close", "FILE", close_file},
      {"change", "FILE: the text under it becomes the document's", change_file},
      {"replace", "PLACE TEXT: an edit of the document", replace_place},
      {"write", "FILE: the text under it goes to disk", write_file},
      {"delete", "FILE: from disk", delete_file},
      {"save", "FILE: the document's text goes to disk", save_file},
      {"text", "FILE: what it holds", show_text},
      {"hover", "PLACE", hover},
      {"definition", "PLACE", definition},
      {"implementation", "PLACE", implementation},
      {"references", "PLACE: with the declaration", references},
      {"uses", "PLACE: references without the declaration", uses},
      {"highlights", "PLACE", highlights},
      {"symbols", "FILE", symbols},
      {"diagnostics", "[FILE]: of a file, or of all", diagnostics},
      {"actions", "PLACE [KIND]: what is offered", offered_actions},
      {"do", "PLACE TITLE: applies an action, tells what came of it", do_action},
      {"lenses", "FILE", lenses},
      {"lens", "FILE TITLE: clicks on a lens", run_lens},
      {"told", ": what the server has told and asked the person since", told},
  };
  return kActions;
}

}  // namespace belay::lsp::testing

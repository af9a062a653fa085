// What a server offers to do: code actions, lenses, commands.

#include <stdexcept>

#include "tests/lsp/scenarios/actions.h"
#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {
namespace {

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
    if (action.contains("edit")) out += applied_text(call.editor, action["edit"]);
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

/// A command of the server; its argument is the file and, where one is named, a migration of it.
std::string command(const ActionCall& call) {
  Json argument = Json::object();
  if (call.step.arguments.size() > 1) argument["uri"] = call.editor.uri(call.file(1));
  if (call.step.arguments.size() > 2) argument["migration"] = call.step.arguments[2];
  return run_command(call, {{"command", call.argument(0, "a name")}, {"arguments", {argument}}});
}

}  // namespace

std::vector<Action> offers() {
  return {
      {"actions", "PLACE [KIND]: what is offered", offered_actions},
      {"do", "PLACE TITLE: applies an action, tells what came of it", do_action},
      {"lenses", "FILE", lenses},
      {"lens", "FILE TITLE: clicks on a lens", run_lens},
      {"command", "NAME [FILE [MIGRATION]]: what comes of it", command},
  };
}

}  // namespace belay::lsp::testing

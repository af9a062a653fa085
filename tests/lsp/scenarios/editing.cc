// What a person does in an editor, and what others do on disk.

#include "tests/lsp/scenarios/actions.h"
#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {
namespace {

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

/// The settings are what a client is asked for, and go along for those that are not asked.
std::string change_settings(const ActionCall& call) {
  call.editor.change_settings(Json::parse(call.text().text));
  return {};
}

std::string told(const ActionCall& call) {
  std::string out;
  for (const std::string& one : call.editor.take_told()) out += one + "\n";
  return or_nothing(out);
}

}  // namespace

std::vector<Action> editing_actions() {
  return {
      {"open", "FILE: opens it, with the text under it where there is one", open_file},
      {"close", "FILE", close_file},
      {"change", "FILE: the text under it becomes the document's", change_file},
      {"replace", "PLACE TEXT: an edit of the document", replace_place},
      {"write", "FILE: the text under it goes to disk", write_file},
      {"delete", "FILE: from disk", delete_file},
      {"save", "FILE: the document's text goes to disk", save_file},
      {"text", "FILE: what it holds", show_text},
      {"settings", ": the JSON under it are the editor's settings", change_settings},
      {"told", ": what the server has told and asked the person since", told},
  };
}

}  // namespace belay::lsp::testing

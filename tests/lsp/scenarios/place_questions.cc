// What is asked at a place.

#include <algorithm>
#include <cctype>

#include "tests/lsp/scenarios/actions.h"
#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {
namespace {

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

std::string prepare_rename(const ActionCall& call) {
  return answer_text(call, "textDocument/prepareRename", place_of(call), [&](const Json& result) {
    const Json& range = result.contains("range") ? result["range"] : result;
    const std::string name = result.value("placeholder", covered_text(text_at(call), range));
    return marked_line(text_at(call), range) + "\n" + name + "\n";
  });
}

std::string rename(const ActionCall& call) {
  Json params = place_of(call);
  params["newName"] = call.argument(1, "a new name");
  return answer_text(call, "textDocument/rename", params,
                     [&](const Json& edit) { return applied_text(call.editor, edit); });
}

// --- completion

/// What an editor filters by: the name before the place.
std::string word_before(const ActionCall& call) {
  const Editor::Spot& spot = call.editor.spot(call.argument(0, "a place"));
  const std::string& text = text_at(call).text();
  size_t begin = spot.begin;
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
  };
  while (begin > 0 && is_part(text[begin - 1])) --begin;
  return text.substr(begin, spot.begin - begin);
}

bool begins_with(std::string_view text, std::string_view prefix) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), same);
}

/// As an editor shows them: those that fit what is typed, in the order that the server wants.
std::vector<Json> completions(const ActionCall& call, const Json& result) {
  const std::string typed = word_before(call);
  std::vector<Json> out;
  for (const Json& item : result.is_array() ? result : result.at("items")) {
    const std::string label = item.at("label").get<std::string>();
    if (begins_with(item.value("filterText", label), typed)) out.push_back(item);
  }
  std::stable_sort(out.begin(), out.end(), [](const Json& a, const Json& b) {
    return a.value("sortText", a["label"].get<std::string>()) <
           b.value("sortText", b["label"].get<std::string>());
  });
  return out;
}

std::string completion(const ActionCall& call) {
  return answer_text(call, "textDocument/completion", place_of(call), [&](const Json& result) {
    constexpr size_t kMost = 20;
    std::string out;
    const std::vector<Json> items = completions(call, result);
    for (size_t i = 0; i < items.size() && i < kMost; ++i) {
      const Json& item = items[i];
      out += (item.contains("kind") ? name_of("CompletionItemKind", item["kind"]) + " " : "") +
             item["label"].get<std::string>();
      const std::string detail = item.value("detail", "");
      const std::string more = item.value("labelDetails", Json::object()).value("description", "");
      if (!detail.empty()) out += " : " + detail;
      if (!more.empty()) out += " (" + more + ")";
      out += "\n";
    }
    if (items.size() > kMost) out += "... and " + std::to_string(items.size() - kMost) + " more\n";
    return or_nothing(out);
  });
}

/// Takes one of the items; placeholders of snippets stay as they are.
std::string complete(const ActionCall& call) {
  const std::string& label = call.argument(1, "a label");
  return answer_text(call, "textDocument/completion", place_of(call), [&](const Json& result) {
    for (Json item : completions(call, result)) {
      if (item["label"] != label) continue;
      const Editor::Spot spot = call.editor.spot(call.argument(0, "a place"));
      if (!item.contains("textEdit") && !item.contains("insertText")) item["insertText"] = label;
      Json edits = item.value("additionalTextEdits", Json::array());
      if (item.contains("textEdit")) {
        const Json& edit = item["textEdit"];
        const Json& range = edit.contains("insert") ? edit["insert"] : edit["range"];
        edits.push_back({{"range", range}, {"newText", edit["newText"]}});
      } else {
        const Editor::Spot word{spot.path, spot.begin - word_before(call).size(), spot.begin};
        edits.push_back({{"range", call.editor.range(word)}, {"newText", item["insertText"]}});
      }
      return applied_text(call.editor, {{"changes", {{call.editor.uri(spot.path), edits}}}});
    }
    return std::string("no such item\n");
  });
}

}  // namespace

std::vector<Action> place_questions() {
  return {
      {"hover", "PLACE", hover},
      {"definition", "PLACE", definition},
      {"implementation", "PLACE", implementation},
      {"references", "PLACE: with the declaration", references},
      {"uses", "PLACE: references without the declaration", uses},
      {"highlights", "PLACE", highlights},
      {"prepare-rename", "PLACE", prepare_rename},
      {"rename", "PLACE NAME: does it, tells what came of it", rename},
      {"completion", "PLACE: the first items that fit what stands before it", completion},
      {"complete", "PLACE LABEL: takes an item, tells what came of it", complete},
  };
}

}  // namespace belay::lsp::testing

// What is asked of a file, or of the whole workspace.

#include <optional>
#include <stdexcept>

#include "tests/lsp/scenarios/actions.h"
#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {
namespace {

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

std::string line_number(const Json& position) {
  return std::to_string(position.at("line").get<size_t>() + 1);
}

/// Each line with hints, the hints in it in braces.
std::string hints(const ActionCall& call) {
  const std::string path = call.file();
  Json params = call.editor.in(path);
  const EditorText& text = *call.editor.text(path);
  params["range"] = call.editor.range({path, 0, text.text().size()});
  return answer_text(call, "textDocument/inlayHint", params, [&](const Json& result) {
    std::string out;
    for (const Json& hint : result) {
      const Json& at = hint.at("position");
      std::string label;
      if (hint["label"].is_string()) label = hint["label"].get<std::string>();
      if (hint["label"].is_array()) {
        for (const Json& part : hint["label"]) label += part.at("value").get<std::string>();
      }
      std::string line = marked_line(text, {{"start", at}, {"end", at}});
      line.replace(line.find("[[]]"), 4, "{" + label + "}");
      out += line_number(at) + ": " + line + "\n";
    }
    return or_nothing(out);
  });
}

std::string folding(const ActionCall& call) {
  const std::string path = call.file();
  return answer_text(call, "textDocument/foldingRange", call.editor.in(path),
                     [&](const Json& result) {
                       std::string out;
                       for (const Json& one : result) {
                         const auto first = one.at("startLine").get<size_t>();
                         const auto last = one.at("endLine").get<size_t>();
                         const EditorText& text = *call.editor.text(path);
                         if (first >= last || last >= text.line_count())
                           throw std::runtime_error("no fold");
                         out += std::to_string(first + 1) + "-" + std::to_string(last + 1);
                         if (one.contains("kind")) out += " " + one["kind"].get<std::string>();
                         out += ": " + std::string(text.line(first)) + "\n";
                       }
                       return or_nothing(out);
                     });
}

std::string links(const ActionCall& call) {
  const std::string path = call.file();
  return answer_text(call, "textDocument/documentLink", call.editor.in(path),
                     [&](const Json& result) {
                       std::string out;
                       for (const Json& link : result) {
                         out += line_number(link.at("range").at("start")) + ": " +
                                marked_line(*call.editor.text(path), link["range"]) + "\n  to " +
                                call.editor.path_of_uri(link.value("target", "")) + "\n";
                         if (link.contains("tooltip"))
                           out += "  " + link["tooltip"].get<std::string>() + "\n";
                       }
                       return or_nothing(out);
                     });
}

/// Each token with its type and modifiers, decoded by the legend.
std::string tokens(const ActionCall& call) {
  const std::string path = call.file();
  const Json& provider = call.editor.server().at("capabilities").at("semanticTokensProvider");
  const Json& legend = provider.at("legend");
  return answer_text(
      call, "textDocument/semanticTokens/full", call.editor.in(path), [&](const Json& result) {
        const auto data = result.at("data").get<std::vector<uint32_t>>();
        std::string out;
        uint32_t line = 0;
        uint32_t character = 0;
        for (size_t i = 0; i + 4 < data.size(); i += 5) {
          character = data[i] == 0 ? character + data[i + 1] : data[i + 1];
          line += data[i];
          const Json range =
              testing::range(position(line, character), position(line, character + data[i + 2]));
          out += std::to_string(line + 1) + ": " + covered_text(*call.editor.text(path), range) +
                 " " + legend.at("tokenTypes").at(data[i + 3]).get<std::string>();
          for (size_t bit = 0; bit < legend.at("tokenModifiers").size(); ++bit) {
            if ((data[i + 4] >> bit & 1) != 0) {
              out += " " + legend["tokenModifiers"][bit].get<std::string>();
            }
          }
          out += "\n";
        }
        return or_nothing(out);
      });
}

std::string workspace_symbols(const ActionCall& call) {
  const Json params = {{"query", call.optional_argument(0)}};
  return answer_text(call, "workspace/symbol", params, [&](const Json& result) {
    std::string out;
    for (const Json& one : result) {
      const Json& location = one.at("location");
      const std::string container = one.value("containerName", "");
      out += name_of("SymbolKind", one.at("kind")) + " " + one.at("name").get<std::string>() +
             (container.empty() ? "" : " (" + container + ")") + " " +
             place_text(call.editor, location.at("uri"), location.value("range", Json())) + "\n";
    }
    return or_nothing(out);
  });
}

/// As a client asks that knows what it was told last.
std::string pull(const ActionCall& call) {
  const std::string path = call.file();
  Json params = call.editor.in(path);
  for (const Json& known : call.editor.previous_results()) {
    if (known["uri"] == call.editor.uri(path)) params["previousResultId"] = known["value"];
  }
  return answer_text(call, "textDocument/diagnostic", params, [&](const Json& result) {
    if (result.contains("resultId")) {
      call.editor.remember_result(call.editor.uri(path), result["resultId"]);
    }
    if (result.at("kind") == "unchanged") return std::string("unchanged\n");
    return diagnostics_text(call.editor, path, result.at("items"));
  });
}

/// Of all files, as a client that pulls asks; it remembers what it was told. A server answers when
/// there is something new, so that a question may stay open until the next time.
std::string workspace_diagnostics(const ActionCall& call) {
  const std::optional<Json> result = call.editor.pull_workspace();
  if (!result) return "nothing new\n";
  std::string out;
  for (const Json& report : result->at("items")) {
    const std::string path = call.editor.path_of_uri(report.at("uri"));
    if (report.contains("resultId")) call.editor.remember_result(report["uri"], report["resultId"]);
    if (report.at("kind") == "unchanged") {
      out += path + ": unchanged\n";
    } else if (report.at("items").empty()) {
      out += path + ": nothing\n";
    } else {
      out += diagnostics_text(call.editor, path, report["items"]);
    }
  }
  return or_nothing(out);
}

/// All migrations of the workspace: state, risk and verdict of each.
std::string migrations(const ActionCall& call) {
  return answer_text(call, "belay/migrations", Json::object(), [&](const Json& result) {
    std::string out;
    for (const Json& history : result.at("histories")) {
      out += call.editor.path_of_uri(history.at("uri")) + ": " +
             history.at("dialect").get<std::string>();
      if (history.contains("database")) {
        out += ", " + history["database"].at("place").get<std::string>();
      }
      out += "\n";
      for (const Json& one : history.at("migrations")) {
        out += "  " + one.at("id").get<std::string>() + ": " + one.at("state").get<std::string>() +
               ", risk " + one.at("risk").get<std::string>();
        for (const Json& loss : one.at("losses")) out += ", loses " + loss.get<std::string>();
        if (one.contains("verdict")) out += ", " + one["verdict"].at("line").get<std::string>();
        out += one.contains("down") ? "\n" : ", no file for the down\n";
      }
    }
    return or_nothing(out);
  });
}

/// The schema on one side of the migration in a file.
std::string schema(const ActionCall& call) {
  Json params = {{"uri", call.editor.in(call.file(1)).at("textDocument").at("uri")},
                 {"when", call.argument(0, "before or after")}};
  if (const std::string id = call.optional_argument(2); !id.empty()) params["migration"] = id;
  return answer_text(call, "belay/schema", params, [&](const Json& result) {
    return or_nothing(result.at("text").get<std::string>());
  });
}

}  // namespace

std::vector<Action> file_questions() {
  return {
      {"symbols", "FILE", symbols},
      {"diagnostics", "[FILE]: of a file, or of all", diagnostics},
      {"pull", "FILE: diagnostics since the last time", pull},
      {"hints", "FILE", hints},
      {"folding", "FILE", folding},
      {"links", "FILE", links},
      {"tokens", "FILE", tokens},
      {"workspace-symbols", "QUERY", workspace_symbols},
      {"migrations", ": all of the workspace", migrations},
      {"schema", "before|after FILE [ID]: the schema on that side of a migration", schema},
      {"workspace-diagnostics", ": since the last time", workspace_diagnostics},
  };
}

}  // namespace belay::lsp::testing

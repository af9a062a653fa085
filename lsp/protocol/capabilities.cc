#include "lsp/protocol/capabilities.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "lsp/protocol/semantic_tokens.h"
#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

/// The value at a path of members; null where one of them is missing.
const Json& at(const Json& json, std::initializer_list<const char*> path) {
  static const Json kNull;
  const Json* value = &json;
  for (const char* name : path) {
    if (!value->is_object()) return kNull;
    const auto found = value->find(name);
    if (found == value->end()) return kNull;
    value = &*found;
  }
  return *value;
}

bool flag(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  return value.is_boolean() && value.get<bool>();
}

std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool holds(const Json& list, std::string_view word) {
  return list.is_array() && std::any_of(list.begin(), list.end(), [&](const Json& item) {
           return item.is_string() && item.get_ref<const std::string&>() == word;
         });
}

/// UTF-8 is what texts are kept in, so it costs nothing; UTF-16 is what everybody understands.
ColumnUnit negotiate(const Json& offered) {
  if (holds(offered, "utf-8")) return ColumnUnit::kUtf8;
  if (holds(offered, "utf-16")) return ColumnUnit::kUtf16;
  if (holds(offered, "utf-32")) return ColumnUnit::kUtf32;
  return ColumnUnit::kUtf16;
}

std::string_view name_of(ColumnUnit unit) {
  switch (unit) {
    case ColumnUnit::kUtf8: return "utf-8";
    case ColumnUnit::kUtf16: return "utf-16";
    case ColumnUnit::kUtf32: return "utf-32";
  }
  return "utf-16";
}

ClientCapabilities read_capabilities(const Json& c) {
  ClientCapabilities out;
  out.column_unit = negotiate(at(c, {"general", "positionEncodings"}));
  out.pull_diagnostics = at(c, {"textDocument", "diagnostic"}).is_object();
  // Renamed between the drafts of 3.17 and 3.17 itself; both are met.
  out.refresh_diagnostics = flag(c, {"workspace", "diagnostics", "refreshSupport"}) ||
                            flag(c, {"workspace", "diagnostic", "refreshSupport"});
  const Json& publish = at(c, {"textDocument", "publishDiagnostics"});
  // A client that pulls may tell of its diagnostics in either place.
  const Json& pull = at(c, {"textDocument", "diagnostic"});
  const auto either = [&](const char* name) { return flag(publish, {name}) || flag(pull, {name}); };
  out.related_information = either("relatedInformation");
  out.code_description = either("codeDescriptionSupport");
  out.diagnostic_data = either("dataSupport");
  out.diagnostic_tags =
      at(publish, {"tagSupport"}).is_object() || at(pull, {"tagSupport"}).is_object();
  out.code_action_literals =
      at(c, {"textDocument", "codeAction", "codeActionLiteralSupport"}).is_object();
  out.preferred_code_actions = flag(c, {"textDocument", "codeAction", "isPreferredSupport"});
  out.resolve_code_action_edits =
      flag(c, {"textDocument", "codeAction", "dataSupport"}) &&
      holds(at(c, {"textDocument", "codeAction", "resolveSupport", "properties"}), "edit");
  out.document_changes = flag(c, {"workspace", "workspaceEdit", "documentChanges"});
  out.create_files = out.document_changes &&
                     holds(at(c, {"workspace", "workspaceEdit", "resourceOperations"}), "create");
  out.rename_files = out.document_changes &&
                     holds(at(c, {"workspace", "workspaceEdit", "resourceOperations"}), "rename");
  const Json& formats = at(c, {"textDocument", "hover", "contentFormat"});
  out.hover_markdown = holds(formats, "markdown");
  const Json& item = at(c, {"textDocument", "completion", "completionItem"});
  out.completion_snippets = flag(item, {"snippetSupport"});
  out.completion_markdown = holds(at(item, {"documentationFormat"}), "markdown");
  out.insert_replace_completion = flag(item, {"insertReplaceSupport"});
  out.refresh_code_lenses = flag(c, {"workspace", "codeLens", "refreshSupport"});
  // Said since 3.18; before that every client did, or did not, and nobody could know.
  out.resolve_code_lenses =
      holds(at(c, {"textDocument", "codeLens", "resolveSupport", "properties"}), "command");
  out.refresh_inlay_hints = flag(c, {"workspace", "inlayHint", "refreshSupport"});
  out.refresh_semantic_tokens = flag(c, {"workspace", "semanticTokens", "refreshSupport"});
  out.prepare_rename = flag(c, {"textDocument", "rename", "prepareSupport"});
  out.work_done_progress = flag(c, {"window", "workDoneProgress"});
  out.show_document = flag(c, {"window", "showDocument", "support"});
  out.symbol_tags = at(c, {"workspace", "symbol", "tagSupport"}).is_object();
  out.watch_files = flag(c, {"workspace", "didChangeWatchedFiles", "dynamicRegistration"});
  out.configuration = flag(c, {"workspace", "configuration"});
  return out;
}

std::vector<WorkspaceFolder> read_folders(const Json& params) {
  std::vector<WorkspaceFolder> out;
  const Json& folders = at(params, {"workspaceFolders"});
  if (folders.is_array()) {
    for (const Json& folder : folders) {
      std::string uri = text(at(folder, {"uri"}));
      if (!uri.empty()) out.push_back({std::move(uri), text(at(folder, {"name"}))});
    }
    return out;
  }
  std::string root = text(at(params, {"rootUri"}));
  if (!root.empty()) out.push_back({std::move(root), ""});
  return out;
}

void write_sync(JsonWriter& w) {
  w.begin_object();
  w.member("openClose", true);
  w.member("change", int64_t{2});  // incremental
  w.member("save", true);
  w.end_object();
}

void write_completion(JsonWriter& w) {
  w.begin_object();
  w.key("triggerCharacters");
  write_array(w, {".", " ", "(", "\"", ":"}, [&](const char* character) { w.string(character); });
  w.member("resolveProvider", true);
  w.end_object();
}

void write_semantic_tokens(JsonWriter& w) {
  const auto write_name = [&](std::string_view name) { w.string(name); };
  w.begin_object();
  w.key("legend");
  w.begin_object();
  w.key("tokenTypes");
  write_array(w, kSemanticTokenTypes, write_name);
  w.key("tokenModifiers");
  write_array(w, kSemanticTokenModifiers, write_name);
  w.end_object();
  w.member("full", true);
  w.member("range", true);
  w.end_object();
}

void write_code_actions(JsonWriter& w, const ClientCapabilities& client) {
  w.begin_object();
  w.key("codeActionKinds");
  write_array(w,
              {action_kinds::kQuickFix, action_kinds::kRewrite, action_kinds::kSourceFixAll,
               action_kinds::kFixAll},
              [&](std::string_view kind) { w.string(kind); });
  w.member("resolveProvider", client.resolve_code_action_edits);
  w.end_object();
}

void write_commands(JsonWriter& w) {
  w.begin_object();
  w.member("workDoneProgress", true);
  w.key("commands");
  write_array(w, commands::kAll, [&](std::string_view command) { w.string(command); });
  w.end_object();
}

void write_diagnostics(JsonWriter& w) {
  w.begin_object();
  w.member("identifier", "belay");
  // What an earlier migration does decides what is found in later ones.
  w.member("interFileDependencies", true);
  w.member("workspaceDiagnostics", true);
  w.end_object();
}

/// Those on files of migrations: what is made and renamed there takes its down along.
void write_file_operations(JsonWriter& w) {
  w.begin_object();
  for (const char* operation : {"willCreate", "didCreate", "willRename", "didRename"}) {
    w.key(operation);
    w.raw(R"({"filters":[{"scheme":"file","pattern":{"glob":"**/*.sql","matches":"file"}}]})");
  }
  w.end_object();
}

void write_workspace(JsonWriter& w) {
  w.begin_object();
  w.key("workspaceFolders");
  w.begin_object();
  w.member("supported", true);
  w.member("changeNotifications", true);
  w.end_object();
  w.key("fileOperations");
  write_file_operations(w);
  w.end_object();
}

void write_capabilities(JsonWriter& w, const ClientCapabilities& client) {
  w.begin_object();
  w.member("positionEncoding", name_of(client.column_unit));
  w.key("textDocumentSync");
  write_sync(w);
  for (const char* provider :
       {"hoverProvider", "implementationProvider", "definitionProvider", "referencesProvider",
        "documentHighlightProvider", "documentSymbolProvider", "foldingRangeProvider",
        "selectionRangeProvider"}) {
    w.member(provider, true);
  }
  w.key("completionProvider");
  write_completion(w);
  w.key("codeActionProvider");
  write_code_actions(w, client);
  w.key("renameProvider");
  if (client.prepare_rename) {
    w.begin_object();
    w.member("prepareProvider", true);
    w.end_object();
  } else {
    w.boolean(true);
  }
  w.member("inlayHintProvider", true);
  w.key("semanticTokensProvider");
  write_semantic_tokens(w);
  w.key("codeLensProvider");
  w.begin_object();
  w.member("resolveProvider", client.resolve_code_lenses);
  w.end_object();
  w.key("documentLinkProvider");
  w.begin_object();
  w.member("resolveProvider", false);
  w.end_object();
  w.key("executeCommandProvider");
  write_commands(w);
  if (client.pull_diagnostics) {
    w.key("diagnosticProvider");
    write_diagnostics(w);
  }
  w.key("workspace");
  write_workspace(w);
  w.end_object();
}

}  // namespace

ClientSettings read_client_settings(const Json& settings) {
  const Json& own = at(settings, {"belay"});
  const Json& object = own.is_object() ? own : settings;
  ClientSettings out;
  // What is no text names none of the environments: better refused than taken for the default.
  if (const Json& value = at(object, {"environment"}); value.is_string()) {
    out.environment = value.get<std::string>();
  } else if (!value.is_null()) {
    out.environment = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  if (const Json& value = at(object, {"untrusted"}); value.is_boolean()) {
    out.untrusted = value.get<bool>();
  }
  if (const Json& value = at(object, {"inlayHints"}); value.is_string()) {
    out.inlay_hints = value.get<std::string>();
  }
  if (const Json& value = at(object, {"workspaceDiagnostics"}); value.is_boolean()) {
    out.workspace_diagnostics = value.get<bool>();
  }
  return out;
}

InitializeParams read_initialize_params(const Json& params) {
  return {read_capabilities(at(params, {"capabilities"})), read_folders(params),
          read_client_settings(at(params, {"initializationOptions"}))};
}

std::string initialize_result(const ClientCapabilities& client, const std::string& server_version) {
  return written_object([&](JsonWriter& w) {
    w.key("capabilities");
    write_capabilities(w, client);
    w.key("serverInfo");
    w.begin_object();
    w.member("name", "belay");
    w.member("version", server_version);
    w.end_object();
  });
}

}  // namespace belay::lsp

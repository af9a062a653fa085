#include "lsp/protocol/params.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "lsp/protocol/completion.h"

namespace belay::lsp {
namespace {

// The library's exceptions do not leave this file: each function here may let one go, and
// `read_params` turns it into an error.

const Json& member(const Json& json, const char* name) { return json.at(name); }

const Json* optional_member(const Json& json, const char* name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string text(const Json& json, const char* name) {
  return member(json, name).get<std::string>();
}

std::string optional_text(const Json& json, const char* name) {
  const Json* value = optional_member(json, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// Numbers out of range are drawn to its ends, as positions are.
uint32_t unsigned_number(const Json& value) {
  const double number = value.get<double>();
  constexpr double kMost = std::numeric_limits<uint32_t>::max();
  if (!(number > 0)) return 0;
  return number >= kMost ? std::numeric_limits<uint32_t>::max() : static_cast<uint32_t>(number);
}

/// Editors have sent versions as null or left them out; our own count decides what is newer.
int64_t optional_version(const Json& json) {
  const Json* value = optional_member(json, "version");
  return value != nullptr && value->is_number_integer() ? value->get<int64_t>() : 0;
}

Position read_position(const Json& json) {
  return {unsigned_number(member(json, "line")), unsigned_number(member(json, "character"))};
}

PositionRange read_range(const Json& json) {
  return {read_position(member(json, "start")), read_position(member(json, "end"))};
}

std::string uri_of_document(const Json& params) {
  return text(member(params, "textDocument"), "uri");
}

void read(const Json& params, TextDocumentItem& out) {
  const Json& item = member(params, "textDocument");
  out.uri = text(item, "uri");
  out.language_id = optional_text(item, "languageId");
  out.version = optional_version(item);
  out.text = text(item, "text");
}

void read(const Json& params, DidChangeParams& out) {
  const Json& document = member(params, "textDocument");
  out.uri = text(document, "uri");
  out.version = optional_version(document);
  for (const Json& change : member(params, "contentChanges")) {
    ContentChange& c = out.changes.emplace_back();
    if (const Json* range = optional_member(change, "range")) c.range = read_range(*range);
    c.text = text(change, "text");
  }
}

void read(const Json& params, TextDocumentParams& out) { out.uri = uri_of_document(params); }

void read(const Json& params, TextDocumentPositionParams& out) {
  out.uri = uri_of_document(params);
  out.position = read_position(member(params, "position"));
}

void read(const Json& params, ReferenceParams& out) {
  out.uri = uri_of_document(params);
  out.position = read_position(member(params, "position"));
  out.with_declaration = member(member(params, "context"), "includeDeclaration") == true;
}

void read(const Json& params, SelectionRangeParams& out) {
  out.uri = uri_of_document(params);
  for (const Json& position : member(params, "positions")) {
    out.positions.push_back(read_position(position));
  }
}

void read(const Json& params, std::vector<FileRename>& out) {
  for (const Json& file : member(params, "files")) {
    out.push_back({text(file, "oldUri"), text(file, "newUri")});
  }
}

void read(const Json& params, CreatedFiles& out) {
  for (const Json& file : member(params, "files")) out.uris.push_back(text(file, "uri"));
}

void read(const Json& params, RangeParams& out) {
  out.uri = uri_of_document(params);
  out.range = read_range(member(params, "range"));
}

void read(const Json& params, RenameParams& out) {
  out.uri = uri_of_document(params);
  out.position = read_position(member(params, "position"));
  out.new_name = text(params, "newName");
}

void read(const Json& params, CompletionParams& out) {
  out.uri = uri_of_document(params);
  out.position = read_position(member(params, "position"));
  if (const Json* context = optional_member(params, "context")) {
    out.trigger = optional_text(*context, "triggerCharacter");
  }
}

void read(const Json& params, CompletionItemData& out) {
  const Json& data = member(params, "data");
  out.uri = text(data, "uri");
  out.position = read_position(member(data, "position"));
  out.kind = static_cast<uint8_t>(std::min(unsigned_number(member(data, "kind")), uint32_t{255}));
  out.key = text(data, "key");
  out.part = text(data, "part");
}

void read(const Json& params, SchemaParams& out) {
  out.uri = text(params, "uri");
  out.migration = optional_text(params, "migration");
  const bool is_before = text(params, "when") == "before";
  out.when = is_before ? SchemaParams::When::kBefore : SchemaParams::When::kAfter;
}

void read(const Json& params, DocumentDiagnosticParams& out) {
  out.uri = uri_of_document(params);
  out.previous_result_id = optional_text(params, "previousResultId");
}

void read(const Json& params, WorkspaceDiagnosticParams& out) {
  const Json* previous = optional_member(params, "previousResultIds");
  if (previous == nullptr) return;
  for (const Json& id : *previous) out.previous.push_back({text(id, "uri"), text(id, "value")});
}

void read(const Json& params, WorkspaceSymbolParams& out) { out.query = text(params, "query"); }

void read(const Json& params, CodeActionParams& out) {
  out.uri = uri_of_document(params);
  out.range = read_range(member(params, "range"));
  const Json& context = member(params, "context");
  if (const Json* diagnostics = optional_member(context, "diagnostics")) {
    for (const Json& d : *diagnostics) {
      if (optional_text(d, "source") != "belay") continue;
      DiagnosticReference& reference = out.diagnostics.emplace_back();
      reference.range = read_range(member(d, "range"));
      reference.code = optional_text(d, "code");
      if (const Json* data = optional_member(d, "data")) reference.id = optional_text(*data, "id");
    }
  }
  if (const Json* only = optional_member(context, "only")) {
    for (const Json& kind : *only) out.only.push_back(kind.get<std::string>());
  }
}

void read(const Json& params, CodeActionData& out) {
  const Json& data = member(params, "data");
  out.uri = text(data, "uri");
  out.migration = text(data, "migration");
  out.complete = member(data, "complete").get<bool>();
  const auto what = std::clamp(member(data, "what").get<int>(), 0, 2);
  out.what = static_cast<CodeActionData::What>(what);
  out.rule = optional_text(data, "rule");
  out.statement = unsigned_number(member(data, "statement"));
}

void read(const Json& params, CodeLens& out) {
  out.range = read_range(member(params, "range"));
  const Json& data = member(params, "data");
  CodeLensData& of = out.data.emplace();
  of.uri = text(data, "uri");
  of.version = optional_version(data);
  of.migration = text(data, "migration");
  const auto what = std::clamp(member(data, "what").get<int>(), 0, 1);
  of.what = static_cast<CodeLensData::What>(what);
}

void read(const Json& params, ExecuteCommandParams& out) {
  out.command = text(params, "command");
  if (const Json* token = optional_member(params, "workDoneToken")) {
    if (token->is_string() || token->is_number_integer()) {
      out.work_done_token = token->dump(-1, ' ', false, Json::error_handler_t::replace);
    }
  }
  const Json* arguments = optional_member(params, "arguments");
  if (arguments == nullptr || !arguments->is_array() || arguments->empty()) return;
  const Json& argument = arguments->front();
  // A person who calls a command by hand gives it a bare URI.
  if (argument.is_string()) out.arguments.uri = argument.get<std::string>();
  if (!argument.is_object()) return;
  out.arguments.uri = optional_text(argument, "uri");
  out.arguments.migration = optional_text(argument, "migration");
  out.arguments.rule = optional_text(argument, "rule");
  out.arguments.name = optional_text(argument, "name");
  out.arguments.snapshot = optional_text(argument, "snapshot");
  if (const Json* steps = optional_member(argument, "steps")) {
    out.arguments.steps = unsigned_number(*steps);
  }
  if (const Json* version = optional_member(argument, "version")) {
    out.arguments.version = version->get<int64_t>();
  }
}

void read(const Json& params, std::vector<FileEvent>& out) {
  for (const Json& change : member(params, "changes")) {
    const auto type = std::clamp(member(change, "type").get<int>(), 1, 3);
    out.push_back({text(change, "uri"), static_cast<FileEvent::Type>(type)});
  }
}

void read(const Json& params, WorkspaceFoldersChange& out) {
  const Json& event = member(params, "event");
  const auto read_list = [&](const char* name, std::vector<WorkspaceFolder>& list) {
    const Json* folders = optional_member(event, name);
    if (folders == nullptr) return;
    for (const Json& f : *folders) list.push_back({text(f, "uri"), optional_text(f, "name")});
  };
  read_list("added", out.added);
  read_list("removed", out.removed);
}

}  // namespace

template <class Params>
Result<Params> read_params(const Json& params) {
  Params out;
  try {
    read(params, out);
  } catch (const Json::exception& error) {
    return Error{std::string("invalid parameters: ") + error.what(), "", ""};
  }
  return out;
}

template Result<TextDocumentItem> read_params(const Json&);
template Result<DidChangeParams> read_params(const Json&);
template Result<TextDocumentParams> read_params(const Json&);
template Result<TextDocumentPositionParams> read_params(const Json&);
template Result<RangeParams> read_params(const Json&);
template Result<RenameParams> read_params(const Json&);
template Result<CompletionParams> read_params(const Json&);
template Result<CompletionItemData> read_params(const Json&);
template Result<ReferenceParams> read_params(const Json&);
template Result<SelectionRangeParams> read_params(const Json&);
template Result<std::vector<FileRename>> read_params(const Json&);
template Result<CreatedFiles> read_params(const Json&);
template Result<SchemaParams> read_params(const Json&);
template Result<DocumentDiagnosticParams> read_params(const Json&);
template Result<WorkspaceDiagnosticParams> read_params(const Json&);
template Result<WorkspaceSymbolParams> read_params(const Json&);
template Result<CodeActionParams> read_params(const Json&);
template Result<CodeActionData> read_params(const Json&);
template Result<CodeLens> read_params(const Json&);
template Result<ExecuteCommandParams> read_params(const Json&);
template Result<std::vector<FileEvent>> read_params(const Json&);
template Result<WorkspaceFoldersChange> read_params(const Json&);

std::string read_chosen_action(const Json& result) { return optional_text(result, "title"); }

}  // namespace belay::lsp

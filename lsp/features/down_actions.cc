#include "lsp/features/down_actions.h"

#include <algorithm>
#include <array>

#include "lsp/features/counterpart.h"
#include "lsp/features/diagnostics.h"
#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/results.h"
#include "workbench/down_place.h"
#include "workbench/generate_down.h"

namespace belay::lsp {
namespace {

using project::Direction;
using rollback::Verdict;

bool has_statements(const AnalyzedScript* script) {
  return script != nullptr &&
         std::any_of(script->parsed->statements.begin(), script->parsed->statements.end(),
                     [](const sql::ScriptStatement& s) { return s.parsed != nullptr; });
}

bool can_be_generated(const AnalyzedSet& set, uint32_t migration) {
  const project::Migration& m = set.set->migrations[migration];
  const Engine engine = set.set->dialect.engine;
  if (!m.up || m.kind != project::Migration::Kind::kVersioned) return false;
  if (engine != Engine::kPostgres && engine != Engine::kSqlite) return false;
  const AnalyzedScript* up = set.script(migration, Direction::kUp);
  if (m.declaration != nullptr) return m.declaration->up_definition.has_value() && !m.down;
  return !workbench::down_place(*set.set, m, up->document.text()).path.empty();
}

/// What the actions answer where the range touches one of them.
bool is_about_downs(std::string_view rule) {
  constexpr std::array<std::string_view, 4> kRules = {"missing-down", "fake-down",
                                                      "incomplete-down", "attribute-lost"};
  return std::find(kRules.begin(), kRules.end(), rule) != kRules.end();
}

std::vector<Diagnostic> answered(const FeatureInput& input, ByteRange range) {
  std::vector<Diagnostic> out;
  for (const DocumentFinding& f : findings_in(input.document)) {
    if (!is_about_downs(f.finding->rule) || !touches(f.finding->place.range, range)) continue;
    out.push_back(diagnostic_of(input, *f.finding));
  }
  return out;
}

CodeAction action_for(const FeatureInput& input, const DocumentScript& script, bool complete) {
  CommandArguments of;
  of.uri = input.document.document.uri;
  of.migration = script.of().id;
  CodeAction out;
  out.title = complete ? "Complete the down" : "Write the down migration";
  // The edit once done, the editor says what has come of it.
  out.command =
      Command{"Show the verdict", std::string(commands::kShowVerdict), command_arguments_json(of)};
  CodeActionData& data = out.data.emplace();
  data.uri = of.uri;
  data.migration = of.migration;
  data.complete = complete;
  return out;
}

const DocumentScript* find(const std::vector<DocumentScript>& scripts, const std::string& id) {
  for (const DocumentScript& script : scripts) {
    if (script.of().id == id) return &script;
  }
  return nullptr;
}

}  // namespace

std::vector<CodeAction> down_actions(const FeatureInput& input, const CodeActionParams& params) {
  std::vector<CodeAction> out;
  const ByteRange range = input.bytes(params.range);
  for (const DocumentScript& script : scripts_at(input, params.range.start)) {
    const AnalyzedSet& set = *script.history->set;
    const bool has_down = has_statements(set.script(script.migration, Direction::kDown));
    const Verdict verdict = set.migrations[script.migration]->reversibility.verdict;
    if (has_down && verdict != Verdict::kDiffers) continue;
    if (!can_be_generated(set, script.migration)) continue;
    CodeAction action = action_for(input, script, has_down);
    const bool offered = std::any_of(out.begin(), out.end(),
                                     [&](const CodeAction& a) { return a.data == action.data; });
    if (offered) continue;
    action.diagnostics = answered(input, range);
    action.kind = action.diagnostics.empty() ? action_kinds::kRewrite : action_kinds::kQuickFix;
    if (wants_kind(params.only, action.kind)) out.push_back(std::move(action));
  }
  return out;
}

Result<WorkspaceEdit> down_edit(const FeatureInput& input, const std::string& migration) {
  std::vector<std::string> ids;
  for (const DocumentScript& script : scripts_in(input.document)) {
    const std::string& id = script.of().id;
    if (!migration.empty() && id != migration) continue;
    if (!can_be_generated(*script.history->set, script.migration)) {
      return Error{"there is no down that Belay could write", id, ""};
    }
    const bool has_down =
        has_statements(script.history->set->script(script.migration, Direction::kDown));
    if (!migration.empty()) {
      CodeActionData data;
      data.migration = id;
      data.complete = has_down;
      return down_edit(input, data);
    }
    if (ids.empty() || ids.back() != id) ids.push_back(id);
  }
  if (ids.size() == 1) return down_edit(input, ids.front());
  return Error{ids.empty() ? "no migration stands here" : "name one of the migrations of the file",
               input.document.path, ""};
}

Result<WorkspaceEdit> down_edit(const FeatureInput& input, const CodeActionData& params) {
  const std::vector<DocumentScript> scripts = scripts_in(input.document);
  const DocumentScript* script = find(scripts, params.migration);
  if (script == nullptr) return Error{"the migration is not there any more", params.migration, ""};
  workbench::GenerateDownOptions options;
  options.complete = params.complete;
  const Result<workbench::GeneratedDownFile> down =
      workbench::generate_down(*script->history->set, script->migration, options);
  if (!down) return down.error();
  if (down->path.empty())
    return Error{"there is no place for a down", params.migration, down->no_place};
  if (down->new_text.empty() || (params.complete && down->nothing_to_do)) {
    return Error{"there is nothing that Belay can add to the down", params.migration, ""};
  }
  TextDocumentEdit document;
  document.uri = uri_of(input, down->path);
  if (!down->edit) {
    document.edits.emplace_back(PositionRange{}, down->new_text);
    return WorkspaceEdit{{document}, {document.uri}};
  }
  const Document* text = text_of(input, down->path);
  if (text == nullptr) return Error{"the down's file is not known", down->path, ""};
  if (const auto open = input.open.find(down->path); open != input.open.end()) {
    document.version = open->second.version;
  }
  document.edits.emplace_back(text->positions_of(down->edit->range, input.unit),
                              in_line_ends_of(text->text(), down->edit->new_text));
  return WorkspaceEdit{{std::move(document)}, {}};
}

}  // namespace belay::lsp

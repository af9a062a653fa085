#include "lsp/features/code_actions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "analyzer/rules/rule.h"
#include "analyzer/rules/suppressions.h"
#include "lsp/features/diagnostics.h"
#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/results.h"

namespace belay::lsp {
namespace {

bool can_be_suppressed(std::string_view rule) {
  const auto index = rules::rule_index(rule);
  return index && !rules::all_rules()[*index].descriptor->always_on;
}

class Collector {
 public:
  Collector(const FeatureInput& input, std::vector<CodeAction>& out) : input_(input), out_(out) {}

  void add_fixes(const DocumentFinding& f, const Diagnostic& diagnostic) {
    bool preferred = true;
    for (const Fix& fix : f.finding->fixes) {
      auto edit = workspace_edit(fix.path, fix.edits);
      if (!edit) continue;
      CodeAction& action = add(fix.title, diagnostic);
      action.is_preferred = std::exchange(preferred, false);
      action.edit = *std::move(edit);
    }
  }

  void add_suppressions(const DocumentFinding& f, const Diagnostic& diagnostic) {
    const Finding& finding = *f.finding;
    if (f.script == nullptr || !can_be_suppressed(finding.rule)) return;
    const std::string_view text = input_.text().text();
    const std::string rule(finding.rule);
    const bool in_program = f.script->sources != nullptr;
    const std::string_view mark = in_program ? "//" : "--";
    const ByteRange statement = in_program ? call_around(*f.script, finding) : finding.statement;
    if (!statement.empty()) {
      add("Ignore " + rule + " for this statement", diagnostic).edit = workspace_edit(
          input_.document.path, {rules::suppression_edit(text, statement, finding.rule, mark)});
    }
    // Two findings of a rule want the same comment at the top.
    if (!files_silenced_.insert(finding.rule).second) return;
    add("Ignore " + rule + " in this file", diagnostic).edit = workspace_edit(
        input_.document.path, {rules::file_suppression_edit(
                                  in_program ? ByteRange{} : f.script->range, finding.rule, mark)});
  }

  void add_page(const DocumentFinding& f, const Diagnostic& diagnostic) {
    if (!pages_.insert(f.finding->rule).second) return;
    CodeAction& action = add("Open the page of " + diagnostic.code, diagnostic);
    CommandArguments arguments;
    arguments.rule = diagnostic.code;
    action.command =
        Command{action.title, std::string(commands::kOpenRule), command_arguments_json(arguments)};
  }

 private:
  /// The call that runs the statement of a finding; empty where none does.
  ByteRange call_around(const project::Script& script, const Finding& finding) const {
    if (finding.statement.empty()) return {};
    const std::optional<uint32_t> offset =
        script.sources->offset_of(input_.document.path, finding.statement.begin);
    const SourceMap::Part* part = offset ? script.sources->part_at(*offset) : nullptr;
    return part == nullptr ? ByteRange{} : part->source;
  }

  CodeAction& add(std::string title, const Diagnostic& diagnostic) {
    CodeAction& action = out_.emplace_back();
    action.title = std::move(title);
    action.kind = action_kinds::kQuickFix;
    action.diagnostics = {diagnostic};
    return action;
  }

  std::optional<WorkspaceEdit> workspace_edit(const std::string& path,
                                              const std::vector<TextEdit>& edits) const {
    std::optional<TextDocumentEdit> document = document_edit(input_, path, edits);
    if (!document) return std::nullopt;
    return WorkspaceEdit{{*std::move(document)}, {}};
  }

  const FeatureInput& input_;
  std::vector<CodeAction>& out_;
  std::set<std::string_view> files_silenced_;
  std::set<std::string_view> pages_;
};

/// Those that the range touches, and those that the client has a diagnostic of.
std::vector<std::pair<DocumentFinding, Diagnostic>> chosen(const FeatureInput& input,
                                                           const CodeActionParams& params) {
  std::vector<std::pair<DocumentFinding, Diagnostic>> out;
  const ByteRange range = input.bytes(params.range);
  const std::vector<DocumentFinding> findings = findings_in(input.document);
  const bool by_reference = !params.diagnostics.empty();
  const std::vector<Diagnostic> all = by_reference ? diagnostics(input) : std::vector<Diagnostic>();
  for (size_t i = 0; i < findings.size(); ++i) {
    const bool referenced =
        by_reference && std::any_of(params.diagnostics.begin(), params.diagnostics.end(),
                                    [&](const DiagnosticReference& r) {
                                      return r.code == all[i].code &&
                                             (r.id == all[i].id || r.range == all[i].range);
                                    });
    if (!referenced && !touches(findings[i].finding->place.range, range)) continue;
    out.emplace_back(findings[i],
                     by_reference ? all[i] : diagnostic_of(input, *findings[i].finding));
  }
  return out;
}

}  // namespace

std::vector<CodeAction> code_actions(const FeatureInput& input, const CodeActionParams& params) {
  std::vector<CodeAction> out;
  if (!wants_kind(params.only, action_kinds::kQuickFix) || !is_current(input)) return out;
  const auto findings = chosen(input, params);
  Collector collector(input, out);
  for (const auto& [finding, diagnostic] : findings) collector.add_fixes(finding, diagnostic);
  for (const auto& [finding, diagnostic] : findings) {
    collector.add_suppressions(finding, diagnostic);
  }
  for (const auto& [finding, diagnostic] : findings) collector.add_page(finding, diagnostic);
  return out;
}

}  // namespace belay::lsp

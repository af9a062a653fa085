#include "lsp/features/fix_all_actions.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "analyzer/fix_all.h"
#include "lsp/features/diagnostics.h"

namespace belay::lsp {
namespace {

/// Empty where a statement cannot be read: where one ends is a guess then, and with it what is
/// found behind it.
std::vector<const Finding*> fixable(const FeatureInput& input) {
  std::vector<const Finding*> out;
  if (!is_current(input)) return out;
  for (const DocumentFinding& f : findings_in(input.document)) {
    if (f.finding->rule == "syntax-error") return {};
    if (preferred_fix(*f.finding, input.document.path) != nullptr) out.push_back(f.finding);
  }
  return out;
}

CodeAction fix_all_action(const FeatureInput& input, std::string title, std::string_view kind,
                          std::string_view rule) {
  CodeAction out;
  out.title = std::move(title);
  out.kind = kind;
  CodeActionData& data = out.data.emplace();
  data.uri = input.document.document.uri;
  data.what = CodeActionData::What::kFixAll;
  data.rule = rule;
  return out;
}

std::vector<TextEdit> edits_of_all(const FeatureInput& input, std::string_view rule) {
  const std::vector<const Finding*> findings = fixable(input);
  const std::vector<HistoryView>& histories = input.document.histories;
  const std::string& path = input.document.path;
  // What a fix does is tried in the history. A file of several histories, and a source that a
  // compiler has to read again, are fixed once and looked at afterwards.
  const std::vector<DocumentScript> scripts = scripts_in(input.document);
  const bool can_be_tried =
      histories.size() == 1 && histories.front().workspace != nullptr &&
      std::none_of(scripts.begin(), scripts.end(), [](const DocumentScript& script) {
        return script.location().sources != nullptr;
      });
  if (!can_be_tried || findings.empty()) return fixes_together(findings, path, rule);
  return fix_all(*histories.front().workspace, path, rule);
}

}  // namespace

std::vector<CodeAction> fix_all_actions(const FeatureInput& input, const CodeActionParams& params) {
  std::vector<CodeAction> out;
  const std::vector<const Finding*> findings = fixable(input);
  const ByteRange range = input.bytes(params.range);
  std::map<std::string_view, std::vector<const Finding*>> by_rule;
  for (const Finding* f : findings) by_rule[f->rule].push_back(f);
  for (const auto& [rule, of_rule] : by_rule) {
    const bool is_asked_for = std::any_of(of_rule.begin(), of_rule.end(), [&](const Finding* f) {
      return touches(f->place.range, range);
    });
    if (!is_asked_for || of_rule.size() < 2 || !wants_kind(params.only, action_kinds::kQuickFix))
      continue;
    out.push_back(fix_all_action(input, "Fix all of " + std::string(rule) + " in this file",
                                 action_kinds::kQuickFix, rule));
    for (const Finding* f : of_rule) out.back().diagnostics.push_back(diagnostic_of(input, *f));
  }
  // Who looks at a list sees the fix of a single finding there already.
  const size_t least = params.only.empty() ? 2 : 1;
  if (findings.size() >= least && wants_kind(params.only, action_kinds::kFixAll)) {
    out.push_back(fix_all_action(input, "Fix all that Belay can fix in this file",
                                 action_kinds::kFixAll, ""));
  }
  return out;
}

Result<WorkspaceEdit> fix_all_edit(const FeatureInput& input, const CodeActionData& params) {
  const std::vector<TextEdit> edits = edits_of_all(input, params.rule);
  if (edits.empty()) return Error{"there is nothing that can be fixed any more", params.uri, ""};
  std::optional<TextDocumentEdit> document = document_edit(input, input.document.path, edits);
  if (!document) return Error{"the file is not known", params.uri, ""};
  return WorkspaceEdit{{*std::move(document)}, {}};
}

}  // namespace belay::lsp

#include "lsp/features/diagnostics.h"

#include <unordered_map>
#include <utility>

#include "support/hash.h"
#include "workbench/scripts.h"

namespace belay::lsp {
namespace {

/// Where the pages of `docs/rules/` are published.
constexpr std::string_view kRulePages = "https://belay.dev/rules/";

DiagnosticSeverity severity_of(Severity severity) {
  switch (severity) {
    case Severity::kError: return DiagnosticSeverity::kError;
    case Severity::kWarning: return DiagnosticSeverity::kWarning;
    case Severity::kInfo: return DiagnosticSeverity::kInformation;
    case Severity::kOff: break;
  }
  return DiagnosticSeverity::kHint;
}

std::string message_with_cost(const Finding& finding) {
  std::string out = finding.message;
  if (finding.effect && !finding.effect->empty()) {
    out += "\nCost: " + effects::describe(*finding.effect);
  }
  return out;
}

}  // namespace

uint64_t identity_of(const Finding& finding, std::string_view text) {
  const uint64_t statement = hash_bytes(finding.statement.of(text));
  return combine_hashes(hash_bytes(finding.rule),
                        combine_hashes(hash_bytes(finding.message), statement));
}

std::string rule_page(std::string_view rule) { return std::string(kRulePages) + std::string(rule); }

Diagnostic diagnostic_of(const FeatureInput& input, const Finding& finding) {
  Diagnostic out;
  out.range = input.positions(finding.place.range);
  out.severity = severity_of(finding.severity);
  out.code = finding.rule;
  out.code_href = rule_page(finding.rule);
  out.message = message_with_cost(finding);
  if (finding.rule == "unused-suppression") out.tag = DiagnosticTag::kUnnecessary;
  for (const RelatedPlace& related : finding.related) {
    const Document* text = text_of(input, related.place.path);
    PositionRange range;
    if (text != nullptr) range = text->positions_of(related.place.range, input.unit);
    out.related.push_back({{uri_of(input, related.place.path), range}, related.message});
  }
  return out;
}

std::vector<Diagnostic> config_diagnostics(const workbench::ConfigReport& config, ColumnUnit unit) {
  std::vector<Diagnostic> out;
  for (const project::ConfigProblem& problem : config.problems) {
    Diagnostic& d = out.emplace_back();
    d.range = config.document.positions_of(problem.range, unit);
    const bool is_error = problem.severity == project::ConfigProblem::Severity::kError;
    d.severity = is_error ? DiagnosticSeverity::kError : DiagnosticSeverity::kWarning;
    d.message = problem.message;
  }
  return out;
}

std::vector<Diagnostic> run_failures(const FeatureInput& input) {
  std::vector<Diagnostic> out;
  for (const RunFailure& failure : input.document.failures) {
    Diagnostic& d = out.emplace_back();
    d.range = input.positions(failure.range);
    d.severity = DiagnosticSeverity::kError;
    d.code = "run-failed";
    d.message = failure.message;
  }
  return out;
}

std::vector<Diagnostic> changed_after_apply(const FeatureInput& input) {
  std::vector<Diagnostic> out;
  for (const DocumentScript& script : scripts_in(input.document)) {
    if (script.direction != project::Direction::kUp || script.history->applied == nullptr) continue;
    const runtime::LedgerEntry* entry = applied_entry(*script.history, script.of());
    const Engine engine = script.history->set->set->dialect.engine;
    if (entry == nullptr ||
        !workbench::has_other_statements(*entry, script.of(), input.text(), engine)) {
      continue;
    }
    const auto& statements = script.analyzed().parsed->statements;
    Diagnostic& d = out.emplace_back();
    d.range =
        input.positions(statements.empty() ? script.location().range : statements.front().range);
    d.severity = DiagnosticSeverity::kError;
    d.code = "changed-after-apply";
    d.message = script.of().id + " was applied " +
                (entry->applied_at.empty() ? "" : entry->applied_at + " ") +
                "with other statements than these, so that no migration can be applied. Bring them "
                "back, and write what is new in a migration of its own.";
  }
  return out;
}

std::vector<Diagnostic> diagnostics(const FeatureInput& input) {
  if (input.document.config != nullptr) {
    return config_diagnostics(*input.document.config, input.unit);
  }
  std::vector<Diagnostic> out = run_failures(input);
  for (Diagnostic& changed : changed_after_apply(input)) out.push_back(std::move(changed));
  std::unordered_map<uint64_t, uint32_t> repetitions;
  for (const DocumentFinding& f : findings_in(input.document)) {
    Diagnostic& d = out.emplace_back(diagnostic_of(input, *f.finding));
    const uint64_t identity = identity_of(*f.finding, input.text().text());
    d.id = std::to_string(identity) + "-" + std::to_string(repetitions[identity]++);
  }
  return out;
}

}  // namespace belay::lsp

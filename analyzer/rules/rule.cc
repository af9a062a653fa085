#include "analyzer/rules/rule.h"

#include <array>

#include "analyzer/project/nearest.h"
#include "analyzer/rules/registry.h"

namespace belay {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kOff: return "off";
    case Severity::kInfo: return "info";
    case Severity::kWarning: return "warning";
    case Severity::kError: return "error";
  }
  return "";
}

std::optional<Severity> severity_from_name(std::string_view name) {
  for (Severity s : {Severity::kOff, Severity::kInfo, Severity::kWarning, Severity::kError}) {
    if (severity_name(s) == name) return s;
  }
  return std::nullopt;
}

}  // namespace belay

namespace belay::rules {

std::string_view category_name(Category category) {
  switch (category) {
    case Category::kLocks: return "locks";
    case Category::kDataLoss: return "data loss";
    case Category::kCompatibility: return "compatibility";
    case Category::kFailure: return "failure";
    case Category::kTransactions: return "transactions";
    case Category::kRollback: return "rollback";
    case Category::kSecurity: return "security";
    case Category::kProject: return "project";
    case Category::kAnalysis: return "analysis";
  }
  return "";
}

bool Context::is_new(const sql::QualifiedName& name) const {
  const schema::Table* t = table(name);
  return t != nullptr && (t->temporary || (t->made_by(script.script_id()) && !t->may_have_rows));
}

bool Context::is_made_here(const sql::QualifiedName& name) const {
  const schema::Table* t = table(name);
  return t != nullptr && (t->temporary || t->made_by(script.script_id()));
}

FindingBuilder Report::at(const Context& context, ByteRange range, std::string message) {
  FindingBuilder builder = at(context.script, context.in_document(range), std::move(message));
  Finding& finding = out_.back();
  finding.statement = context.statement().range;
  if (!context.effect.empty()) finding.effect = context.effect;
  return builder;
}

FindingBuilder Report::at(const ScriptContext& script, ByteRange document_range,
                          std::string message) {
  return at(Place{script.location.path, document_range}, std::move(message));
}

FindingBuilder Report::at(Place place, std::string message) {
  Finding& finding = out_.emplace_back();
  finding.rule = rule_.id;
  finding.severity = severity_;
  finding.place = std::move(place);
  finding.message = std::move(message);
  return FindingBuilder(finding);
}

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> kRules = [] {
    std::vector<Rule> rules = registered_rules();
    std::sort(rules.begin(), rules.end(),
              [](const Rule& a, const Rule& b) { return a.id() < b.id(); });
    return rules;
  }();
  return kRules;
}

std::optional<size_t> rule_index(std::string_view id) {
  const std::vector<Rule>& rules = all_rules();
  const auto at = std::lower_bound(rules.begin(), rules.end(), id,
                                   [](const Rule& r, std::string_view i) { return r.id() < i; });
  if (at == rules.end() || at->id() != id) return std::nullopt;
  return static_cast<size_t>(at - rules.begin());
}

std::string_view nearest_rule(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : all_rules()) ids.push_back(rule.id());
  return project::nearest(id, ids).value_or("");
}

}  // namespace belay::rules

#include "analyzer/rules/suppressions.h"

#include <algorithm>

#include "support/ascii.h"

namespace belay::rules {
namespace {

constexpr std::string_view kMark = "belay:ignore";
constexpr std::string_view kFileSuffix = "-file";

struct SuppressedRule {
  std::string_view id;
  ByteRange range;  ///< of the document
  std::optional<size_t> rule;
  bool used = false;
};

struct Suppression {
  ByteRange comment;
  bool whole_file = false;
  bool has_reason = false;
  /// The statement that it belongs to; none where nothing follows.
  std::optional<size_t> statement;
  std::vector<SuppressedRule> rules;
};

std::string_view without_comment_marks(std::string_view comment) {
  if (comment.starts_with("/*")) {
    comment.remove_prefix(2);
    if (comment.ends_with("*/")) comment.remove_suffix(2);
  }
  return comment;
}

/// Reads `belay:ignore a, b: reason`. None where the comment says something else.
std::optional<Suppression> read(std::string_view text, ByteRange comment) {
  const std::string_view body = without_comment_marks(comment.of(text));
  const size_t mark = body.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  Suppression out;
  out.comment = comment;
  size_t at = mark + kMark.size();
  if (body.substr(at).starts_with(kFileSuffix)) {
    out.whole_file = true;
    at += kFileSuffix.size();
  }
  if (at < body.size() && !ascii::is_space(body[at])) return std::nullopt;
  size_t end = body.find_first_of(":\r\n", at);
  out.has_reason = end != std::string_view::npos && body[end] == ':' &&
                   !ascii::trim(body.substr(end + 1)).empty();
  end = std::min(end, body.size());
  const auto base = static_cast<uint32_t>(body.data() - text.data());
  while (at < end) {
    const size_t comma = std::min(body.find(',', at), end);
    const std::string_view id = ascii::trim(body.substr(at, comma - at));
    if (!id.empty()) {
      const auto begin = static_cast<uint32_t>(id.data() - body.data());
      const ByteRange range = {base + begin, base + begin + static_cast<uint32_t>(id.size())};
      out.rules.push_back({id, range, rule_index(id), false});
    }
    at = comma + 1;
  }
  return out;
}

/// The statement that a comment belongs to.
std::optional<size_t> statement_of(const ScriptContext& script, ByteRange comment) {
  const auto& statements = script.script.statements;
  const auto next = std::upper_bound(
      statements.begin(), statements.end(), comment.begin,
      [](uint32_t at, const sql::ScriptStatement& s) { return at < s.range.begin; });
  if (next != statements.begin()) {
    const auto previous = std::prev(next);
    const std::string_view between =
        script.text.substr(previous->end, std::max(comment.begin, previous->end) - previous->end);
    const bool inside = comment.begin < previous->end;
    if (inside || between.find('\n') == std::string_view::npos) {
      return static_cast<size_t>(previous - statements.begin());
    }
  }
  if (next == statements.end()) return std::nullopt;
  return static_cast<size_t>(next - statements.begin());
}

bool is_in_scope(size_t rule, RuleScope scope) {
  return (all_rules()[rule].history_check != nullptr) == (scope == RuleScope::kHistory);
}

/// Of what is known last: whether a place of a program's source is about the script's migration, or
/// about the source as a whole.
bool is_about(const Place& place, const ScriptContext& script) {
  const project::ClassDeclaration* of = script.migration.declaration.get();
  if (of == nullptr || script.location.sources == nullptr) return false;
  if (place.range.empty()) return place.path == script.location.file();
  return place == of->place || place == of->version ||
         std::any_of(of->dependencies.begin(), of->dependencies.end(),
                     [&](const auto& dependency) { return dependency.place == place; });
}

/// A script may share its file with others.
bool stands_in(const Finding& finding, const ScriptContext& script, RuleScope scope) {
  if (finding.place.path != script.location.path) {
    return scope == RuleScope::kScript || is_about(finding.place, script);
  }
  const ByteRange whole = script.location.range;
  const ByteRange place = finding.place.range;
  return whole.contains(place) || (place.begin == whole.begin && place.empty());
}

bool silences(Suppression& suppression, const Finding& finding, const ScriptContext& script) {
  if (!suppression.has_reason) return false;
  if (!suppression.whole_file) {
    if (!suppression.statement) return false;
    const sql::ScriptStatement& s = script.script.statements[*suppression.statement];
    const bool within = finding.place.path == script.location.path && finding.statement.empty() &&
                        s.range.contains(finding.place.range);
    const bool same = finding.statement == s.range || within;
    if (!same) return false;
  }
  for (SuppressedRule& rule : suppression.rules) {
    if (rule.id != finding.rule) continue;
    rule.used = true;
    return true;
  }
  return false;
}

/// The line of a comment with its line end, where nothing else stands on it; else the comment.
ByteRange whole_line(std::string_view text, ByteRange comment) {
  uint32_t begin = comment.begin;
  while (begin > 0 && ascii::is_blank(text[begin - 1])) --begin;
  const bool alone = begin == 0 || text[begin - 1] == '\n';
  if (!alone) return {begin, comment.end};
  uint32_t end = comment.end;
  if (end < text.size() && text[end] == '\r') ++end;
  if (end < text.size() && text[end] == '\n') ++end;
  return {begin, end};
}

/// A comment of a program may belong to several scripts, and to the same one for another engine.
bool may_be_used_elsewhere(const Suppression& suppression, const SuppressedRule& rule,
                           const ScriptContext& script) {
  return suppression.whole_file ||
         !all_rules()[*rule.rule].descriptor->engines.contains(script.engine());
}

/// What stands once in a program may have come into the script several times: what one of them
/// silences, all of them do.
void share_uses(std::vector<Suppression>& suppressions, const SourceMap& sources) {
  for (const Suppression& one : suppressions) {
    const Place written = sources.place(one.comment);
    for (Suppression& other : suppressions) {
      if (sources.place(other.comment) != written) continue;
      for (size_t i = 0; i < one.rules.size(); ++i) other.rules[i].used |= one.rules[i].used;
    }
  }
}

std::optional<Report> report_for(std::string_view id, const Settings& settings,
                                 std::vector<Finding>& out) {
  const std::optional<size_t> index = rule_index(id);
  if (!index || settings.severity(*index) == Severity::kOff) return std::nullopt;
  return Report(*all_rules()[*index].descriptor, settings.severity(*index), out);
}

void judge(const Suppression& suppression, const ScriptContext& script, const Settings& settings,
           RuleScope scope, std::vector<Finding>& out) {
  if (!suppression.has_reason || suppression.rules.empty()) {
    if (scope == RuleScope::kHistory) return;
    if (auto report = report_for("suppression-without-reason", settings, out)) {
      report->at(script, suppression.comment,
                 "This comment silences nothing: it has to name its rules and a reason, as in "
                 "`-- belay:ignore set-not-null: the table has 40 rows`.");
    }
    return;
  }
  for (const SuppressedRule& rule : suppression.rules) {
    if (!rule.rule) {
      if (scope == RuleScope::kHistory) continue;
      if (auto report = report_for("unknown-rule", settings, out)) {
        const std::string_view guess = nearest_rule(rule.id);
        FindingBuilder builder =
            report->at(script, rule.range,
                       "There is no rule `" + std::string(rule.id) + "`" +
                           (guess.empty() ? "." : "; did you mean `" + std::string(guess) + "`?"));
        if (!guess.empty()) {
          builder.fix("Change to " + std::string(guess), {{rule.range, std::string(guess)}});
        }
      }
      continue;
    }
    if (rule.used || !is_in_scope(*rule.rule, scope)) continue;
    if (script.location.sources != nullptr && may_be_used_elsewhere(suppression, rule, script)) {
      continue;
    }
    if (settings.severity(*rule.rule) == Severity::kOff) continue;
    if (auto report = report_for("unused-suppression", settings, out)) {
      FindingBuilder builder = report->at(script, rule.range,
                                          "`" + std::string(rule.id) +
                                              "` has nothing to report here, so this comment "
                                              "silences nothing.");
      if (suppression.rules.size() == 1) {
        builder.fix("Remove the comment", {{whole_line(script.text, suppression.comment), ""}});
      }
    }
  }
}

}  // namespace

size_t apply_suppressions(const ScriptContext& script, const Settings& settings, RuleScope scope,
                          std::vector<Finding>& findings) {
  std::vector<Suppression> suppressions;
  for (ByteRange comment : script.script.directives) {
    if (auto suppression = read(script.text, comment)) {
      suppression->statement = statement_of(script, comment);
      suppressions.push_back(std::move(*suppression));
    }
  }
  if (suppressions.empty()) return 0;
  const size_t before = findings.size();
  std::erase_if(findings, [&](const Finding& finding) {
    const std::optional<size_t> index = rule_index(finding.rule);
    if (!index || !is_in_scope(*index, scope) || !stands_in(finding, script, scope)) return false;
    if (all_rules()[*index].descriptor->always_on) return false;
    bool silenced = false;
    for (Suppression& s : suppressions) silenced |= silences(s, finding, script);
    return silenced;
  });
  const size_t suppressed = before - findings.size();
  if (script.location.sources != nullptr) share_uses(suppressions, *script.location.sources);
  for (const Suppression& s : suppressions) judge(s, script, settings, scope, findings);
  return suppressed;
}

TextEdit suppression_edit(std::string_view text, ByteRange statement, std::string_view rule,
                          std::string_view mark) {
  const std::string_view indent = indentation(text, statement.begin);
  return {{statement.begin, statement.begin},
          std::string(mark) + " belay:ignore " + std::string(rule) + ": TODO say why\n" +
              std::string(indent)};
}

TextEdit file_suppression_edit(ByteRange script, std::string_view rule, std::string_view mark) {
  return {{script.begin, script.begin},
          std::string(mark) + " belay:ignore-file " + std::string(rule) + ": TODO say why\n"};
}

}  // namespace belay::rules

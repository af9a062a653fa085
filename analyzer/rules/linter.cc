#include "analyzer/rules/linter.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "analyzer/rules/suppressions.h"
#include "analyzer/schema/replay.h"
#include "analyzer/text/batch_mark.h"

namespace belay::rules {
namespace {

/// A check with the number of its rule.
struct BoundCheck {
  size_t rule = 0;
  OperationCheck check = nullptr;
};

using CheckTable = std::array<std::vector<BoundCheck>, std::variant_size_v<sql::OperationData>>;

/// For each kind of operation, the checks of all rules; made once.
const CheckTable& check_table() {
  static const CheckTable kTable = [] {
    CheckTable table;
    const std::vector<Rule>& rules = all_rules();
    for (size_t r = 0; r < rules.size(); ++r) {
      for (const auto& [operation, check] : rules[r].operation_checks) {
        table[operation].push_back({r, check});
      }
    }
    return table;
  }();
  return kTable;
}

bool applies_to_migration(const Descriptor& rule, const ScriptContext& script) {
  return rule.engines.contains(script.engine()) &&
         (script.migration.kind != project::Migration::Kind::kOutside || rule.outside_migrations);
}

bool applies(const Descriptor& rule, const ScriptContext& script) {
  return applies_to_migration(rule, script) &&
         (script.direction == project::Direction::kUp || rule.checks_downs);
}

/// Outside of migrations some rules are not as severe, unless the project has set them.
Severity severity_in(const Descriptor& rule, Severity configured, const ScriptContext& script) {
  const bool outside = script.migration.kind == project::Migration::Kind::kOutside;
  return outside && configured == rule.severity ? std::min(configured, rule.outside_at_most)
                                                : configured;
}

bool is_zero(const std::string& value) {
  return value.find_first_not_of("0") == std::string::npos || value == "0ms" || value == "0s";
}

/// What an operation changes for those behind it.
void advance(SessionState& session, const sql::Operation& operation, uint32_t statement) {
  if (const auto* t = operation.as<sql::Transaction>()) {
    using Kind = sql::Transaction::Kind;
    switch (t->kind) {
      case Kind::kBegin:
        session.in_transaction = true;
        session.may_be_in_transaction = false;
        session.begin_statement = statement;
        break;
      case Kind::kCommit:
      case Kind::kRollback:
      case Kind::kPrepare:
        session.in_transaction = false;
        session.may_be_in_transaction = false;
        session.begin_statement.reset();
        session.lock_timeout_set_locally = false;
        break;
      default: break;
    }
  } else if (const auto* set = operation.as<sql::SetVariable>()) {
    const bool is_lock_timeout = set->name.id == "lock_timeout";
    if (!is_lock_timeout && !(set->name.id == "all" && !set->value)) return;
    const bool useful = is_lock_timeout && set->value && !is_zero(*set->value);
    if (set->local) {
      session.lock_timeout_set_locally =
          useful && (session.in_transaction || session.may_be_in_transaction);
    } else {
      session.lock_timeout_set = useful;
      session.lock_timeout_set_locally = false;
    }
  } else if (const auto* pragma = operation.as<sql::Pragma>()) {
    if (pragma->name.id != "foreign_keys" || !pragma->value || session.in_transaction) return;
    const bool on = *pragma->value == "1" || *pragma->value == "on" || *pragma->value == "true" ||
                    *pragma->value == "yes";
    using ForeignKeys = SessionState::ForeignKeys;
    session.foreign_keys = on                              ? ForeignKeys::kOn
                           : session.may_be_in_transaction ? ForeignKeys::kOffUnlessInTransaction
                                                           : ForeignKeys::kOff;
  }
}

/// Calls `visit(statement index, operation index, operation)` for all operations of a script.
template <class Visit>
void for_each_operation(const sql::ParsedScript& script, Visit visit) {
  for (uint32_t s = 0; s < script.statements.size(); ++s) {
    const sql::StatementPtr& parsed = script.statements[s].parsed;
    if (parsed == nullptr) continue;
    for (uint32_t o = 0; o < parsed->operations.size(); ++o) visit(s, o, parsed->operations[o]);
  }
}

void sort_by_place(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.place.path, a.place.range.begin, a.rule) <
           std::tie(b.place.path, b.place.range.begin, b.rule);
  });
}

}  // namespace

namespace {

bool has_batch_mark(const ScriptContext& script) {
  const std::vector<ByteRange>& comments = script.script.directives;
  return std::any_of(comments.begin(), comments.end(),
                     [&](ByteRange comment) { return is_batch_mark(comment.of(script.text)); });
}

bool begins_transaction(const sql::ParsedScript& script) {
  bool found = false;
  for_each_operation(script, [&](uint32_t, uint32_t, const sql::Operation& operation) {
    const auto* t = operation.as<sql::Transaction>();
    found |= t != nullptr && t->kind == sql::Transaction::Kind::kBegin;
  });
  return found;
}

/// Adds what one finding has to show to another that says the same of the whole.
void take_over(Finding&& detail, Finding& whole) {
  const auto add = [&](RelatedPlace place) {
    const bool is_new =
        std::none_of(whole.related.begin(), whole.related.end(), [&](const RelatedPlace& r) {
          return r.place == place.place && r.message == place.message;
        });
    if (is_new) whole.related.push_back(std::move(place));
  };
  add({detail.place, detail.message});
  for (RelatedPlace& place : detail.related) add(std::move(place));
  std::move(detail.fixes.begin(), detail.fixes.end(), std::back_inserter(whole.fixes));
}

/// Gives the findings of the migration that another one sums up to that one.
void sum_up(std::vector<Finding>& up, std::vector<Finding>& down) {
  const auto summed_up_by = [](const Finding& finding) {
    return all_rules()[*rule_index(finding.rule)].descriptor->sums_up;
  };
  const auto found = std::find_if(
      up.begin(), up.end(), [&](const Finding& finding) { return !summed_up_by(finding).empty(); });
  if (found == up.end()) return;
  Finding whole = std::move(*found);
  up.erase(found);
  const auto names = summed_up_by(whole);
  for (std::vector<Finding>* findings : {&up, &down}) {
    const auto details =
        std::stable_partition(findings->begin(), findings->end(), [&](const Finding& finding) {
          return finding.severity > whole.severity ||
                 std::find(names.begin(), names.end(), finding.rule) == names.end();
        });
    for (auto detail = details; detail != findings->end(); ++detail) {
      take_over(std::move(*detail), whole);
    }
    findings->erase(details, findings->end());
  }
  up.push_back(std::move(whole));
}

}  // namespace

SessionState initial_session(const ScriptContext& script, const Settings& settings) {
  SessionState session;
  session.lock_timeout_set = settings.lock_timeout_set_by_runner();
  if (has_batch_mark(script)) return session;  // it is committed statement by statement
  // What a program runs outside of migrations, it runs as it likes: its own BEGIN counts alone.
  if (script.migration.kind == project::Migration::Kind::kOutside) return session;
  switch (script.location.transaction) {
    case project::TransactionHabit::kPerScript: session.in_transaction = true; break;
    case project::TransactionHabit::kSimpleQuery:
      session.in_transaction =
          script.engine() == Engine::kPostgres && script.script.statements.size() > 1;
      break;
    case project::TransactionHabit::kNone: break;
    case project::TransactionHabit::kUnknown:
      // A second BEGIN is an error on SQLite: a script with one of its own is run as it is.
      session.may_be_in_transaction =
          script.engine() != Engine::kSqlite || !begins_transaction(script.script);
      break;
  }
  return session;
}

ScriptResult lint_script(const ScriptContext& script, schema::Schema& schema,
                         const Settings& settings) {
  ScriptResult result;
  const std::vector<Rule>& rules = all_rules();
  const CheckTable& checks = check_table();
  schema::Replay replay(std::move(schema));
  SessionState session = initial_session(script, settings);
  for_each_operation(script.script, [&](uint32_t s, uint32_t o, const sql::Operation& operation) {
    effects::Effect effect = effects::effect_of(operation, replay.schema(), script.script_id());
    const Context context{script, replay.schema(), session, s, o, operation, effect};
    for (const BoundCheck& bound : checks[operation.data.index()]) {
      const Severity severity = settings.severity(bound.rule);
      const Descriptor& rule = *rules[bound.rule].descriptor;
      if (severity == Severity::kOff || !applies(rule, script)) continue;
      Report report(rule, severity_in(rule, severity, script), result.findings);
      bound.check(context, report);
    }
    result.trace.steps.push_back(
        {s,
         o,
         session,
         std::move(effect),
         rollback::data_losses(script.script, s, o, replay.schema(), script.script_id()),
         {}});
    advance(session, operation, s);
    result.trace.steps.back().failure =
        replay.apply(*script.script.statements[s].parsed, o, {script.script_id(), s});
  });
  schema = std::move(replay).take();
  result.trace.end = session;
  for (size_t r = 0; r < rules.size(); ++r) {
    const Severity severity = settings.severity(r);
    if (rules[r].script_check == nullptr || severity == Severity::kOff ||
        !applies(*rules[r].descriptor, script)) {
      continue;
    }
    const Descriptor& rule = *rules[r].descriptor;
    Report report(rule, severity_in(rule, severity, script), result.findings);
    rules[r].script_check(script, result.trace, report);
  }
  return result;
}

void lint_migration(const MigrationContext& migration, const Settings& settings, ScriptResult& up,
                    ScriptResult* down) {
  const std::vector<Rule>& rules = all_rules();
  std::vector<Finding> none;
  for (size_t r = 0; r < rules.size(); ++r) {
    const Severity severity = settings.severity(r);
    if (rules[r].migration_check == nullptr || severity == Severity::kOff ||
        !applies_to_migration(*rules[r].descriptor, migration.up)) {
      continue;
    }
    Report about_up(*rules[r].descriptor, severity, up.findings);
    Report about_down(*rules[r].descriptor, severity, down == nullptr ? none : down->findings);
    rules[r].migration_check(migration, about_up, about_down);
  }
  sum_up(up.findings, down == nullptr ? none : down->findings);
}

void finish_script(const ScriptContext& script, const Settings& settings, ScriptResult& result) {
  result.suppressed = apply_suppressions(script, settings, RuleScope::kScript, result.findings);
  for (Finding& finding : result.findings) {
    if (finding.statement.empty() || finding.place.path == script.location.path) continue;
    const Place statement = script.location.place(finding.statement);
    finding.statement = statement.path == finding.place.path ? statement.range : ByteRange{};
  }
  sort_by_place(result.findings);
}

HistoryResult lint_history(const HistoryContext& history, const Settings& settings) {
  HistoryResult result;
  const std::vector<Rule>& rules = all_rules();
  for (size_t r = 0; r < rules.size(); ++r) {
    if (rules[r].history_check == nullptr || settings.severity(r) == Severity::kOff ||
        !rules[r].descriptor->engines.contains(history.set.dialect.engine)) {
      continue;
    }
    Report report(*rules[r].descriptor, settings.severity(r), result.findings);
    rules[r].history_check(history, report);
  }
  for (const HistoryContext::Step& step : history.migrations) {
    for (const auto* script : {&step.up, &step.down}) {
      if (!*script) continue;
      result.suppressed +=
          apply_suppressions(**script, settings, RuleScope::kHistory, result.findings);
    }
  }
  sort_by_place(result.findings);
  return result;
}

}  // namespace belay::rules

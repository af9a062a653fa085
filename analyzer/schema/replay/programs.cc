// Functions, triggers, rules and policies.

#include <algorithm>
#include <array>

#include "analyzer/schema/replay/applier.h"
#include "support/ascii.h"

namespace belay::schema {

using sql::ObjectKind;

/// The types that tell a function from others of its name.
static std::string input_types(const std::vector<sql::FunctionArgument>& arguments) {
  std::string out;
  for (const sql::FunctionArgument& a : arguments) {
    if (a.mode == "out" || a.mode == "table") continue;
    out += (out.empty() ? "" : ",") + a.type.to_string();
  }
  return out;
}

static std::string without_or_replace(std::string statement) {
  if (statement.starts_with("create or ")) replace_phrase(statement, " or replace ", " ");
  return statement;
}

/// The clauses behind a function's arguments, in one order, without those that say the default: the
/// catalog does not remember how they were written.
static std::string function_clauses(const std::string& header) {
  constexpr std::array<std::string_view, 17> kBegins = {
      "returns",   "language", "as",      "immutable", "stable",   "volatile",
      "leakproof", "not",      "strict",  "called",    "security", "cost",
      "rows",      "parallel", "support", "set",       "window"};
  constexpr std::array<std::string_view, 6> kDefaults = {"volatile",         "called on null input",
                                                         "security invoker", "parallel unsafe",
                                                         "not leakproof",    "as"};
  std::vector<std::string> clauses = {""};
  int depth = 0;
  size_t at = 0;
  while (at < header.size()) {
    const size_t end = std::min(header.find(' ', at), header.size());
    const std::string_view word = std::string_view(header).substr(at, end - at);
    const bool begins = depth == 0 && clauses.front().ends_with(")") &&
                        std::find(kBegins.begin(), kBegins.end(), word) != kBegins.end() &&
                        !(word == "leakproof" && clauses.back() == "not") &&
                        !(word == "returns" && clauses.back().starts_with("returns"));
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (begins) clauses.emplace_back();
    std::string& clause = clauses.back();
    clause += (clause.empty() ? "" : " ") + std::string(word);
    at = end + 1;
  }
  for (std::string& clause : clauses) {
    if (clause == "returns null on null input") clause = "strict";
    if (clause.starts_with("language '"))
      clause = "language " + clause.substr(10, clause.size() - 11);
    if (clause.starts_with("as ")) clause = "as";  // the quotes of the body
  }
  std::erase_if(clauses, [&](const std::string& clause) {
    return std::find(kDefaults.begin(), kDefaults.end(), clause) != kDefaults.end();
  });
  std::sort(clauses.begin() + 1, clauses.end());
  std::string out;
  for (const std::string& clause : clauses) out += clause + "\n";
  return out;
}

void Applier::operator()(const sql::CreateFunction& op) {
  const std::string key = schema_.key(op.function);
  Function out;
  out.arguments = input_types(op.arguments);
  out.returns = (op.returns_set ? "setof " : "") + op.returns.to_string();
  out.procedure = op.procedure;
  out.volatility = op.volatility;
  out.may_change = op.volatility == Function::Volatility::kVolatile &&
                   (op.code == nullptr || op.code->effects.may_change());
  out.origin = origin_;
  // The body apart, because white space and comments in it say nothing.
  const std::string language = ascii::lower(op.language);
  std::string header(text_);
  if (!op.body.empty()) header.replace(op.body.begin, op.body.size(), "");
  const std::array<ByteRange, 1> name = {op.function.range};
  out.definition = function_clauses(without_or_replace(normal_text(header, engine_, name)));
  const std::string_view body = op.body.of(text_);
  const bool is_sql = language == "sql" || language == "plpgsql";
  out.definition += "\n" + (is_sql ? normal_text(body, engine_) : std::string(body));
  if (const Overloads* there = schema_.functions(op.function)) {
    for (const Function& f : there->functions) {
      if (f.arguments != out.arguments) continue;
      if (!op.or_replace) fail("function " + quoted(key) + " exists already");
      if (f.returns != out.returns) {
        fail("function " + quoted(key) + " cannot change what it returns; drop it first");
      }
      out.origin = f.origin;
      out.attributes = f.attributes;
    }
  }
  schema_.put_function(key, std::move(out));
}

void Applier::operator()(const sql::AlterFunction& op) {
  const std::string key = schema_.key(op.function);
  Overloads* found = schema_.own_functions(key);
  if (found == nullptr) {
    missing("function", key);
    uncertain("a change of a function that no migration made");
    return;
  }
  std::string arguments;
  for (const sql::TypeName& t : op.argument_types) {
    arguments += (arguments.empty() ? "" : ",") + t.to_string();
  }
  for (Shared<Function>& f : found->functions) {
    if (op.has_arguments && f->arguments != arguments) continue;
    set_options(f.edit().attributes, op.actions, false);
  }
}

Trigger Applier::trigger(const sql::CreateTrigger& op) const {
  Trigger out;
  out.name = op.trigger.name.id;
  for (const sql::QualifiedName& r : op.body.relations) {
    out.mentioned_relations.push_back(schema_.key(r));
  }
  out.mentioned_columns = ids(op.body.columns);
  for (const sql::Name& n : op.update_columns) out.mentioned_columns.push_back(n.id);
  for (const sql::Name& n : op.when.columns) out.mentioned_columns.push_back(n.id);
  const std::array<ByteRange, 2> names = {op.trigger.range, op.table.range};
  out.definition = without_or_replace(normal_text(text_, engine_, names));
  if (op.if_not_exists) replace_phrase(out.definition, " if not exists ", " ");
  // The older spelling.
  if (postgres()) replace_phrase(out.definition, " execute procedure ", " execute function ");
  if (!op.function.empty()) out.function = schema_.key(op.function);
  out.origin = origin_;
  return out;
}

void Applier::operator()(const sql::CreateTrigger& op) {
  Trigger made = trigger(op);
  if (postgres() && !made.function.empty() && schema_.functions(op.function) == nullptr) {
    missing("function", made.function);
  }
  std::vector<Shared<Trigger>>* triggers = nullptr;
  if (View* view = schema_.own_view(schema_.key(op.table))) {
    triggers = &view->triggers;
  } else if (Table* table = table_to_change(op.table)) {
    triggers = &table->triggers;
  }
  if (triggers == nullptr) return;
  const auto has_it = [&](const std::vector<Shared<Trigger>>& in) {
    return std::any_of(in.begin(), in.end(), [&](const Trigger& t) { return t.name == made.name; });
  };
  bool there = has_it(*triggers);
  if (sqlite()) {  // where triggers of all tables share their names
    schema_.for_each_table(
        [&](const std::string&, const Table& t) { there |= has_it(t.triggers); });
    schema_.for_each_view([&](const std::string&, const View& v) { there |= has_it(v.triggers); });
  }
  if (there) {
    if (op.if_not_exists) return;
    if (!op.or_replace) fail("trigger `" + made.name + "` exists already");
  }
  std::erase_if(*triggers, [&](const Trigger& t) { return t.name == made.name; });
  triggers->push_back(std::move(made));
}

std::vector<Shared<TableRule>>* Applier::rules_of(const sql::QualifiedName& name) {
  Table* table = table_to_change(name);
  return table == nullptr ? nullptr : &table->rules;
}

void Applier::put_rule(const sql::QualifiedName& table, TableRule rule, bool replace) {
  std::vector<Shared<TableRule>>* rules = rules_of(table);
  if (rules == nullptr) return uncertain("a rule of a view");
  const auto same = [&](const TableRule& r) { return r.name == rule.name && r.kind == rule.kind; };
  if (std::any_of(rules->begin(), rules->end(), same) && !replace) {
    fail("`" + rule.name + "` exists already");
  }
  std::erase_if(*rules, same);
  rules->push_back(std::move(rule));
}

void Applier::operator()(const sql::CreateRule& op) {
  TableRule rule;
  rule.kind = ObjectKind::kRule;
  rule.name = op.rule.id;
  const std::array<ByteRange, 2> names = {op.rule.range, op.table.range};
  rule.definition = without_or_replace(normal_text(text_, engine_, names));
  rule.origin = origin_;
  put_rule(op.table, std::move(rule), op.or_replace);
}

void Applier::operator()(const sql::CreatePolicy& op) {
  TableRule policy;
  policy.kind = ObjectKind::kPolicy;
  policy.name = op.policy.id;
  policy.definition = (op.permissive ? "permissive " : "restrictive ") + op.command;
  policy.origin = origin_;
  std::string roles;
  for (const std::string& role : op.roles) roles += (roles.empty() ? "" : ", ") + role;
  policy.attributes.set("roles", roles.empty() ? "public" : roles);
  if (!op.using_expression.empty()) {
    policy.attributes.set("using", expression_text(op.using_expression, text_, engine_).text);
  }
  if (!op.check.empty()) {
    policy.attributes.set("check", expression_text(op.check, text_, engine_).text);
  }
  put_rule(op.table, std::move(policy), false);
}

void Applier::operator()(const sql::AlterPolicy& op) {
  std::vector<Shared<TableRule>>* rules = rules_of(op.table);
  if (rules == nullptr) return;
  for (Shared<TableRule>& shared : *rules) {
    if (shared->kind != ObjectKind::kPolicy || shared->name != op.policy.id) continue;
    TableRule& policy = shared.edit();
    std::string roles;
    for (const std::string& role : op.roles) roles += (roles.empty() ? "" : ", ") + role;
    if (!roles.empty()) policy.attributes.set("roles", roles);
    if (!op.using_expression.empty()) {
      policy.attributes.set("using", expression_text(op.using_expression, text_, engine_).text);
    }
    if (!op.check.empty()) {
      policy.attributes.set("check", expression_text(op.check, text_, engine_).text);
    }
    return;
  }
  const Table* table = schema_.table(op.table);
  if (table != nullptr && table->known) {
    fail("policy `" + op.policy.id + "` of `" + table->name + "` does not exist");
  } else {
    uncertain("a change of a policy that no migration made");
  }
}

std::string Applier::user_of_function(const std::string& key) const {
  std::string out;
  const std::string name = key.substr(key.find('.') + 1);
  const auto note = [&](const std::string& who) {
    if (out.empty()) out = who;
  };
  const auto calls = [&](const ExpressionText& e) { return contains(e.functions, name); };
  schema_.for_each_table([&](const std::string&, const Table& t) {
    for (const Trigger& trigger : t.triggers) {
      if (trigger.function == key) note("the trigger `" + trigger.name + "` of `" + t.name + "`");
    }
    for (const Column& c : t.columns) {
      if ((c.default_value && calls(*c.default_value)) || calls(c.generation)) {
        note("`" + c.name + "` of `" + t.name + "`");
      }
    }
    for (const Constraint& c : t.constraints) {
      if (calls(c.check)) note("the constraint `" + c.name + "` of `" + t.name + "`");
    }
    for (const Index& i : t.indexes) {
      for (const std::string& e : i.elements) {
        if (e.find(name + " (") != std::string::npos) note("the index `" + i.name + "`");
      }
    }
  });
  schema_.for_each_view([&](const std::string&, const View& v) {
    if ((" " + v.definition).find(" " + name + " (") != std::string::npos) {
      note("the view `" + v.name + "`");
    }
  });
  return out;
}

}  // namespace belay::schema

#include "analyzer/rollback/generate/originals.h"

#include <algorithm>
#include <vector>

#include "analyzer/schema/normal_text.h"
#include "analyzer/schema/replay.h"
#include "support/ascii.h"

namespace belay::rollback {
namespace {

struct Replacement {
  ByteRange range;
  std::string text;
};

std::string replaced(std::string text, std::vector<Replacement> replacements) {
  std::sort(
      replacements.begin(), replacements.end(),
      [](const Replacement& a, const Replacement& b) { return a.range.begin > b.range.begin; });
  for (const Replacement& r : replacements) {
    if (r.range.empty()) continue;
    text.replace(r.range.begin, r.range.size(), r.text);
  }
  return text;
}

/// A view's query without the list of what `*` stood for.
std::string_view without_star(std::string_view definition) {
  return definition.substr(0, definition.find(" *:"));
}

}  // namespace

template <class Visit>
void Originals::search(Visit visit) const {
  for (size_t m = ups_.size(); m-- > 0;) {
    if (ups_[m] == nullptr) continue;
    const auto& statements = ups_[m]->statements;
    for (size_t s = statements.size(); s-- > 0;) {
      if (statements[s].parsed == nullptr) continue;
      const auto& operations = statements[s].parsed->operations;
      for (size_t o = operations.size(); o-- > 0;) {
        if (visit(*statements[s].parsed, o)) return;
      }
    }
  }
}

schema::Schema Originals::alone(const sql::ParsedStatement& statement, size_t operation) const {
  schema::Replay replay{schema::Schema(dialect_)};
  replay.apply(statement, operation, {});
  return std::move(replay).take();
}

std::optional<std::string> Originals::view(const schema::View& view, std::string_view as) const {
  std::optional<std::string> out;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateView>();
    if (op == nullptr || op->materialized != view.materialized) return false;
    const schema::Schema made = alone(statement, o);
    const schema::View* found = made.view(made.key(op->view));
    if (found == nullptr || without_star(found->definition) != without_star(view.definition)) {
      return false;
    }
    out = replaced(statement.text, {{op->view.range, std::string(as)}});
    return true;
  });
  return out;
}

std::optional<std::string> Originals::function(const schema::Function& function,
                                               std::string_view key, bool replace) const {
  std::optional<std::string> out;
  const schema::Schema names(dialect_);
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateFunction>();
    if (op == nullptr || op->function.name.id != key.substr(key.find('.') + 1)) return false;
    const schema::Schema made = alone(statement, o);
    const schema::Function* found = made.function(op->function);
    if (found == nullptr || found->definition != function.definition) return false;
    std::vector<Replacement> changes;
    if (replace && !op->or_replace) changes.push_back({{0, 6}, "CREATE OR REPLACE"});
    out = replaced(statement.text, std::move(changes));
    return true;
  });
  return out;
}

std::optional<std::string> Originals::trigger(const schema::Trigger& trigger, std::string_view as,
                                              std::string_view on) const {
  std::optional<std::string> out;
  std::string as_renamed;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateTrigger>();
    if (op == nullptr) return false;
    const schema::Schema made = alone(statement, o);
    const schema::Table* table = made.table(op->table);
    const bool same = table != nullptr && !table->triggers.empty() &&
                      table->triggers.front()->definition == trigger.definition;
    if (!same) return false;
    const std::string text = replaced(
        statement.text, {{op->trigger.range, std::string(as)}, {op->table.range, std::string(on)}});
    const bool by_name = op->trigger.name.id == trigger.name;
    if (by_name || as_renamed.empty()) as_renamed = text;
    if (by_name) out = text;
    return by_name;
  });
  if (!out && !as_renamed.empty()) out = as_renamed;
  return out;
}

std::optional<std::string> Originals::rule(const schema::TableRule& rule, std::string_view as,
                                           std::string_view on) const {
  std::optional<std::string> out;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateRule>();
    if (op == nullptr) return false;
    const schema::Schema made = alone(statement, o);
    const schema::Table* table = made.table(op->table);
    const bool same = table != nullptr && !table->rules.empty() &&
                      table->rules.front()->definition == rule.definition;
    if (!same) return false;
    out = replaced(statement.text,
                   {{op->rule.range, std::string(as)}, {op->table.range, std::string(on)}});
    return true;
  });
  return out;
}

std::optional<std::string> Originals::other(const schema::OtherObject& object) const {
  std::optional<std::string> out;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateObject>();
    if (op == nullptr || op->kind != object.kind || op->name.to_string() != object.name) {
      return false;
    }
    out = statement.text;
    return true;
  });
  return out;
}

std::optional<std::string> Originals::type(const schema::UserType& type,
                                           std::string_view as) const {
  std::optional<std::string> out;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateType>();
    if (op == nullptr) return false;
    const schema::Schema made = alone(statement, o);
    const schema::UserType* found = made.type_at(made.key(op->type));
    if (found == nullptr || found->definition != type.definition) return false;
    out = replaced(statement.text, {{op->type.range, std::string(as)}});
    return true;
  });
  return out;
}

std::optional<std::string> Originals::table(const schema::Table& table, std::string_view as) const {
  std::optional<std::string> out;
  const std::string_view definition = table.attributes.get("definition");
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto* op = statement.operations[o].as<sql::CreateTable>();
    if (op == nullptr) return false;
    if (!definition.empty()) {
      const schema::Schema made = alone(statement, o);
      const schema::Table* found = made.table(op->table);
      if (found == nullptr || found->attributes.get("definition") != definition) return false;
    } else if (op->table.name.id != table.name) {
      return false;
    }
    out = replaced(statement.text, {{op->table.range, std::string(as)}});
    return true;
  });
  return out;
}

const sql::ParsedStatement* Originals::statement(schema::Origin origin) const {
  const uint32_t migration = origin.migration();
  if (origin.script % 2 != 0 || migration >= ups_.size() || ups_[migration] == nullptr) {
    return nullptr;
  }
  const auto& statements = ups_[migration]->statements;
  return origin.statement < statements.size() ? statements[origin.statement].parsed.get() : nullptr;
}

std::string Originals::column(const schema::Column& column) const {
  const sql::ParsedStatement* parsed = statement(column.origin);
  if (parsed == nullptr) return "";
  for (const sql::Operation& operation : parsed->operations) {
    if (const auto* add = operation.as<sql::AddColumn>()) {
      if (add->column.name.id == column.name)
        return std::string(add->column.range.of(parsed->text));
    } else if (const auto* create = operation.as<sql::CreateTable>()) {
      for (const sql::ColumnDefinition& c : create->columns) {
        if (c.name.id == column.name) return std::string(c.range.of(parsed->text));
      }
    }
  }
  return "";
}

std::string Originals::check(const schema::Constraint& constraint) const {
  const sql::ParsedStatement* parsed = statement(constraint.origin);
  if (parsed == nullptr) return "";
  for (const sql::Operation& operation : parsed->operations) {
    const auto* create = operation.as<sql::CreateTable>();
    if (create == nullptr) continue;
    for (const sql::ConstraintDefinition& c : create->constraints) {
      if (c.kind != constraint.kind || c.name.id != constraint.name) continue;
      const schema::ExpressionText text =
          schema::expression_text(c.check, parsed->text, dialect_.engine);
      if (text.text == constraint.check.text) return std::string(c.range.of(parsed->text));
    }
  }
  return "";
}

std::string Originals::spelling(std::string_view id) const {
  std::string out;
  search([&](const sql::ParsedStatement& statement, size_t o) {
    const auto take = [&](const sql::Name& n) {
      if (out.empty() && n.id == id) out = std::string(n.range.of(statement.text));
      return !out.empty();
    };
    const sql::Operation& operation = statement.operations[o];
    if (const auto* create = operation.as<sql::CreateTable>()) {
      if (take(create->table.name)) return true;
      for (const sql::ColumnDefinition& c : create->columns) {
        if (take(c.name)) return true;
      }
    } else if (const auto* add = operation.as<sql::AddColumn>()) {
      return take(add->column.name);
    } else if (const auto* rename = operation.as<sql::RenameColumn>()) {
      return take(rename->column) || take(rename->new_name);
    } else if (const auto* moved = operation.as<sql::RenameTable>()) {
      return take(moved->table.name.name) || take(moved->new_name);
    }
    return false;
  });
  return out;
}

}  // namespace belay::rollback

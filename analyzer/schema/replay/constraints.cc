#include <algorithm>

#include "analyzer/schema/generated_names.h"
#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

using sql::ConstraintKind;
using sql::ObjectKind;

static bool makes_same_index(const sql::ConstraintDefinition& a,
                             const sql::ConstraintDefinition& b) {
  return ids(a.columns) == ids(b.columns) && ids(a.include) == ids(b.include) &&
         a.deferrable == b.deferrable && a.initially_deferred == b.initially_deferred &&
         a.nulls_not_distinct == b.nulls_not_distinct;
}

void Applier::merge_keys(std::vector<const sql::ConstraintDefinition*> keys) {
  if (!postgres()) return;
  std::erase_if(keys, [](const sql::ConstraintDefinition* d) {
    return d->kind != ConstraintKind::kPrimaryKey && d->kind != ConstraintKind::kUnique;
  });
  std::stable_partition(keys.begin(), keys.end(), [](const sql::ConstraintDefinition* d) {
    return d->kind == ConstraintKind::kPrimaryKey;
  });
  std::vector<std::pair<const sql::ConstraintDefinition*, sql::Name>> kept;
  for (const sql::ConstraintDefinition* key : keys) {
    const auto twin = std::find_if(kept.begin(), kept.end(), [&](const auto& other) {
      return makes_same_index(*other.first, *key);
    });
    if (twin == kept.end() || key->kind == ConstraintKind::kPrimaryKey) {
      kept.emplace_back(key, key->name);
      continue;
    }
    redundant_keys_.push_back(key);
    if (twin->second.empty()) twin->second = key->name;
  }
  key_names_ = std::move(kept);
}

/// PostgreSQL gives no name of its own twice in a schema, though two tables may have constraints of
/// one name.
bool Applier::has_constraint(std::string_view in_schema, std::string_view name) const {
  bool out = false;
  schema_.for_each_table([&](const std::string&, const Table& t) {
    out = out || (t.schema == in_schema && t.constraint(name) != nullptr);
  });
  schema_.for_each_type([&](const std::string& key, const UserType& type) {
    if (std::string_view(key).substr(0, key.find('.')) != in_schema) return;
    for (const Constraint& c : type.constraints) out = out || c.name == name;
  });
  return out;
}

std::string Applier::constraint_name(const Table& table,
                                     const sql::ConstraintDefinition& definition) const {
  for (const auto& [key, name] : key_names_) {
    if (key == &definition && !name.empty()) return name.id;
  }
  if (!definition.name.empty()) return definition.name.id;
  if (!definition.using_index.empty()) return definition.using_index.id;
  if (!postgres()) return "";
  const auto constraint_taken = [&](const std::string& name) {
    return table.constraint(name) != nullptr || has_constraint(table.schema, name);
  };
  const auto relation_taken = [&](const std::string& name) {
    return schema_.has_relation(schema_.key(table.schema, name)) || table.index(name) != nullptr ||
           constraint_taken(name);
  };
  const std::string part = postgres_column_part(ids(definition.columns));
  switch (definition.kind) {
    case ConstraintKind::kPrimaryKey:
      return postgres_object_name(table.name, "", "pkey", relation_taken);
    case ConstraintKind::kUnique:
      return postgres_object_name(table.name, part, "key", relation_taken);
    case ConstraintKind::kExclude: {
      const std::string elements = postgres_column_part(element_parts(definition.elements));
      return postgres_object_name(table.name, elements, "excl", relation_taken);
    }
    case ConstraintKind::kForeignKey:
      return postgres_object_name(table.name, part, "fkey", constraint_taken);
    case ConstraintKind::kCheck: {
      // The column counts where the condition names exactly one.
      std::vector<std::string> columns = ids(definition.check.columns);
      std::sort(columns.begin(), columns.end());
      columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
      return postgres_object_name(table.name, columns.size() == 1 ? columns[0] : "", "check",
                                  constraint_taken);
    }
    case ConstraintKind::kNotNull: return "";
  }
  return "";
}

static bool has_repeats(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

void Applier::refuse_as_key(const Index& index) {
  const std::string what = "the index `" + index.name + "` cannot be a key: ";
  if (index.of_constraint) fail(what + "it belongs to a constraint");
  if (!index.unique) fail(what + "it is not unique");
  if (index.partial) fail(what + "it is partial");
  if (has_repeats(index.columns)) fail(what + "it has a column twice");
  if (index.elements != index.columns) fail(what + "it holds expressions, or another order");
}

void Applier::add_constraint_index(Table& table, Constraint& constraint,
                                   const sql::ConstraintDefinition& definition) {
  if (!definition.using_index.empty()) {
    bool found = false;
    for (Shared<Index>& shared : table.indexes) {
      if (shared->name != definition.using_index.id) continue;
      Index& index = shared.edit();
      refuse_as_key(index);
      constraint.columns = index.columns;
      schema_.drop_relation(schema_.key(table.schema, index.name));
      index.name = constraint.name;
      index.of_constraint = true;
      found = true;
    }
    if (!found && table.known) {
      fail("index `" + definition.using_index.id + "` of `" + table.name + "` does not exist");
    }
  } else {
    Index index;
    index.name = constraint.name;
    index.columns = constraint.columns;
    for (const sql::IndexElement& e : definition.elements) index.columns.push_back(e.column.id);
    index.mentioned_columns = index.columns;
    for (const std::string& c : constraint.include) index.mentioned_columns.push_back(c);
    index.unique = definition.kind != ConstraintKind::kExclude;
    index.of_constraint = true;
    index.origin = origin_;
    table.indexes.push_back(std::move(index));
  }
  if (!constraint.name.empty()) {
    schema_.put_relation(schema_.key(table.schema, constraint.name),
                         IndexName{schema_.key(table.schema, table.name)});
  }
}

static std::string details_of(const sql::ConstraintDefinition& definition,
                              const std::vector<std::string>& elements,
                              const std::string& predicate) {
  std::string out;
  for (size_t i = 0; i < elements.size(); ++i) {
    out += (i == 0 ? "" : " , ") + elements[i];
    if (i < definition.operators.size()) out += " with " + definition.operators[i];
  }
  if (!definition.method.empty()) out = definition.method + " " + out;
  if (!predicate.empty()) out += " where " + predicate;
  if (definition.autoincrement) out += " autoincrement";
  if (definition.descending) out += " desc";
  if (!definition.on_conflict.empty()) out += " on conflict " + definition.on_conflict;
  return out;
}

void Applier::add_constraint(Table& table, const sql::ConstraintDefinition& definition) {
  if (definition.kind == ConstraintKind::kNotNull) {
    for (const sql::Name& n : definition.columns) column_to_change(table, n.id)->not_null = true;
    return;
  }
  if (std::find(redundant_keys_.begin(), redundant_keys_.end(), &definition) !=
      redundant_keys_.end()) {
    return;
  }
  Constraint out;
  out.kind = definition.kind;
  out.name = constraint_name(table, definition);
  out.name_is_generated = definition.name.empty();
  out.columns = ids(definition.columns);
  out.validated = !definition.not_valid;
  out.deferrable = definition.deferrable;
  out.initially_deferred = definition.initially_deferred;
  out.nulls_not_distinct = definition.nulls_not_distinct;
  out.no_inherit = definition.no_inherit;
  out.match = definition.match;
  out.include = ids(definition.include);
  std::vector<std::string> elements;
  for (const sql::IndexElement& e : definition.elements) elements.push_back(element_text(e));
  out.details = details_of(definition, elements,
                           definition.predicate.empty()
                               ? ""
                               : expression_text(definition.predicate, text_, engine_).text);
  set_options(out.attributes, definition.options, false);
  out.origin = origin_;
  if (definition.kind == ConstraintKind::kForeignKey) {
    out.referenced_table = schema_.key(definition.references);
    out.referenced_columns = ids(definition.referenced_columns);
    out.on_delete = definition.on_delete;
    out.on_update = definition.on_update;
    // PostgreSQL fills in the primary key at once.
    const Table* target = out.referenced_table == schema_.key(table.schema, table.name)
                              ? &table
                              : schema_.table(out.referenced_table);
    if (postgres() && out.referenced_columns.empty() && target != nullptr &&
        target->primary_key() != nullptr) {
      out.referenced_columns = target->primary_key()->columns;
    }
  } else if (definition.kind == ConstraintKind::kCheck) {
    out.check = expression_text(definition.check, text_, engine_);
    out.columns = out.check.columns;
    out.proves_not_null = definition.check.proves_not_null;
  }
  check_constraint(table, out, definition);
  if (definition.kind == ConstraintKind::kPrimaryKey ||
      definition.kind == ConstraintKind::kUnique || definition.kind == ConstraintKind::kExclude) {
    add_constraint_index(table, out, definition);
    if (definition.kind == ConstraintKind::kPrimaryKey && !sqlite()) {
      for (const std::string& c : out.columns) column_to_change(table, c)->not_null = true;
    }
  }
  table.constraints.push_back(std::move(out));
}

void Applier::check_constraint(const Table& table, const Constraint& constraint,
                               const sql::ConstraintDefinition& definition) {
  if (!postgres()) return;
  if (constraint.kind != ConstraintKind::kExclude) {
    for (const std::string& column : constraint.columns) needs_column(table, column);
  }
  if (!constraint.name.empty() && table.constraint(constraint.name) != nullptr) {
    fail("constraint `" + constraint.name + "` of `" + table.name + "` exists already");
  }
  if (constraint.kind == ConstraintKind::kPrimaryKey && table.primary_key() != nullptr) {
    fail("`" + table.name + "` has a primary key already");
  }
  const bool has_index = constraint.kind == ConstraintKind::kPrimaryKey ||
                         constraint.kind == ConstraintKind::kUnique ||
                         constraint.kind == ConstraintKind::kExclude;
  if (has_index && constraint.kind != ConstraintKind::kExclude && has_repeats(constraint.columns)) {
    fail("the key `" + constraint.name + "` of `" + table.name + "` has a column twice");
  }
  if (has_index && definition.using_index.empty()) {
    const std::string key = schema_.key(table.schema, constraint.name);
    if (schema_.has_relation(key)) fail("relation " + quoted(key) + " exists already");
  }
  if (constraint.kind == ConstraintKind::kForeignKey) check_foreign_key(table, constraint);
}

static bool same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

void Applier::check_foreign_key(const Table& table, const Constraint& constraint) {
  const std::string& key = constraint.referenced_table;
  const Table* target = key == schema_.key(table.schema, table.name) ? &table : schema_.table(key);
  if (target == nullptr) {
    missing("table", key);
    // From here on it is known to be there.
    if (!schema_.has_relation(key)) {
      sql::QualifiedName name;
      name.name.id = key.substr(key.find('.') + 1);
      schema_.put_relation(key, stub(key, name));
    }
    return;
  }
  for (const std::string& column : constraint.referenced_columns) needs_column(*target, column);
  if (!target->complete) return;
  if (constraint.referenced_columns.empty()) {
    fail("`" + target->name + "` has no primary key to refer to");
    return;
  }
  if (constraint.referenced_columns.size() != constraint.columns.size()) {
    fail("`" + constraint.name + "` refers to another number of columns than it has");
  }
  check_key_types(constraint, table, *target);
  const bool has_key =
      std::any_of(target->indexes.begin(), target->indexes.end(), [&](const Index& i) {
        return i.unique && !i.partial && same_set(i.columns, constraint.referenced_columns);
      });
  if (!has_key && !target->partitioned) {
    fail("nothing makes the columns of `" + target->name + "` unique that `" + table.name +
         "` refers to");
  }
}

void Applier::add_column_constraints(Table& table, const sql::ColumnDefinition& definition,
                                     bool foreign_keys) {
  for (const sql::ConstraintDefinition& c : definition.constraints) {
    const bool is_foreign_key = c.kind == ConstraintKind::kForeignKey;
    if (c.kind == ConstraintKind::kNotNull || is_foreign_key != foreign_keys) continue;
    const size_t before = table.constraints.size();
    add_constraint(table, c);
    if (table.constraints.size() > before) table.constraints.back().edit().of_column = true;
  }
}

void Applier::operator()(const sql::AddConstraint& op) {
  if (op.table.kind != ObjectKind::kTable) return;
  if (Table* table = table_to_change(op.table)) add_constraint(*table, op.constraint);
}

void Applier::drop_constraint(Table& table, std::string_view name) {
  std::erase_if(table.constraints, [&](const Constraint& c) { return c.name == name; });
  std::erase_if(table.indexes, [&](const Index& i) { return i.of_constraint && i.name == name; });
  const std::string key = schema_.key(table.schema, name);
  if (schema_.table_of_index(key) != nullptr) schema_.drop_relation(key);
}

void Applier::drop_foreign_keys(const std::function<bool(const Constraint&)>& condition) {
  Keys owners;
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    const bool owns = std::any_of(
        table.constraints.begin(), table.constraints.end(),
        [&](const Constraint& c) { return !c.referenced_table.empty() && condition(c); });
    if (owns) owners.insert(key);
  });
  for (const std::string& key : owners) {
    std::erase_if(schema_.own_table(key)->constraints, condition);
  }
}

void Applier::operator()(const sql::DropConstraint& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  const Constraint* found = table->constraint(op.constraint.id);
  if (found == nullptr) {
    if (table->complete && !op.if_exists) {
      fail("constraint `" + op.constraint.id + "` of `" + table->name + "` does not exist");
    } else if (!op.if_exists) {
      names_outside_object("the constraint `" + op.constraint.id + "` of `" + table->name + "`");
    }
    return;
  }
  const bool primary = found->kind == ConstraintKind::kPrimaryKey;
  if (primary || found->kind == ConstraintKind::kUnique) {
    const std::vector<std::string> columns = found->columns;
    const std::string key = schema_.key(op.table.name);
    const auto leans = [&](const Constraint& c) {
      if (c.kind != ConstraintKind::kForeignKey || c.referenced_table != key) return false;
      return c.referenced_columns.empty() ? primary : same_set(c.referenced_columns, columns);
    };
    if (op.cascade) {
      drop_foreign_keys(leans);
      table = schema_.own_table(key);
    } else {
      const auto others = std::count_if(
          table->indexes.begin(), table->indexes.end(),
          [&](const Index& i) { return i.unique && !i.partial && same_set(i.columns, columns); });
      schema_.for_each_table([&](const std::string& other, const Table& t) {
        for (const Constraint& c : t.constraints) {
          if (!leans(c)) continue;
          const std::string why = "the foreign key `" + c.name + "` of " + quoted(other) +
                                  " leans on `" + op.constraint.id + "`";
          if (others > 1) {
            may_fail(why);
          } else {
            fail(why);
          }
        }
      });
    }
  }
  drop_constraint(*table, op.constraint.id);
}

void Applier::operator()(const sql::ValidateConstraint& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  bool found = false;
  for (Shared<Constraint>& c : table->constraints) {
    if (c->name != op.constraint.id) continue;
    c.edit().validated = true;
    found = true;
  }
  if (!found && table->complete) {
    fail("constraint `" + op.constraint.id + "` of `" + table->name + "` does not exist");
  }
}

void Applier::operator()(const sql::AlterConstraint& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  for (Shared<Constraint>& c : table->constraints) {
    if (c->name != op.constraint.id) continue;
    c.edit().deferrable = op.deferrable;
    c.edit().initially_deferred = op.initially_deferred;
  }
}

void Applier::operator()(const sql::RenameConstraint& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  if (table->constraint(op.new_name.id) != nullptr) {
    fail("constraint `" + op.new_name.id + "` of `" + table->name + "` exists already");
  }
  bool found = false;
  for (Shared<Constraint>& c : table->constraints) {
    if (c->name != op.constraint.id) continue;
    const bool has_index =
        c->kind != ConstraintKind::kCheck && c->kind != ConstraintKind::kForeignKey;
    const std::string to = schema_.key(table->schema, op.new_name.id);
    if (has_index && schema_.has_relation(to)) fail("relation " + quoted(to) + " exists already");
    c.edit().name = op.new_name.id;
    c.edit().name_is_generated = false;
    found = true;
  }
  if (!found && table->complete) {
    fail("constraint `" + op.constraint.id + "` of `" + table->name + "` does not exist");
  }
  std::string renamed;
  for (Shared<Index>& shared : table->indexes) {
    if (!shared->of_constraint || shared->name != op.constraint.id) continue;
    renamed = shared->name;
    shared.edit().name = op.new_name.id;
  }
  if (renamed.empty()) return;
  const std::string key = schema_.key(table->schema, table->name);
  const std::string in_schema = table->schema;
  schema_.drop_relation(schema_.key(in_schema, renamed));
  schema_.put_relation(schema_.key(in_schema, op.new_name.id), IndexName{key});
}

}  // namespace belay::schema

// Replaying a history: each operation changes the schema as the engine would. Where a table was
// never seen before, a stub takes its place, so that what is done to it later is remembered all
// the same. Everything here is about shape; whether rows exist is remembered only for tables that
// the same migration made, because that decides whether a lock or a scan hurts anybody.

#include "analyzer/schema/replay.h"

#include <algorithm>
#include <set>

#include "analyzer/schema/generated_names.h"
#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::schema {
namespace {

using sql::ConstraintKind;
using sql::ObjectKind;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> ids(const std::vector<sql::Name>& names) {
  std::vector<std::string> out;
  out.reserve(names.size());
  for (const sql::Name& n : names) out.push_back(n.id);
  return out;
}

void replace_name(std::vector<std::string>& names, std::string_view from, std::string_view to) {
  for (std::string& n : names) {
    if (n == from) n = to;
  }
}

void redirect_foreign_keys(Table& table, const std::string& from, const std::string& to);

/// What the elements of an index are called in a generated name: an expression by the function
/// that it calls.
std::vector<std::string> element_parts(const std::vector<sql::IndexElement>& elements) {
  std::vector<std::string> out;
  for (const sql::IndexElement& e : elements) {
    const bool is_call = e.expression.shape == sql::Expression::Shape::kCall;
    out.push_back(is_call && !e.expression.functions.empty()
                      ? e.expression.functions.front().name.id
                      : e.column.id);
  }
  return postgres_index_parts(out);
}

/// Applies one operation. Overloads that are missing leave the schema as it is.
class Applier {
 public:
  Applier(Schema& schema, std::string_view text, Origin origin)
      : schema_(schema), text_(text), origin_(origin), engine_(schema.dialect().engine) {}

  void operator()(const sql::CreateTable& op);
  void operator()(const sql::DropTable& op) { drop_tables({schema_.key(op.table)}); }
  void operator()(const sql::RenameTable& op);
  void operator()(const sql::AddColumn& op);
  void operator()(const sql::DropColumn& op);
  void operator()(const sql::RenameColumn& op);
  void operator()(const sql::AlterColumnType& op) {
    change_column(op.table, op.column, [&](Column& c) {
      c.type = type_of(op.type);
      if (!op.collation.empty()) c.collation = op.collation.to_string();
    });
  }
  void operator()(const sql::SetDefault& op) {
    change_column(op.table, op.column,
                  [&](Column& c) { c.default_value = expression_text(op.value, text_, engine_); });
  }
  void operator()(const sql::DropDefault& op) {
    change_column(op.table, op.column, [](Column& c) { c.default_value.reset(); });
  }
  void operator()(const sql::SetNotNull& op) {
    change_column(op.table, op.column, [](Column& c) { c.not_null = true; });
  }
  void operator()(const sql::DropNotNull& op) {
    change_column(op.table, op.column, [](Column& c) { c.not_null = false; });
  }
  void operator()(const sql::AlterIdentity& op);
  void operator()(const sql::AlterGenerated& op);
  void operator()(const sql::AddConstraint& op);
  void operator()(const sql::DropConstraint& op);
  void operator()(const sql::ValidateConstraint& op);
  void operator()(const sql::RenameConstraint& op);
  void operator()(const sql::AttachPartition& op);
  void operator()(const sql::DetachPartition& op);
  void operator()(const sql::SetTableOption& op);
  void operator()(const sql::CreateIndex& op);
  void operator()(const sql::DropIndex& op);
  void operator()(const sql::CreateView& op);
  void operator()(const sql::CreateSequence& op);
  void operator()(const sql::CreateType& op);
  void operator()(const sql::AddEnumValue& op);
  void operator()(const sql::RenameEnumValue& op);
  void operator()(const sql::CreateDomain& op);
  void operator()(const sql::AlterDomain& op);
  void operator()(const sql::CreateFunction& op);
  void operator()(const sql::CreateTrigger& op);
  void operator()(const sql::DropObject& op);
  void operator()(const sql::RenameObject& op);
  void operator()(const sql::SetSchema& op);
  void operator()(const sql::Insert& op) { mark_written(op.table); }
  void operator()(const sql::Merge& op) { mark_written(op.table); }
  void operator()(const sql::Copy& op) {
    if (op.from) mark_written(op.table);
  }
  void operator()(const sql::Truncate& op) {
    if (const Table* t = schema_.table(op.table);
        t != nullptr && t->origin.script == origin_.script) {
      change_table(op.table, [](Table& table) { table.may_have_rows = false; });
    }
  }
  void operator()(const sql::SetVariable& op);
  void operator()(const sql::DoBlock&) { uncertain("an anonymous block"); }
  void operator()(const sql::Call& op) { uncertain("the procedure " + op.procedure.to_string()); }
  void operator()(const sql::Unknown& op) { uncertain(op.why); }

  template <class T>
  void operator()(const T&) {}

 private:
  void uncertain(std::string why) { schema_.add_uncertainty({origin_, std::move(why)}); }

  /// What stands for a table that the history never made.
  Table stub(const std::string& key, const sql::QualifiedName& name) const;
  /// Changes the table, which comes into being where the history never made it.
  template <class Change>
  void change_table(const sql::QualifiedName& name, Change change) {
    const std::string key = schema_.key(name);
    if (!schema_.has_relation(key)) schema_.put_relation(key, stub(key, name));
    if (Table* table = schema_.own_table(key)) change(*table);  // else a view or an index
  }
  template <class Change>
  void change_column(const sql::AlterTarget& target, const sql::Name& name, Change change) {
    if (target.kind != ObjectKind::kTable && target.kind != ObjectKind::kForeignTable) return;
    change_table(target.name, [&](Table& table) { change(column_or_stub(table, name.id)); });
  }
  Column& column_or_stub(Table& table, std::string_view name) const;

  void mark_written(const sql::QualifiedName& name);
  using Keys = std::set<std::string, std::less<>>;
  void drop_tables(const Keys& keys);
  void move_relation(const std::string& from, const std::string& to);
  Column column(const sql::ColumnDefinition& definition) const;
  void add_column_constraints(Table& table, const sql::ColumnDefinition& definition);
  void add_constraint(Table& table, const sql::ConstraintDefinition& definition);
  std::string constraint_name(const Table& table,
                              const sql::ConstraintDefinition& definition) const;
  void copy_columns(Table& table, const sql::QualifiedName& source, bool with_defaults) const;
  void copy_checks(Table& table, const Table& source) const;
  void copy_indexes(Table& table, const Table& source);
  void copy_like(Table& table, const sql::LikeClause& like);
  void inherit(Table& table, const sql::QualifiedName& parent, bool as_partition);
  void drop_constraint(Table& table, std::string_view name);
  void drop_views_of(Keys keys);
  template <class Condition>
  void drop_foreign_keys(Condition condition);

  Schema& schema_;
  std::string_view text_;
  Origin origin_;
  Engine engine_;
};

Table Applier::stub(const std::string& key, const sql::QualifiedName& name) const {
  Table out;
  out.schema = key.substr(0, key.find('.'));
  out.name = name.name.id;
  out.complete = false;
  out.may_have_rows = true;
  out.origin = origin_;
  return out;
}

Column& Applier::column_or_stub(Table& table, std::string_view name) const {
  for (Shared<Column>& c : table.columns) {
    if (c->name == name) return c.edit();
  }
  Column stub;
  stub.name = name;
  stub.origin = origin_;
  table.complete = false;
  return table.columns.emplace_back(std::move(stub)).edit();
}

void Applier::mark_written(const sql::QualifiedName& name) {
  const Table* table = schema_.table(name);
  if (table == nullptr || table->may_have_rows) return;
  change_table(name, [](Table& t) { t.may_have_rows = true; });
}

Column Applier::column(const sql::ColumnDefinition& definition) const {
  Column out;
  out.name = definition.name.id;
  out.type = type_of(definition.type);
  out.not_null = definition.not_null() ||
                 definition.identity != sql::ColumnDefinition::Identity::kNo ||
                 definition.type.is_serial();
  if (definition.default_value) {
    out.default_value = expression_text(*definition.default_value, text_, engine_);
  } else if (engine_ == Engine::kPostgres && definition.type.is_serial()) {
    out.default_value = ExpressionText{"nextval", false, false, {}, {"nextval"}};
  }
  out.generated = definition.generated;
  if (!definition.generation.empty()) {
    out.generation = expression_text(definition.generation, text_, engine_);
  }
  out.identity = definition.identity;
  out.collation = definition.collation.to_string();
  out.origin = origin_;
  return out;
}

std::string Applier::constraint_name(const Table& table,
                                     const sql::ConstraintDefinition& definition) const {
  if (!definition.name.empty()) return definition.name.id;
  if (!definition.using_index.empty()) return definition.using_index.id;
  if (engine_ != Engine::kPostgres) return "";
  const auto constraint_taken = [&](const std::string& name) {
    return table.constraint(name) != nullptr;
  };
  const auto relation_taken = [&](const std::string& name) {
    return schema_.has_relation(schema_.key(table.schema, name)) || table.index(name) != nullptr ||
           table.constraint(name) != nullptr;
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

void Applier::add_constraint(Table& table, const sql::ConstraintDefinition& definition) {
  if (definition.kind == ConstraintKind::kNotNull) {
    for (const sql::Name& n : definition.columns) column_or_stub(table, n.id).not_null = true;
    return;
  }
  Constraint out;
  out.kind = definition.kind;
  out.name = constraint_name(table, definition);
  out.name_is_generated = definition.name.empty();
  out.columns = ids(definition.columns);
  out.validated = !definition.not_valid;
  out.origin = origin_;
  switch (definition.kind) {
    case ConstraintKind::kForeignKey:
      out.referenced_table = schema_.key(definition.references);
      out.referenced_columns = ids(definition.referenced_columns);
      out.on_delete = definition.on_delete;
      out.on_update = definition.on_update;
      break;
    case ConstraintKind::kCheck:
      out.check = expression_text(definition.check, text_, engine_);
      out.columns = out.check.columns;
      out.proves_not_null = definition.check.proves_not_null;
      break;
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
    case ConstraintKind::kExclude: {
      if (!definition.using_index.empty()) {
        for (Shared<Index>& shared : table.indexes) {
          if (shared->name != definition.using_index.id) continue;
          Index& index = shared.edit();
          out.columns = index.columns;
          schema_.drop_relation(schema_.key(table.schema, index.name));
          index.name = out.name;
          index.of_constraint = true;
        }
      } else {
        Index index;
        index.name = out.name;
        index.columns = out.columns;
        for (const sql::IndexElement& e : definition.elements) index.columns.push_back(e.column.id);
        index.mentioned_columns = index.columns;
        index.unique = definition.kind != ConstraintKind::kExclude;
        index.of_constraint = true;
        index.origin = origin_;
        table.indexes.push_back(std::move(index));
      }
      if (!out.name.empty()) {
        schema_.put_relation(schema_.key(table.schema, out.name),
                             IndexName{schema_.key(table.schema, table.name)});
      }
      if (definition.kind == ConstraintKind::kPrimaryKey && engine_ != Engine::kSqlite) {
        for (const std::string& c : out.columns) column_or_stub(table, c).not_null = true;
      }
      break;
    }
    case ConstraintKind::kNotNull: break;
  }
  table.constraints.push_back(std::move(out));
}

void Applier::add_column_constraints(Table& table, const sql::ColumnDefinition& definition) {
  for (const sql::ConstraintDefinition& c : definition.constraints) {
    if (c.kind == ConstraintKind::kNotNull) continue;
    add_constraint(table, c);
    table.constraints.back().edit().of_column = true;
  }
}

void Applier::copy_columns(Table& table, const sql::QualifiedName& source_name,
                           bool with_defaults) const {
  const Table* source = schema_.table(source_name);
  if (source == nullptr) {
    table.complete = false;
    return;
  }
  for (Column c : source->columns) {
    c.origin = origin_;
    if (!with_defaults) c.default_value.reset();
    table.columns.push_back(std::move(c));
  }
  table.complete &= source->complete;
}

void Applier::copy_checks(Table& table, const Table& source) const {
  for (Constraint c : source.constraints) {
    if (c.kind != ConstraintKind::kCheck) continue;
    c.origin = origin_;
    table.constraints.push_back(std::move(c));
  }
}

/// Gives the table the keys and indexes of another one, where it has none of the same columns,
/// under names of its own.
void Applier::copy_indexes(Table& table, const Table& source) {
  for (const Index& from : source.indexes) {
    const bool has_same =
        std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& i) {
          return i.columns == from.columns && i.unique == from.unique && i.partial == from.partial;
        });
    if (has_same) continue;
    const Constraint* key = from.of_constraint ? source.constraint(from.name) : nullptr;
    const bool primary = key != nullptr && key->kind == ConstraintKind::kPrimaryKey;
    Index index = from;
    index.name = postgres_object_name(
        table.name, primary ? "" : postgres_column_part(postgres_index_parts(index.columns)),
        primary          ? "pkey"
        : key != nullptr ? "key"
                         : "idx",
        [&](const std::string& name) {
          return schema_.has_relation(schema_.key(table.schema, name));
        });
    index.origin = origin_;
    if (key != nullptr) {
      Constraint copy = *key;
      copy.name = index.name;
      copy.origin = origin_;
      table.constraints.push_back(std::move(copy));
    }
    schema_.put_relation(schema_.key(table.schema, index.name),
                         IndexName{schema_.key(table.schema, table.name)});
    table.indexes.push_back(std::move(index));
  }
}

void Applier::copy_like(Table& table, const sql::LikeClause& like) {
  const auto includes = [&](std::string_view what) {
    return like.including_all || contains(like.including, what);
  };
  copy_columns(table, like.table, includes("defaults"));
  const Table* source = schema_.table(like.table);
  if (source == nullptr) return;
  const Table from = *source;
  if (includes("constraints")) copy_checks(table, from);
  if (includes("indexes")) copy_indexes(table, from);
}

void Applier::inherit(Table& table, const sql::QualifiedName& parent, bool as_partition) {
  copy_columns(table, parent, true);
  const Table* source = schema_.table(parent);
  if (source == nullptr) return;
  const Table from = *source;
  copy_checks(table, from);
  if (!as_partition) return;
  copy_indexes(table, from);
  for (Constraint c : from.constraints) {
    if (c.kind != ConstraintKind::kForeignKey) continue;
    c.origin = origin_;
    table.constraints.push_back(std::move(c));
  }
}

void Applier::operator()(const sql::CreateTable& op) {
  const std::string key = schema_.key(op.table);
  if (schema_.has_relation(key) && op.if_not_exists) return;
  Table table;
  table.schema = key.substr(0, key.find('.'));
  table.name = op.table.name.id;
  table.temporary = op.temporary;
  table.unlogged = op.unlogged;
  table.partitioned = op.partition_by.has_value();
  table.without_rowid = op.without_rowid;
  table.strict = op.strict;
  table.is_virtual = !op.virtual_module.empty();
  table.may_have_rows = op.as_query.has_value() && op.with_data;
  table.complete = !op.as_query.has_value() && op.virtual_module.empty() && op.of_type.empty();
  table.origin = origin_;
  for (const sql::QualifiedName& parent : op.inherits) inherit(table, parent, false);
  if (op.partition_of) {
    table.partition_of = schema_.key(op.partition_of->parent);
    inherit(table, op.partition_of->parent, true);
  }
  for (const sql::LikeClause& like : op.like) copy_like(table, like);
  for (const sql::ColumnDefinition& c : op.columns) {
    if (table.column(c.name.id) == nullptr) table.columns.push_back(column(c));
  }
  for (const sql::ColumnDefinition& c : op.columns) add_column_constraints(table, c);
  for (const sql::ConstraintDefinition& c : op.constraints) add_constraint(table, c);
  schema_.put_relation(key, std::move(table));
}

/// Drops tables with all that hangs on them.
void Applier::drop_tables(const Keys& keys) {
  for (const std::string& key : keys) {
    const Table* table = schema_.table(key);
    if (table == nullptr) continue;
    const std::vector<Shared<Index>> indexes = table->indexes;
    const std::string schema = table->schema;
    for (const Index& index : indexes) {
      if (!index.name.empty()) schema_.drop_relation(schema_.key(schema, index.name));
    }
    schema_.drop_relation(key);
  }
  if (engine_ == Engine::kSqlite) return;  // references and views stay and dangle
  drop_foreign_keys([&](const Constraint& c) { return keys.contains(c.referenced_table); });
  drop_views_of(keys);
}

/// Drops the foreign keys of all tables that fulfil a condition.
template <class Condition>
void Applier::drop_foreign_keys(Condition condition) {
  std::vector<std::string> owners;
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    if (std::any_of(table.constraints.begin(), table.constraints.end(), condition)) {
      owners.push_back(key);
    }
  });
  for (const std::string& key : owners) {
    std::erase_if(schema_.own_table(key)->constraints, condition);
  }
}

/// Drops the views that read one of the relations, and those that read them: without CASCADE the
/// statement that took the relation away would have failed.
void Applier::drop_views_of(Keys keys) {
  while (!keys.empty() && schema_.may_have_views()) {
    Keys readers;
    schema_.for_each_view([&](const std::string& view_key, const View& view) {
      if (std::any_of(view.relations.begin(), view.relations.end(), [&](const std::string& read) {
            return read != view_key && keys.contains(read);
          })) {
        readers.insert(view_key);
      }
    });
    for (const std::string& reader : readers) schema_.drop_relation(reader);
    keys = std::move(readers);
  }
}

void redirect_foreign_keys(Table& table, const std::string& from, const std::string& to) {
  for (Shared<Constraint>& c : table.constraints) {
    if (c->referenced_table == from) c.edit().referenced_table = to;
  }
}

/// Gives a table another key. Whatever refers to it follows, as in both engines.
void Applier::move_relation(const std::string& from, const std::string& to) {
  const Table* source = schema_.table(from);
  if (source == nullptr) {
    if (const View* view = schema_.view(from)) {
      View moved = *view;
      moved.schema = to.substr(0, to.find('.'));
      moved.name = to.substr(to.find('.') + 1);
      schema_.drop_relation(from);
      schema_.put_relation(to, std::move(moved));
    }
    return;
  }
  Table moved = *source;
  moved.schema = to.substr(0, to.find('.'));
  moved.name = to.substr(to.find('.') + 1);
  const std::string old_schema = source->schema;
  for (const Index& index : moved.indexes) {
    if (index.name.empty()) continue;
    schema_.drop_relation(schema_.key(old_schema, index.name));
    schema_.put_relation(schema_.key(moved.schema, index.name), IndexName{to});
  }
  redirect_foreign_keys(moved, from, to);
  schema_.drop_relation(from);
  schema_.put_relation(to, std::move(moved));
  std::vector<std::pair<std::string, Object>> followers;
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    const bool refers =
        std::any_of(table.constraints.begin(), table.constraints.end(),
                    [&](const Constraint& c) { return c.referenced_table == from; });
    if (!refers) return;
    Table changed = table;
    redirect_foreign_keys(changed, from, to);
    followers.emplace_back(key, std::move(changed));
  });
  schema_.for_each_view([&](const std::string& key, const View& view) {
    if (!contains(view.relations, from)) return;
    View changed = view;
    replace_name(changed.relations, from, to);
    followers.emplace_back(key, std::move(changed));
  });
  for (auto& [key, object] : followers) schema_.put_relation(key, std::move(object));
}

void Applier::operator()(const sql::RenameTable& op) {
  const std::string from = schema_.key(op.table.name);
  const std::string to = from.substr(0, from.find('.') + 1) + op.new_name.id;
  if (!schema_.has_relation(from)) {
    schema_.put_relation(from, stub(from, op.table.name));
  }
  move_relation(from, to);
}

void Applier::operator()(const sql::AddColumn& op) {
  change_table(op.table.name, [&](Table& table) {
    if (table.column(op.column.name.id) != nullptr) return;
    table.columns.push_back(column(op.column));
    add_column_constraints(table, op.column);
  });
}

void Applier::operator()(const sql::DropColumn& op) {
  const std::string& name = op.column.id;
  if (engine_ == Engine::kPostgres) {
    const Table* table = schema_.table(op.table.name);
    const bool of_key = table != nullptr && table->in_primary_key(name);
    const std::string key = schema_.key(op.table.name);
    drop_foreign_keys([&](const Constraint& c) {
      if (c.referenced_table != key) return false;
      return c.referenced_columns.empty() ? of_key : contains(c.referenced_columns, name);
    });
  }
  change_table(op.table.name, [&](Table& table) {
    std::erase_if(table.columns, [&](const Column& c) { return c.name == name; });
    std::erase_if(table.constraints,
                  [&](const Constraint& c) { return contains(c.columns, name); });
    for (const Index& index : table.indexes) {
      if (contains(index.mentioned_columns, name) && !index.name.empty()) {
        schema_.drop_relation(schema_.key(table.schema, index.name));
      }
    }
    std::erase_if(table.indexes,
                  [&](const Index& i) { return contains(i.mentioned_columns, name); });
  });
}

void Applier::operator()(const sql::RenameColumn& op) {
  if (op.table.kind != ObjectKind::kTable && op.table.kind != ObjectKind::kForeignTable) return;
  const std::string& from = op.column.id;
  const std::string& to = op.new_name.id;
  const std::string key = schema_.key(op.table.name);
  change_table(op.table.name, [&](Table& table) {
    column_or_stub(table, from).name = to;
    for (Shared<Constraint>& c : table.constraints) {
      if (!contains(c->columns, from) && !contains(c->proves_not_null, from)) continue;
      replace_name(c.edit().columns, from, to);
      replace_name(c.edit().proves_not_null, from, to);
    }
    for (Shared<Index>& i : table.indexes) {
      if (!contains(i->mentioned_columns, from)) continue;
      replace_name(i.edit().columns, from, to);
      replace_name(i.edit().mentioned_columns, from, to);
    }
  });
  const auto refers = [&](const Constraint& c) {
    return c.referenced_table == key && contains(c.referenced_columns, from);
  };
  std::vector<std::string> referencing;
  schema_.for_each_table([&](const std::string& other, const Table& table) {
    if (std::any_of(table.constraints.begin(), table.constraints.end(), refers)) {
      referencing.push_back(other);
    }
  });
  for (const std::string& other : referencing) {
    for (Shared<Constraint>& c : schema_.own_table(other)->constraints) {
      if (refers(c)) replace_name(c.edit().referenced_columns, from, to);
    }
  }
}

void Applier::operator()(const sql::AlterIdentity& op) {
  change_column(op.table, op.column, [&](Column& c) {
    if (op.action == sql::AlterIdentity::Action::kDrop) {
      c.identity = Column::Identity::kNo;
    } else if (op.action == sql::AlterIdentity::Action::kAdd) {
      c.identity = op.identity;
    }
  });
}

void Applier::operator()(const sql::AlterGenerated& op) {
  change_column(op.table, op.column, [&](Column& c) {
    if (op.drop) {
      c.generated = Column::Generated::kNo;
      c.generation = {};
    } else {
      c.generation = expression_text(op.expression, text_, engine_);
    }
  });
}

void Applier::operator()(const sql::AddConstraint& op) {
  if (op.table.kind != ObjectKind::kTable) return;
  change_table(op.table.name, [&](Table& table) { add_constraint(table, op.constraint); });
}

void Applier::drop_constraint(Table& table, std::string_view name) {
  std::erase_if(table.constraints, [&](const Constraint& c) { return c.name == name; });
  std::erase_if(table.indexes, [&](const Index& i) { return i.of_constraint && i.name == name; });
  const std::string key = schema_.key(table.schema, name);
  if (schema_.table_of_index(key) != nullptr) schema_.drop_relation(key);
}

void Applier::operator()(const sql::DropConstraint& op) {
  const Table* owner = schema_.table(op.table.name);
  const Constraint* key = owner == nullptr ? nullptr : owner->constraint(op.constraint.id);
  if (key != nullptr && op.cascade) {  // foreign keys that lean on it go with it
    const bool primary = key->kind == ConstraintKind::kPrimaryKey;
    const bool unique = primary || key->kind == ConstraintKind::kUnique;
    const std::vector<std::string> columns = key->columns;
    const std::string table = schema_.key(op.table.name);
    drop_foreign_keys([&](const Constraint& c) {
      if (!unique || c.referenced_table != table) return false;
      return c.referenced_columns.empty() ? primary : c.referenced_columns == columns;
    });
  }
  change_table(op.table.name, [&](Table& table) { drop_constraint(table, op.constraint.id); });
}

void Applier::operator()(const sql::ValidateConstraint& op) {
  change_table(op.table.name, [&](Table& table) {
    for (Shared<Constraint>& c : table.constraints) {
      if (c->name == op.constraint.id) c.edit().validated = true;
    }
  });
}

void Applier::operator()(const sql::RenameConstraint& op) {
  change_table(op.table.name, [&](Table& table) {
    for (Shared<Constraint>& c : table.constraints) {
      if (c->name != op.constraint.id) continue;
      c.edit().name = op.new_name.id;
      c.edit().name_is_generated = false;
    }
    for (Shared<Index>& shared : table.indexes) {
      if (!shared->of_constraint || shared->name != op.constraint.id) continue;
      Index& i = shared.edit();
      schema_.drop_relation(schema_.key(table.schema, i.name));
      i.name = op.new_name.id;
      schema_.put_relation(schema_.key(table.schema, i.name),
                           IndexName{schema_.key(table.schema, table.name)});
    }
  });
}

void Applier::operator()(const sql::AttachPartition& op) {
  const Table* parent = schema_.table(op.table.name);
  const Table from = parent == nullptr ? Table{} : *parent;
  change_table(op.partition, [&](Table& t) {
    t.partition_of = schema_.key(op.table.name);
    copy_indexes(t, from);
  });
}

void Applier::operator()(const sql::DetachPartition& op) {
  change_table(op.partition, [](Table& t) { t.partition_of.clear(); });
}

void Applier::operator()(const sql::SetTableOption& op) {
  using What = sql::SetTableOption::What;
  if (op.what != What::kLogged && op.what != What::kUnlogged) return;
  change_table(op.table.name, [&](Table& t) { t.unlogged = op.what == What::kUnlogged; });
}

void Applier::operator()(const sql::CreateIndex& op) {
  change_table(op.table, [&](Table& table) {
    Index index;
    for (const sql::IndexElement& e : op.elements) {
      index.columns.push_back(e.column.id);
      if (!e.column.empty()) index.mentioned_columns.push_back(e.column.id);
      for (const sql::Name& n : e.expression.columns) index.mentioned_columns.push_back(n.id);
    }
    for (const sql::Name& n : op.include) index.mentioned_columns.push_back(n.id);
    for (const sql::Name& n : op.predicate.columns) index.mentioned_columns.push_back(n.id);
    index.name = op.index.name.id;
    if (index.name.empty()) {
      const std::string part = postgres_column_part(element_parts(op.elements));
      index.name = postgres_object_name(table.name, part, "idx", [&](const std::string& name) {
        return schema_.has_relation(schema_.key(table.schema, name));
      });
    }
    const std::string key =
        schema_.key(op.index.schema.empty() ? table.schema : op.index.schema.id, index.name);
    if (op.if_not_exists && schema_.has_relation(key)) return;
    index.unique = op.unique;
    index.partial = !op.predicate.empty();
    index.method = op.method;
    index.origin = origin_;
    schema_.put_relation(key, IndexName{schema_.key(table.schema, table.name)});
    table.indexes.push_back(std::move(index));
  });
}

void Applier::operator()(const sql::DropIndex& op) {
  const std::string key = schema_.key(op.index);
  if (const Table* owner = schema_.table_of_index(key)) {
    std::erase_if(schema_.own_table(schema_.key(owner->schema, owner->name))->indexes,
                  [&](const Index& i) { return i.name == op.index.name.id; });
  }
  schema_.drop_relation(key);
}

void Applier::operator()(const sql::CreateView& op) {
  View view;
  const std::string key = schema_.key(op.view);
  if (op.if_not_exists && schema_.has_relation(key)) return;
  view.schema = key.substr(0, key.find('.'));
  view.name = op.view.name.id;
  view.materialized = op.materialized;
  for (const sql::QualifiedName& r : op.query.relations) view.relations.push_back(schema_.key(r));
  view.columns = ids(op.query.columns);
  view.origin = origin_;
  schema_.put_relation(key, std::move(view));
}

void Applier::operator()(const sql::CreateSequence& op) {
  const std::string key = schema_.key(op.sequence);
  if (!schema_.has_relation(key)) schema_.put_relation(key, Sequence{origin_});
}

void Applier::operator()(const sql::CreateType& op) {
  UserType type;
  type.origin = origin_;
  if (op.form == sql::CreateType::Form::kEnum) {
    type.form = UserType::Form::kEnum;
    type.values = ids(op.values);
  } else if (op.form == sql::CreateType::Form::kComposite) {
    type.form = UserType::Form::kComposite;
  }
  schema_.put_type(schema_.key(op.type), std::move(type));
}

void Applier::operator()(const sql::AddEnumValue& op) {
  const UserType* found = schema_.type(op.type.to_string());
  if (found == nullptr || contains(found->values, op.value.id)) return;
  UserType type = *found;
  auto at = type.values.end();
  if (!op.neighbour.empty()) {
    at = std::find(type.values.begin(), type.values.end(), op.neighbour.id);
    if (at != type.values.end() && !op.before) ++at;
  }
  type.values.insert(at, op.value.id);
  schema_.put_type(schema_.key(op.type), std::move(type));
}

void Applier::operator()(const sql::RenameEnumValue& op) {
  const UserType* found = schema_.type(op.type.to_string());
  if (found == nullptr) return;
  UserType type = *found;
  replace_name(type.values, op.value.id, op.new_name.id);
  schema_.put_type(schema_.key(op.type), std::move(type));
}

void Applier::operator()(const sql::CreateDomain& op) {
  UserType type;
  type.form = UserType::Form::kDomain;
  type.base = type_of(op.type);
  type.constrained = op.not_null || !op.constraints.empty();
  type.origin = origin_;
  schema_.put_type(schema_.key(op.domain), std::move(type));
}

void Applier::operator()(const sql::AlterDomain& op) {
  const UserType* found = schema_.type(op.domain.to_string());
  if (found == nullptr) return;
  UserType type = *found;
  type.constrained |= op.action == sql::AlterDomain::Action::kSetNotNull ||
                      op.action == sql::AlterDomain::Action::kAddConstraint;
  schema_.put_type(schema_.key(op.domain), std::move(type));
}

void Applier::operator()(const sql::CreateFunction& op) {
  schema_.put_function(schema_.key(op.function), Function{op.volatility, origin_});
}

void Applier::operator()(const sql::CreateTrigger& op) {
  if (schema_.view(schema_.key(op.table)) != nullptr) return;
  change_table(op.table, [&](Table& table) {
    Trigger trigger;
    trigger.name = op.trigger.name.id;
    for (const sql::QualifiedName& r : op.body.relations) {
      trigger.mentioned_relations.push_back(schema_.key(r));
    }
    trigger.mentioned_columns = ids(op.body.columns);
    for (const sql::Name& n : op.update_columns) trigger.mentioned_columns.push_back(n.id);
    for (const sql::Name& n : op.when.columns) trigger.mentioned_columns.push_back(n.id);
    trigger.origin = origin_;
    std::erase_if(table.triggers, [&](const Trigger& t) { return t.name == trigger.name; });
    table.triggers.push_back(std::move(trigger));
  });
}

void Applier::operator()(const sql::DropObject& op) {
  switch (op.kind) {
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
      schema_.drop_relation(schema_.key(op.name));
      if (engine_ != Engine::kSqlite) drop_views_of({schema_.key(op.name)});
      break;
    case ObjectKind::kSequence: schema_.drop_relation(schema_.key(op.name)); break;
    case ObjectKind::kType:
    case ObjectKind::kDomain: schema_.drop_type(schema_.key(op.name)); break;
    case ObjectKind::kFunction: schema_.drop_function(schema_.key(op.name)); break;
    case ObjectKind::kTrigger: {
      std::vector<std::string> owners;
      schema_.for_each_table([&](const std::string& key, const Table& table) {
        const bool has = std::any_of(table.triggers.begin(), table.triggers.end(),
                                     [&](const Trigger& t) { return t.name == op.name.name.id; });
        if (has && (op.table.empty() || schema_.key(op.table) == key)) owners.push_back(key);
      });
      for (const std::string& key : owners) {
        std::erase_if(schema_.own_table(key)->triggers,
                      [&](const Trigger& t) { return t.name == op.name.name.id; });
      }
      break;
    }
    case ObjectKind::kSchema: {
      Keys inside;
      Keys views;
      const std::string prefix = op.name.name.id + ".";
      schema_.for_each_table([&](const std::string& key, const Table&) {
        if (key.starts_with(prefix)) inside.insert(key);
      });
      schema_.for_each_view([&](const std::string& key, const View&) {
        if (key.starts_with(prefix)) views.insert(key);
      });
      drop_tables(inside);
      for (const std::string& key : views) schema_.drop_relation(key);
      drop_views_of(std::move(views));
      break;
    }
    default: break;
  }
}

void Applier::operator()(const sql::RenameObject& op) {
  const std::string from = schema_.key(op.name);
  const std::string to = from.substr(0, from.find('.') + 1) + op.new_name.id;
  switch (op.kind) {
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView: move_relation(from, to); break;
    case ObjectKind::kIndex: {
      const Table* owner = schema_.table_of_index(from);
      if (owner == nullptr) break;
      Table table = *owner;
      for (Shared<Index>& i : table.indexes) {
        if (i->name != op.name.name.id) continue;
        i.edit().name = op.new_name.id;
        for (Shared<Constraint>& c : table.constraints) {
          if (i->of_constraint && c->name == op.name.name.id) c.edit().name = op.new_name.id;
        }
      }
      const std::string key = schema_.key(table.schema, table.name);
      schema_.drop_relation(from);
      schema_.put_relation(to, IndexName{key});
      schema_.put_relation(key, std::move(table));
      break;
    }
    case ObjectKind::kType:
    case ObjectKind::kDomain: {
      const UserType* found = schema_.type(op.name.to_string());
      if (found == nullptr) break;
      const UserType type = *found;
      schema_.drop_type(from);
      schema_.put_type(to, type);
      const std::string old_name = op.name.to_string();
      std::vector<std::pair<std::string, Table>> changed;
      schema_.for_each_table([&](const std::string& key, const Table& table) {
        const bool uses = std::any_of(table.columns.begin(), table.columns.end(),
                                      [&](const Column& c) { return c.type.name == old_name; });
        if (!uses) return;
        Table copy = table;
        for (Shared<Column>& c : copy.columns) {
          if (c->type.name == old_name) c.edit().type.name = op.new_name.id;
        }
        changed.emplace_back(key, std::move(copy));
      });
      for (auto& [key, table] : changed) schema_.put_relation(key, std::move(table));
      break;
    }
    default: break;
  }
}

void Applier::operator()(const sql::SetSchema& op) {
  if (op.kind != ObjectKind::kTable && op.kind != ObjectKind::kView &&
      op.kind != ObjectKind::kMaterializedView) {
    return;
  }
  const std::string from = schema_.key(op.name);
  move_relation(from, op.new_schema.id + "." + op.name.name.id);
}

void Applier::operator()(const sql::SetVariable& op) {
  if (engine_ != Engine::kPostgres || op.name.id != "search_path") return;
  if (!op.value || op.value->empty()) {
    schema_.set_default_schema(std::string(default_schema(engine_)));
    return;
  }
  std::string first = op.value->substr(0, op.value->find(','));
  first = ascii::trim(first);
  if (first != "\"$user\"" && first != "$user") schema_.set_default_schema(std::move(first));
}

}  // namespace

void Replay::apply(const sql::Operation& operation, std::string_view text, Origin origin) {
  std::visit(Applier(schema_, text, origin), operation.data);
}

Type type_of(const sql::TypeName& type) {
  return {type.name.to_string(), type.modifiers, type.array_dimensions};
}

ExpressionText expression_text(const sql::Expression& expression, std::string_view statement,
                               Engine engine) {
  ExpressionText out;
  const std::string_view written = expression.range.of(statement);
  Lexer lexer(written, engine);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (!out.text.empty()) out.text += ' ';
    const std::string_view piece = token.range.of(written);
    out.text += token.is(TokenKind::kWord) ? ascii::lower(piece) : std::string(piece);
  }
  out.is_null = expression.shape == sql::Expression::Shape::kNull;
  out.is_constant = expression.is_constant();
  for (const sql::Name& n : expression.columns) {
    if (!contains(out.columns, n.id)) out.columns.push_back(n.id);
  }
  for (const sql::QualifiedName& f : expression.functions) out.functions.push_back(f.name.id);
  return out;
}

}  // namespace belay::schema

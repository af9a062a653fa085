#include <algorithm>
#include <array>

#include "analyzer/schema/generated_names.h"
#include "analyzer/schema/replay/applier.h"
#include "support/ascii.h"

namespace belay::schema {

using sql::ConstraintKind;
using Identity = sql::ColumnDefinition::Identity;

/// The type behind serial's names: what the engine keeps.
static Type column_type(const sql::TypeName& type, Engine engine) {
  Type out = type_of(type);
  if (engine != Engine::kPostgres || !type.is_serial()) return out;
  out.name = out.name == "bigserial" || out.name == "serial8"     ? "int8"
             : out.name == "smallserial" || out.name == "serial2" ? "int2"
                                                                  : "int4";
  return out;
}

static bool takes_identity(const Type& type) {
  return type.array_dimensions == 0 &&
         (type.name == "int2" || type.name == "int4" || type.name == "int8");
}

std::optional<ExpressionText> Applier::default_of(const sql::Expression& expression,
                                                  const Type& type) const {
  std::optional<ExpressionText> out = default_text(expression, text_, type, engine_);
  if (out) return out;
  // A domain may have a default, and NULL stands against it.
  const UserType* user = schema_.type(type.name);
  const bool is_domain = user != nullptr && user->form == UserType::Form::kDomain;
  if (is_domain && type.array_dimensions == 0) out = expression_text(expression, text_, engine_);
  return out;
}

Column Applier::column(const sql::ColumnDefinition& definition) const {
  Column out;
  out.name = definition.name.id;
  out.type = column_type(definition.type, engine_);
  out.not_null = definition.not_null() || definition.identity != Identity::kNo ||
                 (postgres() && definition.type.is_serial());
  if (definition.default_value) {
    out.default_value = default_of(*definition.default_value, out.type);
  }
  out.generated = definition.generated;
  if (!definition.generation.empty()) {
    out.generation = expression_text(definition.generation, text_, engine_);
  }
  out.identity = definition.identity;
  out.collation = definition.collation.to_string();
  if (!definition.storage.empty()) out.attributes.set("storage", definition.storage);
  if (!definition.compression.empty()) out.attributes.set("compression", definition.compression);
  for (const sql::ConstraintDefinition& c : definition.constraints) {
    if (c.kind == ConstraintKind::kNotNull && !c.on_conflict.empty()) {
      out.attributes.set("on conflict", c.on_conflict);
    }
  }
  out.origin = origin_;
  return out;
}

void Applier::make_sequence(const Table& table, Column& column,
                            const sql::ColumnDefinition& definition) {
  if (!postgres()) return;
  if (definition.type.is_serial()) {
    make_sequence(table, column, {}, false, column.type.name);
  } else if (definition.identity != Identity::kNo) {
    make_sequence(table, column, definition.identity_options, true, column.type.name);
  }
}

void Applier::make_sequence(const Table& table, Column& column,
                            const std::vector<sql::Option>& options, bool of_identity,
                            std::string_view type) {
  Sequence sequence;
  sequence.owner_table = schema_.key(table.schema, table.name);
  sequence.owner_column = column.name;
  sequence.of_identity = of_identity;
  sequence.origin = origin_;
  std::string name =
      postgres_object_name(table.name, column.name, "seq", [&](const std::string& taken) {
        return schema_.has_relation(schema_.key(table.schema, taken));
      });
  for (const sql::Option& option : options) {
    if (option.name.id == "sequence_name") {
      name = option.value;
    } else {
      sequence.attributes.set(option.name.id, option.value);
    }
  }
  if (type != "int8") sequence.attributes.set("type", std::string(type));
  if (!of_identity) {
    ExpressionText text;
    text.text = "nextval ( '" + name + "' )";
    text.functions = {"nextval"};
    column.default_value = std::move(text);
  }
  schema_.put_relation(schema_.key(table.schema, name), std::move(sequence));
}

void Applier::drop_sequences(const std::function<bool(const Sequence&)>& goes) {
  Keys keys;
  schema_.for_each_sequence([&](const std::string& key, const Sequence& s) {
    if (goes(s)) keys.insert(key);
  });
  clear_defaults_from(keys);
  for (const std::string& key : keys) schema_.drop_relation(key);
}

void Applier::operator()(const sql::AddColumn& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  if (const Column* there = table->column(op.column.name.id)) {
    if (op.if_not_exists) return;
    if (there->known) {
      fail("column `" + there->name + "` of `" + table->name + "` exists already");
    }
    return;
  }
  if (sqlite()) {
    const std::string type = op.column.type.name.to_string();
    if (table->strict && type != "int" && type != "integer" && type != "real" && type != "text" &&
        type != "blob" && type != "any") {
      fail("a STRICT table has no type `" + type + "`");
    }
    for (const sql::ConstraintDefinition& c : op.column.constraints) {
      if (c.kind == ConstraintKind::kPrimaryKey) fail("SQLite cannot add a PRIMARY KEY column");
      if (c.kind == ConstraintKind::kUnique) fail("SQLite cannot add a UNIQUE column");
    }
    for (const Column& c : table->columns) {
      if (contains(c.generation.columns, c.name)) {
        may_fail("`" + c.name + "` of `" + table->name + "` is generated from itself");
      }
    }
    if (op.column.generated == Column::Generated::kStored) {
      may_fail("SQLite cannot add a STORED column once the table has a row");
    }
    for (const sql::Name& n : op.column.generation.columns) {
      if (n.id == op.column.name.id) {
        may_fail("`" + n.id + "` is generated from itself");
      } else {
        needs_column(*table, n.id);
      }
    }
  }
  std::vector<const sql::ConstraintDefinition*> definitions;
  for (const sql::ConstraintDefinition& d : op.column.constraints) definitions.push_back(&d);
  merge_keys(std::move(definitions));
  Column made = column(op.column);
  make_sequence(*table, made, op.column);
  table->columns.push_back(std::move(made));
  add_column_constraints(*table, op.column, false);
  add_column_constraints(*table, op.column, true);
}

void Applier::operator()(const sql::DropColumn& op) {
  const std::string& name = op.column.id;
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  const std::string key = schema_.key(op.table.name);
  if (table->column(name) == nullptr) {
    if (op.if_exists && table->complete) return;
    if (!op.if_exists) {
      needs_column(*table, name);
      names_outside_object("the column `" + name + "` of `" + table->name + "`");
    }
  }
  if (postgres()) {
    if (!op.cascade) refuse_dependents_of_column(*table, name);
    const bool of_key = table->in_primary_key(name);
    drop_foreign_keys([&](const Constraint& c) {
      if (c.referenced_table != key) return false;
      return c.referenced_columns.empty() ? of_key : contains(c.referenced_columns, name);
    });
    drop_sequences(
        [&](const Sequence& s) { return s.owner_table == key && s.owner_column == name; });
    if (op.cascade) {
      Keys views;
      schema_.for_each_view([&](const std::string& view, const View& v) {
        const Names names = names_column(v, key, name);
        if (names != Names::kNo) views.insert(view);
        if (names == Names::kPerhaps) uncertain("a view that may go with a column");
      });
      for (const std::string& view : views) schema_.drop_relation(view);
      drop_views_of(std::move(views));
    }
  } else if (sqlite()) {
    refuse_sqlite_drop_column(*table, name);
  }
  table = schema_.own_table(key);
  if (sqlite() && table->complete &&
      std::none_of(table->columns.begin(), table->columns.end(), [&](const Column& c) {
        return c.name != name && c.generated == Column::Generated::kNo;
      })) {
    fail("SQLite cannot drop the only column of `" + table->name + "` that is not generated");
  }
  std::erase_if(table->columns, [&](const Column& c) { return c.name == name; });
  std::vector<std::string> gone;
  for (const Index& index : table->indexes) {
    if (contains(index.mentioned_columns, name) && !index.name.empty()) gone.push_back(index.name);
  }
  const std::string in_schema = table->schema;
  std::erase_if(table->constraints, [&](const Constraint& c) { return contains(c.columns, name); });
  std::erase_if(table->indexes,
                [&](const Index& i) { return contains(i.mentioned_columns, name); });
  for (const std::string& index : gone) schema_.drop_relation(schema_.key(in_schema, index));
}

void Applier::refuse_dependents_of_column(const Table& table, const std::string& column) {
  const std::string key = schema_.key(table.schema, table.name);
  const std::string what = "column `" + column + "` of `" + table.name + "` cannot be dropped: ";
  const bool of_key = table.in_primary_key(column);
  schema_.for_each_table([&](const std::string& other, const Table& t) {
    for (const Constraint& c : t.constraints) {
      if (c.kind != ConstraintKind::kForeignKey || c.referenced_table != key) continue;
      if (other == key && contains(c.columns, column)) continue;  // goes along
      const bool refers =
          c.referenced_columns.empty() ? of_key : contains(c.referenced_columns, column);
      if (refers)
        fail(what + "the foreign key `" + c.name + "` of " + quoted(other) + " refers to it");
    }
  });
  schema_.for_each_sequence([&](const std::string& sequence, const Sequence& s) {
    if (s.owner_table == key && s.owner_column == column) {
      refuse_users_of_sequence(sequence, key, column);
    }
  });
  for (const Column& c : table.columns) {
    if (c.generated != Column::Generated::kNo && contains(c.generation.columns, column)) {
      fail(what + "`" + c.name + "` is generated from it");
    }
  }
  for (const Trigger& t : table.triggers) {
    if (contains(t.mentioned_columns, column)) fail(what + "the trigger `" + t.name + "` needs it");
  }
  for (const TableRule& r : table.rules) {
    if ((" " + r.definition + " ").find(" " + column + " ") != std::string::npos) {
      may_fail(what + "`" + r.name + "` may need it");
    }
  }
  schema_.for_each_view([&](const std::string& view, const View& v) {
    switch (names_column(v, key, column)) {
      case Names::kNo: break;
      case Names::kPerhaps: may_fail(what + "the view " + quoted(view) + " may need it"); break;
      case Names::kSurely: fail(what + "the view " + quoted(view) + " needs it"); break;
    }
  });
}

void Applier::refuse_sqlite_drop_column(const Table& table, const std::string& column) {
  const std::string what = "SQLite cannot drop `" + column + "` of `" + table.name + "`: ";
  for (const Constraint& c : table.constraints) {
    const bool names_it = contains(c.columns, column);
    if (!names_it) continue;
    if (c.kind == ConstraintKind::kPrimaryKey) fail(what + "it belongs to the primary key");
    if (c.kind == ConstraintKind::kUnique) fail(what + "it is UNIQUE");
    if (c.kind == ConstraintKind::kForeignKey && !c.of_column) {
      fail(what + "a foreign key of the table uses it");
    }
    if (c.kind == ConstraintKind::kCheck && (!c.of_column || c.columns.size() > 1)) {
      may_fail(what + "a CHECK of the table uses it");
    }
  }
  for (const Index& i : table.indexes) {
    if (!i.of_constraint && contains(i.mentioned_columns, column)) {
      fail(what + "the index `" + i.name + "` uses it");
    }
  }
  for (const Column& c : table.columns) {
    if (c.name != column && c.generated != Column::Generated::kNo &&
        contains(c.generation.columns, column)) {
      fail(what + "`" + c.name + "` is generated from it");
    }
  }
  const std::string key = schema_.key(table.schema, table.name);
  schema_.for_each_table([&](const std::string&, const Table& t) {
    for (const Trigger& trigger : t.triggers) {
      const bool near = &t == &table || contains(trigger.mentioned_relations, key);
      if (near && contains(trigger.mentioned_columns, column)) {
        may_fail(what + "the trigger `" + trigger.name + "` may need it");
      }
    }
  });
  schema_.for_each_view([&](const std::string& view, const View& v) {
    if (contains(v.relations, key) && contains(v.columns, column)) {
      may_fail(what + "the view " + quoted(view) + " may need it");
    }
  });
  refuse_dangling_programs();
}

/// SQLite 3.40 loses such a column on the way: "no such column".
void Applier::refuse_sqlite_rename(const Table& table, const std::string& column) {
  if (!table.without_rowid || !table.in_primary_key(column)) return;
  for (const Constraint& c : table.constraints) {
    if (c.kind == ConstraintKind::kUnique && contains(c.columns, column)) {
      may_fail("SQLite may not find `" + column + "` again in the WITHOUT ROWID table `" +
               table.name + "`, where it is UNIQUE besides being a key");
    }
  }
}

void Applier::operator()(const sql::RenameColumn& op) {
  const std::string& from = op.column.id;
  const std::string& to = op.new_name.id;
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  const std::string key = schema_.key(op.table.name);
  if (table->column(to) != nullptr && !(sqlite() && from == to)) {
    fail("column `" + to + "` of `" + table->name + "` exists already");
  }
  if (sqlite()) {
    refuse_dangling_programs();
    refuse_sqlite_rename(*table, from);
  }
  column_to_change(*table, from)->name = to;
  for (Shared<Column>& c : table->columns) {
    if (contains(c->generation.columns, from)) rename_column(c.edit().generation, from, to);
  }
  for (Shared<Constraint>& c : table->constraints) {
    if (contains(c->columns, from) || contains(c->proves_not_null, from)) {
      Constraint& changed = c.edit();
      replace_name(changed.columns, from, to);
      replace_name(changed.proves_not_null, from, to);
      replace_name(changed.include, from, to);
      rename_column(changed.check, from, to);
      rename_word(changed.details, from, to);
    }
    const bool refers = c->referenced_table == key && contains(c->referenced_columns, from);
    if (refers) replace_name(c.edit().referenced_columns, from, to);
  }
  for (Shared<Index>& i : table->indexes) {
    if (!contains(i->mentioned_columns, from)) continue;
    Index& changed = i.edit();
    replace_name(changed.columns, from, to);
    replace_name(changed.mentioned_columns, from, to);
    replace_name(changed.include, from, to);
    for (std::string& element : changed.elements) rename_word(element, from, to);
    rename_column(changed.predicate, from, to);
  }
  for (Shared<Trigger>& t : table->triggers) {
    if (!contains(t->mentioned_columns, from)) continue;
    replace_name(t.edit().mentioned_columns, from, to);
    rename_word(t.edit().definition, from, to);
  }
  if (!table->partition_key.empty()) rename_word(table->partition_key, from, to);
  Keys owners;
  schema_.for_each_table([&](const std::string& other, const Table& t) {
    if (other == key) return;
    for (const Constraint& c : t.constraints) {
      if (c.referenced_table == key && contains(c.referenced_columns, from)) owners.insert(other);
    }
  });
  for (const std::string& owner : owners) {
    for (Shared<Constraint>& c : schema_.own_table(owner)->constraints) {
      if (c->referenced_table == key) replace_name(c.edit().referenced_columns, from, to);
    }
  }
  Keys sequences;
  schema_.for_each_sequence([&](const std::string& sequence, const Sequence& s) {
    if (s.owner_table == key && s.owner_column == from) sequences.insert(sequence);
  });
  for (const std::string& s : sequences) schema_.own_sequence(s)->owner_column = to;
  Keys views;
  schema_.for_each_view([&](const std::string& view, const View& v) {
    if (contains(v.relations, key) && contains(v.columns, from)) views.insert(view);
  });
  for (const std::string& view : views) {
    replace_name(schema_.own_view(view)->columns, from, to);
    rename_word(schema_.own_view(view)->definition, from, to);
  }
  if (sqlite()) refuse_dangling_programs();
}

/// PostgreSQL reads an index's expressions again for the new type, and a cast to the type that the
/// column has by now is none: `date(made_at)` of a date is the column itself, and stays it.
static void collapse_casts(Table& table, const std::string& column, const Type& type) {
  const std::string as_call = type.name + " ( " + column + " )";
  const std::string as_cast = column + " :: " + type.name;
  for (Shared<Index>& index : table.indexes) {
    for (size_t i = 0; i < index->elements.size(); ++i) {
      if (index->elements[i] != as_call && index->elements[i] != as_cast) continue;
      index.edit().elements[i] = column;
      index.edit().columns[i] = column;
    }
  }
}

void Applier::operator()(const sql::AlterColumnType& op) {
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) return;
  const Type to = column_type(op.type, engine_);
  const Table& table = *schema_.table(op.table.name);
  if (postgres() && column->known && op.using_expression.empty() && column->type != to) {
    for (const Column& c : table.columns) {
      if (c.generated != Column::Generated::kNo && contains(c.generation.columns, op.column.id)) {
        fail("the type of `" + op.column.id + "` cannot change: `" + c.name +
             "` is generated from it");
      }
    }
  }
  if (postgres()) {
    const std::string what = "the type of `" + op.column.id + "` cannot change: ";
    for (const Trigger& t : table.triggers) {
      if (contains(t.mentioned_columns, op.column.id)) {
        fail(what + "the trigger `" + t.name + "` names it");
      }
    }
    const std::string key = schema_.key(op.table.name);
    schema_.for_each_view([&](const std::string& view, const View& v) {
      switch (names_column(v, key, op.column.id)) {
        case Names::kNo: break;
        case Names::kPerhaps: may_fail(what + "the view " + quoted(view) + " may use it"); break;
        case Names::kSurely: fail(what + "the view " + quoted(view) + " uses it"); break;
      }
    });
  }
  if (postgres() && column->known) check_new_type(table, *column, to);
  if (column->identity != Identity::kNo && !takes_identity(to)) {
    fail("`" + column->name + "` is an identity column and must be an integer");
  }
  collapse_casts(*schema_.own_table(schema_.key(op.table.name)), op.column.id, to);
  column->type = to;
  column->known = true;
  column->collation = op.collation.to_string();
}

void Applier::operator()(const sql::SetDefault& op) {
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) {
    if (View* view = schema_.own_view(schema_.key(op.table.name))) {
      view->attributes.set("default " + op.column.id,
                           expression_text(op.value, text_, engine_).text);
    }
    return;
  }
  if (column->identity != Identity::kNo) {
    fail("`" + column->name + "` is an identity column and can have no default");
  }
  column->default_value = default_of(op.value, column->type);
}

void Applier::operator()(const sql::DropDefault& op) {
  if (Column* column = column_to_change(op.table, op.column)) {
    if (column->identity != Identity::kNo) fail("`" + column->name + "` is an identity column");
    column->default_value.reset();
    if (column->generated != Column::Generated::kNo) {
      fail("`" + column->name + "` is a generated column and has no default to drop");
    }
  } else if (View* view = schema_.own_view(schema_.key(op.table.name))) {
    view->attributes.erase("default " + op.column.id);
  }
}

void Applier::operator()(const sql::SetNotNull& op) {
  if (Column* column = column_to_change(op.table, op.column)) column->not_null = true;
}

void Applier::operator()(const sql::DropNotNull& op) {
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) return;
  const Table& table = *schema_.table(op.table.name);
  if (postgres() && table.in_primary_key(op.column.id)) {
    fail("`" + op.column.id + "` belongs to the primary key of `" + table.name + "`");
  }
  if (column->identity != Identity::kNo) fail("`" + op.column.id + "` is an identity column");
  column->not_null = false;
}

void Applier::operator()(const sql::AlterIdentity& op) {
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) return;
  const std::string key = schema_.key(op.table.name);
  using Action = sql::AlterIdentity::Action;
  if (op.action == Action::kDrop) {
    if (column->known && column->identity == Identity::kNo) {
      if (!op.if_exists) fail("`" + column->name + "` is no identity column");
      return;
    }
    column->identity = Identity::kNo;
    schema_.for_each_sequence([&](const std::string& sequence, const Sequence& s) {
      if (s.of_identity && s.owner_table == key && s.owner_column == op.column.id) {
        refuse_users_of_sequence(sequence, "");
      }
    });
    drop_sequences([&](const Sequence& s) {
      return s.of_identity && s.owner_table == key && s.owner_column == op.column.id;
    });
    return;
  }
  if (op.action == Action::kSet) {
    if (op.identity != Identity::kNo) column->identity = op.identity;
    Keys keys;
    schema_.for_each_sequence([&](const std::string& sequence, const Sequence& s) {
      if (s.owner_table == key && s.owner_column == op.column.id) keys.insert(sequence);
    });
    for (const std::string& s : keys) {
      for (const sql::Option& o : op.options) {
        if (o.name.id == "restart") continue;  // a value, no definition
        schema_.own_sequence(s)->attributes.set(o.name.id, o.value);
      }
    }
    return;
  }
  if (column->known) {
    if (!takes_identity(column->type)) {
      fail("`" + column->name + "` is no integer and cannot be an identity column");
    }
    if (column->identity != Identity::kNo) fail("`" + column->name + "` is an identity column");
    if (column->default_value) fail("`" + column->name + "` has a default already");
    if (!column->not_null) fail("`" + column->name + "` must be NOT NULL to become an identity");
  }
  column->identity = op.identity;
  Column made = *column;
  make_sequence(*schema_.table(key), made, op.options, true, made.type.name);
  if (Column* again = column_to_change(op.table, op.column)) *again = std::move(made);
}

void Applier::operator()(const sql::AlterGenerated& op) {
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) return;
  if (op.drop) {
    if (column->known && column->generated == Column::Generated::kNo && !op.if_exists) {
      fail("`" + column->name + "` is no generated column");
    }
    column->generated = Column::Generated::kNo;
    column->generation = {};
  } else {
    column->generation = expression_text(op.expression, text_, engine_);
  }
}

void Applier::operator()(const sql::SetColumnOption& op) {
  using What = sql::SetColumnOption::What;
  Column* column = column_to_change(op.table, op.column);
  if (column == nullptr) return;
  switch (op.what) {
    case What::kStatistics:
      if (op.value == "-1" || op.value == "default") {
        column->attributes.erase("statistics");
      } else {
        column->attributes.set("statistics", op.value);
      }
      break;
    case What::kStorage: column->attributes.set("storage", ascii::lower(op.value)); break;
    case What::kCompression:
      if (op.value == "default") {
        column->attributes.erase("compression");
      } else {
        column->attributes.set("compression", op.value);
      }
      break;
    case What::kOptions: set_options(column->attributes, op.options, false); break;
    case What::kResetOptions: set_options(column->attributes, op.options, true); break;
  }
}

}  // namespace belay::schema

#include <algorithm>
#include <array>

#include "analyzer/schema/generated_names.h"
#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

using sql::ConstraintKind;
using sql::ObjectKind;

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
    c.attributes = {};
    table.columns.push_back(std::move(c));
  }
  table.complete &= source->complete;
}

void Applier::copy_checks(Table& table, const Table& source) const {
  for (Constraint c : source.constraints) {
    if (c.kind != ConstraintKind::kCheck) continue;
    c.origin = origin_;
    c.validated = true;  // there is no row yet
    table.constraints.push_back(std::move(c));
  }
}

/// Gives the table the keys and indexes of another one under names of its own; where it has such
/// already only `besides_same`.
void Applier::copy_indexes(Table& table, const Table& source, bool besides_same) {
  for (const Index& from : source.indexes) {
    const bool has_same =
        std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& i) {
          return i.columns == from.columns && i.unique == from.unique && i.partial == from.partial;
        });
    if (has_same && !besides_same) continue;
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
  const size_t first = table.columns.size();
  copy_columns(table, like.table, includes("defaults"));
  const Table* source = schema_.table(like.table);
  if (source == nullptr) return missing("table", schema_.key(like.table));
  for (size_t i = first; i < table.columns.size(); ++i) {
    Column& column = table.columns[i].edit();
    if (!includes("generated")) {
      column.generated = Column::Generated::kNo;
      column.generation = {};
    }
    if (!includes("identity")) column.identity = Column::Identity::kNo;
    if (column.identity != Column::Identity::kNo) {
      make_sequence(table, column, {}, true, column.type.name);
    }
  }
  const Table from = *source;
  if (includes("constraints")) copy_checks(table, from);
  if (includes("indexes")) copy_indexes(table, from, true);
}

void Applier::inherit(Table& table, const sql::QualifiedName& parent, bool as_partition) {
  copy_columns(table, parent, true);
  const Table* source = schema_.table(parent);
  if (source == nullptr) return missing("table", schema_.key(parent));
  const Table from = *source;
  // Since 17 partitions share their parent's identity.
  constexpr int kFirstWithIdentity = 17;
  if (!as_partition || schema_.dialect().version.major < kFirstWithIdentity) {
    for (Shared<Column>& c : table.columns) {
      if (c->identity != Column::Identity::kNo) c.edit().identity = Column::Identity::kNo;
    }
  }
  copy_checks(table, from);
  table.parents.push_back(schema_.key(parent));
  if (!as_partition) return;
  copy_indexes(table, from, true);
  for (Constraint c : from.constraints) {
    if (c.kind != ConstraintKind::kForeignKey) continue;
    c.origin = origin_;
    table.constraints.push_back(std::move(c));
  }
}

void Applier::operator()(const sql::CreateTable& op) {
  const std::string key = schema_.key(op.table);
  if (schema_.has_relation(key)) {
    if (op.if_not_exists) return;
    const Table* there = schema_.table(key);
    if (there == nullptr || there->known) fail("relation " + quoted(key) + " exists already");
  }
  Table table;
  table.schema = key.substr(0, key.find('.'));
  table.name = op.table.name.id;
  table.temporary = op.temporary;
  table.unlogged = op.unlogged;
  table.foreign = op.foreign;
  table.partitioned = op.partition_by.has_value();
  if (op.partition_by) table.partition_key = normal_text(op.partition_by->range.of(text_), engine_);
  table.without_rowid = op.without_rowid;
  table.strict = op.strict;
  table.is_virtual = !op.virtual_module.empty();
  table.may_have_rows = op.as_query.has_value() && op.with_data;
  table.complete = !op.as_query.has_value() && op.virtual_module.empty() && op.of_type.empty();
  table.origin = origin_;
  set_options(table.attributes, op.options, false);
  if (!op.access_method.empty()) table.attributes.set("access method", op.access_method.id);
  if (!op.tablespace.empty()) table.attributes.set("tablespace", op.tablespace.id);
  if (table.is_virtual || op.as_query || !op.of_type.empty()) {
    const std::array<ByteRange, 1> name = {op.table.range};
    table.attributes.set("definition", normal_text(text_, engine_, name));
  }
  for (const sql::QualifiedName& parent : op.inherits) inherit(table, parent, false);
  if (op.partition_of) {
    table.partition_of = schema_.key(op.partition_of->parent);
    table.partition_bound = normal_text(op.partition_of->bound.of(text_), engine_);
    inherit(table, op.partition_of->parent, true);
  }
  for (const sql::LikeClause& like : op.like) copy_like(table, like);
  for (const sql::ColumnDefinition& c : op.columns) {
    if (table.column(c.name.id) != nullptr) continue;
    Column made = column(c);
    make_sequence(table, made, c);
    table.columns.push_back(std::move(made));
  }
  std::vector<const sql::ConstraintDefinition*> definitions;
  for (const sql::ColumnDefinition& c : op.columns) {
    for (const sql::ConstraintDefinition& d : c.constraints) definitions.push_back(&d);
  }
  for (const sql::ConstraintDefinition& d : op.constraints) definitions.push_back(&d);
  merge_keys(std::move(definitions));
  schema_.put_relation(key, table);  // so that keys may refer to their own table
  for (const bool foreign_keys : {false, true}) {
    for (const sql::ColumnDefinition& c : op.columns) {
      add_column_constraints(table, c, foreign_keys);
    }
    for (const sql::ConstraintDefinition& c : op.constraints) {
      if ((c.kind == ConstraintKind::kForeignKey) == foreign_keys) add_constraint(table, c);
    }
  }
  schema_.put_relation(key, std::move(table));
}

Keys Applier::dropped_together() const {
  Keys out;
  for (const sql::Operation& operation : statement_.operations) {
    if (const auto* drop = operation.as<sql::DropTable>()) out.insert(schema_.key(drop->table));
    if (const auto* drop = operation.as<sql::DropObject>()) out.insert(schema_.key(drop->name));
  }
  return out;
}

void Applier::operator()(const sql::DropTable& op) {
  const std::string key = schema_.key(op.table);
  if (schema_.table(key) == nullptr) {
    if (schema_.has_relation(key)) return fail(quoted(key) + " is not a table");
    if (!op.if_exists) missing("table", key);
    schema_.note_dropped(key);  // wherever it came from
    return;
  }
  if (postgres() && !op.cascade) refuse_dependents_of_table(key, dropped_together());
  drop_tables({key});
}

void Applier::refuse_dependents_of_table(const std::string& key, const Keys& together) {
  schema_.for_each_table([&](const std::string& other, const Table& table) {
    if (other == key || together.contains(other)) return;
    for (const Constraint& c : table.constraints) {
      if (c.kind != ConstraintKind::kForeignKey || c.referenced_table != key) continue;
      fail(quoted(key) + " cannot be dropped: the foreign key `" + c.name + "` of " +
           quoted(other) + " refers to it");
    }
    if (contains(table.parents, key) && table.partition_of != key) {
      fail(quoted(key) + " cannot be dropped: " + quoted(other) + " inherits from it");
    }
  });
  refuse_readers_of(key, together);
  schema_.for_each_sequence([&](const std::string& sequence, const Sequence& s) {
    if (s.owner_table == key) refuse_users_of_sequence(sequence, key);
  });
}

/// Drops tables with all that hangs on them.
void Applier::drop_tables(const Keys& keys) {
  Keys partitions;
  for (const std::string& key : keys) {
    const Table* table = schema_.table(key);
    if (table == nullptr) continue;
    const std::vector<Shared<Index>> indexes = table->indexes;
    const std::string schema = table->schema;
    if (table->partitioned) {
      schema_.for_each_table([&](const std::string& other, const Table& t) {
        if (t.partition_of == key && !keys.contains(other)) partitions.insert(other);
      });
    }
    for (const Index& index : indexes) {
      if (!index.name.empty()) schema_.drop_relation(schema_.key(schema, index.name));
    }
    schema_.drop_relation(key);
  }
  drop_sequences([&](const Sequence& s) { return keys.contains(s.owner_table); });
  if (sqlite()) return;  // references and views stay and dangle
  drop_foreign_keys([&](const Constraint& c) { return keys.contains(c.referenced_table); });
  drop_views_of(keys);
  if (!partitions.empty()) drop_tables(partitions);
}

static void redirect(Table& table, const std::string& from, const std::string& to) {
  for (Shared<Constraint>& c : table.constraints) {
    if (c->referenced_table == from) c.edit().referenced_table = to;
  }
  replace_name(table.parents, from, to);
  if (table.partition_of == from) table.partition_of = to;
  for (Shared<Trigger>& t : table.triggers) {
    if (contains(t->mentioned_relations, from))
      replace_name(t.edit().mentioned_relations, from, to);
  }
}

/// Gives a table or view another key. Whatever refers to it follows, as in both engines.
void Applier::move_relation(const std::string& from, const std::string& to) {
  const std::string new_schema = to.substr(0, to.find('.'));
  const std::string new_name = to.substr(to.find('.') + 1);
  if (const Table* source = schema_.table(from)) {
    Table moved = *source;
    for (const Index& index : moved.indexes) {
      if (index.name.empty()) continue;
      schema_.drop_relation(schema_.key(moved.schema, index.name));
      schema_.put_relation(schema_.key(new_schema, index.name), IndexName{to});
    }
    moved.schema = new_schema;
    moved.name = new_name;
    redirect(moved, from, to);
    schema_.drop_relation(from);
    schema_.put_relation(to, std::move(moved));
  } else if (const View* view = schema_.view(from)) {
    View moved = *view;
    moved.schema = new_schema;
    moved.name = new_name;
    schema_.drop_relation(from);
    schema_.put_relation(to, std::move(moved));
  } else {
    return;
  }
  std::vector<std::pair<std::string, Object>> followers;
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    const bool refers =
        contains(table.parents, from) ||
        std::any_of(table.triggers.begin(), table.triggers.end(),
                    [&](const Trigger& t) { return contains(t.mentioned_relations, from); }) ||
        std::any_of(table.constraints.begin(), table.constraints.end(),
                    [&](const Constraint& c) { return c.referenced_table == from; });
    if (!refers) return;
    Table changed = table;
    redirect(changed, from, to);
    followers.emplace_back(key, std::move(changed));
  });
  schema_.for_each_view([&](const std::string& key, const View& view) {
    if (!contains(view.relations, from)) return;
    View changed = view;
    replace_name(changed.relations, from, to);
    rename_word(changed.definition, from.substr(from.find('.') + 1), new_name);
    followers.emplace_back(key, std::move(changed));
  });
  schema_.for_each_sequence([&](const std::string& key, const Sequence& sequence) {
    if (sequence.owner_table != from) return;
    Sequence changed = sequence;
    changed.owner_table = to;
    followers.emplace_back(key, std::move(changed));
  });
  for (auto& [key, object] : followers) schema_.put_relation(key, std::move(object));
}

void Applier::operator()(const sql::RenameTable& op) {
  const std::string from = schema_.key(op.table.name);
  const std::string to = from.substr(0, from.find('.') + 1) + op.new_name.id;
  if (!schema_.has_relation(from)) {
    if (op.table.if_exists && schema_.surely_absent(from)) return;
    if (!op.table.if_exists) missing("table", from);
    schema_.put_relation(from, stub(from, op.table.name));
  }
  if (schema_.has_relation(to)) fail("relation " + quoted(to) + " exists already");
  if (schema_.sequence(from) != nullptr) {  // ALTER TABLE takes sequences and indexes, too
    rename_sequence(from, to);
  } else if (schema_.table_of_index(from) != nullptr) {
    rename_index(from, to, op.new_name.id);
  }
  if (sqlite()) refuse_dangling_programs();
  const bool replaces = schema_.was_dropped(to);
  move_relation(from, to);
  if (Table* table = replaces ? schema_.own_table(to) : nullptr) table->replaces = true;
}

void Applier::operator()(const sql::AttachPartition& op) {
  const Table* parent = schema_.table(op.table.name);
  if (parent == nullptr) missing("table", schema_.key(op.table.name));
  const Table from = parent == nullptr ? Table{} : *parent;
  Table* table = table_to_change(op.partition);
  if (table == nullptr) return;
  table->partition_of = schema_.key(op.table.name);
  table->parents.push_back(table->partition_of);
  table->partition_bound = normal_text(op.bound.of(text_), engine_);
  copy_indexes(*table, from, false);
}

void Applier::operator()(const sql::DetachPartition& op) {
  Table* table = table_to_change(op.partition);
  if (table == nullptr) return;
  std::erase(table->parents, table->partition_of);
  table->partition_of.clear();
  table->partition_bound.clear();
}

void Applier::operator()(const sql::SetInheritance& op) {
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  const std::string parent = schema_.key(op.parent);
  if (op.inherit) {
    table->parents.push_back(parent);
  } else if (std::erase(table->parents, parent) == 0 && table->known) {
    fail(quoted(parent) + " is no parent of `" + table->name + "`");
  }
}

void Applier::operator()(const sql::SetTableOption& op) {
  using What = sql::SetTableOption::What;
  Attributes* attributes = nullptr;
  if (Table* table = table_to_change(op.table)) {
    if (op.what == What::kLogged || op.what == What::kUnlogged) {
      table->unlogged = op.what == What::kUnlogged;
      return;
    }
    if (op.what == What::kTriggerState) {
      const bool all = op.name.id == "all" || op.name.id == "user";
      bool found = false;
      for (Shared<Trigger>& t : table->triggers) {
        if (!all && t->name != op.name.id) continue;
        found = true;
        t.edit().enabled = op.value == "enable" ? "" : op.value;
      }
      if (!all && !found && table->known) {
        fail("trigger `" + op.name.id + "` of `" + table->name + "` does not exist");
      }
      return;
    }
    attributes = &table->attributes;
  } else if (View* view = schema_.own_view(schema_.key(op.table.name))) {
    attributes = &view->attributes;
  } else if (const Table* owner = schema_.table_of_index(schema_.key(op.table.name))) {
    for (Shared<Index>& i : schema_.own_table(schema_.key(owner->schema, owner->name))->indexes) {
      if (i->name == op.table.name.name.id) attributes = &i.edit().attributes;
    }
  }
  if (attributes == nullptr) return;
  switch (op.what) {
    case What::kParameters: set_options(*attributes, op.options, false); break;
    case What::kResetParameters: set_options(*attributes, op.options, true); break;
    case What::kAccessMethod: attributes->set("access method", op.name.id); break;
    case What::kTablespace: attributes->set("tablespace", op.name.id); break;
    case What::kReplicaIdentity:
      if (op.value == "default") {
        attributes->erase("replica identity");
      } else {
        attributes->set("replica identity", op.value + " " + op.name.id);
      }
      break;
    case What::kClusterOn: attributes->set("cluster on", op.name.id); break;
    case What::kWithoutCluster: attributes->erase("cluster on"); break;
    case What::kOfType: attributes->set("of type", op.name.id); break;
    case What::kNotOfType: attributes->erase("of type"); break;
    case What::kRowSecurity: {
      const bool forced = op.value.ends_with("force");
      const bool on = op.value == "enable" || op.value == "force";
      const char* name = forced ? "forced row security" : "row security";
      if (on) {
        attributes->set(name, "on");
      } else {
        attributes->erase(name);
      }
      break;
    }
    case What::kRuleState: attributes->set("rule " + op.name.id, op.value); break;
    default: uncertain("a setting of a table"); break;
  }
}

void Applier::set_options(Attributes& attributes, const std::vector<sql::Option>& options,
                          bool reset) {
  for (const sql::Option& option : options) {
    const std::string name = "option " + option.name.id;
    if (reset) {
      attributes.erase(name);
    } else {
      attributes.set(name, option.value);
    }
  }
}

}  // namespace belay::schema

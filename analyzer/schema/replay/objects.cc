// Objects of any kind: extensions and schemas, DROP, RENAME, SET SCHEMA, comments and privileges.

#include <algorithm>
#include <array>

#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

using sql::ObjectKind;

void Applier::operator()(const sql::CreateExtension& op) {
  const std::string key = Schema::other_key(ObjectKind::kExtension, op.extension.id);
  if (schema_.other(key) != nullptr) {
    if (!op.if_not_exists) fail("extension `" + op.extension.id + "` exists already");
    return;
  }
  schema_.put_other(
      {ObjectKind::kExtension, op.extension.id, "schema " + op.schema.id, {}, origin_});
}

void Applier::operator()(const sql::CreateSchema& op) {
  const std::string key = Schema::other_key(ObjectKind::kSchema, op.schema.id);
  if (schema_.other(key) != nullptr || op.schema.id == "public") {
    if (!op.if_not_exists) fail("schema `" + op.schema.id + "` exists already");
    return;
  }
  schema_.put_other({ObjectKind::kSchema, op.schema.id, "", {}, origin_});
}

/// Objects that belong to the whole server, not to the database that the schema tells of.
static bool is_of_the_server(ObjectKind kind) {
  return kind == ObjectKind::kRole || kind == ObjectKind::kDatabase ||
         kind == ObjectKind::kTablespace;
}

void Applier::operator()(const sql::CreateObject& op) {
  if (is_of_the_server(op.kind)) return;
  const std::string name = op.name.to_string();
  const std::string key = Schema::other_key(op.kind, name);
  if (schema_.other(key) != nullptr) {
    if (!op.if_not_exists) fail("`" + name + "` exists already");
    return;
  }
  schema_.put_other({op.kind, name, normal_text(text_, engine_), {}, origin_});
}

void Applier::operator()(const sql::AlterObject& op) {
  if (is_of_the_server(op.kind)) return;
  const std::string key = Schema::other_key(op.kind, op.name.to_string());
  if (OtherObject* object = schema_.own_other(key)) {
    object->attributes.set("altered " + op.what, normal_text(text_, engine_));
  } else {
    uncertain("a change of " + std::string(sql::object_kind_name(op.kind)) + " `" +
              op.name.to_string() + "`");
  }
}

/// Whether a default takes its values from the sequence of that name.
static bool draws_from_any(const Column& column) {
  return column.default_value && contains(column.default_value->functions, "nextval");
}

static bool draws_from(const Column& column, std::string_view name) {
  if (!draws_from_any(column)) return false;
  const std::string& text = column.default_value->text;
  const std::string end = std::string(name) + "'";
  return text.find("'" + end) != std::string::npos || text.find("." + end) != std::string::npos;
}

Keys Applier::users_of_sequence(const std::string& key) const {
  const std::string_view name = std::string_view(key).substr(key.find('.') + 1);
  Keys out;
  schema_.for_each_table([&](const std::string& table, const Table& t) {
    const bool uses = std::any_of(t.columns.begin(), t.columns.end(),
                                  [&](const Column& c) { return draws_from(c, name); });
    if (uses) out.insert(table);
  });
  return out;
}

void Applier::refuse_users_of_sequence(const std::string& key, const std::string& besides,
                                       std::string_view column) {
  const std::string_view name = std::string_view(key).substr(key.find('.') + 1);
  for (const std::string& user : users_of_sequence(key)) {
    for (const Column& c : schema_.table(user)->columns) {
      if (!draws_from(c, name) || (user == besides && (column.empty() || c.name == column)))
        continue;
      fail(quoted(key) + " cannot be dropped: `" + c.name + "` of " + quoted(user) + " needs it");
    }
  }
}

void Applier::clear_defaults_from(const Keys& sequences) {
  if (sequences.empty()) return;
  const auto draws = [&](const Column& c) {
    return draws_from_any(c) &&
           std::any_of(sequences.begin(), sequences.end(), [&](const std::string& key) {
             return draws_from(c, std::string_view(key).substr(key.find('.') + 1));
           });
  };
  Keys users;
  schema_.for_each_table([&](const std::string& table, const Table& t) {
    if (std::any_of(t.columns.begin(), t.columns.end(), draws)) users.insert(table);
  });
  for (const std::string& user : users) {
    for (Shared<Column>& c : schema_.own_table(user)->columns) {
      if (draws(c)) c.edit().default_value.reset();
    }
  }
}

void Applier::drop_relation_object(const sql::DropObject& op) {
  const std::string key = schema_.key(op.name);
  if (!schema_.has_relation(key)) {
    if (!op.if_exists) missing(sql::object_kind_name(op.kind), key);
    return;
  }
  const bool view = op.kind != ObjectKind::kSequence;
  if (view ? schema_.view(key) == nullptr : schema_.sequence(key) == nullptr) {
    fail(quoted(key) + " is no " + std::string(sql::object_kind_name(op.kind)));
    return;
  }
  if (view) {
    const bool materialized = op.kind == ObjectKind::kMaterializedView;
    if (schema_.view(key)->materialized != materialized) {
      fail(quoted(key) + " is no " + std::string(sql::object_kind_name(op.kind)));
    }
    if (postgres() && !op.cascade) refuse_readers_of(key, dropped_together());
    for (const Index& i : std::vector<Shared<Index>>(schema_.view(key)->indexes)) {
      schema_.drop_relation(schema_.key(schema_.view(key)->schema, i.name));
    }
    schema_.drop_relation(key);
    if (!sqlite()) drop_views_of({key});
    return;
  }
  const Sequence& sequence = *schema_.sequence(key);
  if (sequence.of_identity) fail(quoted(key) + " belongs to an identity column");
  if (op.cascade) {
    clear_defaults_from({key});
  } else {
    refuse_users_of_sequence(key, "");
  }
  schema_.drop_relation(key);
}

void Applier::drop_trigger(const sql::DropObject& op) {
  const std::string& name = op.name.name.id;
  const auto has = [&](const std::vector<Shared<Trigger>>& triggers) {
    return std::any_of(triggers.begin(), triggers.end(),
                       [&](const Trigger& t) { return t.name == name; });
  };
  Keys tables;
  Keys views;
  const std::string only = op.table.empty() ? "" : schema_.key(op.table);
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    if (has(table.triggers) && (only.empty() || only == key)) tables.insert(key);
  });
  schema_.for_each_view([&](const std::string& key, const View& view) {
    if (has(view.triggers) && (only.empty() || only == key)) views.insert(key);
  });
  if (tables.empty() && views.empty() && !op.if_exists) {
    const Table* table = only.empty() ? nullptr : schema_.table(only);
    if (table != nullptr && table->known) {
      fail("trigger `" + name + "` of `" + table->name + "` does not exist");
    } else {
      missing("trigger", only.empty() ? schema_.key("", name) : only);
    }
  }
  for (const std::string& key : tables) {
    std::erase_if(schema_.own_table(key)->triggers,
                  [&](const Trigger& t) { return t.name == name; });
  }
  for (const std::string& key : views) {
    std::erase_if(schema_.own_view(key)->triggers,
                  [&](const Trigger& t) { return t.name == name; });
  }
}

void Applier::drop_rule(const sql::DropObject& op) {
  const std::string key = schema_.key(op.table);
  const Table* table = schema_.table(key);
  if (table == nullptr) {
    if (!op.if_exists) missing("table", key);
    return;
  }
  const auto same = [&](const TableRule& r) {
    return r.kind == op.kind && r.name == op.name.name.id;
  };
  const bool found = std::any_of(table->rules.begin(), table->rules.end(), same);
  if (!found && !op.if_exists && table->known) {
    fail("`" + op.name.name.id + "` of `" + table->name + "` does not exist");
  }
  if (found) std::erase_if(schema_.own_table(key)->rules, same);
}

void Applier::drop_type(const sql::DropObject& op) {
  const std::string key = schema_.key(op.name);
  if (schema_.type_at(key) == nullptr) {
    if (!op.if_exists) missing("type", key);
    return;
  }
  if (op.kind == ObjectKind::kDomain && schema_.type_at(key)->form != UserType::Form::kDomain) {
    fail(quoted(key) + " is no domain");
  }
  const std::string user = user_of_type(key);
  if (!user.empty()) {
    if (op.cascade) {
      uncertain("a type that is dropped with all that uses it");
    } else {
      fail("type " + quoted(key) + " cannot be dropped: " + user + " uses it");
    }
  }
  schema_.drop_type(key);
}

void Applier::drop_function(const sql::DropObject& op) {
  const std::string key = schema_.key(op.name);
  const Overloads* found = schema_.functions(op.name);
  if (found == nullptr) {
    if (!op.if_exists) missing("function", key);
    return;
  }
  std::string arguments;
  for (const sql::TypeName& t : op.argument_types) {
    arguments += (arguments.empty() ? "" : ",") + t.to_string();
  }
  const bool there =
      !op.has_arguments || std::any_of(found->functions.begin(), found->functions.end(),
                                       [&](const Function& f) { return f.arguments == arguments; });
  if (!there) {
    if (!op.if_exists) fail("function " + quoted(key) + " (" + arguments + ") does not exist");
    return;
  }
  if (!op.has_arguments && found->functions.size() > 1) {
    fail("there are several functions " + quoted(key));
    return;
  }
  const std::string user = user_of_function(key);
  if (!user.empty()) {
    if (found->functions.size() > 1) {
      may_fail("function " + quoted(key) + " may be needed by " + user);
    } else if (op.cascade) {
      Keys owners;
      schema_.for_each_table([&](const std::string& table, const Table& t) {
        if (std::any_of(t.triggers.begin(), t.triggers.end(),
                        [&](const Trigger& trigger) { return trigger.function == key; })) {
          owners.insert(table);
        }
      });
      for (const std::string& table : owners) {
        std::erase_if(schema_.own_table(table)->triggers,
                      [&](const Trigger& t) { return t.function == key; });
      }
      if (!user_of_function(key).empty()) {
        uncertain("a function that is dropped with all that uses it");
      }
    } else {
      fail("function " + quoted(key) + " cannot be dropped: " + user + " uses it");
    }
  }
  schema_.drop_function(key, op.has_arguments ? &arguments : nullptr);
}

void Applier::drop_schema(const sql::DropObject& op) {
  const std::string& name = op.name.name.id;
  const std::string key = Schema::other_key(ObjectKind::kSchema, name);
  Keys tables;
  Keys others;
  const std::string prefix = name + ".";
  schema_.for_each_table([&](const std::string& k, const Table&) {
    if (k.starts_with(prefix)) tables.insert(k);
  });
  schema_.for_each_view([&](const std::string& k, const View&) {
    if (k.starts_with(prefix)) others.insert(k);
  });
  schema_.for_each_sequence([&](const std::string& k, const Sequence&) {
    if (k.starts_with(prefix)) others.insert(k);
  });
  Keys types;
  schema_.for_each_type([&](const std::string& k, const UserType&) {
    if (k.starts_with(prefix)) types.insert(k);
  });
  Keys functions;
  schema_.for_each_function([&](const std::string& k, const Function&) {
    if (k.starts_with(prefix)) functions.insert(k);
  });
  const bool empty = tables.empty() && others.empty() && types.empty() && functions.empty();
  if (schema_.other(key) == nullptr && !op.if_exists) {
    // What was made in it tells that it is there.
    if (empty) {
      missing("schema", key);
    } else {
      names_outside_object("the schema `" + name + "`");
    }
  }
  if (!empty && !op.cascade) fail("schema `" + name + "` is not empty");
  drop_tables(tables);
  for (const std::string& k : others) schema_.drop_relation(k);
  drop_views_of(std::move(others));
  for (const std::string& k : types) schema_.drop_type(k);
  for (const std::string& k : functions) schema_.drop_function(k, nullptr);
  schema_.drop_other(key);
}

void Applier::operator()(const sql::DropObject& op) {
  switch (op.kind) {
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kSequence: return drop_relation_object(op);
    case ObjectKind::kType:
    case ObjectKind::kDomain: return drop_type(op);
    case ObjectKind::kFunction: return drop_function(op);
    case ObjectKind::kTrigger: return drop_trigger(op);
    case ObjectKind::kRule:
    case ObjectKind::kPolicy: return drop_rule(op);
    case ObjectKind::kSchema: return drop_schema(op);
    default: break;
  }
  if (is_of_the_server(op.kind)) return;
  const std::string key = Schema::other_key(op.kind, op.name.to_string());
  if (schema_.other(key) == nullptr) {
    if (!op.if_exists) missing(sql::object_kind_name(op.kind), key);
    return;
  }
  schema_.drop_other(key);
  if (op.kind == ObjectKind::kExtension && op.cascade) {
    uncertain("an extension that is dropped with all that uses it");
  }
}

void Applier::rename_index(const std::string& from, const std::string& to,
                           const std::string& new_name) {
  const Table* owner = schema_.table_of_index(from);
  if (owner == nullptr) return;
  const std::string old_name = from.substr(from.find('.') + 1);
  const std::string key = schema_.key(owner->schema, owner->name);
  Table& table = *schema_.own_table(key);
  for (Shared<Index>& i : table.indexes) {
    if (i->name != old_name) continue;
    i.edit().name = new_name;
    for (Shared<Constraint>& c : table.constraints) {
      if (i->of_constraint && c->name == old_name) c.edit().name = new_name;
    }
  }
  schema_.drop_relation(from);
  schema_.put_relation(to, IndexName{key});
}

void Applier::rename_sequence(const std::string& from, const std::string& to) {
  if (schema_.sequence(from) == nullptr) return;
  Sequence moved = *schema_.sequence(from);
  const Keys users = users_of_sequence(from);
  schema_.drop_relation(from);
  schema_.put_relation(to, std::move(moved));
  const std::string old_name = from.substr(from.find('.') + 1);
  const std::string new_name = to.substr(to.find('.') + 1);
  for (const std::string& key : users) {
    for (Shared<Column>& c : schema_.own_table(key)->columns) {
      if (!c->default_value) continue;
      rename_word(c.edit().default_value->text, "'" + old_name + "'", "'" + new_name + "'");
    }
  }
}

void Applier::rename_type(const sql::RenameObject& op) {
  const std::string from = schema_.key(op.name);
  const UserType* found = schema_.type_at(from);
  if (found == nullptr) {
    if (!op.if_exists) missing("type", from);
    uncertain("a renamed type that no migration made");
    return;
  }
  const UserType type = *found;
  const std::string to = from.substr(0, from.find('.') + 1) + op.new_name.id;
  if (schema_.type_at(to) != nullptr) fail("type " + quoted(to) + " exists already");
  schema_.drop_type(from);
  schema_.put_type(to, type);
  rename_type_of_columns(op.name.to_string(), op.name.schema.empty()
                                                  ? op.new_name.id
                                                  : op.name.schema.id + "." + op.new_name.id);
}

void Applier::operator()(const sql::RenameObject& op) {
  const std::string from = schema_.key(op.name);
  const std::string to = from.substr(0, from.find('.') + 1) + op.new_name.id;
  const auto needs_relation = [&] {
    if (schema_.has_relation(from)) {
      if (schema_.has_relation(to)) fail("relation " + quoted(to) + " exists already");
      return true;
    }
    if (!op.if_exists) {
      missing(sql::object_kind_name(op.kind), from);
      uncertain("a renamed object that no migration made");
    }
    return false;
  };
  switch (op.kind) {
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView: {
      if (!needs_relation()) return;
      const View* view = schema_.view(from);
      const bool materialized = op.kind == ObjectKind::kMaterializedView;
      if (view == nullptr || view->materialized != materialized) {
        fail(quoted(from) + " is no " + std::string(sql::object_kind_name(op.kind)));
      }
      move_relation(from, to);
      return;
    }
    case ObjectKind::kIndex:
      if (needs_relation()) rename_index(from, to, op.new_name.id);
      return;
    case ObjectKind::kSequence:
      if (!needs_relation()) return;
      if (schema_.sequence(from) == nullptr) fail(quoted(from) + " is no sequence");
      rename_sequence(from, to);
      return;
    case ObjectKind::kType:
    case ObjectKind::kDomain: return rename_type(op);
    case ObjectKind::kTrigger:
      if (Table* table = schema_.own_table(schema_.key(op.table))) {
        for (Shared<Trigger>& t : table->triggers) {
          if (t->name == op.name.name.id) t.edit().name = op.new_name.id;
        }
        return;
      }
      break;
    case ObjectKind::kRule:
    case ObjectKind::kPolicy:
      if (Table* table = schema_.own_table(schema_.key(op.table))) {
        for (Shared<TableRule>& r : table->rules) {
          if (r->kind == op.kind && r->name == op.name.name.id) r.edit().name = op.new_name.id;
        }
        return;
      }
      break;
    default: break;
  }
  if (!is_of_the_server(op.kind)) {
    uncertain("a renamed " + std::string(sql::object_kind_name(op.kind)));
  }
}

void Applier::operator()(const sql::SetSchema& op) {
  const std::string from = schema_.key(op.name);
  const std::string to = op.new_schema.id + "." + op.name.name.id;
  switch (op.kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
      if (!schema_.has_relation(from)) {
        if (!op.if_exists) missing(sql::object_kind_name(op.kind), from);
        uncertain("a moved relation that no migration made");
        return;
      }
      return move_relation(from, to);
    default: uncertain("a moved " + std::string(sql::object_kind_name(op.kind))); return;
  }
}

void Applier::operator()(const sql::SetOwner& op) {
  if (Attributes* attributes = attributes_of(op.kind, op.name, {})) {
    attributes->set("owner", op.owner);
  }
}

Attributes* Applier::table_part_attributes(ObjectKind kind, const std::string& name, Table& table) {
  const auto find = [&](auto& items) -> Attributes* {
    for (auto& item : items) {
      if (item->name == name) return &item.edit().attributes;
    }
    return nullptr;
  };
  switch (kind) {
    case ObjectKind::kColumn: return find(table.columns);
    case ObjectKind::kConstraint: return find(table.constraints);
    case ObjectKind::kTrigger: return find(table.triggers);
    case ObjectKind::kRule:
    case ObjectKind::kPolicy: return find(table.rules);
    default: return nullptr;
  }
}

Attributes* Applier::attributes_of(ObjectKind kind, const sql::QualifiedName& name,
                                   const sql::QualifiedName& table_name) {
  const std::string key = schema_.key(name);
  switch (kind) {
    case ObjectKind::kTable:
    case ObjectKind::kForeignTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kSequence:
      if (Table* table = schema_.own_table(key)) return &table->attributes;
      if (View* view = schema_.own_view(key)) return &view->attributes;
      if (Sequence* sequence = schema_.own_sequence(key)) return &sequence->attributes;
      return nullptr;
    case ObjectKind::kIndex: {
      const Table* owner = schema_.table_of_index(key);
      if (owner == nullptr) return nullptr;
      for (Shared<Index>& i : schema_.own_table(schema_.key(owner->schema, owner->name))->indexes) {
        if (i->name == name.name.id) return &i.edit().attributes;
      }
      return nullptr;
    }
    case ObjectKind::kType:
    case ObjectKind::kDomain:
      if (UserType* type = schema_.own_type(key)) return &type->attributes;
      return nullptr;
    case ObjectKind::kFunction:
      if (Overloads* all = schema_.own_functions(key); all != nullptr) {
        return &all->functions.front().edit().attributes;
      }
      return nullptr;
    case ObjectKind::kColumn:
    case ObjectKind::kConstraint:
    case ObjectKind::kTrigger:
    case ObjectKind::kRule:
    case ObjectKind::kPolicy: {
      Table* table = schema_.own_table(schema_.key(table_name));
      if (table != nullptr) return table_part_attributes(kind, name.name.id, *table);
      View* view = schema_.own_view(schema_.key(table_name));
      return view == nullptr ? nullptr : &view->attributes;
    }
    default:
      if (OtherObject* object = schema_.own_other(Schema::other_key(kind, name.to_string()))) {
        return &object->attributes;
      }
      return nullptr;
  }
}

void Applier::operator()(const sql::Comment& op) {
  if (is_of_the_server(op.kind)) return;
  Attributes* attributes = attributes_of(op.kind, op.name, op.table);
  if (attributes == nullptr) {
    uncertain("a comment on something that no migration made");
    return;
  }
  std::string name = "comment";
  const bool of_view = op.kind == ObjectKind::kColumn && schema_.view(schema_.key(op.table));
  if (of_view) name += " " + op.name.name.id;
  if (op.text && !op.text->empty()) {
    attributes->set(name, *op.text);
  } else {
    attributes->erase(name);
  }
}

void Applier::operator()(const sql::Grant& op) {
  if (op.all_in_schema || op.default_privileges) {
    uncertain("privileges on all objects of a kind");
    return;
  }
  for (const sql::QualifiedName& object : op.objects) {
    if (is_of_the_server(op.kind)) continue;
    Attributes* attributes = attributes_of(op.kind, object, {});
    if (attributes == nullptr) {
      uncertain("privileges on something that no migration made");
      continue;
    }
    std::vector<std::string> privileges = op.privileges;
    if (privileges.empty()) privileges.emplace_back("all");
    // From the first GRANT on the catalog lists the owner's own privileges, too.
    attributes->set("privileges", "listed");
    for (const std::string& privilege : privileges) {
      for (const std::string& grantee : op.grantees) {
        const std::string name = "privilege " + privilege + " of " + grantee;
        if (op.grant) {
          attributes->set(name, op.with_grant_option ? "with grant option" : "granted");
        } else {
          attributes->erase(name);
        }
      }
    }
  }
}

}  // namespace belay::schema

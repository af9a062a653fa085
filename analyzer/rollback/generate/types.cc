#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/sql/quoted_name.h"
#include "support/ascii.h"
#include "support/contains.h"

namespace belay::rollback {

using schema::UserType;
using sql::ObjectKind;
using Form = schema::UserType::Form;

// --- types

void Generator::add_types() {
  // Enums first: the others may be made of them.
  for (const bool enums : {true, false}) {
    before_.for_each_type([&](const std::string& key, const UserType& type) {
      if (now().type_at(key) != nullptr || (type.form == Form::kEnum) != enums) return;
      if (type.form != Form::kOther) return draft_.write(want_.type_definition(key, type));
      if (const auto text = originals_.type(type, want_.object(key))) return draft_.write(*text);
      not_restored("the type " + before_.display(key) + ", whose definition is not at hand");
    });
  }
}

void Generator::alter_types() {
  before_.for_each_type([&](const std::string& key, const UserType& to) {
    const UserType* from = now().type_at(key);
    if (from == nullptr || from->form != to.form) return;
    if (to.form == Form::kEnum && from->values != to.values) alter_enum(key, to);
    if (to.form == Form::kDomain) alter_domain(key, to);
    if (to.form == Form::kComposite) alter_composite(key, to);
  });
}

void Generator::alter_enum(const std::string& key, const UserType& to) {
  if (!add_enum_values(key, to)) remake_enum(key, to);
}

/// Values can only be added: true where that is all there is to do.
bool Generator::add_enum_values(const std::string& key, const UserType& to) {
  std::vector<std::string> common;
  for (const std::string& v : to.values) {
    if (contains(now().type_at(key)->values, v)) common.push_back(v);
  }
  if (common != now().type_at(key)->values) return false;
  const std::string alter = "ALTER TYPE " + have().object(key) + " ADD VALUE ";
  for (size_t i = 0; i < to.values.size(); ++i) {
    if (contains(now().type_at(key)->values, to.values[i])) continue;
    const std::string value = sql::quoted_string(to.values[i]);
    if (i > 0) {
      draft_.write(alter + value + " AFTER " + sql::quoted_string(to.values[i - 1]));
    } else if (common.empty()) {
      draft_.write(alter + value);
    } else {
      draft_.write(alter + value + " BEFORE " + sql::quoted_string(common.front()));
    }
  }
  return true;
}

/// PostgreSQL cannot take a value out of an enum. The type is made anew under its name, and the
/// columns move over; what reads them by the old type's values goes first and comes back later.
void Generator::remake_enum(const std::string& key, const UserType& to) {
  struct Use {
    std::string table;
    schema::Column column;
  };
  std::vector<Use> uses;
  now().for_each_table([&](const std::string& table, const schema::Table& t) {
    for (const schema::Column& c : t.columns) {
      const bool qualified = c.type.name.find('.') != std::string::npos;
      const std::string type = qualified ? c.type.name : now().key("", c.type.name);
      if (type != key) continue;
      // A column that goes anyway goes now.
      const schema::Table* old = before_.table(table);
      if (old != nullptr && old->column(c.name) == nullptr) continue;
      uses.push_back({table, c});
    }
  });
  std::string gone;
  for (const std::string& v : now().type_at(key)->values) {
    if (!contains(to.values, v)) gone += (gone.empty() ? "" : ", ") + sql::quoted_string(v);
  }
  drop_extra_columns();
  for (const Use& use : uses) {
    const schema::Table table = *now().table(use.table);
    for (const schema::Index& i : table.indexes) {
      const bool reads =
          contains(i.mentioned_columns, use.column.name) && (i.partial || contains(i.columns, ""));
      if (reads && !i.of_constraint)
        draft_.write("DROP INDEX " + have().object(table.schema + "." + i.name));
    }
    for (const schema::Constraint& c : table.constraints) {
      if (c.kind != sql::ConstraintKind::kCheck || !contains(c.columns, use.column.name)) continue;
      draft_.write("ALTER TABLE " + have().object(use.table) + " DROP CONSTRAINT " +
                   have().name(c.name));
    }
  }
  const std::string type = have().object(key);
  const std::string aside = std::string(bare_name(key)) + "__old";
  if (!gone.empty()) {
    draft_.say(
        "PostgreSQL cannot remove values from an enum, so the type is made anew. Rows that hold");
    draft_.say(gone + " stop this: change them first.");
  }
  draft_.write("ALTER TYPE " + type + " RENAME TO " + have().name(aside));
  draft_.write(want_.type_definition(key, to));
  for (const Use& use : uses) {
    const std::string alter =
        "ALTER TABLE " + have().object(use.table) + " ALTER COLUMN " + have().name(use.column.name);
    if (use.column.default_value) draft_.write(alter + " DROP DEFAULT");
    std::string array;
    for (int i = 0; i < use.column.type.array_dimensions; ++i) array += "[]";
    draft_.write(alter + " TYPE " + type + array + " USING " + have().name(use.column.name) +
                 "::text" + array + "::" + type + array);
    if (use.column.default_value) {
      draft_.write(alter + " SET DEFAULT " + want_.text(*use.column.default_value));
    }
  }
  const std::string old_key = std::string(schema_of(key)) + "." + aside;
  draft_.write("DROP TYPE " + have().object(old_key));
}

void Generator::alter_domain(const std::string& key, const UserType& to) {
  const std::string alter = "ALTER DOMAIN " + have().object(key) + " ";
  const UserType from = *now().type_at(key);
  const auto text = [](const UserType& t) {
    return t.default_value ? t.default_value->text : std::string();
  };
  if (text(from) != text(to)) {
    draft_.write(to.default_value ? alter + "SET DEFAULT " + want_.text(*to.default_value)
                                  : alter + "DROP DEFAULT");
  }
  if (from.not_null != to.not_null)
    draft_.write(alter + (to.not_null ? "SET" : "DROP") + " NOT NULL");
  const auto find = [](const UserType& t,
                       const schema::Constraint& like) -> const schema::Constraint* {
    for (const schema::Constraint& c : t.constraints) {
      if (c.name == like.name && c.check.text == like.check.text && c.validated == like.validated) {
        return &c;
      }
    }
    return nullptr;
  };
  for (const schema::Constraint& c : from.constraints) {
    if (find(to, c) == nullptr) draft_.write(alter + "DROP CONSTRAINT " + have().name(c.name));
  }
  for (const schema::Constraint& c : to.constraints) {
    if (find(from, c) != nullptr) continue;
    draft_.write(alter + "ADD CONSTRAINT " + want_.name(c.name) + " CHECK (" + want_.text(c.check) +
                 ")" + (c.validated ? "" : " NOT VALID"));
  }
}

void Generator::alter_composite(const std::string& key, const UserType& to) {
  const std::string alter = "ALTER TYPE " + have().object(key) + " ";
  const UserType from = *now().type_at(key);
  const auto find = [](const UserType& t, const schema::Column& like) -> const schema::Column* {
    for (const schema::Column& c : t.fields) {
      if (c.name == like.name) return &c;
    }
    return nullptr;
  };
  for (const schema::Column& c : from.fields) {
    if (find(to, c) == nullptr) draft_.write(alter + "DROP ATTRIBUTE " + have().name(c.name));
  }
  for (const schema::Column& c : to.fields) {
    const schema::Column* have_it = find(from, c);
    if (have_it == nullptr) {
      draft_.write(alter + "ADD ATTRIBUTE " + want_.name(c.name) + " " + want_.type(c.type));
    } else if (have_it->type != c.type) {
      draft_.write(alter + "ALTER ATTRIBUTE " + want_.name(c.name) + " TYPE " + want_.type(c.type));
    }
  }
}

void Generator::drop_types() {
  Keys enums;
  Keys others;
  now().for_each_type([&](const std::string& key, const UserType& type) {
    if (before_.type_at(key) != nullptr) return;
    (type.form == Form::kEnum ? enums : others).insert(key);
  });
  const auto drop = [&](const std::string& key) {
    const bool domain = now().type_at(key)->form == Form::kDomain;
    draft_.write((domain ? "DROP DOMAIN " : "DROP TYPE ") + have().object(key));
  };
  for (const std::string& key : others) drop(key);
  for (const std::string& key : enums) drop(key);
}

// --- sequences

/// Sequences that come with a column are made with it.
static bool comes_with_column(const schema::Schema& schema, const DdlWriter& writer,
                              const schema::Sequence& s) {
  if (s.of_identity) return true;
  const schema::Table* table = schema.table(s.owner_table);
  const schema::Column* column = table == nullptr ? nullptr : table->column(s.owner_column);
  return column != nullptr && writer.is_serial(s.owner_table, *column);
}

void Generator::add_sequences() {
  before_.for_each_sequence([&](const std::string& key, const schema::Sequence& s) {
    if (now().has_relation(key)) return;
    const schema::Table* table = now().table(s.owner_table);
    const bool column_is_made = table == nullptr || table->column(s.owner_column) == nullptr;
    if (comes_with_column(before_, want_, s) && (s.of_identity || column_is_made)) return;
    draft_.say("The sequence begins anew: set it behind the highest value in use (setval).");
    draft_.write(want_.sequence(key, s));
  });
}

void Generator::alter_sequences() {
  before_.for_each_sequence([&](const std::string& key, const schema::Sequence& to) {
    const schema::Sequence* from = now().sequence(key);
    if (from == nullptr || to.of_identity) return;
    if (from->owner_table != to.owner_table || from->owner_column != to.owner_column) {
      const std::string owner =
          to.owner_table.empty() ? "NONE"
                                 : want_.object(to.owner_table) + "." + want_.name(to.owner_column);
      draft_.write("ALTER SEQUENCE " + want_.object(key) + " OWNED BY " + owner);
    }
    static const std::vector<std::pair<std::string, std::string>> kDefaults = {
        {"type", " AS bigint"},       {"increment", " INCREMENT BY 1"}, {"cache", " CACHE 1"},
        {"minvalue", " NO MINVALUE"}, {"maxvalue", " NO MAXVALUE"},     {"cycle", " NO CYCLE"},
        {"start", " START WITH 1"}};
    schema::Sequence changed;
    std::string options;
    for (const auto& [name, standard] : kDefaults) {
      const std::string_view wanted = to.attributes.get(name);
      if (wanted == now().sequence(key)->attributes.get(name)) continue;
      if (wanted.empty()) {
        options += standard;
      } else {
        changed.attributes.set(name, std::string(wanted));
      }
    }
    options += want_.sequence_options(changed);
    if (!options.empty()) draft_.write("ALTER SEQUENCE " + want_.object(key) + options);
  });
}

void Generator::drop_sequences() {
  Keys keys;
  now().for_each_sequence([&](const std::string& key, const schema::Sequence& s) {
    if (before_.sequence(key) == nullptr && !s.of_identity) keys.insert(key);
  });
  for (const std::string& key : keys) draft_.write("DROP SEQUENCE " + have().object(key));
}

// --- schemas, extensions and what has no model of its own

/// Kinds whose name alone says which one is meant.
static bool is_told_by_name(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kExtension:
    case ObjectKind::kSchema:
    case ObjectKind::kStatistics:
    case ObjectKind::kCollation:
    case ObjectKind::kConversion:
    case ObjectKind::kEventTrigger:
    case ObjectKind::kPublication:
    case ObjectKind::kSubscription:
    case ObjectKind::kLanguage:
    case ObjectKind::kForeignServer:
    case ObjectKind::kForeignDataWrapper:
    case ObjectKind::kAccessMethod: return true;
    default: return false;
  }
}

void Generator::add_others() {
  schema::Schema::for_each_difference(
      before_, schema::Schema(now()),
      [&](const std::string&, const schema::Object* to, const schema::Object* from) {
        const auto* object = to == nullptr ? nullptr : std::get_if<schema::OtherObject>(to);
        if (object == nullptr || from != nullptr) return;
        if (object->kind == ObjectKind::kSchema) {
          return draft_.write("CREATE SCHEMA " + want_.name(object->name));
        }
        if (object->kind == ObjectKind::kExtension) {
          const std::string in = object->definition.substr(std::string("schema ").size());
          return draft_.write("CREATE EXTENSION " + want_.name(object->name) +
                              (in.empty() ? "" : " WITH SCHEMA " + want_.name(in)));
        }
        if (const auto text = originals_.other(*object)) draft_.try_to_write(*text);
      });
}

void Generator::drop_others() {
  std::vector<std::string> statements;
  schema::Schema::for_each_difference(
      before_, now(),
      [&](const std::string&, const schema::Object* to, const schema::Object* from) {
        const auto* object = from == nullptr ? nullptr : std::get_if<schema::OtherObject>(from);
        if (object == nullptr || to != nullptr || !is_told_by_name(object->kind)) return;
        statements.push_back("DROP " + ascii::upper(sql::object_kind_name(object->kind)) + " " +
                             want_.dotted(object->name));
      });
  for (const std::string& statement : statements) draft_.write(statement);
}

}  // namespace belay::rollback

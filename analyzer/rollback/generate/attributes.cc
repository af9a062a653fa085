#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/sql/quoted_name.h"
#include "support/ascii.h"

namespace belay::rollback {

using schema::Attributes;
using schema::Table;
using sql::ObjectKind;

/// `what`: the object as COMMENT ON and ALTER name it, without its kind; `table`: that it belongs
/// to, as SQL.
void Generator::compare_attributes(ObjectKind kind, const std::string& what,
                                   const std::string& table, const Attributes& to,
                                   const Attributes& from) {
  std::vector<std::pair<std::string, std::string>> changes;
  for (const auto& [key, value] : to.items()) {
    if (from.get(key) != value) changes.emplace_back(key, value);
  }
  for (const auto& [key, value] : from.items()) {
    const auto same = [&, name = key](const Attributes::Item& item) { return item.first == name; };
    if (std::none_of(to.items().begin(), to.items().end(), same)) changes.emplace_back(key, "");
  }
  for (const auto& [key, value] : changes) {
    set_attribute(kind, what, table, key, value);
  }
}

static std::string quoted_or_null(const std::string& text) {
  return text.empty() ? "NULL" : sql::quoted_string(text);
}

static std::string comment_on(ObjectKind kind, const std::string& what, const std::string& table,
                              const std::string& text) {
  const bool of_table = kind == ObjectKind::kConstraint || kind == ObjectKind::kTrigger ||
                        kind == ObjectKind::kPolicy || kind == ObjectKind::kRule;
  const std::string full = kind == ObjectKind::kColumn ? table + "." + what
                           : of_table                  ? what + " ON " + table
                                                       : what;
  return "COMMENT ON " + ascii::upper(sql::object_kind_name(kind)) + " " + full + " IS " +
         quoted_or_null(text);
}

/// `key`: `privilege select of someone`.
static std::string privilege(ObjectKind kind, const std::string& what, const std::string& key,
                             const std::string& value) {
  const size_t of = key.find(" of ");
  const std::string name = ascii::upper(key.substr(10, of - 10));
  const std::string grantee = key.substr(of + 4);
  const bool is_table = kind == ObjectKind::kTable || kind == ObjectKind::kView ||
                        kind == ObjectKind::kMaterializedView;
  const std::string object =
      (is_table ? "TABLE" : ascii::upper(sql::object_kind_name(kind))) + " " + what;
  if (value.empty()) return "REVOKE " + name + " ON " + object + " FROM " + grantee;
  return "GRANT " + name + " ON " + object + " TO " + grantee +
         (value == "with grant option" ? " WITH GRANT OPTION" : "");
}

static std::string column_setting(const std::string& alter, const std::string& key,
                                  const std::string& value) {
  if (key == "statistics") return alter + "SET STATISTICS " + (value.empty() ? "-1" : value);
  if (key == "storage" && !value.empty()) return alter + "SET STORAGE " + ascii::upper(value);
  if (key == "compression") return alter + "SET COMPRESSION " + (value.empty() ? "default" : value);
  return "";
}

static std::string replica_identity(const std::string& value, const DdlWriter& writer) {
  if (value.starts_with("full")) return "FULL";
  if (value.starts_with("nothing")) return "NOTHING";
  const size_t space = value.find(' ');
  if (value.empty() || space == std::string::npos) return "DEFAULT";
  return "USING INDEX " + writer.name(value.substr(space + 1));
}

static std::string table_setting(const std::string& alter, const std::string& key,
                                 const std::string& value, const DdlWriter& writer) {
  const bool none = value.empty();
  if (key == "row security") return alter + (none ? "DISABLE" : "ENABLE") + " ROW LEVEL SECURITY";
  if (key == "forced row security") {
    return alter + (none ? "NO FORCE" : "FORCE") + " ROW LEVEL SECURITY";
  }
  if (key == "replica identity")
    return alter + "REPLICA IDENTITY " + replica_identity(value, writer);
  if (key == "cluster on") {
    return alter + (none ? "SET WITHOUT CLUSTER" : "CLUSTER ON " + writer.name(value));
  }
  if (key == "tablespace") {
    return alter + "SET TABLESPACE " + (none ? "pg_default" : writer.name(value));
  }
  if (key == "access method") {
    return alter + "SET ACCESS METHOD " + (none ? "heap" : writer.name(value));
  }
  if (key.starts_with("rule ")) {
    return alter + (none || value == "enable" ? "ENABLE" : ascii::upper(value)) + " RULE " +
           writer.name(key.substr(5));
  }
  return "";
}

/// Whether ALTER ... SET (name = value) knows the kind.
static bool has_options(ObjectKind kind) {
  return kind == ObjectKind::kColumn || kind == ObjectKind::kTable || kind == ObjectKind::kIndex ||
         kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView;
}

/// Brings one attribute back; an empty value is the engine's default. What no statement can bring
/// back is told at the end, as everything that differs then.
void Generator::set_attribute(ObjectKind kind, const std::string& what, const std::string& table,
                              const std::string& key, const std::string& value) {
  const std::string kind_word = ascii::upper(sql::object_kind_name(kind));
  const bool column = kind == ObjectKind::kColumn;
  const std::string alter = column ? "ALTER TABLE " + table + " ALTER COLUMN " + what + " "
                                   : "ALTER " + kind_word + " " + what + " ";
  std::string statement;
  if (key == "comment") {
    statement = comment_on(kind, what, table, value);
  } else if (key.starts_with("comment ")) {  // of a view's column
    statement = "COMMENT ON COLUMN " + what + "." + want_.name(key.substr(8)) + " IS " +
                quoted_or_null(value);
  } else if (key == "owner") {
    if (!value.empty()) statement = alter + "OWNER TO " + value;
  } else if (key.starts_with("privilege ")) {
    statement = privilege(kind, what, key, value);
  } else if (key.starts_with("option ")) {
    const std::string option = key.substr(7);
    if (has_options(kind)) {
      statement = alter + (value.empty() ? "RESET (" + option + ")"
                                         : "SET (" + option + " = " + value + ")");
    }
  } else if (column) {
    statement = column_setting(alter, key, value);
  } else if (kind == ObjectKind::kTable) {
    statement = table_setting(alter, key, value, want_);
  }
  if (!statement.empty()) draft_.write(statement);
}

void Generator::set_table_attributes() {
  before_.for_each_table([&](const std::string& key, const Table& to) {
    const Table* have_table = now().table(key);
    if (have_table == nullptr) return;
    const Table from = *have_table;
    const std::string table = want_.object(key);
    if (to.known && from.known && to.unlogged != from.unlogged) {
      draft_.write("ALTER TABLE " + table + (to.unlogged ? " SET UNLOGGED" : " SET LOGGED"));
    }
    compare_attributes(ObjectKind::kTable, table, table, to.attributes, from.attributes);
    for (const schema::Column& c : to.columns) {
      if (const schema::Column* other = from.column(c.name)) {
        compare_attributes(ObjectKind::kColumn, want_.name(c.name), table, c.attributes,
                           other->attributes);
      }
    }
    for (const schema::Constraint& c : to.constraints) {
      if (const schema::Constraint* other = from.constraint(c.name)) {
        compare_attributes(ObjectKind::kConstraint, want_.name(c.name), table, c.attributes,
                           other->attributes);
      }
    }
    for (const schema::Index& i : to.indexes) {
      if (const schema::Index* other = from.index(i.name)) {
        compare_attributes(ObjectKind::kIndex, want_.object(to.schema + "." + i.name), table,
                           i.attributes, other->attributes);
      }
    }
    for (const schema::Trigger& t : to.triggers) {
      for (const schema::Trigger& other : from.triggers) {
        if (other.name != t.name) continue;
        compare_attributes(ObjectKind::kTrigger, want_.name(t.name), table, t.attributes,
                           other.attributes);
      }
    }
    for (const schema::TableRule& r : to.rules) {
      for (const schema::TableRule& other : from.rules) {
        if (other.name != r.name || other.kind != r.kind) continue;
        compare_attributes(r.kind, want_.name(r.name), table, r.attributes, other.attributes);
      }
    }
  });
}

/// A table that the history never made, and whose history begins with what the up set on it.
void Generator::reset_outside_tables() {
  std::vector<std::pair<std::string, Attributes>> outside;
  now().for_each_table([&](const std::string& key, const Table& from) {
    if (before_.table(key) == nullptr && !from.known) outside.emplace_back(key, from.attributes);
  });
  for (const auto& [key, attributes] : outside) {
    compare_attributes(ObjectKind::kTable, want_.object(key), want_.object(key), {}, attributes);
  }
}

void Generator::set_attributes() {
  set_table_attributes();
  reset_outside_tables();
  before_.for_each_view([&](const std::string& key, const schema::View& to) {
    const schema::View* from = now().view(key);
    if (from == nullptr) return;
    const ObjectKind kind = to.materialized ? ObjectKind::kMaterializedView : ObjectKind::kView;
    compare_attributes(kind, want_.object(key), "", to.attributes, Attributes(from->attributes));
  });
  before_.for_each_type([&](const std::string& key, const schema::UserType& to) {
    const schema::UserType* from = now().type_at(key);
    if (from == nullptr) return;
    const bool domain = to.form == schema::UserType::Form::kDomain;
    compare_attributes(domain ? ObjectKind::kDomain : ObjectKind::kType, want_.object(key), "",
                       to.attributes, Attributes(from->attributes));
  });
  before_.for_each_sequence([&](const std::string& key, const schema::Sequence& to) {
    const schema::Sequence* from = now().sequence(key);
    if (from == nullptr) return;
    compare_attributes(ObjectKind::kSequence, want_.object(key), "", to.attributes,
                       Attributes(from->attributes));
  });
  before_.for_each_function([&](const std::string& key, const schema::Function& to) {
    const schema::Function* from = nullptr;
    now().for_each_function([&](const std::string& k, const schema::Function& f) {
      if (k == key && f.arguments == to.arguments) from = &f;
    });
    if (from == nullptr) return;
    compare_attributes(ObjectKind::kFunction, want_.object(key) + "(" + to.arguments + ")", "",
                       to.attributes, Attributes(from->attributes));
  });
  std::vector<std::pair<schema::OtherObject, schema::OtherObject>> others;
  schema::Schema::for_each_difference(
      before_, now(),
      [&](const std::string&, const schema::Object* to, const schema::Object* from) {
        if (to == nullptr || from == nullptr) return;
        const auto* a = std::get_if<schema::OtherObject>(to);
        const auto* b = std::get_if<schema::OtherObject>(from);
        if (a != nullptr && b != nullptr) others.emplace_back(*a, *b);
      });
  for (const auto& [to, from] : others) {
    compare_attributes(to.kind, want_.dotted(to.name), "", to.attributes, from.attributes);
  }
}

}  // namespace belay::rollback

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

void Generator::set_attribute(ObjectKind kind, const std::string& what, const std::string& table,
                              const std::string& key, const std::string& value) {
  const std::string kind_word = ascii::upper(sql::object_kind_name(kind));
  const bool of_table = kind == ObjectKind::kConstraint || kind == ObjectKind::kTrigger ||
                        kind == ObjectKind::kPolicy || kind == ObjectKind::kRule;
  if (key == "comment") {
    const std::string full = kind == ObjectKind::kColumn ? table + "." + what
                             : of_table                  ? what + " ON " + table
                                                         : what;
    draft_.write("COMMENT ON " + kind_word + " " + full + " IS " +
                 (value.empty() ? "NULL" : sql::quoted_string(value)));
    return;
  }
  if (key.starts_with("comment ")) {  // of a view's column
    draft_.write("COMMENT ON COLUMN " + what + "." + want_.name(key.substr(8)) + " IS " +
                 (value.empty() ? "NULL" : sql::quoted_string(value)));
    return;
  }
  if (key == "owner" && !value.empty()) {
    draft_.write("ALTER " + kind_word + " " + what + " OWNER TO " + value);
    return;
  }
  if (key.starts_with("privilege ")) {
    const size_t of = key.find(" of ");
    const std::string privilege = ascii::upper(key.substr(10, of - 10));
    const std::string grantee = key.substr(of + 4);
    const std::string_view on = kind == ObjectKind::kTable || kind == ObjectKind::kView ||
                                        kind == ObjectKind::kMaterializedView
                                    ? std::string_view("TABLE")
                                    : std::string_view(kind_word);
    const std::string object = std::string(on) + " " + what;
    if (value.empty()) {
      draft_.write("REVOKE " + privilege + " ON " + object + " FROM " + grantee);
    } else {
      draft_.write("GRANT " + privilege + " ON " + object + " TO " + grantee +
                   (value == "with grant option" ? " WITH GRANT OPTION" : ""));
    }
    return;
  }
  const bool column = kind == ObjectKind::kColumn;
  const std::string alter = column ? "ALTER TABLE " + table + " ALTER COLUMN " + what + " "
                                   : "ALTER " + kind_word + " " + what + " ";
  if (key.starts_with("option ")) {
    const std::string option = key.substr(7);
    const bool can = column || kind == ObjectKind::kTable || kind == ObjectKind::kIndex ||
                     kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView;
    if (!can) return;
    draft_.write(value.empty() ? alter + "RESET (" + option + ")"
                               : alter + "SET (" + option + " = " + value + ")");
    return;
  }
  if (column && key == "statistics") {
    draft_.write(alter + "SET STATISTICS " + (value.empty() ? "-1" : value));
  } else if (column && key == "storage" && !value.empty()) {
    draft_.write(alter + "SET STORAGE " + ascii::upper(value));
  } else if (column && key == "compression") {
    draft_.write(alter + "SET COMPRESSION " + (value.empty() ? "default" : value));
  } else if (kind != ObjectKind::kTable) {
    return;
  } else if (key == "row security") {
    draft_.write(alter + (value.empty() ? "DISABLE" : "ENABLE") + " ROW LEVEL SECURITY");
  } else if (key == "forced row security") {
    draft_.write(alter + (value.empty() ? "NO FORCE" : "FORCE") + " ROW LEVEL SECURITY");
  } else if (key == "replica identity") {
    std::string identity = "DEFAULT";
    if (value.starts_with("full")) identity = "FULL";
    if (value.starts_with("nothing")) identity = "NOTHING";
    if (const size_t space = value.find(' '); identity == "DEFAULT" && space != std::string::npos) {
      identity = "USING INDEX " + want_.name(value.substr(space + 1));
    }
    draft_.write(alter + "REPLICA IDENTITY " + identity);
  } else if (key == "cluster on") {
    draft_.write(alter +
                 (value.empty() ? "SET WITHOUT CLUSTER" : "CLUSTER ON " + want_.name(value)));
  } else if (key == "tablespace") {
    draft_.write(alter + "SET TABLESPACE " + (value.empty() ? "pg_default" : want_.name(value)));
  } else if (key == "access method") {
    draft_.write(alter + "SET ACCESS METHOD " + (value.empty() ? "heap" : want_.name(value)));
  } else if (key.starts_with("rule ")) {
    draft_.write(alter + (value.empty() || value == "enable" ? "ENABLE" : ascii::upper(value)) +
                 " RULE " + want_.name(key.substr(5)));
  }
}

void Generator::set_attributes() {
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
  // A table that the history never made, and whose history begins with what the up set on it.
  std::vector<std::pair<std::string, Attributes>> outside;
  now().for_each_table([&](const std::string& key, const Table& from) {
    if (before_.table(key) == nullptr && !from.known) outside.emplace_back(key, from.attributes);
  });
  for (const auto& [key, attributes] : outside) {
    compare_attributes(ObjectKind::kTable, want_.object(key), want_.object(key), {}, attributes);
  }
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

#include <algorithm>
#include <array>

#include "analyzer/rollback/generate/generator.h"

namespace belay::rollback {

using schema::Column;
using schema::Table;

void Generator::drop_extra_columns() {
  for (const std::string& key : tables_on_both_sides()) {
    const Table from = *now().table(key);
    const Table* to = before_.table(key);
    std::vector<std::string> extra;
    for (const Column& c : from.columns) {
      const Column* other = to == nullptr ? nullptr : to->column(c.name);
      // An expression cannot be put in place of another one on every version: the column is made
      // anew, and its values are computed again.
      const bool remade =
          other != nullptr && other->known &&
          (other->generated != c.generated || other->generation.text != c.generation.text) &&
          other->generated != Column::Generated::kNo;
      if (!c.known || (other != nullptr && !remade)) continue;
      // What is generated from others goes before them.
      const bool generated = c.generated != Column::Generated::kNo;
      extra.insert(generated ? extra.begin() : extra.end(), c.name);
    }
    for (const std::string& column : extra) {
      draft_.write("ALTER TABLE " + have().object(key) + " DROP COLUMN " + have().name(column));
    }
  }
}

std::string Generator::placeholder(const std::string& key, const Column& column) const {
  const Table* table = before_.table(key);
  const auto uses = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column.name) != columns.end();
  };
  // A value that every row gets is wrong for a key, a reference and, maybe, for a condition.
  for (const schema::Constraint& c : table->constraints) {
    if (uses(c.columns)) return "";
  }
  for (const schema::Index& i : table->indexes) {
    if (i.unique && uses(i.mentioned_columns)) return "";
  }
  if (column.type.array_dimensions != 0) return "'{}'";
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kValues = {{
      {"int2", "0"},
      {"int4", "0"},
      {"int8", "0"},
      {"numeric", "0"},
      {"float4", "0"},
      {"float8", "0"},
      {"text", "''"},
      {"varchar", "''"},
      {"bool", "false"},
      {"bytea", "''"},
      {"jsonb", "'{}'"},
      {"json", "'{}'"},
      {"date", "'epoch'"},
      {"timestamptz", "'epoch'"},
      {"timestamp", "'epoch'"},
      {"uuid", "'00000000-0000-0000-0000-000000000000'"},
      {"integer", "0"},
      {"int", "0"},
      {"bigint", "0"},
      {"boolean", "0"},
      {"real", "0"},
      {"blob", "''"},
      {"interval", "'0'"},
      {"citext", "''"},
  }};
  for (const auto& [type, value] : kValues) {
    if (type == column.type.name) return std::string(value);
  }
  return before_.dialect().engine == Engine::kSqlite ? "''" : "";
}

void Generator::add_column(const std::string& key, const Column& column) {
  say_lost(key, column.name);
  const std::string table = have().object(key);
  const std::string name = want_.name(column.name);
  const bool fills_itself = column.default_value || column.identity != Column::Identity::kNo ||
                            column.generated != Column::Generated::kNo;
  if (!column.not_null || fills_itself) {
    return draft_.write("ALTER TABLE " + table + " ADD COLUMN " + want_.column(key, column));
  }
  const std::string display = before_.display(key) + "." + column.name;
  const std::string value = placeholder(key, column);
  if (value.empty()) {
    Column nullable = column;
    nullable.not_null = false;
    draft_.write("ALTER TABLE " + table + " ADD COLUMN " + want_.column(key, nullable));
    draft_.say(display + " was NOT NULL: rows that are there need values first, or this stops:");
    draft_.say("UPDATE " + table + " SET " + name + " = ...;");
    return draft_.write("ALTER TABLE " + table + " ALTER COLUMN " + name + " SET NOT NULL");
  }
  draft_.say(display + " was NOT NULL without a default: rows that are there get " + value + ".");
  draft_.write("ALTER TABLE " + table + " ADD COLUMN " + want_.column(key, column) + " DEFAULT " +
               value);
  draft_.write("ALTER TABLE " + table + " ALTER COLUMN " + name + " DROP DEFAULT");
}

void Generator::add_missing_columns() {
  for (const std::string& key : tables_on_both_sides()) {
    const Table* to = before_.table(key);
    if (to == nullptr) continue;
    for (const bool generated : {false, true}) {
      for (const Column& c : to->columns) {
        if (generated != (c.generated != Column::Generated::kNo)) continue;
        if (now().table(key)->column(c.name) != nullptr) continue;
        if (!c.known) {
          not_restored("the column " + before_.display(key) + "." + c.name +
                       ": no migration tells what it was");
        } else {
          add_column(key, c);
        }
      }
    }
  }
}

void Generator::alter_columns() {
  for (const std::string& key : tables_on_both_sides()) {
    const Table* to = before_.table(key);
    if (to == nullptr) continue;
    for (const Column& c : to->columns) {
      const Column* from = now().table(key)->column(c.name);
      if (from == nullptr || !from->known) continue;
      if (c.known) {
        alter_column(key, c);
      } else if (!(*from == c)) {
        not_restored("what " + before_.display(key) + "." + c.name + " was: no migration tells it");
      }
    }
  }
}

bool Generator::is_built_in(const schema::Type& type) const {
  return type.name.find('.') == std::string::npos && before_.type(type.name) == nullptr &&
         now().type(type.name) == nullptr;
}

/// Types whose values turn into each other by a plain cast.
static int family(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, int>, 14> kFamilies = {{
      {"int2", 1},
      {"int4", 1},
      {"int8", 1},
      {"numeric", 1},
      {"float4", 1},
      {"float8", 1},
      {"date", 2},
      {"timestamp", 2},
      {"timestamptz", 2},
      {"json", 3},
      {"jsonb", 3},
      {"text", 4},
      {"varchar", 4},
      {"bpchar", 4},
  }};
  for (const auto& [type, number] : kFamilies) {
    if (type == name) return number;
  }
  return 0;
}

/// Whether every value of a type has its like in another one.
static bool always_fits(const schema::Type& from, const schema::Type& to) {
  constexpr std::array<std::string_view, 6> kByWidth = {"int2",   "int4",   "int8",
                                                        "float4", "float8", "numeric"};
  if (from.array_dimensions != 0 || to.array_dimensions != 0) return false;
  if (from.name.starts_with("timestamp") && to.name.starts_with("timestamp")) {
    return to.modifiers.empty();
  }
  if (to.name == "text") return true;
  if (from.name == to.name && to.modifiers.empty()) return true;
  const auto a = std::find(kByWidth.begin(), kByWidth.end(), from.name);
  const auto b = std::find(kByWidth.begin(), kByWidth.end(), to.name);
  if (a != kByWidth.end() && b != kByWidth.end()) return a <= b && to.modifiers.empty();
  const bool both_sized = from.modifiers.size() == 1 && to.modifiers.size() == 1;
  if (from.name != to.name || !both_sized) return false;
  return from.modifiers[0].size() < to.modifiers[0].size() ||
         (from.modifiers[0].size() == to.modifiers[0].size() &&
          from.modifiers[0] <= to.modifiers[0]);
}

std::string Generator::cast(const Column& from, const Column& to) const {
  const std::string type = want_.type(to.type);
  const std::string name = want_.name(to.name);
  const bool built_in = is_built_in(from.type) && is_built_in(to.type);
  const bool same_shape = from.type.array_dimensions == to.type.array_dimensions;
  const int a = family(from.type.name);
  const int b = family(to.type.name);
  const bool plain = built_in && same_shape && ((a != 0 && a == b) || a == 4 || b == 4);
  if (from.type.name == to.type.name && same_shape) return name + "::" + type;
  if (plain) return name + "::" + type;
  if (from.type.name == "bool" && b == 1) return name + "::integer::" + type;
  if (a == 1 && to.type.name == "bool") return name + "::integer::" + type;
  if (from.type.name == "timetz" && to.type.name == "time") return name + "::" + type;
  return name + "::text::" + type;
}

/// Times with a zone become times without one, or the other way round, by the session's zone: where
/// the up says which one that is, the down says it, too.
void Generator::copy_time_zone() {
  if (time_zone_is_set_ || in_.ups.empty() || in_.ups.back() == nullptr) return;
  time_zone_is_set_ = true;
  for (const sql::ScriptStatement& s : in_.ups.back()->statements) {
    if (s.parsed == nullptr || s.parsed->operations.size() != 1) continue;
    const auto* set = s.parsed->operations[0].as<sql::SetVariable>();
    if (set != nullptr && set->name.id == "timezone") return draft_.write(s.parsed->text);
  }
  draft_.say("The session's time zone counts here.");
}

void Generator::alter_type(const std::string& key, const Column& from, const Column& to) {
  const std::string table = "ALTER TABLE " + have().object(key) + " ALTER COLUMN ";
  const std::string name = want_.name(to.name);
  const bool default_in_the_way = from.default_value && !from.default_value->columns.empty();
  const bool keeps_default =
      !from.default_value ||
      (to.default_value && from.default_value->text == to.default_value->text &&
       family(from.type.name) != 0 && family(from.type.name) == family(to.type.name));
  if (from.default_value && (!keeps_default || default_in_the_way)) {
    draft_.write(table + name + " DROP DEFAULT");
  }
  if (family(from.type.name) == 2 && family(to.type.name) == 2) copy_time_zone();
  std::string statement = table + name + " TYPE " + want_.type(to.type);
  if (!to.collation.empty()) statement += " COLLATE " + want_.dotted(to.collation);
  const bool same_name = from.type.name == to.type.name;
  if (!same_name || from.type.array_dimensions != to.type.array_dimensions) {
    statement += " USING " + cast(from, to);
  }
  if (from.type != to.type && !always_fits(from.type, to.type)) {
    draft_.say("A value of " + before_.display(key) + "." + to.name + " that is no " +
               want_.type(to.type) + " stops this.");
  }
  draft_.write(statement);
}

void Generator::alter_column(const std::string& key, const Column& to) {
  const auto from = [&]() -> const Column& { return *now().table(key)->column(to.name); };
  const std::string name = want_.name(to.name);
  const std::string alter = "ALTER TABLE " + have().object(key) + " ALTER COLUMN " + name + " ";
  if (from().identity != Column::Identity::kNo && to.identity == Column::Identity::kNo) {
    draft_.write(alter + "DROP IDENTITY");
  }
  if (from().generated != Column::Generated::kNo && to.generated == Column::Generated::kNo) {
    draft_.write(alter + "DROP EXPRESSION");
  }
  if (from().type != to.type || from().collation != to.collation) {
    const Column old = from();
    alter_type(key, old, to);
  }
  const auto text = [](const Column& c) {
    return c.default_value ? c.default_value->text : std::string();
  };
  if (text(from()) != text(to)) {
    draft_.write(to.default_value ? alter + "SET DEFAULT " + want_.text(*to.default_value)
                                  : alter + "DROP DEFAULT");
  }
  if (to.not_null && !from().not_null) {
    draft_.say("Rows written since with NULL in " + before_.display(key) + "." + to.name +
               " stop this.");
    draft_.write(alter + "SET NOT NULL");
  }
  if (to.identity != Column::Identity::kNo) {
    if (from().identity == Column::Identity::kNo) {
      draft_.write(alter + "ADD " + want_.identity(key, to));
    } else if (from().identity != to.identity) {
      draft_.write(alter + (to.identity == Column::Identity::kAlways ? "SET GENERATED ALWAYS"
                                                                     : "SET GENERATED BY DEFAULT"));
    }
  }
  if (!to.not_null && from().not_null) draft_.write(alter + "DROP NOT NULL");
}

}  // namespace belay::rollback

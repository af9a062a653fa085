#include "tests/analyzer/schema/print_schema.h"

#include <algorithm>
#include <set>

#include "analyzer/schema/replay.h"
#include "analyzer/sql/script.h"

namespace belay::schema {
namespace {

std::string joined(std::vector<std::string> names, bool sorted = false) {
  if (sorted) std::sort(names.begin(), names.end());
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ", ") + (n.empty() ? "expr" : n);
  return out;
}

std::string without_repeats(const std::vector<std::string>& names) {
  const std::set<std::string> unique(names.begin(), names.end());
  return joined({unique.begin(), unique.end()});
}

std::string action(sql::ReferentialAction what, const std::string& event) {
  switch (what) {
    case sql::ReferentialAction::kNoAction: return "";
    case sql::ReferentialAction::kRestrict: return " on " + event + " restrict";
    case sql::ReferentialAction::kCascade: return " on " + event + " cascade";
    case sql::ReferentialAction::kSetNull: return " on " + event + " set null";
    case sql::ReferentialAction::kSetDefault: return " on " + event + " set default";
  }
  return "";
}

std::string line(const Column& c) {
  const bool serial = c.default_value && c.default_value->text.starts_with("nextval (");
  std::string type = c.type.to_string();
  if (serial && type == "int4") type = "serial";
  if (serial && type == "int8") type = "bigserial";
  std::string out = "  column " + c.name + " " + type;
  if (c.not_null) out += " not null";
  if (c.default_value) out += " default";
  if (c.identity == Column::Identity::kAlways) out += " identity always";
  if (c.identity == Column::Identity::kByDefault) out += " identity by default";
  if (c.generated != Column::Generated::kNo) out += " generated";
  return out + "\n";
}

/// The columns that a foreign key leads to; those of the primary key where none was written.
std::vector<std::string> referenced_columns(const Constraint& c, const Schema& schema) {
  const Table* table = schema.table(c.referenced_table);
  const Constraint* key = table == nullptr ? nullptr : table->primary_key();
  return c.referenced_columns.empty() && key != nullptr ? key->columns : c.referenced_columns;
}

std::string line(const Constraint& c, const Schema& schema) {
  std::string out = "  ";
  switch (c.kind) {
    case sql::ConstraintKind::kPrimaryKey: out += "primary key"; break;
    case sql::ConstraintKind::kUnique: out += "unique"; break;
    case sql::ConstraintKind::kForeignKey: out += "foreign key"; break;
    case sql::ConstraintKind::kCheck: out += "check"; break;
    case sql::ConstraintKind::kExclude: out += "exclude"; break;
    case sql::ConstraintKind::kNotNull: out += "not null"; break;
  }
  if (!c.name.empty()) out += " " + c.name;
  const bool is_check = c.kind == sql::ConstraintKind::kCheck;
  if (c.kind != sql::ConstraintKind::kExclude) {
    out += " (" + (is_check ? without_repeats(c.columns) : joined(c.columns)) + ")";
  }
  if (!c.referenced_table.empty()) {
    out += " references " + c.referenced_table + " (" + joined(referenced_columns(c, schema)) + ")";
    out += action(c.on_delete, "delete") + action(c.on_update, "update");
  }
  return out + (c.validated ? "" : " not valid") + "\n";
}

std::string line(const Index& i) {
  std::string out = i.unique ? "  unique index " : "  index ";
  out += i.name + " (" + joined(i.columns) + ")" + (i.partial ? " partial" : "");
  return out + (i.of_constraint ? " of constraint" : "") + "\n";
}

std::string text(const std::string& key, const Table& t, const Schema& schema) {
  std::string out = "table " + key;
  if (t.unlogged) out += " unlogged";
  if (t.partitioned) out += " partitioned";
  if (!t.partition_of.empty()) out += " partition of " + t.partition_of;
  if (!t.complete) out += " (not all known)";
  out += "\n";
  for (const Column& c : t.columns) out += line(c);
  std::vector<std::string> lines;
  for (const Constraint& c : t.constraints) lines.push_back(line(c, schema));
  for (const Index& i : t.indexes) {
    if (!i.name.empty()) lines.push_back(line(i));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& l : lines) out += l;
  return out;
}

std::string text(const std::string& key, const View& v) {
  return (v.materialized ? "materialized view " : "view ") + key + " reads " +
         without_repeats(v.relations) + "\n";
}

std::string text(const std::string& key, const Sequence& s) {
  const std::string owner = s.owner_table.empty() ? "" : s.owner_table + "." + s.owner_column;
  return "sequence " + key + (owner.empty() ? "" : " of " + owner) + "\n";
}

/// Only enums and domains: the others are told apart by more than a line.
std::string text(const std::string& key, const UserType& t) {
  if (t.form == UserType::Form::kEnum) return "enum " + key + " (" + joined(t.values) + ")\n";
  if (t.form != UserType::Form::kDomain) return "";
  std::string out = "domain " + key + " " + t.base.to_string();
  if (t.not_null) out += " not null";
  if (t.default_value) out += " default";
  std::vector<std::string> checks;
  for (const Constraint& c : t.constraints) checks.push_back(c.name);
  return out + (checks.empty() ? "" : " check " + joined(checks, true)) + "\n";
}

}  // namespace

std::string print(const Schema& schema) {
  std::vector<std::pair<std::string, std::string>> parts;
  schema.for_each_table(
      [&](const std::string& k, const Table& t) { parts.emplace_back(k, text(k, t, schema)); });
  schema.for_each_view(
      [&](const std::string& k, const View& v) { parts.emplace_back(k, text(k, v)); });
  schema.for_each_sequence(
      [&](const std::string& k, const Sequence& s) { parts.emplace_back(k, text(k, s)); });
  schema.for_each_type(
      [&](const std::string& k, const UserType& t) { parts.emplace_back(k, text(k, t)); });
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const auto& [key, part] : parts) out += part;
  return out;
}

Schema replay_text(const std::string& script, Dialect dialect) {
  const sql::ParsedScript parsed = sql::parse_script(
      script, {0, static_cast<uint32_t>(script.size())}, dialect, sql::Recovery::kExact, nullptr);
  Replay replay{Schema(dialect)};
  for (uint32_t s = 0; s < parsed.statements.size(); ++s) {
    const sql::StatementPtr& statement = parsed.statements[s].parsed;
    if (statement == nullptr) continue;
    for (size_t o = 0; o < statement->operations.size(); ++o) {
      replay.apply(*statement, o, {0, s});
    }
  }
  return std::move(replay).take();
}

}  // namespace belay::schema

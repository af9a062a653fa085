// What statements about rows tell of the schema: that tables and columns must be there, and whether
// a table that the same migration made has rows by now.

#include <algorithm>

#include "analyzer/schema/replay/applier.h"
#include "analyzer/sql/postgres/builtin_functions.h"
#include "analyzer/sql/sqlite/functions.h"
#include "support/ascii.h"

namespace belay::schema {

/// How often `name` stands alone, and how often behind a dot, in a text of normal tokens.
static std::pair<size_t, size_t> uses_of(const std::string& text, const std::string& name) {
  std::pair<size_t, size_t> out{0, 0};
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at != 0 && text[at - 1] != ' ') || (end != text.size() && text[end] != ' ')) continue;
    const bool behind_dot = at >= 2 && text[at - 2] == '.';
    ++(behind_dot ? out.second : out.first);
  }
  return out;
}

void Applier::check_query(const sql::Query& query, const sql::QualifiedName& target) {
  for (const sql::QualifiedName& f : query.functions) {
    if (sqlite() && !sql::sqlite::is_builtin(ascii::lower(f.name.id))) {
      may_fail("`" + f.name.id + "` is no function of SQLite's own");
    }
  }
  std::vector<const Table*> tables;
  std::vector<sql::QualifiedName> relations = query.relations;
  if (!target.empty()) relations.push_back(target);
  for (const sql::QualifiedName& r : relations) {
    const Table* table = schema_.table(r);
    if (table == nullptr || !table->complete) return;
    tables.push_back(table);
  }
  if (tables.empty() || query.columns.empty()) return;
  const std::string text = normal_text(text_, engine_);
  for (const sql::Name& column : query.columns) {
    const bool known = std::any_of(tables.begin(), tables.end(), [&](const Table* table) {
      return table->column(column.id) != nullptr;
    });
    // An alias of the query's own stands somewhere without a dot before it.
    const auto [alone, behind_dot] = uses_of(text, column.id);
    if (known || alone != 0 || behind_dot == 0) continue;
    if (column.id == "rowid" || column.id == "oid" || column.id == "_rowid_") continue;
    fail("no table of the statement has a column `" + column.id + "`");
  }
}

void Applier::operator()(const sql::Select& op) {
  check_query(op.query, {});
  if (!postgres()) return;
  for (const sql::QualifiedName& f : op.query.functions) {
    if (!sql::postgres::is_harmless_builtin(f)) note_call(f);
  }
}

void Applier::operator()(const sql::Insert& op) {
  mark_written(op.table);
  check_query(op.query, op.table);
  const Table* table = schema_.table(op.table);
  if (table == nullptr) return;
  for (const sql::Name& column : op.columns) needs_column(*table, column.id);
}

void Applier::operator()(const sql::Update& op) {
  const std::string key = schema_.key(op.table);
  if (!schema_.has_relation(key)) return missing("table", key);
  const Table* table = schema_.table(key);
  if (table == nullptr) return;
  for (const sql::Assignment& a : op.assignments) {
    needs_column(*table, a.column.id);
    for (const sql::QualifiedName& f : a.value.functions) {
      if (sqlite() && !sql::sqlite::is_builtin(ascii::lower(f.name.id))) {
        may_fail("`" + f.name.id + "` is no function of SQLite's own");
      }
    }
  }
  check_query(op.query, op.table);
}

void Applier::operator()(const sql::Delete& op) {
  const std::string key = schema_.key(op.table);
  if (!schema_.has_relation(key)) return missing("table", key);
  check_query(op.query, op.table);
}

void Applier::operator()(const sql::Truncate& op) {
  const std::string key = schema_.key(op.table);
  const Table* table = schema_.table(key);
  if (table == nullptr) {
    if (!schema_.has_relation(key)) missing("table", key);
    return;
  }
  if (table->origin.script == origin_.script) schema_.own_table(key)->may_have_rows = false;
}

void Applier::operator()(const sql::SetVariable& op) {
  if (!postgres() || op.name.id != "search_path") return;
  if (!op.value || op.value->empty()) {
    schema_.set_default_schema(std::string(default_schema(engine_)));
    return;
  }
  std::string first = op.value->substr(0, op.value->find(','));
  first = ascii::trim(first);
  if (first != "\"$user\"" && first != "$user") schema_.set_default_schema(std::move(first));
}

void Applier::operator()(const sql::Unknown& op) {
  if (!statement_.problems.empty()) {
    // A grammar newer than ours may know it.
    may_fail("it is no statement that Belay can read: " + statement_.problems.front().message);
  }
  uncertain(op.why);
}

}  // namespace belay::schema

// What all kinds of operation need: failures, stubs for what the history never made, and where an
// operation goes.

#include "analyzer/schema/replay/applier.h"

#include <algorithm>
#include <utility>

namespace belay::schema {

using sql::ObjectKind;

void replace_name(std::vector<std::string>& names, std::string_view from, std::string_view to) {
  for (std::string& n : names) {
    if (n == from) n = to;
  }
}

void Applier::fail(std::string message) {
  if (!failure_ || !failure_->certain) failure_ = Failure{std::move(message), true};
}

void Applier::may_fail(std::string message) {
  if (!failure_) failure_ = Failure{std::move(message), false};
}

void Applier::names_outside_object(std::string what) {
  if (!failure_) failure_ = Failure{"no migration made " + std::move(what), false, true};
}

/// Catalogs, which no migration makes.
static bool is_of_the_engine(std::string_view key) {
  const std::string_view name = key.substr(key.find('.') + 1);
  return key.starts_with("pg_") || key.starts_with("information_schema.") ||
         name.starts_with("pg_") || name.starts_with("sqlite_");
}

void Applier::missing(std::string_view what, const std::string& key) {
  if (is_of_the_engine(key)) return;
  // An up has run on somebody's database: what it needs came from elsewhere, if not from here.
  const bool is_up = origin_.script % 2 == 0;
  if (is_up ? schema_.is_gone(key) : schema_.surely_absent(key)) {
    fail(std::string(what) + " " + quoted(key) + " does not exist");
  } else {
    names_outside_object(std::string(what) + " " + quoted(key));
    schema_.note_outside_object();
  }
}

Table Applier::stub(const std::string& key, const sql::QualifiedName& name) const {
  Table out;
  out.schema = key.substr(0, key.find('.'));
  out.name = name.name.id;
  out.complete = false;
  out.known = false;
  out.may_have_rows = true;
  out.origin = origin_;
  return out;
}

Table* Applier::table_to_change(const sql::QualifiedName& name, bool if_exists) {
  const std::string key = schema_.key(name);
  if (!schema_.has_relation(key)) {
    if (if_exists && schema_.surely_absent(key)) return nullptr;
    if (!if_exists) missing("table", key);
    schema_.put_relation(key, stub(key, name));
  }
  return schema_.own_table(key);
}

Table* Applier::table_to_change(const sql::AlterTarget& target) {
  if (target.kind != ObjectKind::kTable && target.kind != ObjectKind::kForeignTable) return nullptr;
  return table_to_change(target.name, target.if_exists);
}

Column* Applier::column_to_change(Table& table, std::string_view name) {
  for (Shared<Column>& c : table.columns) {
    if (c->name == name) return &c.edit();
  }
  needs_column(table, name);
  Column stub;
  stub.name = name;
  stub.known = false;
  stub.origin = origin_;
  table.complete = false;
  return &table.columns.emplace_back(std::move(stub)).edit();
}

Column* Applier::column_to_change(const sql::AlterTarget& target, const sql::Name& name) {
  Table* table = table_to_change(target);
  return table == nullptr ? nullptr : column_to_change(*table, name.id);
}

void Applier::needs_column(const Table& table, std::string_view name) {
  if (!table.complete || table.column(name) != nullptr) return;
  if (sqlite() && (name == "rowid" || name == "oid" || name == "_rowid_")) return;
  fail("column `" + std::string(name) + "` of `" + table.name + "` does not exist");
}

void Applier::mark_written(const sql::QualifiedName& name) {
  const std::string key = schema_.key(name);
  if (!schema_.has_relation(key)) return missing("table", key);
  const Table* table = schema_.table(key);
  if (table == nullptr || table->may_have_rows) return;
  schema_.own_table(key)->may_have_rows = true;
}

std::optional<Failure> Replay::apply(const sql::ParsedStatement& statement, size_t operation,
                                     Origin origin) {
  Applier applier(schema_, statement, origin);
  std::visit(applier, statement.operations[operation].data);
  return std::move(applier).take_failure();
}

}  // namespace belay::schema

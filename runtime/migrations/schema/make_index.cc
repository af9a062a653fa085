#include "runtime/migrations/schema/make_index.h"

#include "runtime/migrations/schema/definition_sql.h"
#include "runtime/migrations/schema/postgres_schema.h"
#include "runtime/migrations/schema/sqlite_schema.h"

namespace belay::builder {
namespace {

[[noreturn]] void refuse_other(const std::string& name, const std::string& there,
                               const std::string& wanted) {
  throw MigrationError("there is another index `" + name + "`: " + there,
                       "give the new one another name, or drop that one; wanted is: " + wanted);
}

/// Whether the very same index is there.
bool is_in_sqlite(Database& db, const std::string& name, const std::string& sql) {
  const ResultSet found = db.query(
      "SELECT sql FROM main.sqlite_schema WHERE type = 'index' AND name = ? COLLATE NOCASE", name);
  if (found.empty()) return false;
  const std::string there = found[0].is_null(0) ? "" : found[0].text(0);
  if (plain_statement(there) != plain_statement(sql)) refuse_other(name, there, sql);
  return true;
}

/// What PostgreSQL makes of an index's definition, without names: behind USING.
std::string normal_form(Database& db, const std::string& index) {
  const std::string found = db.query("SELECT pg_get_indexdef(" + regclass(index) + ")")[0].text(0);
  const bool unique = found.starts_with("CREATE UNIQUE");
  return (unique ? "UNIQUE" : "") + found.substr(found.find(" USING "));
}

/// The same index on an empty table of the same columns tells how PostgreSQL writes it.
std::string normal_form_of_twin(Database& db, const std::string& table, TableIndex index) {
  db.execute("CREATE TEMP TABLE belay_twin (LIKE " + table + ")");
  index.options.name = "belay_twin_idx";
  index.options.concurrently = false;
  db.execute(create_index_text("pg_temp.belay_twin", index, Engine::kPostgres));
  std::string out = normal_form(db, "pg_temp.belay_twin_idx");
  db.execute("DROP TABLE pg_temp.belay_twin");
  return out;
}

bool is_in_postgres(Database& db, std::string_view table, const TableIndex& index,
                    const std::string& sql) {
  const std::string name = name_text(index_name(table, index));
  const std::string qualified = schema_of(table) + name;
  const ResultSet found = db.query(
      "SELECT i.indisvalid, i.indrelid = " + regclass(object_text(table, Engine::kPostgres)) +
      ", pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indexrelid = " +
      regclass(qualified));
  if (found.empty()) return false;
  const std::string there = found[0].text(2);
  if (!found[0].boolean(1)) refuse_other(name, there, sql);
  if (!found[0].boolean(0)) {
    throw MigrationError("the index `" + name + "` is there and not valid: making it has failed",
                         "drop it first");
  }
  const std::string twin = normal_form_of_twin(db, object_text(table, Engine::kPostgres), index);
  if (normal_form(db, qualified) != twin) refuse_other(name, there, sql);
  return true;
}

}  // namespace

void make_index(Database& db, std::string_view table, const TableIndex& index) {
  const Engine engine = db.engine();
  const std::string sql = create_index_text(table, index, engine);
  if (engine == Engine::kSqlite) {
    if (index.options.if_not_exists && is_in_sqlite(db, index_name(table, index), sql)) return;
  } else {
    if (index.options.concurrently) refuse_in_transaction(db);
    if (index.options.if_not_exists && is_in_postgres(db, table, index, sql)) return;
  }
  db.execute(sql);
}

}  // namespace belay::builder

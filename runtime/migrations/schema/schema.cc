#include <belay/schema.h>

#include "runtime/drivers/quote.h"
#include "runtime/migrations/schema/definition_sql.h"
#include "runtime/migrations/schema/make_index.h"
#include "runtime/migrations/schema/postgres_schema.h"
#include "runtime/migrations/schema/sqlite_alter.h"
#include "runtime/migrations/schema/sqlite_rebuild.h"
#include "runtime/migrations/schema/sqlite_schema.h"

namespace belay {

using builder::constant_text;
using builder::name_text;
using builder::object_text;
using builder::regclass;

namespace {

constexpr auto kPostgresEngine = Database::Engine::kPostgres;

void need_postgres(const Database& db, const char* what) {
  if (db.is_postgres()) return;
  throw MigrationError(std::string(what) + " is a type of PostgreSQL's; SQLite has none",
                       "use enumeration(), which any engine has, or ask is_postgres() first");
}

/// The new name of a table stands without its schema.
std::string name_in_schema(std::string_view from, std::string_view to) {
  const size_t dot = to.find('.');
  if (dot == std::string_view::npos) return name_text(to);
  if (from.substr(0, from.find('.')) != to.substr(0, dot) || from.find('.') != dot) {
    throw MigrationError("`" + std::string(from) + "` cannot be renamed into another schema",
                         "use SQL: ALTER TABLE ... SET SCHEMA ...");
  }
  return name_text(to.substr(dot + 1));
}

void make_table(Database& db, const Table& table) {
  db.execute(builder::create_table_text(table, db.engine()));
  for (const TablePart& part : table.parts()) {
    if (const auto* index = std::get_if<TableIndex>(&part)) {
      builder::make_index(db, table.name(), *index);
    }
  }
  if (db.is_postgres()) builder::comment_on_postgres(db, table);
}

}  // namespace

Schema::Schema(Database& db) : db_(db) {
  if (db.is_sqlite() || db.is_postgres()) return;
  throw MigrationError("belay::Schema does not know " +
                           std::string(runtime::engine_display_name(db.engine())) + " yet",
                       "write the SQL with Database::execute()");
}

void Schema::create_table(std::string_view name, const std::function<void(Table&)>& describe) {
  Table table{std::string(name)};
  describe(table);
  if (db_.is_postgres()) return make_table(db_, table);
  builder::Savepoint savepoint(db_);
  make_table(db_, table);
  savepoint.release();
}

void Schema::alter_table(std::string_view name, const std::function<void(TableChange&)>& describe) {
  TableChange change{std::string(name)};
  describe(change);
  if (db_.is_postgres()) {
    builder::alter_postgres_table(db_, change);
  } else {
    builder::alter_sqlite_table(db_, change);
  }
}

void Schema::rename_table(std::string_view from, std::string_view to) {
  const std::string name = db_.is_postgres() ? name_in_schema(from, to) : name_text(to);
  db_.execute("ALTER TABLE " + object_text(from, db_.engine()) + " RENAME TO " + name);
}

void Schema::drop_table(std::string_view name, Dependents dependents) {
  const bool with = dependents == Dependents::kDrop;
  if (db_.is_sqlite()) return builder::drop_sqlite_table(db_, name, with);
  db_.execute("DROP TABLE " + object_text(name, db_.engine()) + (with ? " CASCADE" : ""));
}

void Schema::drop_table_if_exists(std::string_view name, Dependents dependents) {
  if (has_table(name)) drop_table(name, dependents);
}

void Schema::create_index(std::string_view table, Names columns, IndexOptions options) {
  if (columns.list().empty()) throw MigrationError("an index has no columns");
  builder::make_index(db_, table, {columns.list(), std::move(options)});
}

void Schema::drop_index(std::string_view name, DropIndexOptions options) {
  const bool concurrently = options.concurrently && db_.is_postgres();
  if (concurrently) builder::refuse_in_transaction(db_);
  db_.execute(std::string("DROP INDEX ") + (concurrently ? "CONCURRENTLY " : "") +
              (options.if_exists ? "IF EXISTS " : "") + object_text(name, db_.engine()));
}

void Schema::create_enum(std::string_view name, const std::vector<std::string>& values) {
  need_postgres(db_, "an enum");
  std::string list;
  for (const std::string& value : values) {
    list += (list.empty() ? "" : ", ") + constant_text(value, kPostgresEngine);
  }
  db_.execute("CREATE TYPE " + object_text(name, kPostgresEngine) + " AS ENUM (" + list + ")");
}

void Schema::add_enum_value(std::string_view name, std::string_view value) {
  need_postgres(db_, "an enum");
  db_.execute("ALTER TYPE " + object_text(name, kPostgresEngine) + " ADD VALUE " +
              constant_text(value, kPostgresEngine));
}

void Schema::drop_enum(std::string_view name) {
  need_postgres(db_, "an enum");
  db_.execute("DROP TYPE " + object_text(name, kPostgresEngine));
}

bool Schema::has_table(std::string_view name) {
  if (db_.is_postgres()) {
    return !db_.query("SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p', 'f') AND oid = " +
                      regclass(object_text(name, kPostgresEngine)))
                .empty();
  }
  return !db_.query(
                 "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE "
                 "NOCASE",
                 name)
              .empty();
}

bool Schema::has_column(std::string_view table, std::string_view column) {
  if (db_.is_postgres()) {
    return !db_.query(
                   "SELECT 1 FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND "
                   "attname = " +
                   constant_text(column, kPostgresEngine) +
                   " AND attrelid = " + regclass(object_text(table, kPostgresEngine)))
                .empty();
  }
  return !db_.query("SELECT 1 FROM pragma_table_xinfo(?, 'main') WHERE name = ? COLLATE NOCASE",
                    table, column)
              .empty();
}

bool Schema::has_index(std::string_view table, std::string_view index) {
  if (db_.is_postgres()) {
    return !db_.query(
                   "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE "
                   "c.relname = " +
                   constant_text(index, kPostgresEngine) +
                   " AND i.indrelid = " + regclass(object_text(table, kPostgresEngine)))
                .empty();
  }
  return !db_.query("SELECT 1 FROM pragma_index_list(?, 'main') WHERE name = ? COLLATE NOCASE",
                    table, index)
              .empty();
}

}  // namespace belay

#include "runtime/drivers/sqlite/inspect.h"

#include <algorithm>

#include "runtime/drivers/sqlite/connection.h"
#include "runtime/io/sha256.h"

namespace belay::runtime::sqlite {

Result<int64_t> pragma_number(Connection& connection, const char* name) {
  Result<Rows> rows = connection.query(std::string("PRAGMA ") + name);
  if (!rows) return std::move(rows).error();
  return rows->number();
}

std::string quote_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

namespace {

/// Tables that store rows; shadow tables are among them.
Result<std::vector<std::string>> stored_tables(Connection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT name FROM pragma_table_list "
      "WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' ORDER BY name");
  if (!rows) return std::move(rows).error();
  std::vector<std::string> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) out.push_back(rows->text(i));
  return out;
}

}  // namespace

Result<std::vector<Object>> read_objects(Connection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT type, name FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
      "ORDER BY CASE type WHEN 'trigger' THEN 1 WHEN 'view' THEN 2 WHEN 'index' THEN 3 ELSE 4 END, "
      "sql NOT LIKE 'CREATE VIRTUAL%', name");
  if (!rows) return std::move(rows).error();
  std::vector<Object> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    out.push_back({rows->text(i, 0), rows->text(i, 1)});
  }
  return out;
}

Result<void> drop_object(Connection& connection, const Object& object) {
  return connection.execute("DROP " + object.type + " IF EXISTS main." + quote_name(object.name));
}

Result<std::string> schema_fingerprint(Connection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema "
      "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> 'belay_migrations' "
      "ORDER BY type, name");
  if (!rows) return std::move(rows).error();
  Sha256 hash;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    for (size_t column = 0; column < rows->columns.size(); ++column) {
      const std::string text = rows->text(i, column);
      hash.add(std::to_string(text.size()) + ":" + text);
    }
  }
  return hash.hex();
}

Result<RowCounts> row_counts(Connection& connection, const std::set<std::string>& without) {
  Result<std::vector<std::string>> tables = stored_tables(connection);
  if (!tables) return std::move(tables).error();
  std::erase_if(*tables, [&](const std::string& table) { return without.contains(table); });
  RowCounts counts;
  // Many in one statement: preparing one for each takes longer than counting small tables.
  constexpr size_t kPerStatement = 200;
  for (size_t i = 0; i < tables->size(); i += kPerStatement) {
    const size_t end = std::min(i + kPerStatement, tables->size());
    std::string sql;
    for (size_t k = i; k < end; ++k) {
      sql += (sql.empty() ? "SELECT " : ", ");
      sql += "(SELECT count(*) FROM main." + quote_name((*tables)[k]) + ")";
    }
    Result<Rows> count = connection.query(sql);
    if (!count) return std::move(count).error();
    for (size_t k = i; k < end; ++k) {
      counts[(*tables)[k]] = static_cast<uint64_t>(count->number(0, k - i));
    }
  }
  return counts;
}

namespace {

Result<void> add_rows(SqliteConnection& connection, const std::string& table, Sha256& hash) {
  const std::string sql = "SELECT * FROM main." + quote_name(table);
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(connection.handle(), sql.c_str(), -1, &raw, nullptr);
  const StatementHandle statement(raw);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(raw);
    if (code != SQLITE_ROW) break;
    for (int c = 0; c < sqlite3_column_count(raw); ++c) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw, c));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(raw, c));
      hash.add(std::to_string(sqlite3_column_type(raw, c)) + ":" + std::to_string(size) + ":");
      hash.add(std::string_view(bytes, bytes == nullptr ? 0 : size));
    }
  }
  return code == SQLITE_DONE ? Result<void>() : Result<void>(connection.fail(code, sql));
}

}  // namespace

Result<std::string> digest_without(Connection& connection, const std::set<std::string>& without) {
  Result<std::string> fingerprint = schema_fingerprint(connection);
  if (!fingerprint) return fingerprint;
  Result<std::vector<std::string>> tables = stored_tables(connection);
  if (!tables) return std::move(tables).error();
  Sha256 hash;
  hash.add(*fingerprint);
  for (const std::string& table : *tables) {
    if (without.contains(table) || table == "belay_migrations") continue;
    BELAY_TRY(add_rows(as_sqlite(connection), table, hash));
  }
  return hash.hex();
}

Result<ForeignKeyViolations> foreign_key_violations(Connection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100000");
  if (!rows) return std::move(rows).error();
  ForeignKeyViolations violations;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    std::string line = rows->text(i, 0);
    // Tables without rowids give NULL.
    if (std::holds_alternative<int64_t>(rows->rows[i][1])) {
      line += " row " + std::to_string(rows->number(i, 1));
    }
    ++violations[line + " references " + rows->text(i, 2)];
  }
  return violations;
}

Result<std::string> quick_check(Connection& connection) {
  Result<Rows> rows = connection.query("PRAGMA main.quick_check(1)");
  if (!rows) {
    constexpr int kGenericError = 1;  // SQLITE_ERROR: the statement could not be compiled
    const DatabaseError& error = connection.last_error();
    if (error.code == kGenericError) {
      return "quick_check could not be made: " + error.message;
    }
    return std::move(rows).error();
  }
  if (rows->text() == "ok") return std::string();
  return Error{"the database is damaged: " + rows->text(), "",
               "SQLite's quick_check says so; see PRAGMA integrity_check for all of it"};
}

}  // namespace belay::runtime::sqlite

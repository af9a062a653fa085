#include "runtime/drivers/sqlite/inspect.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/drivers/sqlite/connection.h"
#include "runtime/drivers/sqlite/each_row.h"
#include "runtime/drivers/sqlite/schema_rows.h"
#include "runtime/io/sha256.h"

namespace belay::runtime::sqlite {

Result<int64_t> pragma_number(Connection& connection, const char* name) {
  Result<Rows> rows = connection.query(std::string("PRAGMA ") + name);
  if (!rows) return std::move(rows).error();
  return rows->number();
}

namespace {

Result<void> count_rows(Connection& connection, const std::vector<std::string>& tables,
                        RowCounts& counts) {
  // Many in one statement: preparing one for each takes longer than counting small tables.
  constexpr size_t kPerStatement = 200;
  for (size_t i = 0; i < tables.size(); i += kPerStatement) {
    const size_t end = std::min(i + kPerStatement, tables.size());
    std::string sql;
    for (size_t k = i; k < end; ++k) {
      sql += (sql.empty() ? "SELECT " : ", ");
      sql += "(SELECT count(*) FROM main." + quote_name(tables[k]) + ")";
    }
    Result<Rows> count = connection.query(sql);
    if (!count) return std::move(count).error();
    for (size_t k = i; k < end; ++k) {
      counts[tables[k]] = static_cast<uint64_t>(count->number(0, k - i));
    }
  }
  return {};
}

/// Takes over what is sure to be as it was in `before`; returns the tables that are to be counted.
std::vector<std::string> take_over(std::vector<std::string> tables, const Content& before,
                                   const WrittenTables& written, RowCounts& counts) {
  const bool known = std::all_of(written.names.begin(), written.names.end(),
                                 [&](const auto& name) { return before.rows.contains(name); });
  // What was written to is new, a view with triggers or a virtual table: who knows where that ends.
  if (written.all || !known) return tables;
  std::vector<std::string> left;
  auto old = before.rows.begin();  // both are in the same order
  for (std::string& table : tables) {
    while (old != before.rows.end() && old->first < table) ++old;
    const bool same = old != before.rows.end() && old->first == table;
    if (!same || written.names.contains(table)) {
      left.push_back(std::move(table));
    } else {
      counts.emplace_hint(counts.end(), *old);
    }
  }
  return left;
}

/// The schema, of which only what is new is read where that is all that has changed since `before`.
Result<SchemaRows> schema_since(SqliteConnection& connection, const Content* before,
                                const WrittenTables& written) {
  if (!written.all && !written.schema_changed && before->schema != nullptr) {
    const auto& known = *static_cast<const SchemaRows*>(before->schema.get());
    Result<std::optional<SchemaRows>> added = read_added(connection, known);
    if (!added) return std::move(added).error();
    if (*added) return **std::move(added);
  }
  return read_schema(connection);
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
  Result<SchemaRows> schema = read_schema(as_sqlite(connection));
  if (!schema) return std::move(schema).error();
  return schema->fingerprint();
}

Result<RowCounts> row_counts(Connection& connection, const std::set<std::string>& without) {
  Result<SchemaRows> schema = read_schema(as_sqlite(connection));
  if (!schema) return std::move(schema).error();
  std::vector<std::string> tables = schema->stored_tables();
  std::erase_if(tables, [&](const std::string& table) { return without.contains(table); });
  RowCounts counts;
  BELAY_TRY(count_rows(connection, tables, counts));
  return counts;
}

Result<Content> read_content(SqliteConnection& connection, const Content* before) {
  Content content;
  Result<int64_t> version = pragma_number(connection, "schema_version");
  if (!version) return std::move(version).error();
  content.schema_version = *version;
  const WrittenTables written = before == nullptr ? kAnything : connection.written();
  std::vector<std::string> tables;
  if (!written.all && before->schema_version == *version) {
    content.schema_fingerprint = before->schema_fingerprint;
    content.schema = before->schema;
    content.refers = before->refers;
    for (const auto& [table, rows] : before->rows) tables.push_back(table);
  } else {
    Result<SchemaRows> schema = schema_since(connection, before, written);
    if (!schema) return std::move(schema).error();
    content.schema_fingerprint = schema->fingerprint();
    content.refers = schema->refers;
    tables = schema->stored_tables();
    content.schema = std::make_shared<const SchemaRows>(*std::move(schema));
  }
  if (before != nullptr) tables = take_over(std::move(tables), *before, written, content.rows);
  BELAY_TRY(count_rows(connection, tables, content.rows));
  return content;
}

namespace {

Result<void> add_rows(SqliteConnection& connection, const std::string& table, Sha256& hash) {
  return for_each_row(connection, "SELECT * FROM main." + quote_name(table),
                      [&](sqlite3_stmt* row) {
                        for (int c = 0; c < sqlite3_column_count(row); ++c) {
                          const int type = sqlite3_column_type(row, c);
                          const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, c));
                          const auto size = static_cast<size_t>(sqlite3_column_bytes(row, c));
                          hash.add(std::to_string(type) + ":" + std::to_string(size) + ":");
                          hash.add(std::string_view(bytes, bytes == nullptr ? 0 : size));
                        }
                      });
}

}  // namespace

Result<std::string> digest_without(Connection& connection, const std::set<std::string>& without) {
  Result<SchemaRows> schema = read_schema(as_sqlite(connection));
  if (!schema) return std::move(schema).error();
  Sha256 hash;
  hash.add(schema->fingerprint());
  for (const std::string& table : schema->stored_tables()) {
    if (without.contains(table) || table == kLedger) continue;
    BELAY_TRY(add_rows(as_sqlite(connection), table, hash));
  }
  return hash.hex();
}

Result<ForeignKeyViolations> foreign_key_violations(Connection& connection) {
  // The check opens every table, whether it refers to another one or not.
  Result<Rows> references = connection.query(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%references%'");
  if (!references) return std::move(references).error();
  if (references->number() == 0) return ForeignKeyViolations();
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

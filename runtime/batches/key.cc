// Whether a column can be paged by is asked of the catalog. That no two rows share a key keeps the
// batches at their size; that none is NULL keeps rows from being left out, since no comparison
// finds them.
#include "runtime/batches/key.h"

#include <array>
#include <vector>

#include <belay/batches.h>

#include "analyzer/text/batch_mark.h"
#include "runtime/drivers/quote.h"

namespace belay::runtime {
namespace {

/// The names as they were written, for messages, and their parts.
struct Names {
  const std::string& table;
  const std::string& key;
  std::vector<std::string> table_parts;
  std::string key_part;

  std::string quoted_table() const {
    std::string out;
    for (const std::string& part : table_parts) out += (out.empty() ? "" : ".") + quote_name(part);
    return out;
  }
  Error error(std::string message, std::string hint = {}) const {
    return {std::move(message), "", std::move(hint)};
  }
  Error no_table() const {
    return error("there is no table " + table + " to be gone through in batches");
  }
  Error no_column() const { return error("the table " + table + " has no column " + key); }
  Error not_a_table() const { return error(table + " is not a table, so it has no rows to page"); }
  Error not_unique() const {
    return error("the column " + key + " of " + table + " is not unique by itself",
                 "name a column that is the primary key, or that has a unique index of its own, "
                 "without a condition");
  }
};

/// What the catalog tells of the column. Each query answers in one row: of what kind the table is,
/// whether the column is there, its name, unique, NOT NULL, of a fit type, and a date or time.
enum Answer : uint8_t { kKind, kColumn, kUnique, kNotNull, kFit, kTime };

// A text that depends on settings may be read as another value under others. The output function
// tells a domain's base type, too.
constexpr const char* kPostgresQuery =
    "SELECT c.relkind::text, a.attname::text, "
    "EXISTS (SELECT FROM pg_catalog.pg_index i "
    "JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[0] "
    "WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL "
    "AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indcollation[0] = a.attcollation "
    "AND o.opcdefault), "
    "coalesce(a.attnotnull, false), "
    "coalesce(p.proname NOT IN ('float4out', 'float8out', 'cash_out', 'interval_out', 'array_out', "
    "'range_out', 'multirange_out', 'record_out') AND p.proname NOT LIKE 'reg%out', false), "
    "coalesce(p.proname IN ('date_out', 'timestamp_out', 'timestamptz_out'), false) "
    "FROM pg_catalog.pg_class c "
    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "AND NOT a.attisdropped AND a.attname = ? "
    "LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_catalog.pg_proc p ON p.oid = t.typoutput "
    "WHERE c.oid = pg_catalog.to_regclass(?)";

// The parameters: table, schema or NULL, column. A column alone in the primary key is unique; every
// other way is an index.
constexpr const char* kSqliteQuery =
    "WITH found AS (SELECT l.schema, l.name, l.type FROM pragma_table_list(?1) l "
    "WHERE ?2 IS NULL OR lower(l.schema) = lower(?2) "
    "ORDER BY l.schema = 'temp' DESC, l.schema = 'main' DESC LIMIT 1), "
    "columns AS (SELECT x.* FROM found f, pragma_table_xinfo(f.name, f.schema) x), "
    "wanted AS (SELECT * FROM columns WHERE lower(name) = lower(?3)) "
    "SELECT f.type, w.name, "
    "w.pk > 0 AND (SELECT count(*) FROM columns WHERE pk > 0) = 1 OR EXISTS (SELECT 1 "
    "FROM pragma_index_list(f.name, f.schema) i WHERE i.\"unique\" AND NOT i.partial "
    "AND (SELECT group_concat(n.cid, ',') FROM pragma_index_info(i.name, f.schema) n) = "
    "CAST(w.cid AS TEXT)), w.\"notnull\", 1, 0 FROM found f LEFT JOIN wanted w";

Result<Rows> ask_catalog(Connection& connection, const Names& names) {
  if (connection.engine() == Engine::kPostgres) {
    const std::array<Value, 2> parameters = {names.key_part, names.quoted_table()};
    return connection.query(kPostgresQuery, parameters);
  }
  const size_t parts = names.table_parts.size();
  const Value schema = parts > 1 ? Value(names.table_parts[parts - 2]) : Value(nullptr);
  const std::array<Value, 3> parameters = {names.table_parts.back(), schema, names.key_part};
  return connection.query(kSqliteQuery, parameters);
}

bool is_table(const std::string& kind) {
  return kind == "table" || kind == "r" || kind == "p";  // `p`: partitioned
}

}  // namespace

std::string BatchKey::readable(const std::string& name) const {
  if (engine != Engine::kPostgres) return name;
  // JSON has times in ISO 8601, whatever the setting, and the server reads that under any.
  return is_time ? "pg_catalog.to_json(" + name + ") #>> '{}'" : name + "::text";
}

Result<BatchKey> find_batch_key(Connection& connection, const std::string& table,
                                const std::string& key) {
  Names names{table, key, name_parts(table), {}};
  const std::vector<std::string> key_parts = name_parts(key);
  if (names.table_parts.empty()) return names.error("`" + table + "` is not the name of a table");
  if (key_parts.size() != 1) return names.error("`" + key + "` is not the name of one column");
  names.key_part = key_parts[0];
  Result<Rows> rows = ask_catalog(connection, names);
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty()) return names.no_table();
  if (!is_table(rows->text(0, kKind))) return names.not_a_table();
  const std::string column = rows->text(0, kColumn);
  if (column.empty()) return names.no_column();
  if (rows->number(0, kUnique) == 0) return names.not_unique();
  if (rows->number(0, kFit) == 0) {
    return names.error("the column " + key + " of " + table +
                           " is of a type whose text depends on settings, so that no position in "
                           "it can be kept",
                       "name another unique column");
  }
  BatchKey out;
  out.engine = connection.engine();
  out.table = names.quoted_table();
  out.column = quote_name(column);
  out.is_time = rows->number(0, kTime) != 0;
  if (rows->number(0, kNotNull) != 0) return out;
  Result<Rows> nulls = connection.query("SELECT EXISTS (SELECT 1 FROM " + out.table + " WHERE " +
                                        out.column + " IS NULL)");
  if (!nulls) return std::move(nulls).error();
  if (nulls->number() == 0) return out;
  return names.error(
      "there are rows in " + table + " whose " + key + " is NULL, and no batch would hold them",
      "name a column that is NOT NULL, or fill it first");
}

Result<void> check_batch_key(Connection& connection, const std::string& table,
                             const std::string& key) {
  const Result<BatchKey> found = find_batch_key(connection, table, key);
  return found ? Result<void>() : Result<void>(found.error());
}

}  // namespace belay::runtime

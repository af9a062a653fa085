#include "runtime/drivers/postgres/inspect.h"

#include <algorithm>
#include <vector>

#include "runtime/drivers/postgres/catalog_queries.h"
#include "runtime/drivers/postgres/quote.h"
#include "runtime/io/sha256.h"

namespace belay::runtime::postgres {
namespace {

/// Names are written out in full; and compiling such a query takes longer than running it.
constexpr const char* kForCatalogs = "SET LOCAL search_path = ''; SET LOCAL jit = off";

/// Runs `read` with names written out in full, whatever path the connection has.
template <class Read>
auto with_full_names(Connection& connection, const Read& read) -> decltype(read()) {
  BELAY_TRY(connection.execute("SAVEPOINT belay_look"));
  BELAY_TRY(connection.execute(kForCatalogs));
  auto result = read();
  if (!result) return result;  // the transaction is lost; its owner rolls it back
  BELAY_TRY(connection.execute("ROLLBACK TO SAVEPOINT belay_look"));
  BELAY_TRY(connection.execute("RELEASE SAVEPOINT belay_look"));
  return result;
}

std::string shown_name(const PostgresConnection& connection, const std::string& schema,
                       const std::string& table) {
  return schema == connection.home_schema() ? table : schema + "." + table;
}

std::string joined(const Rows& rows) {
  Sha256 hash;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    for (size_t c = 0; c < rows.columns.size(); ++c) {
      const std::string text = rows.text(i, c);
      hash.add(std::to_string(text.size()) + ":" + text);
    }
  }
  return hash.hex();
}

}  // namespace

Result<bool> relation_exists(Connection& connection, const std::string& name) {
  const Value value = name;
  Result<Rows> rows = connection.query("SELECT to_regclass(?) IS NOT NULL", {&value, 1});
  if (!rows) return std::move(rows).error();
  return rows->number() != 0;
}

/// `OFFSET 0` keeps the server from asking for the names of all of its own functions before it
/// leaves them out.
std::string fingerprint_query() {
  std::string all;
  for (const CatalogQuery& query : kCatalogQueries) {
    if (!all.empty()) all += " UNION ALL ";
    all += "SELECT " + quote_text(query.kind) +
           "::text, md5(coalesce(string_agg(q::text, E'\\n' ORDER BY q::text COLLATE \"C\"), '')) "
           "FROM (" +
           complete(query) +
           " OFFSET 0) AS q(id) WHERE id::text !~ '(^|\\.)belay_migrations(\\.|$)'";
  }
  return "SELECT encode(sha256(convert_to(string_agg(kind || ' ' || hash, ',' ORDER BY kind "
         "COLLATE "
         "\"C\"), 'UTF8')), 'hex') FROM (" +
         all + ") AS f(kind, hash)";
}

Result<std::string> schema_fingerprint(Connection& connection) {
  return with_full_names(connection, [&]() -> Result<std::string> {
    Result<Rows> rows = connection.query(fingerprint_query());
    if (!rows) return std::move(rows).error();
    return rows->text();
  });
}

Result<void> ask_for_fingerprint(PostgresConnection& connection) {
  BELAY_TRY(connection.execute(kForCatalogs));
  return connection.ask(fingerprint_query());
}

/// A table's system columns are written when it is made and never again, so that they tell which
/// transaction made it; other rows of the catalog are written anew by ALTER.
Result<std::vector<TableLock>> table_locks(PostgresConnection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT n.nspname, c.relname, l.mode FROM pg_catalog.pg_locks l "
      "JOIN pg_catalog.pg_class c ON c.oid = l.relation "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tableoid' "
      "WHERE l.locktype = 'relation' AND l.pid = pg_catalog.pg_backend_pid() AND l.granted "
      "AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', "
      "'AccessExclusiveLock') AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND " +
      std::string(kUsersSchema) +
      " AND c.relname <> 'belay_migrations' AND pg_catalog.age(a.xmin) > 0 "
      "ORDER BY 1, 2, l.mode = 'AccessExclusiveLock'");
  if (!rows) return std::move(rows).error();
  std::vector<TableLock> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    out.push_back({shown_name(connection, rows->text(i, 0), rows->text(i, 1)), rows->text(i, 2)});
  }
  return out;
}

Result<RowCounts> row_counts(PostgresConnection& connection, const TableNames& without) {
  const Value largest = kLargestCounted;
  Result<Rows> tables = connection.query(
      "SELECT n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), "
      "pg_catalog.pg_relation_size(c.oid) FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND " +
          std::string(kUsersSchema) +
          " AND c.relname <> 'belay_migrations' AND pg_catalog.has_table_privilege(c.oid, "
          "'SELECT') "
          "AND pg_catalog.pg_relation_size(c.oid) <= ? ORDER BY 1, 2",
      {&largest, 1});
  if (!tables) return std::move(tables).error();
  RowCounts out;
  std::vector<std::string> names;
  std::vector<std::string> counts;
  // Several in one query save the way to the server; but only a query of its own is worked on by
  // several processes of the server.
  const auto ask = [&]() -> Result<void> {
    if (names.empty()) return {};
    std::string sql;
    for (const std::string& count : counts) sql += (sql.empty() ? "SELECT " : ", ") + count;
    Result<Rows> rows = connection.query(sql);
    if (!rows) return std::move(rows).error();
    for (size_t k = 0; k < names.size(); ++k) {
      out[names[k]] = static_cast<uint64_t>(rows->number(0, k));
    }
    names.clear();
    counts.clear();
    return {};
  };
  constexpr size_t kPerQuery = 200;
  constexpr int64_t kWorthAQuery = int64_t{8} << 20;
  for (size_t i = 0; i < tables->rows.size(); ++i) {
    const std::string schema = tables->text(i, 0);
    const std::string table = tables->text(i, 1);
    if (without.contains(tables->text(i, 2))) continue;
    const std::string name = shown_name(connection, schema, table);
    const std::string full = quote_name(schema) + "." + quote_name(table);
    if (tables->number(i, 3) >= kWorthAQuery) {
      Result<Rows> rows = connection.query("SELECT count(*) FROM ONLY " + full);
      if (!rows) return std::move(rows).error();
      out[name] = static_cast<uint64_t>(rows->number());
      continue;
    }
    names.push_back(name);
    counts.push_back("(SELECT count(*) FROM ONLY " + full + ")");
    if (names.size() == kPerQuery) BELAY_TRY(ask());
  }
  BELAY_TRY(ask());
  return out;
}

Result<TableSizes> table_sizes(PostgresConnection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT n.nspname, c.relname, c.reltuples::bigint, pg_total_relation_size(c.oid), "
      "format('%I.%I', n.nspname, c.relname) FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
      "AND c.relpersistence <> 't' AND " +
      std::string(kUsersSchema) + " ORDER BY 1, 2");
  if (!rows) return std::move(rows).error();
  TableSizes out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const bool at_home = rows->text(i, 0) == connection.home_schema();
    StoredSize& size = out[at_home ? rows->text(i, 1) : rows->text(i, 0) + "." + rows->text(i, 1)];
    size.bytes = static_cast<uint64_t>(rows->number(i, 3));
    int64_t tuples = rows->number(i, 2);
    // Never analysed.
    if (tuples < 0) {
      Result<Rows> count = connection.query("SELECT count(*) FROM ONLY " + rows->text(i, 4));
      if (!count) return std::move(count).error();
      tuples = count->number();
    }
    size.rows = static_cast<uint64_t>(tuples);
  }
  return out;
}

Result<Integrity> integrity(PostgresConnection& connection) {
  Result<Rows> rows = connection.query(
      "SELECT format('the index %s is not valid', indexrelid::regclass) FROM pg_index "
      "WHERE NOT indisvalid");
  if (!rows) return std::move(rows).error();
  Integrity out;
  out.checked = true;
  for (size_t i = 0; i < rows->rows.size(); ++i) out.problems.push_back(rows->text(i));
  return out;
}

Result<std::string> activity_digest(Connection& connection, const TableNames& without) {
  Result<std::string> fingerprint = schema_fingerprint(connection);
  if (!fingerprint) return fingerprint;
  return activity_digest(connection, without, *fingerprint);
}

Result<std::string> activity_digest(Connection& connection, const TableNames& without,
                                    const std::string& fingerprint) {
  Result<std::string> activity = postgres::activity(connection, without);
  if (!activity) return activity;
  return activity_digest(fingerprint, *activity);
}

Result<std::string> activity(Connection& connection, const TableNames& without) {
  Result<Rows> rows = connection.query(
      "SELECT format('%I.%I', schemaname, relname), n_tup_ins::text, n_tup_upd::text, "
      "n_tup_del::text FROM pg_catalog.pg_stat_user_tables "
      "WHERE relname <> 'belay_migrations' AND schemaname !~ '^belay_[0-9]{8}T' ORDER BY 1");
  if (!rows) return std::move(rows).error();
  std::erase_if(rows->rows, [&](const std::vector<Value>& row) {
    const auto* name = std::get_if<std::string>(&row[0]);
    return name != nullptr && without.contains(*name);
  });
  return joined(*rows);
}

std::string activity_digest(const std::string& fingerprint, const std::string& activity) {
  return sha256_hex(fingerprint + activity);
}

}  // namespace belay::runtime::postgres

// The questions are known by how they begin: they are all asked by runtime/migrations/schema. One
// that is new there is answered with no rows, and what comes of it counts as uncertain.
#include "reader/builder/noting_connection.h"

#include "runtime/drivers/quote.h"

namespace belay::reader {
namespace {

using runtime::Rows;
using runtime::Value;

Rows no_rows() { return {}; }
Rows one_row(std::vector<Value> values) {
  return {std::vector<std::string>(values.size()), {std::move(values)}};
}

}  // namespace

Result<void> NotingConnection::run(const runtime::Script& script, uint32_t begin, uint32_t end,
                                   std::span<const Value> parameters) {
  return execute(std::string_view(script.sql).substr(begin, end - begin), parameters);
}

Result<void> NotingConnection::execute(std::string_view sql, std::span<const Value> /*parameters*/) {
  // The builder's own savepoint, and what takes a rebuild back.
  const bool scaffold = sql.ends_with("belay_schema") || sql.starts_with("PRAGMA writable_schema");
  if (!scaffold) noted_.push_back({std::string(sql), std::exchange(perhaps_, false)});
  return {};
}

Result<Rows> NotingConnection::query(std::string_view sql, std::span<const Value> parameters) {
  return engine_ == runtime::Engine::kPostgres ? answer_of_postgres(sql)
                                               : answer_of_sqlite(sql, parameters);
}

Rows NotingConnection::guess(Rows rows) {
  perhaps_ = has_guessed_ = true;
  return rows;
}

Rows NotingConnection::answer_of_postgres(std::string_view sql) {
  // The table that is changed is there, and nothing uses the column that goes.
  if (sql.starts_with("SELECT to_regclass(")) return one_row({int64_t{1}});
  if (sql.starts_with("SELECT DISTINCT pg_describe_object(")) return no_rows();
  if (sql.starts_with("SELECT 1 FROM pg_class")) return guess(one_row({int64_t{1}}));
  return guess(no_rows());
}

Rows NotingConnection::answer_of_sqlite(std::string_view sql, std::span<const Value> parameters) {
  const std::string_view from = " FROM main.sqlite_schema WHERE type = ";
  const auto asks = [&](std::string_view what, std::string_view type) {
    std::string begin = "SELECT ";
    begin += what;
    begin += from;
    begin += type;
    return sql.starts_with(begin);
  };
  if (sql.find("pragma_foreign_key_list") != std::string_view::npos) throw TableIsRebuilt();
  if (asks("name", "'table'")) {
    // That one is there is asked with its name; which there are, without.
    return parameters.empty() ? no_rows() : one_row({parameters[0]});
  }
  if (asks("sql", "'table'")) return one_row({table_text()});
  if (asks("name, sql", "'index'")) {
    return index_.empty() ? no_rows() : one_row({index_, "CREATE INDEX i ON t (c)"});
  }
  if (sql.starts_with("SELECT type, name, tbl_name, sql FROM ")) return no_rows();
  if (asks("1", "'table'")) return guess(one_row({int64_t{1}}));
  return guess(no_rows());
}

/// No table that the builder has made is STRICT.
std::string NotingConnection::table_text() const {
  std::string out = "CREATE TABLE t (";
  for (const std::string& column : columns_) out += runtime::quote_name(column) + ", ";
  return out + "belay_other)";
}

}  // namespace belay::reader

#include "workbench/verify/postgres_catalog.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/text/lexer.h"
#include "workbench/verify/postgres_queries.h"

namespace belay::workbench {
namespace {

using runtime::Rows;
using runtime::Value;

/// The query with its two marks replaced.
std::string complete(std::string_view sql) {
  std::string out(sql);
  constexpr std::string_view kUser = "{user}";
  for (size_t at = out.find(kUser); at != std::string::npos; at = out.find(kUser, at)) {
    out.replace(at, kUser.size(), "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
  }
  constexpr std::string_view kOwn = "{own ";
  for (size_t at = out.find(kOwn); at != std::string::npos; at = out.find(kOwn, at)) {
    const size_t end = out.find('}', at);
    const size_t space = out.find(' ', at + kOwn.size());
    const std::string catalog = out.substr(at + kOwn.size(), space - at - kOwn.size());
    const std::string oid = out.substr(space + 1, end - space - 1);
    out.replace(at, end + 1 - at,
                "NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_catalog." + catalog +
                    "'::regclass AND x.objid = " + oid + " AND x.deptype = 'e')");
  }
  return out;
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  return {};
}

/// A function's text without comments and with a space between tokens: another layout of the same
/// text is the same function.
std::string body_tokens(std::string_view body) {
  std::string out;
  Lexer lexer(body, Engine::kPostgres);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    out += (out.empty() ? "" : " ") + std::string(token.range.of(body));
  }
  return out;
}

void normalize(std::string_view kind, Attributes& attributes) {
  if (kind != "function") return;
  const auto language = attributes.find("language");
  const auto body = attributes.find("body");
  if (language == attributes.end() || body == attributes.end()) return;
  if (language->second == "sql" || language->second == "plpgsql") {
    body->second = body_tokens(body->second);
  }
}

Result<void> read_kind(runtime::Connection& connection, const postgres::CatalogQuery& query,
                       Catalog& catalog) {
  Result<Rows> rows = connection.query(complete(query.sql));
  if (!rows) return std::move(rows).error();
  for (const std::vector<Value>& row : rows->rows) {
    Attributes& attributes = catalog[std::string(query.kind)][text_of(row[0])];
    for (size_t c = 1; c < row.size(); ++c) {
      std::string text = text_of(row[c]);
      if (!text.empty()) attributes.emplace(rows->columns[c], std::move(text));
    }
    normalize(query.kind, attributes);
  }
  return {};
}

}  // namespace

Result<Catalog> read_postgres_catalog(runtime::Connection& connection) {
  BELAY_TRY(connection.execute("SET search_path = ''"));
  // One view of all catalogs, and one transaction instead of one for each query.
  BELAY_TRY(connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  Catalog out;
  for (const postgres::CatalogQuery& query : postgres::kCatalogQueries) {
    BELAY_TRY(read_kind(connection, query, out));
  }
  BELAY_TRY(connection.commit());
  return out;
}

}  // namespace belay::workbench

#include "workbench/verify/postgres_catalog.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/text/lexer.h"
#include "runtime/drivers/postgres/catalog_queries.h"

namespace belay::workbench {
namespace {

using runtime::Rows;
using runtime::Value;

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

Result<void> read_kind(runtime::Connection& connection,
                       const runtime::postgres::CatalogQuery& query, Catalog& catalog) {
  Result<Rows> rows = connection.query(runtime::postgres::complete(query));
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
  for (const runtime::postgres::CatalogQuery& query : runtime::postgres::kCatalogQueries) {
    BELAY_TRY(read_kind(connection, query, out));
  }
  BELAY_TRY(connection.commit());
  return out;
}

}  // namespace belay::workbench

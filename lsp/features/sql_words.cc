#include "lsp/features/sql_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

/// Sorted. Words that are far more often names than keywords (`name`, `data`, `key`, `type`) are
/// those that the grammar needs at a place of their own; they are told by their neighbours.
constexpr auto kKeywords = std::to_array<std::string_view>({
    "abort",
    "action",
    "add",
    "after",
    "all",
    "alter",
    "always",
    "analyse",
    "analyze",
    "and",
    "any",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "cluster",
    "collate",
    "column",
    "comment",
    "commit",
    "concurrently",
    "conflict",
    "constraint",
    "copy",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "disable",
    "distinct",
    "do",
    "domain",
    "drop",
    "each",
    "else",
    "enable",
    "end",
    "enum",
    "except",
    "exclude",
    "execute",
    "exists",
    "explain",
    "extension",
    "false",
    "fetch",
    "first",
    "for",
    "force",
    "foreign",
    "from",
    "full",
    "function",
    "generated",
    "grant",
    "group",
    "having",
    "identity",
    "if",
    "ilike",
    "immediate",
    "immutable",
    "in",
    "include",
    "index",
    "inherits",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "language",
    "last",
    "lateral",
    "left",
    "like",
    "limit",
    "local",
    "lock",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "owned",
    "owner",
    "partition",
    "policy",
    "pragma",
    "primary",
    "procedure",
    "recursive",
    "references",
    "reindex",
    "rename",
    "replace",
    "restart",
    "restrict",
    "returning",
    "returns",
    "revoke",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "schema",
    "select",
    "sequence",
    "set",
    "setof",
    "stable",
    "start",
    "stored",
    "strict",
    "table",
    "temp",
    "temporary",
    "then",
    "to",
    "transaction",
    "trigger",
    "true",
    "truncate",
    "type",
    "union",
    "unique",
    "unlogged",
    "update",
    "using",
    "vacuum",
    "valid",
    "validate",
    "values",
    "view",
    "virtual",
    "volatile",
    "when",
    "where",
    "window",
    "with",
    "without",
});

constexpr auto kPostgresTypes = std::to_array<std::string_view>({
    "bigint",    "text",      "integer",  "boolean",          "timestamptz", "uuid",
    "jsonb",     "numeric",   "date",     "smallint",         "varchar",     "timestamp",
    "json",      "bytea",     "real",     "double precision", "bigserial",   "serial",
    "char",      "time",      "timetz",   "interval",         "inet",        "cidr",
    "macaddr",   "money",     "xml",      "tsvector",         "tsquery",     "point",
    "int4range", "int8range", "numrange", "daterange",        "tstzrange",   "bit",
    "name",      "oid",       "regclass", "smallserial",
});

constexpr auto kSqliteTypes =
    std::to_array<std::string_view>({"integer", "text", "real", "blob", "numeric", "any"});

constexpr auto kMysqlTypes = std::to_array<std::string_view>({
    "bigint", "int",        "varchar",  "text",   "datetime",  "timestamp", "decimal", "boolean",
    "json",   "date",       "tinyint",  "char",   "double",    "float",     "time",    "blob",
    "enum",   "mediumtext", "longtext", "binary", "varbinary", "smallint",
});

/// `word` in capitals and small letters: which of them a text has more of.
template <class Counts>
bool is_in_capitals(std::string_view text, Engine engine, bool otherwise, Counts counts) {
  // A file's habit shows in its first pages.
  constexpr size_t kMostBytes = 32'768;
  text = text.substr(0, kMostBytes);
  int capitals = 0;
  int small = 0;
  Lexer lexer(text, engine);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const std::string_view word = token.range.of(text);
    if (!token.is(TokenKind::kWord) || !counts(word)) continue;
    (word[0] >= 'A' && word[0] <= 'Z' ? capitals : small) += 1;
  }
  return capitals == small ? otherwise : capitals > small;
}

}  // namespace

bool is_sql_keyword(std::string_view word) {
  static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));
  return std::binary_search(kKeywords.begin(), kKeywords.end(), ascii::lower(word));
}

std::span<const std::string_view> builtin_types(Engine engine) {
  switch (engine) {
    case Engine::kPostgres: return kPostgresTypes;
    case Engine::kSqlite: return kSqliteTypes;
    case Engine::kMysql:
    case Engine::kMariadb: return kMysqlTypes;
  }
  return {};
}

bool is_builtin_type(Engine engine, std::string_view word) {
  const std::span<const std::string_view> types = builtin_types(engine);
  return std::any_of(types.begin(), types.end(), [&](std::string_view type) {
    return ascii::equal_ignoring_case(type.substr(0, type.find(' ')), word);
  });
}

bool writes_keywords_in_capitals(std::string_view text, Engine engine) {
  return is_in_capitals(text, engine, true, is_sql_keyword);
}

bool writes_types_in_capitals(std::string_view text, Engine engine) {
  return is_in_capitals(text, engine, false,
                        [&](std::string_view word) { return is_builtin_type(engine, word); });
}

}  // namespace belay::lsp

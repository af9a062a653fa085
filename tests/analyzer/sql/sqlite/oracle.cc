#include "tests/analyzer/sql/sqlite/oracle.h"

#include <sqlite3.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

constexpr const char* kSchema = R"(
  CREATE TABLE t (a INTEGER PRIMARY KEY, b, c);
  CREATE TABLE u (x, y);
  CREATE INDEX i ON t (b);
  CREATE VIEW v AS SELECT a, b FROM t;
  CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;
)";

/// Messages that hang on what the database holds. Belay's parser sees no database.
constexpr std::string_view kSchemaMessages[] = {
    "no such table",
    "no such column",
    "no such index",
    "no such view",
    "no such trigger",
    "no such module",
    "no such function",
    "no such collation",
    "no such window",
    "no such database",
    "already exists",
    "there is already",
    "unknown database",
    "ambiguous column name",
    "has no column named",
    "may not be",
    "may not appear in FROM",
    "cannot create INSTEAD",
    "cannot create BEFORE",
    "cannot create AFTER",
    "cannot modify",
    "use DROP",
    "unable to identify",
    "duplicate column name",
    "cannot join using column",
    "cannot reference objects",
    "Cannot add a",
    "cannot add a STORED column",
    "cannot drop",
    "cannot rename columns of view",
};

/// Messages of the step behind the parser: looking up names and compiling queries.
constexpr std::string_view kResolutionMessages[] = {
    "misuse of",
    "wrong number of arguments",
    "row value misused",
    "ORDER BY term",
    "GROUP BY term",
    "term out of range",
    "term does not match",
    "HAVING clause",
    "aggregate functions are not allowed",
    "may not be used as a window function",
    "FILTER",
    "circular reference",
    "recursive",
    "no tables specified",
    "sub-select returns",
    "values for",
    "columns but",
    "values were supplied",
    "RANGE with offset",
    "DISTINCT aggregates",
    "ON CONFLICT clause does not match",
    "prohibited in",
    "cannot override",
    "is not a function",
    "too many arguments on",
    "no query solution",
    "RAISE() may only be used",
    "cannot use window functions",
    "a GROUP BY clause is required",
    "unable to use function",
    "second argument to",
    "IN(...) element",
    "SELECTs to the left and right",
    "all VALUES must have",
    "columns assigned",
};

bool contains_any(std::string_view message, std::span<const std::string_view> patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    return message.find(pattern) != std::string_view::npos;
  });
}

std::string between(std::string_view message, std::string_view prefix, std::string_view suffix) {
  if (!message.starts_with(prefix) || !message.ends_with(suffix)) return {};
  message.remove_prefix(prefix.size());
  message.remove_suffix(suffix.size());
  return std::string(message);
}

}  // namespace

void Oracle::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

Oracle::Oracle() { open(); }
Oracle::~Oracle() = default;

std::string Oracle::unfit() {
  if (sqlite3_libversion_number() / 1000 != 3040) {
    return std::string("the comparison is with SQLite 3.40, this is ") + sqlite3_libversion();
  }
  const bool has_limit = sqlite3_compileoption_used("ENABLE_UPDATE_DELETE_LIMIT") != 0;
  return has_limit ? "" : "this SQLite was built without ENABLE_UPDATE_DELETE_LIMIT";
}

void Oracle::open() {
  sqlite3* database = nullptr;
  const bool opened = sqlite3_open(":memory:", &database) == SQLITE_OK;
  database_.reset(database);
  if (!opened || sqlite3_exec(database, kSchema, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not open a database in memory");
  }
}

Verdict Oracle::judge(std::string_view statement) {
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  const int result = sqlite3_prepare_v2(database_.get(), statement.data(),
                                        static_cast<int>(statement.size()), &prepared, &tail);
  Verdict verdict;
  verdict.size = statement.size();
  if (result != SQLITE_OK) {
    verdict.message = sqlite3_errmsg(database_.get());
    const std::string_view message = verdict.message;
    const int offset = sqlite3_error_offset(database_.get());
    if (offset >= 0) verdict.offset = static_cast<uint32_t>(offset);
    if (message.ends_with("syntax error")) {
      verdict.kind = Verdict::Kind::kSyntax;
      verdict.token = between(message, "near \"", "\": syntax error");
    } else if (message.starts_with("unrecognized token")) {
      verdict.kind = Verdict::Kind::kSyntax;
      verdict.token = between(message, "unrecognized token: \"", "\"");
    } else if (message == "incomplete input") {
      verdict.kind = Verdict::Kind::kSyntax;
      verdict.offset.reset();
    } else if (contains_any(message, kSchemaMessages)) {
      verdict.kind = Verdict::Kind::kSchema;
    } else if (contains_any(message, kResolutionMessages)) {
      verdict.kind = Verdict::Kind::kResolution;
    } else {
      verdict.kind = Verdict::Kind::kDefinition;
    }
  }
  if (verdict.accepted()) verdict.size = static_cast<size_t>(tail - statement.data());
  sqlite3_finalize(prepared);
  // Some pragmas act while they are prepared.
  const bool may_have_acted = ascii::lower(statement).find("pragma") != std::string::npos;
  if (may_have_acted) open();
  return verdict;
}

}  // namespace belay::sql::sqlite

#include "analyzer/effects/volatility.h"

#include <algorithm>
#include <iterator>

#include "analyzer/sql/postgres/builtin_functions.h"

namespace belay::effects {
namespace {

// What the grammar turns into something else than a function call.
constexpr std::string_view kStableKeywords[] = {
    "current_catalog", "current_date",      "current_role", "current_schema",
    "current_time",    "current_timestamp", "current_user", "localtime",
    "localtimestamp",  "session_user",      "user"};

// uuid-ossp, pgcrypto, and extensions that make identifiers.
constexpr std::string_view kVolatileOfExtensions[] = {
    "gen_random_bytes",   "gen_salt",         "gen_ulid",
    "generate_ulid",      "nanoid",           "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v4", "uuid_generate_v6",
    "uuid_generate_v7",   "uuidv4",           "uuidv7"};

template <size_t N>
bool is_in(const std::string_view (&sorted)[N], std::string_view name) {
  return std::binary_search(std::begin(sorted), std::end(sorted), name);
}

}  // namespace

Volatility function_volatility(std::string_view name, const schema::Schema& schema) {
  switch (sql::postgres::builtin_volatility(name)) {
    case sql::postgres::BuiltinVolatility::kStable: return Volatility::kStable;
    case sql::postgres::BuiltinVolatility::kImmutable: return Volatility::kImmutable;
    case sql::postgres::BuiltinVolatility::kVolatile: return Volatility::kVolatile;
    case sql::postgres::BuiltinVolatility::kNone: break;
  }
  if (is_in(kStableKeywords, name)) return Volatility::kStable;
  if (is_in(kVolatileOfExtensions, name)) return Volatility::kVolatile;
  sql::QualifiedName qualified;
  qualified.name.id = name;
  if (const schema::Function* function = schema.function(qualified)) {
    switch (function->volatility) {
      case schema::Function::Volatility::kImmutable: return Volatility::kImmutable;
      case schema::Function::Volatility::kStable: return Volatility::kStable;
      case schema::Function::Volatility::kVolatile: return Volatility::kVolatile;
    }
  }
  return Volatility::kUnknown;
}

ExpressionVolatility expression_volatility(const sql::Expression& expression,
                                           const schema::Schema& schema) {
  // A function that is known to be volatile decides; one that is not known comes next.
  const auto rank = [](Volatility v) {
    return v == Volatility::kVolatile ? 4 : static_cast<int>(v);
  };
  ExpressionVolatility worst;
  for (const sql::QualifiedName& f : expression.functions) {
    const Volatility v = function_volatility(f.name.id, schema);
    if (rank(v) > rank(worst.volatility)) worst = {v, f.name.id};
  }
  return worst;
}

}  // namespace belay::effects

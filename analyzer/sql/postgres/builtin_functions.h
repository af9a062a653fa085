#pragma once

#include <string_view>

#include "analyzer/sql/operation.h"

/// PostgreSQL's own functions, by name, from the catalog of a server.
namespace belay::sql::postgres {

enum class BuiltinVolatility : uint8_t { kImmutable, kStable, kVolatile, kNone };

/// kNone for what is no built-in function. Aggregates are not among them.
BuiltinVolatility builtin_volatility(std::string_view name);

/// Whether a call of the function cannot change rows, schema or settings: a built-in function or
/// aggregate that only computes, reads, waits or locks. Names with a schema other than pg_catalog
/// are none of these.
bool is_harmless_builtin(const QualifiedName& function);

}  // namespace belay::sql::postgres

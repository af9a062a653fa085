#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/schema/schema.h"

namespace belay::effects {

enum class Volatility : uint8_t { kImmutable, kStable, kVolatile, kUnknown };

/// How volatile a PostgreSQL function is: a built-in one by the server's own catalog, one that the
/// history created by its CREATE FUNCTION, one of the common extensions by their documentation.
Volatility function_volatility(std::string_view name, const schema::Schema& schema);

/// The worst of an expression's functions; immutable without any.
struct ExpressionVolatility {
  Volatility volatility = Volatility::kImmutable;
  std::string_view function;  ///< the one that decided; borrowed from the expression
};
ExpressionVolatility expression_volatility(const sql::Expression& expression,
                                           const schema::Schema& schema);

}  // namespace belay::effects

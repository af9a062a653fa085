#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/sql/name.h"

namespace belay::sql {

/// What the checks need to know of an expression. Its text stands at `range`.
struct Expression {
  enum class Shape : uint8_t {
    kLiteral,  ///< a constant, perhaps with a sign, a cast or parentheses
    kNull,     ///< NULL, perhaps with a cast
    kColumn,   ///< a column alone
    kCall,     ///< a function call, or CURRENT_TIMESTAMP and its like
    kOther,
  };

  ByteRange range;
  Shape shape = Shape::kOther;
  /// For a literal: its value, without quotes.
  std::string literal;
  /// Functions called at any depth, operators and casts not counted.
  std::vector<QualifiedName> functions;
  /// Columns named at any depth outside subqueries, without the table that may qualify them.
  std::vector<Name> columns;
  /// Relations read by subqueries.
  std::vector<QualifiedName> relations;
  /// Columns that cannot be NULL where this condition is true (`a IS NOT NULL AND ...`): what
  /// lets PostgreSQL 12 and later skip the scan of SET NOT NULL.
  std::vector<std::string> proves_not_null;
  /// Columns that are NULL where this condition is true (`a IS NULL AND ...`).
  std::vector<std::string> proves_null;
  /// The condition holds for every row whatever it contains: `true`, `1 = 1`, `c = c OR ...` not.
  bool always_true = false;
  bool has_subquery = false;

  bool empty() const { return range.empty(); }
  bool is_constant() const {
    return shape == Shape::kLiteral || shape == Shape::kNull ||
           (functions.empty() && columns.empty() && !has_subquery);
  }
};

/// What the checks need to know of a query, or of the part of a statement that reads.
struct Query {
  ByteRange range;
  std::vector<QualifiedName> relations;
  std::vector<QualifiedName> functions;
  /// Columns named at any depth, without the table that may qualify them; `*` is none.
  std::vector<Name> columns;
  bool star = false;  ///< `*` or `t.*` stands in it, at any depth
  /// The names of what it gives, in order; empty where they are not known (`*`, expressions without
  /// a name, SQLite).
  std::vector<std::string> outputs;
};

}  // namespace belay::sql

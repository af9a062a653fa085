#pragma once

#include <cstdint>

#include "analyzer/text/range.h"

namespace belay::sql::sqlite {

/// Something in an expression that SQLite does not allow everywhere. Noted where it stands outside
/// subqueries, in the order of the text.
struct Fact {
  enum class Kind : uint8_t {
    kColumn,
    kSubquery,
    kParameter,
    kAggregate,         ///< an aggregate or window function, called as such
    kWindow,            ///< FILTER or OVER
    kNonDeterministic,  ///< a function that SQLite bars from generated columns and indexes
    kRowMismatch,       ///< row values of different length compared
  };

  Kind kind = Kind::kColumn;
  bool has_schema = false;  ///< of a column: written `schema.table.column`
  ByteRange range;
  ByteRange table;  ///< of a column: its qualifier; empty without one
};

/// Where an index keeps an expression.
enum class IndexPlace : uint8_t { kKey, kWhere };

}  // namespace belay::sql::sqlite

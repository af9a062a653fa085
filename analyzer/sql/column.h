#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/sql/expression.h"
#include "analyzer/sql/name.h"

namespace belay::sql {

/// A type as written. `name` is the dialect's own name for it: PostgreSQL's aliases are resolved
/// (`integer` is `int4`, `timestamp with time zone` is `timestamptz`), SQLite's stand as they are
/// in lower case. An empty name is a SQLite column without a type.
struct TypeName {
  QualifiedName name;
  /// `varchar(20)` has one, `numeric(10,2)` two.
  std::vector<std::string> modifiers;
  uint8_t array_dimensions = 0;
  ByteRange range;

  bool empty() const { return name.empty(); }
  /// PostgreSQL's smallserial, serial and bigserial, by any of their names.
  bool is_serial() const;
  /// `numeric(10,2)[]`.
  std::string to_string() const;
};

/// `name = value` as storage options, sequence options and the like are written.
struct Option {
  Name name;
  std::string value;
  ByteRange range;
};

enum class ReferentialAction : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

enum class ConstraintKind : uint8_t {
  kNotNull,
  kCheck,
  kPrimaryKey,
  kUnique,
  kForeignKey,
  kExclude,
};

/// An index's column or expression.
struct IndexElement {
  Name column;            ///< empty for an expression
  Expression expression;  ///< empty for a column
  QualifiedName collation;
  QualifiedName operator_class;
  bool descending = false;
  std::optional<bool> nulls_first;  ///< where written
  ByteRange range;
};

/// A constraint of a table or of a column. Which members count depends on `kind`.
struct ConstraintDefinition {
  ConstraintKind kind = ConstraintKind::kCheck;
  Name name;  ///< empty: the engine will choose one
  ByteRange range;
  /// The range without `CONSTRAINT name`.
  ByteRange clause;
  /// PRIMARY KEY, UNIQUE: the key. FOREIGN KEY: the referencing columns. A column's own constraint
  /// names that column.
  std::vector<Name> columns;
  std::vector<Name> include;
  Expression check;
  QualifiedName references;
  std::vector<Name> referenced_columns;  ///< empty: the primary key
  ReferentialAction on_delete = ReferentialAction::kNoAction;
  ReferentialAction on_update = ReferentialAction::kNoAction;
  std::string match;  ///< `full`, `partial` or empty
  Name using_index;
  std::string method;                  ///< EXCLUDE USING method
  std::vector<IndexElement> elements;  ///< EXCLUDE
  std::vector<std::string> operators;  ///< EXCLUDE: one for each element
  Expression predicate;                ///< EXCLUDE ... WHERE
  bool not_valid = false;
  bool no_inherit = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool nulls_not_distinct = false;
  bool autoincrement = false;  ///< SQLite
  bool descending = false;     ///< SQLite: `INTEGER PRIMARY KEY DESC` is no rowid alias
  std::string on_conflict;     ///< SQLite: the conflict clause, in lower case
  std::vector<Option> options;
};

struct ColumnDefinition {
  enum class Generated : uint8_t { kNo, kStored, kVirtual };
  enum class Identity : uint8_t { kNo, kAlways, kByDefault };

  Name name;
  TypeName type;
  ByteRange range;
  std::optional<Expression> default_value;
  Generated generated = Generated::kNo;
  Expression generation;  ///< of a generated column
  Identity identity = Identity::kNo;
  std::vector<Option> identity_options;
  QualifiedName collation;
  std::string storage;
  std::string compression;
  /// In the order of the text, NOT NULL among them.
  std::vector<ConstraintDefinition> constraints;
  /// Where a DEFAULT, GENERATED or IDENTITY clause stands; empty without one.
  ByteRange default_range;

  const ConstraintDefinition* constraint(ConstraintKind kind) const {
    for (const ConstraintDefinition& c : constraints) {
      if (c.kind == kind) return &c;
    }
    return nullptr;
  }
  bool not_null() const { return constraint(ConstraintKind::kNotNull) != nullptr; }
};

}  // namespace belay::sql

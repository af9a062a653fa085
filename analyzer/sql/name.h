#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

/// Ranges in everything of this namespace count from the first byte of the statement.
namespace belay::sql {

/// A name as the dialect compares it: PostgreSQL folds unquoted names to lower case, SQLite
/// compares all names without case. How it was written stands in the text, at `range`.
struct Name {
  std::string id;
  ByteRange range;

  bool empty() const { return id.empty(); }
};

/// Names as they compare, without their places.
inline std::vector<std::string> ids(const std::vector<Name>& names) {
  std::vector<std::string> out;
  out.reserve(names.size());
  for (const Name& n : names) out.push_back(n.id);
  return out;
}

/// A name that may carry a schema (SQLite: an attached database). An empty `schema` means the
/// dialect's default; `range` covers both parts.
struct QualifiedName {
  Name schema;
  Name name;
  ByteRange range;

  bool empty() const { return name.empty(); }
  /// `schema.name`, or `name` where no schema was written.
  std::string to_string() const { return schema.empty() ? name.id : schema.id + "." + name.id; }
};

/// The kinds of object that statements create, change and drop.
enum class ObjectKind : uint8_t {
  kTable,
  kColumn,
  kConstraint,
  kIndex,
  kView,
  kMaterializedView,
  kSequence,
  kSchema,
  kType,
  kDomain,
  kFunction,  ///< functions, procedures, aggregates
  kTrigger,
  kEventTrigger,
  kRule,
  kPolicy,
  kExtension,
  kCollation,
  kConversion,
  kCast,
  kOperator,
  kOperatorClass,
  kOperatorFamily,
  kTextSearch,
  kStatistics,
  kAccessMethod,
  kLanguage,
  kForeignTable,
  kForeignServer,
  kForeignDataWrapper,
  kUserMapping,
  kPublication,
  kSubscription,
  kRole,
  kDatabase,
  kTablespace,
  kLargeObject,
  kTransform,
  kEvent,  ///< MySQL
  kOther,
};

/// As SQL spells it, in lower case: `materialized view`.
std::string_view object_kind_name(ObjectKind kind);

}  // namespace belay::sql

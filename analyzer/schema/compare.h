#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/schema/schema.h"

namespace belay::schema {

/// One thing in which a schema is not what another one was.
struct Change {
  enum class How : uint8_t {
    kMissing,  ///< only the schema before has it
    kExtra,    ///< only the schema after has it
    kChanged,  ///< both have it, but `what` differs
    kRenamed,  ///< the same index or constraint under another name, which is `after`
  };

  How how = How::kChanged;
  sql::ObjectKind kind = sql::ObjectKind::kTable;
  std::string table;   ///< that it belongs to, as people read it; empty for what stands alone
  std::string name;    ///< as people read it
  std::string what;    ///< `type`, `default`, `not null`, `order`, `comment`, ...
  std::string before;  ///< empty where there was none
  std::string after;
  /// Nothing but the order of columns or of an enum's values.
  bool order_only = false;
  /// False where one side is not known: it may be no change at all.
  bool certain = true;
  /// What made or last changed it: the object after, or the one that is missing.
  Origin origin;

  /// `column orders.note is missing`, `the type of orders.id is int4 instead of int8`.
  std::string to_string() const;
};

/// What differs in `after`, as the catalogs of a database would show it: objects are told apart by
/// name, and it does not matter when they were made. What belongs to a table that is missing or
/// extra is not listed apart.
std::vector<Change> compare(const Schema& before, const Schema& after);

/// A constraint as people write it, without its name.
std::string describe(const Constraint& constraint, const Schema& schema);
/// An index likewise.
std::string describe(const Index& index);

}  // namespace belay::schema

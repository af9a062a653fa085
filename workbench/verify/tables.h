#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace belay::workbench {

/// What kind of value a column takes, as far as making one up goes.
enum class ValueKind : uint8_t {
  kNone,  ///< no value is known for it
  kInteger,
  kReal,
  kText,
  kBoolean,
  kBytes,
  kUuid,
  kDate,
  kTimestamp,
  kTime,
  kInterval,
  kJson,
  kXml,
  kAddress,     ///< inet, cidr
  kMacAddress,  ///< macaddr
  kPoint,
  kBits,
  kLabel,  ///< one of `labels`
  kPath,   ///< ltree
  kArray,
  kRange,
};

struct ColumnShape {
  std::string name;    ///< as the catalog has it
  std::string quoted;  ///< as statements take it
  ValueKind kind = ValueKind::kNone;
  uint32_t longest = 0;   ///< in characters; 0: any length
  bool required = false;  ///< NULL is not allowed
  bool writable = true;   ///< false where the engine computes it
  std::vector<std::string> labels;
  /// The literals in the checks that the column stands in: likely values, limits and lengths.
  std::vector<std::string> check_texts;
  std::vector<int64_t> check_numbers;
  bool check_wants_json = false;
};

/// A table that holds rows of its own, or passes them on to its partitions.
struct TableShape {
  std::string id;      ///< as in the catalog
  std::string quoted;  ///< as statements take it
  bool holds_rows = true;
  bool takes_rows = true;  ///< false for partitions, which get theirs by way of their parent
  std::vector<ColumnShape> columns;
};

}  // namespace belay::workbench

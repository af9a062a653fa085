#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

namespace belay::rollback {

/// Something that an operation destroys and that no statement brings back.
struct DataLoss {
  enum class Kind : uint8_t {
    kTable,      ///< a table with its rows
    kColumn,     ///< a column's values
    kAllRows,    ///< every row of a table
    kSomeRows,   ///< the rows that a condition picks
    kValues,     ///< what a column held before an UPDATE
    kPrecision,  ///< what does not fit into a narrower type
  };
  Kind kind = Kind::kTable;
  std::string table;                                       ///< as people read it
  std::string column;                                      ///< empty where it is about rows
  ByteRange range;                                         ///< within the statement
  std::optional<schema::Type> narrowed_to = std::nullopt;  ///< of kPrecision

  /// `the table orders`, `the values of users.phone`, ...
  std::string to_string() const;
};

/// What an operation of a script, given by its numbers, destroys. Nothing is lost of what the same
/// script (`script_id`, as in `schema::Origin::script`) made, nor of a table whose rows it took
/// along. `before` must be the schema that holds when the operation runs.
std::vector<DataLoss> data_losses(const sql::ParsedScript& script, size_t statement,
                                  size_t operation, const schema::Schema& before,
                                  uint32_t script_id);

}  // namespace belay::rollback

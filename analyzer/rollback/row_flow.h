#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

namespace belay::rollback {

enum class RowsKept : uint8_t {
  kNone,
  kSome,  ///< the query that copies them picks some: it has a WHERE, a JOIN, a LIMIT
  kAll,
};

/// Whether a script takes the rows of a table along before the operation that is given by its
/// numbers, which drops the table: `INSERT ... SELECT` or CREATE TABLE AS from it into a table that
/// is there at the end, perhaps by way of others, and under whatever name, or that has taken the
/// place of a dropped one meanwhile. So do all ways of rebuilding a table. `key` is the table's in
/// `schema`.
RowsKept rows_kept(const sql::ParsedScript& script, size_t statement, size_t operation,
                   const schema::Schema& schema, const std::string& key);

/// The columns of such a table whose values no copy names, so that they are not taken along. Where
/// a copy takes `*` there are none.
std::vector<std::string> columns_left_behind(const sql::ParsedScript& script, size_t statement,
                                             size_t operation, const schema::Schema& schema,
                                             const std::string& key);

}  // namespace belay::rollback

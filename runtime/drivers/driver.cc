#include "runtime/drivers/driver.h"

#include <utility>

namespace belay::runtime {

Result<Content> Driver::content(Connection& connection) const {
  Content content;
  Result<RowCounts> rows = row_counts(connection);
  if (!rows) return std::move(rows).error();
  content.rows = *std::move(rows);
  Result<std::string> fingerprint = schema_fingerprint(connection);
  if (!fingerprint) return std::move(fingerprint).error();
  content.schema_fingerprint = *std::move(fingerprint);
  return content;
}

Result<TableSizes> Driver::table_sizes(Connection& connection) const {
  Result<RowCounts> counts = row_counts(connection);
  if (!counts) return std::move(counts).error();
  TableSizes out;
  for (const auto& [table, rows] : *counts) out[table].rows = rows;
  return out;
}

Result<std::optional<uint64_t>> Driver::database_bytes(Connection&) const {
  return std::optional<uint64_t>();
}

Result<Integrity> Driver::integrity(Connection&) const { return Integrity{}; }

Result<bool> Driver::is_in_force(Connection&, const Script&, const PlannedStatement&) const {
  return false;
}

/// VACUUM and settings bear to be run again.
Result<bool> Driver::was_done(Connection&, const Script&, const PlannedStatement&) const {
  return false;
}

}  // namespace belay::runtime

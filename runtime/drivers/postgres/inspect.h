#pragma once

#include <set>
#include <string>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/postgres/connection.h"

/// Reading a PostgreSQL database's own description of itself. Belay's tables do not count.
namespace belay::runtime::postgres {

/// Tables by their names in full, quoted where they must be.
using TableNames = std::set<std::string>;

/// Whether there is a table, view, index or sequence of that name, quoted where it must be.
Result<bool> relation_exists(Connection& connection, const std::string& name);

/// A query for one text: the hash that `schema_fingerprint` gives. The search path must be empty.
std::string fingerprint_query();

/// A hash over all that the catalogs tell of the users' objects. The connection must be in a
/// transaction; its search path stays as it is.
Result<std::string> schema_fingerprint(Connection& connection);
/// The same, as a text that is `answer`ed while other connections work. The transaction is good for
/// nothing else then.
Result<void> ask_for_fingerprint(PostgresConnection& connection);

/// The rows of every table that stores rows. Tables of the connection's home schema go by their
/// bare names. Those over `kLargestCounted` are left out: counting them would take longer than many
/// a migration.
/// The locks of the connection's transaction that keep others from writing to a table; not of those
/// that it has made, nor of Belay's own.
Result<std::vector<TableLock>> table_locks(PostgresConnection& connection);

Result<RowCounts> row_counts(PostgresConnection& connection, const TableNames& without = {});
inline constexpr int64_t kLargestCounted = int64_t{8} << 30;

/// Rows by the server's own estimates, exact where it has none; bytes with indexes and TOAST.
Result<TableSizes> table_sizes(PostgresConnection& connection);

/// What can be seen without an extension: indexes that are not valid.
Result<Integrity> integrity(PostgresConnection& connection);

/// A hash over how many rows were ever written to which table, as the server's statistics count
/// them, and over the schema. Tables in `without` count for the latter alone. Complete for
/// transactions whose sessions have ended or were idle for ten seconds (PostgreSQL 15 and later),
/// and for Belay's own.
Result<std::string> activity_digest(Connection& connection, const TableNames& without);
/// The same, where the schema's fingerprint is known.
Result<std::string> activity_digest(Connection& connection, const TableNames& without,
                                    const std::string& fingerprint);
/// The half of it that does not need the schema: a hash over the statistics alone.
Result<std::string> activity(Connection& connection, const TableNames& without);
std::string activity_digest(const std::string& fingerprint, const std::string& activity);

}  // namespace belay::runtime::postgres

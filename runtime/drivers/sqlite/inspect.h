#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/quote.h"
#include "runtime/drivers/sqlite/connection.h"

/// Reading a SQLite database's own description of itself. All read the main database only.
namespace belay::runtime::sqlite {

/// The number that a PRAGMA of that name gives.
Result<int64_t> pragma_number(Connection& connection, const char* name);

/// A table, an index, a view or a trigger that users have made.
struct Object {
  std::string type;
  std::string name;

  std::string key() const { return type + " " + name; }
};

/// In an order in which they can be dropped: virtual tables before the tables in which they keep
/// their rows, which go with them.
Result<std::vector<Object>> read_objects(Connection& connection);

/// Drops it, where it has not gone with another one already.
Result<void> drop_object(Connection& connection, const Object& object);

/// SHA-256 of the schema's texts by kind and name, without Belay's table and SQLite's own.
Result<std::string> schema_fingerprint(Connection& connection);

/// The rows of every table that stores rows: shadow tables count; views, virtual tables and
/// SQLite's own tables do not.
Result<RowCounts> row_counts(Connection& connection, const std::set<std::string>& without = {});

/// Both in one. `before`: the content of when `connection` began to watch, where it does.
Result<Content> read_content(SqliteConnection& connection, const Content* before);

/// A hash over the schema and over all rows of the tables that are not in `without`. Belay's own
/// table does not count.
Result<std::string> digest_without(Connection& connection, const std::set<std::string>& without);

/// `PRAGMA foreign_key_check`, at most 100,000 rows of it.
Result<ForeignKeyViolations> foreign_key_violations(Connection& connection);

/// `PRAGMA quick_check`. Errors: the database is damaged; the message holds its first complaint.
/// The value is empty, or says why the check could not be made: a function, collation or module
/// that the application brings along.
Result<std::string> quick_check(Connection& connection);

}  // namespace belay::runtime::sqlite

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

inline constexpr std::string_view kLedger = "belay_migrations";

/// An object of the schema, as its row in `sqlite_schema` tells.
struct SchemaObject {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;
  bool has_pages = false;  ///< a virtual table and a view have none
};

/// What `sqlite_schema` of the main database holds. A later reading shares the objects that are
/// still the same.
struct SchemaRows {
  std::vector<std::shared_ptr<const SchemaObject>> objects;  ///< by type and name, without SQLite's
  int64_t count = 0;                                         ///< of all rows, SQLite's own included
  int64_t last = 0;                                          ///< the highest number of a row
  bool refers = false;  ///< a table's text has the word that a foreign key needs

  /// SHA-256 of the objects' texts, without Belay's table.
  std::string fingerprint() const;
  /// Tables that store rows, by name; shadow tables are among them.
  std::vector<std::string> stored_tables() const;
};

Result<SchemaRows> read_schema(SqliteConnection& connection);

/// The same where, since `before` was read, objects have come and none has gone or changed: only
/// what is new is read. Empty where the number of rows tells that this is not so.
Result<std::optional<SchemaRows>> read_added(SqliteConnection& connection,
                                             const SchemaRows& before);

}  // namespace belay::runtime::sqlite

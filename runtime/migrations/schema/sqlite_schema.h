#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <belay/database.h>

#include "runtime/migrations/schema/table_text.h"

/// What a SQLite database says of itself. Names are compared as SQLite does, without case.
namespace belay::builder {

/// As it was written. Throws where there is no such table.
std::string table_name(Database& db, std::string_view name);

struct StoredTable {
  std::string name;  ///< as it was written
  std::string sql;
};
/// Throws where there is no such table, or one whose definition is not the author's to change.
StoredTable stored_table(Database& db, std::string_view name);

struct StoredIndex {
  std::string name;
  std::string sql;
};
/// Those that were made by CREATE INDEX, in the order in which they were.
std::vector<StoredIndex> stored_indexes(Database& db, std::string_view table);
/// Whether an index uses a column, in its list or its condition.
bool index_uses(const StoredIndex& index, std::string_view column);
/// The same statement whatever its spaces, quotes and capitals are.
std::string plain_statement(std::string_view sql);

/// The foreign keys of other tables that refer to a table: `orders (customer_id)`, each with the
/// columns that it refers to; none of these: the primary key.
struct IncomingKey {
  std::string table;
  std::string columns;
  std::vector<std::string> to;
};
std::vector<IncomingKey> incoming_keys(Database& db, std::string_view table);

/// How many rows of a table and of those that refer to it have no parent, by foreign key; an error
/// of SQLite's about the key itself stands in its place.
std::map<std::string, std::string> orphans_around(Database& db, std::string_view table);

struct StoredObject {
  std::string type;  ///< `view`, `trigger`
  std::string name;
  std::string table;
  std::string sql;

  friend bool operator<(const StoredObject& a, const StoredObject& b) { return a.name < b.name; }
};
std::vector<StoredObject> views_and_triggers(Database& db);
/// Views and triggers that SQLite cannot compile now, with what it says.
std::map<StoredObject, std::string> broken_objects(Database& db);
/// Views and triggers whose text uses a column in a way that SQLite would take for something else
/// once it is gone: in double quotes, or behind UPDATE OF.
std::vector<StoredObject> silent_users(Database& db, std::string_view table,
                                       std::string_view column);

}  // namespace belay::builder

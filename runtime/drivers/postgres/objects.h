#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/drivers/postgres/connection.h"

namespace belay::runtime::postgres {

/// Something that a script can make, under the words with which it is dropped.
struct Object {
  std::string kind;    ///< `TABLE`, `FUNCTION`
  std::string name;    ///< quoted, with schema and, of a function, with its arguments
  std::string schema;  ///< not quoted
};

/// The users' objects: indexes that are no constraint's, tables, views, sequences of their own,
/// functions, types and schemas, in an order in which they can be dropped. Belay's own and those of
/// extensions are left out. The connection is in a transaction with an empty search path.
Result<std::vector<Object>> read_objects(PostgresConnection& connection);

/// The schema that a session has in the database: its mark, and perhaps copies of tables.
std::string session_schema(std::string_view session);
/// The statement that marks a session's schema for those who have another state directory.
std::string mark_statement(std::string_view session, std::string_view by);
/// The session that a schema belongs to; empty for a user's.
std::string session_of_schema(std::string_view schema);

/// What removes all of them, and the ledger in the schema `home`. The schema `public` stays.
std::vector<std::string> drop_statements(const std::vector<Object>& objects,
                                         const std::string& home);

}  // namespace belay::runtime::postgres

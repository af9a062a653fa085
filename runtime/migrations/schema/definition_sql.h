#pragma once

#include <string>
#include <string_view>

#include <belay/schema.h>

#include "runtime/migrations/schema/names.h"

namespace belay::builder {

/// What a definition is written for.
struct Target {
  Engine engine = Engine::kPostgres;
  bool strict = false;  ///< SQLite: a STRICT table
};

/// What stands in parentheses behind CREATE TABLE, and in ALTER TABLE ADD. Throws for what the
/// engine has not.
std::string type_text(const ColumnType& type, const Target& target);
/// `CHECK (mood IN (...))` of an enumeration; empty for any other type.
std::string values_check(std::string_view column, const ColumnType& type, Engine engine);
std::string column_text(const Column& column, const Target& target);
std::string foreign_key_text(const ForeignKey& key, Engine engine);
std::string constraint_text(const Constraint& constraint);

/// Throws where values are to be converted and no type is given.
void refuse_bare_conversion(const ColumnChange& change);

std::string create_table_text(const Table& table, Engine engine);
/// `name` as it is, without a schema.
std::string create_index_text(std::string_view table, const TableIndex& index, Engine engine);

}  // namespace belay::builder

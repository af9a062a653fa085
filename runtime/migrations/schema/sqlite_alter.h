#pragma once

#include <string_view>

#include <belay/schema.h>

namespace belay::builder {

/// `alter_table` on SQLite: what its own ALTER TABLE does is left to it, everything else is a
/// change of the stored text; all changes between two of the former are one rebuild.
void alter_sqlite_table(Database& db, const TableChange& change);

void drop_sqlite_table(Database& db, std::string_view name, bool with_dependents);

}  // namespace belay::builder

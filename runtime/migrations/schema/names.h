#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <belay/table_parts.h>

namespace belay::builder {

using Engine = Database::Engine;

/// A name as SQL reads it: in quotes where it is no plain word in lower case or means something
/// else. Throws for an empty one and for one with a NUL byte.
std::string name_text(std::string_view name);
/// The same of a table, an index or a type, which PostgreSQL may have in a schema: `app.users`.
std::string object_text(std::string_view name, Engine engine);
/// `(a, b)`.
std::string names_text(const std::vector<std::string>& names);

/// A text as a constant. Throws for one with a NUL byte.
std::string constant_text(std::string_view text, Engine engine);
/// What stands behind DEFAULT.
std::string default_text(const ColumnDefault& value, Engine engine);
/// Whether SQLite can add a column with this default to rows that are there.
bool is_constant(const ColumnDefault& value);
bool is_null(const ColumnDefault& value);

/// The name that an index gets which was given none; throws where the engine would cut it.
std::string index_name(std::string_view table, const TableIndex& index);

}  // namespace belay::builder

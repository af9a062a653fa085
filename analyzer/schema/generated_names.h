#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The names that PostgreSQL gives to constraints and indexes that were written without one, as
/// its ChooseRelationName, ChooseConstraintName and makeObjectName do
/// (backend/commands/indexcmds.c).
namespace belay::schema {

/// Whether a name is already in use.
using NameTaken = std::function<bool(const std::string&)>;

/// `table_part_label`, cut to 63 bytes by shortening the longer of the first two, with a number
/// behind the label where the name is taken. An empty `part` is left out.
std::string postgres_object_name(std::string_view table, std::string_view part,
                                 std::string_view label, const NameTaken& taken);

/// The parts of an index's name: a column's name, `expr` for an empty one, each with a number
/// behind it where it comes again.
std::vector<std::string> postgres_index_parts(const std::vector<std::string>& columns);

/// The middle part for a key or an index: its columns joined by underscores.
std::string postgres_column_part(const std::vector<std::string>& columns);

}  // namespace belay::schema

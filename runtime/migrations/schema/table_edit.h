#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/migrations/schema/table_text.h"

/// Changes of the text of a CREATE TABLE. Each gives the new text; what it does not mean stays as
/// it was written.
namespace belay::builder {

struct TextEdit {
  ByteRange range;
  std::string replacement;
};
std::string edited(std::string_view text, std::vector<TextEdit> edits);

/// Without a column, or without a constraint of the table or of a column.
std::string without_column(const TableText& table, const TextColumn& column);
std::string without_constraint(const TableText& table, const TextConstraint& constraint);

std::string with_column(const TableText& table, std::string_view definition);
std::string with_constraint(const TableText& table, std::string_view constraint);
std::string with_type(const TableText& table, const TextColumn& column, std::string_view type);
/// `constraint` in the place of the column's constraint of that kind, or at its end; an empty one
/// takes it away.
std::string with_column_constraint(const TableText& table, const TextColumn& column,
                                   TextConstraint::Kind kind, std::string_view constraint);

/// Under another name and without any foreign key.
std::string detached(const TableText& table, std::string_view name);

}  // namespace belay::builder

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/rules/rule.h"

/// What the rules about up and down as a pair have in common.
namespace belay::rules {

/// A table's name as losses write it.
std::string shown(const MigrationContext& migration, const sql::QualifiedName& table);

/// Whether the down writes rows into a table: what it writes may be a way back, which nobody can
/// prove. Where `column` is given, an UPDATE counts only if it sets that column.
bool down_writes(const MigrationContext& migration, std::string_view table,
                 std::string_view column);

/// Whether the loss is of an UPDATE that overwrites nothing but NULL: `WHERE c IS NULL AND ...`.
bool fills_in_nulls(const MigrationContext& migration, const rollback::Loss& loss);

/// Whether the author says, in either script, that there is no way back, or lets the down
/// refuse.
bool is_declared_irreversible(const MigrationContext& migration);

/// The first statement of the up that does something to a table, given by its key; none where none
/// does.
std::optional<Place> up_statement_on(const MigrationContext& migration, const std::string& key);
/// The key of a relation as effects name it.
std::string key_of(const schema::Schema& schema, const std::string& relation);

/// The place of a loss, in the file where it happens.
Place place_of(const MigrationContext& migration, const rollback::Loss& loss);

}  // namespace belay::rules

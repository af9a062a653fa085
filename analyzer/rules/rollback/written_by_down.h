#pragma once

#include <string>
#include <string_view>

#include "analyzer/rules/rule.h"

/// What the rules about data that a down does not bring back have in common.
namespace belay::rules {

/// A table's name as losses write it.
std::string shown(const MigrationContext& migration, const sql::QualifiedName& table);

/// Whether the down writes rows into a table: what it writes may be a way back, which nobody can
/// prove. Where `column` is given, an UPDATE counts only if it sets that column.
bool down_writes(const MigrationContext& migration, std::string_view table,
                 std::string_view column);

/// Whether the author says, in either script, that there is no way back.
bool is_declared_irreversible(const MigrationContext& migration);

/// The place of a loss, in the file where it happens.
Place place_of(const MigrationContext& migration, const rollback::Loss& loss);

}  // namespace belay::rules

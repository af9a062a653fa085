#pragma once

#include <string>
#include <vector>

#include "analyzer/rules/rule.h"

/// What the rules about the differences that a down leaves have in common.
namespace belay::rules {

/// Whether the schema behind the down is surely another one, though the down runs.
bool differs(const MigrationContext& migration);
/// Whether the down holds nothing that could take anything back.
bool is_fake(const MigrationContext& migration);
/// The differences that the up did not make: objects that were still there when the down began.
std::vector<const schema::Change*> dropped_by_down(const MigrationContext& migration);
/// Where to show what is wrong with the down as a whole: its first statement, else its beginning.
Place place_of_down(const MigrationContext& migration);
/// The first few, and how many more.
std::string listed(const std::vector<const schema::Change*>& changes);
/// Points at the statement that made or changed the object, where it is one of the up's.
void add_origin(FindingBuilder& finding, const MigrationContext& migration,
                const schema::Change& change);

}  // namespace belay::rules

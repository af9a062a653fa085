#include "analyzer/rules/rollback/differences.h"

#include <algorithm>

namespace belay::rules {

bool differs(const MigrationContext& migration) {
  return migration.down != nullptr &&
         migration.reversibility.verdict == rollback::Verdict::kDiffers;
}

bool is_fake(const MigrationContext& migration) {
  const sql::ParsedScript& script = migration.down->script;
  return std::all_of(script.statements.begin(), script.statements.end(), [](const auto& s) {
    if (s.parsed == nullptr) return true;
    return std::all_of(s.parsed->operations.begin(), s.parsed->operations.end(),
                       rollback::changes_nothing);
  });
}

std::vector<const schema::Change*> dropped_by_down(const MigrationContext& migration) {
  const std::vector<schema::Change> by_up = schema::compare(migration.before, migration.after_up);
  std::vector<const schema::Change*> out;
  for (const schema::Change& change : migration.reversibility.differences) {
    if (change.how != schema::Change::How::kMissing || !change.certain) continue;
    const bool gone_before = std::any_of(by_up.begin(), by_up.end(), [&](const schema::Change& c) {
      const bool same = c.kind == change.kind && c.name == change.name && c.table == change.table;
      // A part goes with its table.
      const bool with_table = c.kind == sql::ObjectKind::kTable && c.name == change.table;
      return c.how != schema::Change::How::kExtra && (same || with_table);
    });
    if (!gone_before) out.push_back(&change);
  }
  return out;
}

Place place_of_down(const MigrationContext& migration) {
  const ScriptContext& down = *migration.down;
  for (const sql::ScriptStatement& s : down.script.statements) {
    if (!s.is_client_command()) return {down.location.path, s.range};
  }
  const uint32_t begin = down.location.range.begin;
  return {down.location.path, {begin, begin}};
}

std::string listed(const std::vector<const schema::Change*>& changes) {
  constexpr size_t kShown = 3;
  std::string out;
  for (size_t i = 0; i < std::min(changes.size(), kShown); ++i) {
    out += (i == 0 ? "" : "; ") + changes[i]->to_string();
  }
  if (changes.size() > kShown) out += "; and " + std::to_string(changes.size() - kShown) + " more";
  return out;
}

void add_origin(FindingBuilder& finding, const MigrationContext& migration,
                const schema::Change& change) {
  const auto place = migration.made_by(change.origin);
  if (!place || place->direction != project::Direction::kUp) return;
  finding.related(migration.place_of(*place), "The up does it here: " + change.to_string() + ".");
}

}  // namespace belay::rules

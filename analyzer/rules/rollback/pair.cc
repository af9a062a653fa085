#include "analyzer/rules/rollback/pair.h"

#include <algorithm>

namespace belay::rules {

std::string shown(const MigrationContext& migration, const sql::QualifiedName& table) {
  return migration.before.display(migration.before.key(table));
}

bool down_writes(const MigrationContext& migration, std::string_view table,
                 std::string_view column) {
  const auto writes = [&](const sql::Operation& operation) {
    if (const auto* op = operation.as<sql::Update>()) {
      return shown(migration, op->table) == table &&
             (column.empty() ||
              std::any_of(op->assignments.begin(), op->assignments.end(),
                          [&](const sql::Assignment& a) { return a.column.id == column; }));
    }
    const auto* insert = operation.as<sql::Insert>();
    const auto* merge = operation.as<sql::Merge>();
    const auto* copy = operation.as<sql::Copy>();
    return (insert != nullptr && shown(migration, insert->table) == table) ||
           (merge != nullptr && shown(migration, merge->table) == table) ||
           (copy != nullptr && copy->from && shown(migration, copy->table) == table);
  };
  const auto& statements = migration.down->script.statements;
  return std::any_of(statements.begin(), statements.end(), [&](const sql::ScriptStatement& s) {
    return s.parsed != nullptr &&
           std::any_of(s.parsed->operations.begin(), s.parsed->operations.end(), writes);
  });
}

bool fills_in_nulls(const MigrationContext& migration, const rollback::Loss& loss) {
  if (loss.what.kind != rollback::DataLoss::Kind::kValues) return false;
  const auto& parsed = *migration.up.script.statements[loss.place.statement].parsed;
  for (const sql::Operation& operation : parsed.operations) {
    const auto* op = operation.as<sql::Update>();
    if (op == nullptr || !op->where) continue;
    const auto& nulls = op->where->proves_null;
    return std::find(nulls.begin(), nulls.end(), loss.what.column) != nulls.end();
  }
  return false;
}

bool is_declared_irreversible(const MigrationContext& migration) {
  return migration.reversibility.verdict == rollback::Verdict::kDeclaredIrreversible ||
         migration.up.script.irreversible.has_value() ||
         (migration.down != nullptr && migration.down->script.irreversible.has_value());
}

std::optional<Place> up_statement_on(const MigrationContext& migration, const std::string& key) {
  for (const ScriptTrace::Step& step : migration.up_trace.steps) {
    const auto& relations = step.effect.relations;
    const bool concerned =
        std::any_of(relations.begin(), relations.end(), [&](const effects::RelationEffect& r) {
          return key_of(migration.before, r.relation) == key;
        });
    if (concerned) return migration.place_of({project::Direction::kUp, step.statement});
  }
  return std::nullopt;
}

std::string key_of(const schema::Schema& schema, const std::string& relation) {
  return relation.find('.') == std::string::npos ? schema.key("", relation) : relation;
}

Place place_of(const MigrationContext& migration, const rollback::Loss& loss) {
  const Place statement = migration.place_of(loss.place);
  return {statement.path, loss.what.range.shifted(statement.range.begin)};
}

}  // namespace belay::rules

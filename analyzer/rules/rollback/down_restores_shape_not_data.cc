#include <algorithm>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The column comes back, what it held does not",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);",
     .sql = "ALTER TABLE users DROP COLUMN phone;",
     .down = "[[ALTER TABLE users ADD COLUMN phone text]];"},
    {.engine = Engine::kSqlite,
     .title = "The table comes back empty",
     .before = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);",
     .sql = "DROP TABLE notes;",
     .down = "[[CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)]];"},
    {.engine = Engine::kPostgres,
     .title = "Digits that were cut stay cut",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12,4));",
     .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
     .down = "[[ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,4)]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The down fills the column from what the up made of it",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);",
     .sql = "CREATE TABLE phones (user_id bigint, phone text);\n"
            "INSERT INTO phones SELECT id, phone FROM users;\n"
            "ALTER TABLE users DROP COLUMN phone;",
     .down = "ALTER TABLE users ADD COLUMN phone text;\n"
             "UPDATE users SET phone = p.phone FROM phones p WHERE p.user_id = users.id;\n"
             "DROP TABLE phones;"},
    {.engine = Engine::kPostgres,
     .title = "The author says so",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);",
     .sql = "ALTER TABLE users DROP COLUMN phone;",
     .down = "-- irreversible: the phone numbers are in the snapshot of the deployment\n"
             "ALTER TABLE users ADD COLUMN phone text;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-restores-shape-not-data",
    .title = "The down brings the shape back, but not the data",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The up destroys a table, a column or digits, and the down makes an empty one of the same name. It
runs, the schema is as it was, every test of the schema passes, and the data is gone. Whoever rolls
back in an emergency finds out afterwards.)",
    .instead =
        R"(Keep the data until nobody wants to go back: rename the column or table aside and drop it in a
later migration, or copy it to a side table that the down reads (`belay generate-down --keep-data`
writes that). Or say in a comment of the down that the change is irreversible and where the data can
be had; `belay begin` takes a snapshot first.)",
    .exemptions =
        R"(Silent where the down writes into the table or sets the column, from wherever it has the values,
where a comment of either script says `irreversible`, and for what the same migration made.)",
    .bad = kBad,
    .good = kGood,
};

/// Whether the operation makes again what was lost.
bool brings_back(const MigrationContext& migration, const rollback::DataLoss& loss,
                 const sql::Operation& operation) {
  using Kind = rollback::DataLoss::Kind;
  if (loss.kind == Kind::kTable) {
    const auto* op = operation.as<sql::CreateTable>();
    return op != nullptr && !op->as_query && shown(migration, op->table) == loss.table;
  }
  if (loss.kind == Kind::kColumn) {
    const auto* op = operation.as<sql::AddColumn>();
    return op != nullptr && op->column.name.id == loss.column &&
           shown(migration, op->table.name) == loss.table;
  }
  const auto* op = operation.as<sql::AlterColumnType>();
  return loss.kind == Kind::kPrecision && op != nullptr && op->column.id == loss.column &&
         shown(migration, op->table.name) == loss.table;
}

std::string message_for(const rollback::DataLoss& loss) {
  using Kind = rollback::DataLoss::Kind;
  if (loss.kind == Kind::kTable) return "This brings " + code(loss.table) + " back empty.";
  const std::string column = code(loss.table + "." + loss.column);
  if (loss.kind == Kind::kColumn) return "This brings " + column + " back without its values.";
  return "This makes " + column + " wide again; what the up cut off does not come back.";
}

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (migration.down == nullptr || is_declared_irreversible(migration)) return;
  if (migration.reversibility.verdict == rollback::Verdict::kDownFailed) return;
  const auto& statements = migration.down->script.statements;
  for (const rollback::Loss& loss : migration.reversibility.lost_by_up) {
    if (down_writes(migration, loss.what.table, loss.what.column)) continue;
    for (const sql::ScriptStatement& s : statements) {
      if (s.parsed == nullptr) continue;
      const auto& operations = s.parsed->operations;
      const auto found = std::find_if(
          operations.begin(), operations.end(),
          [&](const sql::Operation& o) { return brings_back(migration, loss.what, o); });
      if (found == operations.end()) continue;
      down.at(*migration.down, range_in_document(s, *found), message_for(loss.what))
          .related(place_of(migration, loss), "The up destroys " + loss.what.to_string() + ".");
      break;
    }
  }
}

}  // namespace

Rule make_down_restores_shape_not_data() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

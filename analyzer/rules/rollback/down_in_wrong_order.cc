#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "support/ascii.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "A table is dropped before the one that references it",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql =
         "CREATE TABLE lines (id bigint PRIMARY KEY);\nCREATE TABLE parts (id bigint PRIMARY KEY, "
         "line bigint REFERENCES lines);",
     .down = "[[DROP TABLE lines]];\nDROP TABLE parts;"},
    {.engine = Engine::kPostgres,
     .title = "A type is dropped before the column that has it",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "CREATE TYPE state AS ENUM ('new', 'paid');\nALTER TABLE orders ADD COLUMN state "
            "state;",
     .down = "[[DROP TYPE state]];\nALTER TABLE orders DROP COLUMN state;"},
    {.engine = Engine::kSqlite,
     .title = "SQLite drops no column that an index uses",
     .before = "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     .sql =
         "ALTER TABLE orders ADD COLUMN state TEXT;\nCREATE INDEX orders_state ON orders (state);",
     .down = "[[ALTER TABLE orders DROP COLUMN state]];\nDROP INDEX orders_state;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "In the reverse order of the up",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql =
         "CREATE TABLE lines (id bigint PRIMARY KEY);\nCREATE TABLE parts (id bigint PRIMARY KEY, "
         "line bigint REFERENCES lines);",
     .down = "DROP TABLE parts;\nDROP TABLE lines;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-in-wrong-order",
    .title = "The down fails because of the order of its statements",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The down takes something away that a later statement of it still needs or still holds: a table
before its foreign key, a type before the column that has it, a column before its index. The engine
refuses, and the rollback stops. Belay tried: in another order the same statements run and bring back
what was there before.)",
    .instead =
        R"(Take back the steps of the up in reverse order. `CASCADE` hides the mistake and may take along
what the migration never made.)",
    .exemptions =
        R"(Where no order brings back the schema, [down-fails](down-fails.md) speaks instead. Downs of more than fifty
statements are not tried in another order.)",
    .bad = kBad,
    .good = kGood,
};

/// The statement with its semicolon, and the rest of its line where nothing else stands there.
ByteRange whole(const sql::ScriptStatement& statement, std::string_view text) {
  ByteRange out = {statement.range.begin, std::max(statement.end, statement.range.end)};
  uint32_t end = out.end;
  while (end < text.size() && ascii::is_blank(text[end])) ++end;
  if (end < text.size() && text[end] == '\r') ++end;
  if (end < text.size() && text[end] == '\n') out.end = end + 1;
  return out;
}

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  const rollback::Reversibility& r = migration.reversibility;
  if (r.verdict != rollback::Verdict::kDownFailed || !r.place || !r.runs_behind) return;
  const ScriptContext& script = *migration.down;
  const sql::ScriptStatement& failing = script.script.statements[r.place->statement];
  const sql::ScriptStatement& first = script.script.statements[*r.runs_behind];
  FindingBuilder finding = down.at(
      script, failing.range, "Too early: " + r.reason + ". Behind a later statement it runs.");
  finding.related({script.location.path, first.range}, "This has to come first.");
  if (!first.terminated || !failing.terminated) return;
  const std::string moved = "\n" + std::string(failing.range.of(script.text)) + ";";
  finding.fix("Move it behind the statement that has to come first",
              {{whole(failing, script.text), ""}, {{first.end, first.end}, moved}});
}

}  // namespace

Rule make_down_in_wrong_order() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

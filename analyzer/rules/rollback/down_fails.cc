#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The down drops another name than the up made",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "CREATE INDEX orders_state_idx ON orders (state);",
     .down = "[[DROP INDEX idx_orders_state]];"},
    {.engine = Engine::kSqlite,
     .title = "SQLite drops no column that an index uses",
     .before = "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     .sql =
         "ALTER TABLE orders ADD COLUMN state TEXT;\nCREATE INDEX orders_state ON orders (state);",
     .down = "[[ALTER TABLE orders DROP COLUMN state]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "A down that refuses on purpose is honest",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);",
     .sql = "ALTER TABLE orders DROP COLUMN note;",
     .down = "DO $$ BEGIN RAISE EXCEPTION 'the notes are gone: restore the snapshot'; END $$;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-fails",
    .title = "The down stops with an error",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(Belay replays the history, the up and the down, and the down names something that is not there,
makes something that is, or takes away what others still need. Whoever runs it in an emergency
stands before an error, and perhaps before half of a rollback.)",
    .instead =
        R"(Take back each step of the up in the reverse order, with the names that the up used. Where the up
gave no name, the engine chose one: `t_c_fkey`, `t_c_idx`. Better write names yourself.)",
    .exemptions =
        R"(Silent where it depends on what no migration tells, where the down raises an exception on purpose,
and where only the order is wrong: [down-in-wrong-order](down-in-wrong-order.md).)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  const rollback::Reversibility& r = migration.reversibility;
  if (r.verdict != rollback::Verdict::kDownFailed || !r.place || r.runs_behind) return;
  const auto& statement = migration.down->script.statements[r.place->statement];
  // What cannot be read has a finding of its own.
  if (statement.parsed != nullptr && !statement.parsed->problems.empty()) return;
  down.at(migration.place_of(*r.place), "This fails: " + r.reason + ".");
}

}  // namespace

Rule make_down_fails() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "Rows are deleted, and the down says nothing of it",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "DELETE FROM [[orders]] WHERE state = 'draft';\n"
            "ALTER TABLE orders ADD CONSTRAINT no_drafts CHECK (state <> 'draft');",
     .down = "ALTER TABLE orders DROP CONSTRAINT no_drafts;"},
    {.engine = Engine::kSqlite,
     .title = "Values are overwritten",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
     .sql = "UPDATE users SET [[email]] = lower(email);",
     .down = "SELECT 1;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The down says that there is no way back",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "DELETE FROM orders WHERE state = 'draft';",
     .down = "-- irreversible: drafts are not needed any more\nSELECT 1;"},
    {.engine = Engine::kPostgres,
     .title = "The down has a way back of its own",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "UPDATE orders SET state = 'open' WHERE state = 'new';",
     .down = "UPDATE orders SET state = 'new' WHERE state = 'open';"},
    {.engine = Engine::kPostgres,
     .title = "Only what was NULL is filled in",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "UPDATE orders SET state = 'new' WHERE state IS NULL;",
     .down = "SELECT 1;"},
};

constexpr Descriptor kDescriptor = {
    .id = "irreversible-not-declared",
    .title = "What cannot be undone, and nobody says so",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The up deletes or overwrites rows. The migration has a down, which runs and brings none of them
back: whoever rolls back takes its success for more than it is.)",
    .instead =
        R"(Write what brings the rows back: copy them to a side table first, and let the down read it. Where
nothing can, say so with a word of your own in either script, `-- irreversible: why`, or let the down
refuse (PostgreSQL: `DO $$ BEGIN RAISE EXCEPTION 'cannot be undone'; END $$;`).)",
    .exemptions =
        R"(Silent where there is no down ([missing-down](missing-down.md)), where the down writes into the
same table, where only NULLs are filled in, and for rows that the same migration put in. Dropped
tables and columns are the matter of [down-restores-shape-not-data](down-restores-shape-not-data.md).)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  using Kind = rollback::DataLoss::Kind;
  const rollback::Reversibility& r = migration.reversibility;
  if (migration.down == nullptr || is_declared_irreversible(migration)) return;
  if (r.verdict == rollback::Verdict::kDeclaredIrreversible ||
      r.verdict == rollback::Verdict::kDownFailed) {
    return;
  }
  std::optional<uint32_t> told;
  for (const rollback::Loss& loss : r.lost_by_up) {
    const Kind kind = loss.what.kind;
    const bool of_rows = kind == Kind::kAllRows || kind == Kind::kSomeRows || kind == Kind::kValues;
    if (!of_rows || told == loss.place.statement) continue;
    if (down_writes(migration, loss.what.table, "")) continue;
    if (fills_in_nulls(migration, loss)) continue;
    told = loss.place.statement;
    up.at(place_of(migration, loss),
          "The down does not bring back " + loss.what.to_string() + ", and nothing says so.")
        .related(place_of_down(migration), "The down.");
  }
}

}  // namespace

Rule make_irreversible_not_declared() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

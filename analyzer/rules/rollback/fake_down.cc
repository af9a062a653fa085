#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "A statement that does nothing",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;",
     .down = "[[SELECT 1]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "An up that changes nothing needs no more",
     .sql = "SELECT 1;",
     .down = "SELECT 1;"},
};

constexpr Descriptor kDescriptor = {
    .id = "fake-down",
    .title = "A down that does nothing",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The up changes the schema, and the down holds nothing that takes it back. The runner reports
success all the same and forgets that the migration was applied, so the next up fails half-way.)",
    .instead =
        R"(Write the down, or say that there is none: leave it out with a reason, or let it refuse
(PostgreSQL: `DO $$ BEGIN RAISE EXCEPTION 'cannot be undone'; END $$;`).)",
    .exemptions = R"(Silent where the up leaves the schema as it is.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (!differs(migration) || !is_fake(migration)) return;
  std::vector<const schema::Change*> left;
  for (const schema::Change& c : migration.reversibility.differences) {
    if (c.certain && !c.order_only) left.push_back(&c);
  }
  down.at(place_of_down(migration), "This takes nothing back: " + listed(left) + ".");
}

}  // namespace

Rule make_fake_down() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

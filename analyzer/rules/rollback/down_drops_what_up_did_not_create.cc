#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The column was there before",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;",
     .down = "[[ALTER TABLE orders DROP COLUMN state, DROP COLUMN note]];"},
    {.engine = Engine::kSqlite,
     .title = "IF NOT EXISTS made nothing",
     .before = "CREATE TABLE states (name TEXT);",
     .sql = "CREATE TABLE IF NOT EXISTS states (name TEXT);",
     .down = "[[DROP TABLE states]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The up made it",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;",
     .down = "ALTER TABLE orders DROP COLUMN state;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-drops-what-up-did-not-create",
    .title = "The down drops what was there before the up",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The up did not make it, so the down destroys what earlier migrations made, with its data. This is
how `CREATE TABLE IF NOT EXISTS` in an up and `DROP TABLE` in its down lose a table that somebody
else had made.)",
    .instead = R"(Take back what the up did, and nothing else.)",
    .exemptions =
        R"(Silent where the down fails anyway, and where a statement decides only when it runs.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (!differs(migration)) return;
  const std::vector<const schema::Change*> dropped = dropped_by_down(migration);
  if (dropped.empty()) return;
  down.at(place_of_down(migration),
          "The down drops what the up did not make: " + listed(dropped) + ".");
}

}  // namespace

Rule make_down_drops_what_up_did_not_create() {
  return {&kDescriptor, {}, nullptr, nullptr, check};
}

}  // namespace belay::rules

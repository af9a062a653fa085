#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The column comes back without its default",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'new');",
     .sql = "ALTER TABLE orders DROP COLUMN state;",
     .down = "[[ALTER TABLE orders ADD COLUMN state text NOT NULL]];"},
    {.engine = Engine::kPostgres,
     .title = "Another type than before",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,2));",
     .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
     .down = "[[ALTER TABLE orders ALTER COLUMN total TYPE numeric]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "As it was",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,2));",
     .sql = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);",
     .down = "ALTER TABLE orders ALTER COLUMN total TYPE numeric(10,2);"},
};

constexpr Descriptor kDescriptor = {
    .id = "attribute-lost",
    .title = "The down brings something back, but not as it was",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The column, constraint or index is there again, but its type, default, NOT NULL, definition or
comment is another one than before the up. The program that is rolled back with it meets a schema
that it was never tested with.)",
    .instead =
        R"(Write the down from the definition that the history gave; `belay verdict` shows both.)",
    .exemptions =
        R"(Silent where the down fails anyway, where a statement decides only when it runs, and for the order
of columns, which an engine cannot restore without rebuilding the table.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (!differs(migration) || is_fake(migration)) return;
  std::vector<const schema::Change*> changed;
  for (const schema::Change& c : migration.reversibility.differences) {
    using How = schema::Change::How;
    const bool is_part = c.how == How::kChanged || c.how == How::kRenamed;
    if (is_part && c.certain && !c.order_only) changed.push_back(&c);
  }
  if (changed.empty()) return;
  FindingBuilder finding = down.at(place_of_down(migration),
                                   "Not all is as it was before the up: " + listed(changed) + ".");
  for (const schema::Change* c : changed) add_origin(finding, migration, *c);
}

}  // namespace

Rule make_attribute_lost() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

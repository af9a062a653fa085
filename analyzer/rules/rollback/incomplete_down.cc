#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "One of two things is left behind",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;\nCREATE TABLE states (name text);",
     .down = "[[ALTER TABLE orders DROP COLUMN state]];"},
    {.engine = Engine::kSqlite,
     .title = "An index is not made again",
     .before = "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT);\n"
               "CREATE INDEX orders_state ON orders (state);",
     .sql = "DROP INDEX orders_state;\nCREATE TABLE states (name TEXT);",
     .down = "[[DROP TABLE states]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "Dropping a table takes its indexes along",
     .before = "",
     .sql = "CREATE TABLE states (name text);\nCREATE INDEX states_name_idx ON states (name);",
     .down = "DROP TABLE states;"},
};

constexpr Descriptor kDescriptor = {
    .id = "incomplete-down",
    .title = "The down takes back only a part of the up",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(Belay replays the up and the down and compares the schema with the one before: something that the
up made is still there, or something that it took away has not come back. The next run of the up
then fails ("already exists"), or the program finds less than it expects.)",
    .instead =
        R"(Add what is missing; `belay verdict` lists it all. `IF NOT EXISTS` in the up hides the mistake and
does not mend it.)",
    .exemptions =
        R"(Silent where the down fails anyway, where a statement decides only when it runs, and where only
the order of columns differs.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (!differs(migration) || is_fake(migration)) return;
  const std::vector<const schema::Change*> dropped = dropped_by_down(migration);
  std::vector<const schema::Change*> left;
  for (const schema::Change& c : migration.reversibility.differences) {
    using How = schema::Change::How;
    const bool is_whole = c.how == How::kExtra || c.how == How::kMissing;
    const bool by_down = std::find(dropped.begin(), dropped.end(), &c) != dropped.end();
    if (is_whole && c.certain && !by_down) left.push_back(&c);
  }
  if (left.empty()) return;
  FindingBuilder finding =
      down.at(place_of_down(migration), "The down does not take back all: " + listed(left) + ".");
  for (const schema::Change* c : left) add_origin(finding, migration, *c);
}

}  // namespace

Rule make_incomplete_down() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

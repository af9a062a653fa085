#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/schema/generated_names.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "A scan of every row while nobody can read",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);",
     "ALTER TABLE orders ALTER COLUMN [[customer_id]] SET NOT NULL;"},
    {Engine::kPostgres, "The CHECK is there, but was never validated",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
     "ALTER TABLE orders ADD CONSTRAINT orders_customer_id_set CHECK (customer_id IS NOT NULL) "
     "NOT VALID;",
     "ALTER TABLE orders ALTER COLUMN [[customer_id]] SET NOT NULL;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A validated CHECK proves it, from an earlier migration",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
     "ALTER TABLE orders ADD CONSTRAINT orders_customer_id_set CHECK (customer_id IS NOT NULL) "
     "NOT VALID;\n"
     "ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_set;",
     "ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL;\n"
     "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_set;"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
     "ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL;"},
    {Engine::kPostgres, "The column belongs to the primary key already",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ALTER COLUMN id SET NOT NULL;"},
};

constexpr Descriptor kDescriptor = {
    .id = "set-not-null",
    .title = "SET NOT NULL scans the whole table",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ALTER COLUMN ... SET NOT NULL` takes ACCESS EXCLUSIVE and, under it, reads every row to see that
none is NULL. Reads and writes wait for as long as that takes. If one row is NULL, the migration
fails.)",
    .instead =
        R"(Prove it first with a constraint that is checked without blocking anybody, each step in a
migration of its own:

```sql
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_set
  CHECK (customer_id IS NOT NULL) NOT VALID;           -- 1: short lock
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_set;  -- 2: scan, nobody waits
ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL;       -- 3: no scan
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_set;
```)",
    .exemptions =
        R"(Silent where the history proves it: a validated `CHECK (c IS NOT NULL)` (from PostgreSQL 12 on), a
column that is NOT NULL or in the primary key already, and a table that the same migration made
and left empty.)",
    .bad = kBad,
    .good = kGood,
};

/// A name for the helper constraint that nothing of the table has yet.
std::string helper_name(const schema::Table* table, const sql::SetNotNull& op) {
  return schema::postgres_object_name(
      op.table.name.name.id, op.column.id, "set", [&](const std::string& name) {
        return table != nullptr && table->constraint(name) != nullptr;
      });
}

void offer_fix(const sql::SetNotNull& op, const Context& context, FindingBuilder& finding) {
  if (!is_only_operation(context)) return;
  const std::string table = as_written(context, op.table.name);
  const std::string column = std::string(context.written(op.column.range));
  const std::string constraint =
      quoted(Engine::kPostgres, helper_name(context.table(op.table.name), op));
  const std::string add = "ALTER TABLE " + table + " ADD CONSTRAINT " + constraint + " CHECK (" +
                          column + " IS NOT NULL) NOT VALID";
  if (!statements_commit_alone(context)) {
    finding.fix(
        "Replace by a CHECK ... NOT VALID (validate it, then SET NOT NULL, in later "
        "migrations)",
        {replace_statement(context, add)});
    return;
  }
  finding.fix(
      "Prove it first: CHECK NOT VALID, VALIDATE, SET NOT NULL, DROP CONSTRAINT",
      {insert_before(context,
                     add + ";\nALTER TABLE " + table + " VALIDATE CONSTRAINT " + constraint + ";"),
       insert_after(context, "ALTER TABLE " + table + " DROP CONSTRAINT " + constraint + ";")});
}

void check(const sql::SetNotNull& op, const Context& context, Report& report) {
  const effects::RelationEffect* effect =
      context.effect.relations.empty() ? nullptr : &context.effect.relations.back();
  if (effect == nullptr || !effect->scan || context.is_new(op.table.name)) return;
  FindingBuilder finding = report.at(
      context, op.column.range,
      "SET NOT NULL reads every row of " + target_name(op.table) +
          " under ACCESS EXCLUSIVE: reads and writes wait until it is done, and it fails if one "
          "value is NULL.");
  offer_fix(op, context, finding);
}

}  // namespace

Rule make_set_not_null() { return {&kDescriptor, {on<sql::SetNotNull, check>()}}; }

}  // namespace belay::rules

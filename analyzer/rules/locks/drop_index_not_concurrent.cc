#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr std::string_view kOrders =
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
    "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);";

constexpr Example kBad[] = {
    {Engine::kPostgres, "The drop waits for every query, and everybody waits for the drop", kOrders,
     "DROP [[INDEX]] orders_customer;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "CONCURRENTLY, outside a transaction",
     .before = kOrders,
     .sql = "DROP INDEX CONCURRENTLY orders_customer;",
     .in_transaction = false},
    {Engine::kPostgres, "An index that is made here", "CREATE TABLE orders (id bigint);",
     "CREATE INDEX helper ON orders (id);\nDROP INDEX helper;"},
    {Engine::kPostgres, "An index of a partitioned table cannot be dropped concurrently",
     "CREATE TABLE orders (id bigint, customer_id bigint) PARTITION BY RANGE (id);\n"
     "CREATE INDEX orders_customer ON orders (customer_id);",
     "DROP INDEX orders_customer;"},
};

constexpr Descriptor kDescriptor = {
    .id = "drop-index-not-concurrent",
    .title = "DROP INDEX without CONCURRENTLY blocks the table",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kWarning,
    .why =
        R"(A plain `DROP INDEX` takes ACCESS EXCLUSIVE on the table. The drop itself is quick, but it has to
wait for every query that is running, and every query behind it waits for it.)",
    .instead =
        R"(`DROP INDEX CONCURRENTLY`, in a migration for which the runner opens no transaction.)",
    .exemptions =
        R"(Silent for an index or a table that the same migration made, and for indexes of partitioned
tables, which cannot be dropped concurrently. `DROP INDEX IF EXISTS` of an index that the history
never made is told for information only.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::DropIndex& op, const Context& context, Report& report) {
  if (op.concurrently) return;
  const schema::Table* table = context.before.table_of_index(context.before.key(op.index));
  if (table != nullptr) {
    const schema::Index* index = table->index(op.index.name.id);
    const bool made_here = table->made_by(context.script.script_id()) ||
                           (index != nullptr && index->origin.script == context.script.script_id());
    if (made_here || table->partitioned || table->temporary) return;
  }
  const std::string where = table == nullptr ? "its table" : code(table->name);
  FindingBuilder finding =
      report.at(context, op.concurrently_range,
                "Dropping " + code(op.index.to_string()) + " takes ACCESS EXCLUSIVE on " + where +
                    ": it waits for running queries, and all others wait behind it.");
  // Nothing to drop, unless it comes from before the history.
  if (table == nullptr && op.if_exists) finding.at_most(Severity::kInfo);
  if (!statements_commit_alone(context) || op.cascade) return;
  const uint32_t at = context.in_document(op.concurrently_range).end;
  finding.fix("Add CONCURRENTLY", {{{at, at}, " CONCURRENTLY"}});
}

}  // namespace

Rule make_drop_index_not_concurrent() { return {&kDescriptor, {on<sql::DropIndex, check>()}}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "No row can be written while the index is built",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);",
     "CREATE [[INDEX]] orders_customer ON orders (customer_id);"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "CONCURRENTLY, outside a transaction",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);",
     .sql = "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);",
     .in_transaction = false},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
     "CREATE INDEX orders_customer ON orders (customer_id);"},
    {Engine::kPostgres, "Only the parent of partitions, whose own indexes are built one by one",
     "CREATE TABLE orders (id bigint, customer_id bigint) PARTITION BY RANGE (id);",
     "CREATE INDEX orders_customer ON ONLY orders (customer_id);"},
    {Engine::kPostgres, "A materialized view that is made here", "CREATE TABLE orders (id bigint);",
     "CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM orders;\n"
     "CREATE UNIQUE INDEX totals_n ON totals (n);"},
};

constexpr Descriptor kDescriptor = {
    .id = "index-not-concurrent",
    .title = "CREATE INDEX without CONCURRENTLY blocks writes",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(A plain `CREATE INDEX` takes SHARE: nobody can insert, update or delete until the whole index is
built.)",
    .instead =
        R"(`CREATE INDEX CONCURRENTLY` lets writes through. It cannot run in a transaction, so it belongs
into a migration of its own for which the runner opens none. If it fails, it leaves an INVALID
index, which has to be dropped before the next attempt. On a partitioned table, create the index
on `ONLY` the parent, then one CONCURRENTLY on each partition, and attach them.)",
    .exemptions =
        R"(Silent for a table or materialized view that the same migration made, for temporary tables, and
for `ON ONLY`.)",
    .bad = kBad,
    .good = kGood,
};

bool is_new_view(const sql::CreateIndex& op, const Context& context) {
  const schema::View* view = context.before.view(context.before.key(op.table));
  return view != nullptr && view->origin.script == context.script.script_id();
}

void check(const sql::CreateIndex& op, const Context& context, Report& report) {
  if (op.concurrently || op.only || context.is_new(op.table) || is_new_view(op, context)) return;
  const schema::Table* table = context.table(op.table);
  const bool partitioned = table != nullptr && table->partitioned;
  FindingBuilder finding = report.at(context, op.concurrently_range,
                                     "Nobody can write to " + code(op.table.to_string()) +
                                         (partitioned ? " and its partitions" : "") +
                                         " while the index is built (SHARE).");
  // Inside a transaction CONCURRENTLY would only fail; a partitioned table does not take it.
  if (partitioned || !statements_commit_alone(context)) return;
  const uint32_t at = context.in_document(op.concurrently_range).end;
  finding.fix("Add CONCURRENTLY", {{{at, at}, " CONCURRENTLY"}});
}

}  // namespace

Rule make_index_not_concurrent() { return {&kDescriptor, {on<sql::CreateIndex, check>()}}; }

}  // namespace belay::rules

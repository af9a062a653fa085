#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "Every row is gone", "CREATE TABLE events (id bigint PRIMARY KEY);",
     "TRUNCATE [[events]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A table of the migration itself", "",
     "CREATE TABLE scratch (id bigint);\nINSERT INTO scratch VALUES (1);\nTRUNCATE scratch;"},
};

constexpr Descriptor kDescriptor = {
    .id = "truncate",
    .title = "TRUNCATE destroys every row of a table",
    .category = Category::kDataLoss,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(All rows are gone with the commit, without firing a DELETE trigger, and no down brings them back.
It takes ACCESS EXCLUSIVE: reads and writes wait.)",
    .instead = "Delete in batches what is really to go, under a snapshot (`belay begin`).",
    .exemptions =
        R"(Silent for tables that the same migration made, for temporary ones, and in downs.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
    .outside_at_most = Severity::kInfo,
};

void check(const sql::Truncate& op, const Context& context, Report& report) {
  if (context.is_made_here(op.table)) return;
  report.at(context, op.table.range,
            "Every row of " + code(op.table.to_string()) + " is gone for good.");
}

}  // namespace

Rule make_truncate() { return {&kDescriptor, {on<sql::Truncate, check>()}}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "Every row is gone", "CREATE TABLE sessions (id bigint PRIMARY KEY);",
     "DELETE FROM [[sessions]];"},
    {Engine::kSqlite, "A condition that holds for every row is none",
     "CREATE TABLE sessions (id INTEGER PRIMARY KEY);", "DELETE FROM [[sessions]] WHERE 1 = 1;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A condition", "CREATE TABLE sessions (id bigint PRIMARY KEY, seen date);",
     "DELETE FROM sessions WHERE seen < current_date - 30;"},
    {Engine::kSqlite, "A table of the migration itself", "",
     "CREATE TABLE scratch (id INTEGER);\nINSERT INTO scratch VALUES (1);\nDELETE FROM scratch;"},
};

constexpr Descriptor kDescriptor = {
    .id = "delete-without-where",
    .title = "DELETE without WHERE destroys every row",
    .category = Category::kDataLoss,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(All rows are gone with the commit, and no down brings them back. On a large table the statement
also holds its row locks for minutes.)",
    .instead =
        R"(Say which rows are meant, delete them in batches (`-- belay:batch`), and do it under a snapshot (`belay begin`).)",
    .exemptions =
        R"(Silent for tables that the same migration made, for temporary ones, and in downs.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
    .outside_at_most = Severity::kInfo,
};

void check(const sql::Delete& op, const Context& context, Report& report) {
  if (op.limited || context.is_made_here(op.table)) return;
  if (op.where && !op.where->always_true) return;
  // DELETE ... USING is a join: it says which rows are meant.
  const bool joins = !op.where && op.query.relations.size() > 0;
  if (joins) return;
  report.at(context, op.table.range,
            std::string(op.where ? "The WHERE holds for every row: all" : "All") + " rows of " +
                code(op.table.to_string()) + " are gone for good.");
}

}  // namespace

Rule make_delete_without_where() { return {&kDescriptor, {on<sql::Delete, check>()}}; }

}  // namespace belay::rules

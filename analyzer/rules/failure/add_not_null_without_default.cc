#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kSqlite, "Refused as soon as there is a row",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN [[currency]] TEXT NOT NULL;"},
    {Engine::kSqlite, "DEFAULT NULL is no default here",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN [[currency]] TEXT NOT NULL DEFAULT NULL;"},
};

constexpr Example kGood[] = {
    {Engine::kSqlite, "With a default", "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';"},
    {Engine::kSqlite, "The table is made here and still empty", "",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"
     "ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL;"},
    {Engine::kSqlite, "A generated column needs none",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, total INT);",
     "ALTER TABLE orders ADD COLUMN doubled INT NOT NULL GENERATED ALWAYS AS (total * 2) VIRTUAL;"},
};

constexpr Descriptor kDescriptor = {
    .id = "add-not-null-without-default",
    .title = "SQLite cannot add a NOT NULL column without a default",
    .category = Category::kFailure,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(SQLite refuses the statement as soon as the table has a row: `Cannot add a NOT NULL column with
default value NULL`. On an empty table it works, so the migration passes every test on a fresh
database and fails on the one that matters.)",
    .instead = "Give it a default that is not NULL, or rebuild the table.",
    .exemptions = "Silent for a table that the same migration made and left empty.",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

void check(const sql::AddColumn& op, const Context& context, Report& report) {
  const sql::ColumnDefinition& column = op.column;
  const bool has_value =
      column.default_value && column.default_value->shape != sql::Expression::Shape::kNull;
  if (!column.not_null() || has_value ||
      column.generated != sql::ColumnDefinition::Generated::kNo || context.is_new(op.table.name)) {
    return;
  }
  report.at(context, column.name.range,
            "SQLite refuses to add " + code(column.name.id) + " once " + target_name(op.table) +
                " has a row: a NOT NULL column needs a default that is not NULL.");
}

}  // namespace

Rule make_add_not_null_without_default() { return {&kDescriptor, {on<sql::AddColumn, check>()}}; }

}  // namespace belay::rules

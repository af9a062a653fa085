#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kSqlite, "The time of day is no constant",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN created TEXT DEFAULT [[CURRENT_TIMESTAMP]];"},
    {Engine::kSqlite, "An expression in brackets is none either",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN created TEXT DEFAULT [[(datetime('now'))]];"},
};

constexpr Example kGood[] = {
    {Engine::kSqlite, "A constant", "CREATE TABLE orders (id INTEGER PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN priority INT DEFAULT -1;"},
    {Engine::kSqlite, "The table is made here and still empty", "",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n"
     "ALTER TABLE orders ADD COLUMN created TEXT DEFAULT CURRENT_TIMESTAMP;"},
};

constexpr Descriptor kDescriptor = {
    .id = "add-column-nonconstant-default",
    .title = "SQLite adds a column with a computed default only to an empty table",
    .category = Category::kFailure,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(`ADD COLUMN ... DEFAULT CURRENT_TIMESTAMP` (or CURRENT_DATE, CURRENT_TIME, or any expression in
brackets) works while the table is empty and fails as soon as it has a row: `Cannot add a column
with non-constant default`. The migration passes every test on a fresh database and fails on the
one that matters.)",
    .instead =
        R"(Add the column without a default and fill it with an UPDATE, or rebuild the table.)",
    .exemptions = "Silent for a table that the same migration made and left empty.",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

/// What SQLite takes as a constant: a literal or NULL, with a sign, without brackets. It takes a
/// literal in brackets, too.
bool is_constant(const sql::Expression& value) {
  return value.shape == sql::Expression::Shape::kLiteral ||
         value.shape == sql::Expression::Shape::kNull;
}

void check(const sql::AddColumn& op, const Context& context, Report& report) {
  if (!op.column.default_value || is_constant(*op.column.default_value)) return;
  if (context.is_new(op.table.name)) return;
  report.at(context, op.column.default_value->range,
            "This default is no constant: SQLite adds the column only while " +
                target_name(op.table) + " is empty, and fails once it has a row.");
}

}  // namespace

Rule make_add_column_nonconstant_default() { return {&kDescriptor, {on<sql::AddColumn, check>()}}; }

}  // namespace belay::rules

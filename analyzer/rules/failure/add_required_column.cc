#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "No value for the rows that are there",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN [[currency]] text NOT NULL;"},
    {.engine = Engine::kPostgres,
     .title = "A down that brings a column back",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, currency text NOT NULL);",
     .sql = "ALTER TABLE orders DROP COLUMN currency;",
     .down = "ALTER TABLE orders ADD COLUMN [[currency]] text NOT NULL;"},
    {Engine::kPostgres, "DEFAULT NULL is no value either",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN [[currency]] text NOT NULL DEFAULT NULL;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A constant default", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR';"},
    {Engine::kPostgres, "The engine fills it itself",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN line bigserial NOT NULL;"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
     "ALTER TABLE orders ADD COLUMN currency text NOT NULL;"},
    {Engine::kPostgres, "Nullable first", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN currency text;"},
};

constexpr Descriptor kDescriptor = {
    .id = "add-required-column",
    .title = "A NOT NULL column without a default fails on a table with rows",
    .category = Category::kFailure,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ADD COLUMN ... NOT NULL` without a default has nothing to put into the rows that exist, so the
statement fails on every table that is not empty (SQLSTATE 23502). It works on an empty test
database, which is why such a migration is found in production. Programs of the version before,
which do not name the column in their INSERTs, fail as well.)",
    .instead =
        R"(Give the column a constant default, or add it nullable, fill it, and then make it NOT NULL as
[set-not-null](set-not-null.md) shows.)",
    .exemptions =
        R"(Silent for generated, identity and serial columns, and for a table that the same migration made
and left empty.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

void check(const sql::AddColumn& op, const Context& context, Report& report) {
  const sql::ColumnDefinition& column = op.column;
  const bool required =
      column.not_null() || column.constraint(sql::ConstraintKind::kPrimaryKey) != nullptr;
  const bool has_value =
      (column.default_value && column.default_value->shape != sql::Expression::Shape::kNull) ||
      column.generated != sql::ColumnDefinition::Generated::kNo ||
      column.identity != sql::ColumnDefinition::Identity::kNo || column.type.is_serial();
  if (!required || has_value || context.is_new(op.table.name)) return;
  // A domain may bring a default of its own.
  const schema::UserType* type = context.before.type(column.type.name.to_string());
  if (type != nullptr && type->form == schema::UserType::Form::kDomain) return;
  report.at(context, column.name.range,
            "The rows of " + target_name(op.table) + " have no value for " + code(column.name.id) +
                ": adding it as NOT NULL without a default fails as soon as there is one row.");
}

}  // namespace

Rule make_add_required_column() { return {&kDescriptor, {on<sql::AddColumn, check>()}}; }

}  // namespace belay::rules

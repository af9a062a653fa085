#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The values are gone, and no down brings them back",
     "CREATE TABLE users (id bigint PRIMARY KEY, phone text);",
     "ALTER TABLE users DROP COLUMN [[phone]];"},
    {Engine::kSqlite, "The same on SQLite",
     "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);",
     "ALTER TABLE users DROP COLUMN [[phone]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A helper column that lives within the migration",
     "CREATE TABLE users (id bigint PRIMARY KEY, phone text);",
     "ALTER TABLE users ADD COLUMN scratch text;\n"
     "ALTER TABLE users DROP COLUMN scratch;"},
    {Engine::kPostgres, "A down takes back what the up added",
     "CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN phone text;",
     "ALTER TABLE users DROP COLUMN phone;"},
    {Engine::kSqlite, "A virtual column holds no values of its own",
     "CREATE TABLE users (id INTEGER PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a + 1) "
     "VIRTUAL);",
     "ALTER TABLE users DROP COLUMN b;"},
};

constexpr Descriptor kDescriptor = {
    .id = "drop-column",
    .title = "Dropping a column destroys its values",
    .category = Category::kDataLoss,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The values are gone with the commit. A down that adds the column again restores its shape, not one
value. Programs that still name the column fail from then on.)",
    .instead =
        R"(First deploy a version that does not read or write the column. Drop it in a later migration, under
a snapshot (`belay begin`), or rename it aside and drop it when nobody misses it.)",
    .exemptions =
        R"(Silent for tables and columns that the same migration made, for virtual generated columns, and in
downs.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
};

void check(const sql::DropColumn& op, const Context& context, Report& report) {
  if (context.is_made_here(op.table.name)) return;
  const schema::Table* table = context.table(op.table.name);
  const schema::Column* column = table == nullptr ? nullptr : table->column(op.column.id);
  if (column != nullptr && (table->has_column_made_by(context.script.script_id(), op.column.id) ||
                            column->generated == schema::Column::Generated::kVirtual)) {
    return;
  }
  if (op.if_exists && table != nullptr && table->complete && column == nullptr) return;
  report.at(context, op.column.range,
            "The values of " + code(op.column.id) + " in " + target_name(op.table) +
                " are gone for good, and programs that still use it fail.");
}

}  // namespace

Rule make_drop_column() { return {&kDescriptor, {on<sql::DropColumn, check>()}}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The program that is running asks for the old name",
     "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
     "ALTER TABLE users RENAME COLUMN [[name]] TO full_name;"},
    {Engine::kSqlite, "The same on SQLite",
     "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
     "ALTER TABLE users RENAME COLUMN [[name]] TO full_name;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "The table is made here", "",
     "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n"
     "ALTER TABLE users RENAME COLUMN name TO full_name;"},
    {Engine::kPostgres, "The old name stays, as a generated column",
     "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
     "ALTER TABLE users RENAME COLUMN name TO full_name;\n"
     "ALTER TABLE users ADD COLUMN name text GENERATED ALWAYS AS (full_name) STORED;"},
};

constexpr Descriptor kDescriptor = {
    .id = "rename-column",
    .title = "Renaming a column breaks the programs that use it",
    .category = Category::kCompatibility,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The rename itself is quick. But from its commit on every statement with the old name fails, and
before it every one with the new name: whatever the order of deployment, the running program or
the new one breaks.)",
    .instead =
        R"(Add the new column, write both, fill it, let the program read the new one, and drop the old one in
a later migration. Where only the SQL name matters, a view with the old names can take the table's
place.)",
    .exemptions =
        R"(Silent for tables and columns that the same migration made, and where the migration adds a column
with the old name again.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::RenameColumn& op, const Context& context, Report& report) {
  if (op.table.kind != sql::ObjectKind::kTable || context.is_made_here(op.table.name)) return;
  const schema::Table* table = context.table(op.table.name);
  if (table != nullptr && table->has_column_made_by(context.script.script_id(), op.column.id))
    return;
  const bool old_name_stays = any_later<sql::AddColumn>(context, [&](const sql::AddColumn& add) {
    return add.column.name.id == op.column.id &&
           context.before.key(add.table.name) == context.before.key(op.table.name);
  });
  if (old_name_stays) return;
  report.at(context, op.column.range,
            "Programs that are running use " + code(op.column.id) + " of " + target_name(op.table) +
                "; from the commit on their statements fail.");
}

}  // namespace

Rule make_rename_column() { return {&kDescriptor, {on<sql::RenameColumn, check>()}}; }

}  // namespace belay::rules

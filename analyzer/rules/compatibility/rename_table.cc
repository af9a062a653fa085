#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The program that is running asks for the old name",
     "CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE [[users]] RENAME TO accounts;"},
    {Engine::kSqlite, "The same on SQLite", "CREATE TABLE users (id INTEGER PRIMARY KEY);",
     "ALTER TABLE [[users]] RENAME TO accounts;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A view keeps the old name alive",
     "CREATE TABLE users (id bigint PRIMARY KEY);",
     "ALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;"},
    {Engine::kPostgres, "Another table takes the name in the same migration",
     "CREATE TABLE users (id bigint PRIMARY KEY);",
     "CREATE TABLE users_new (id bigint PRIMARY KEY, name text);\n"
     "ALTER TABLE users RENAME TO users_old;\nALTER TABLE users_new RENAME TO users;"},
    {Engine::kSqlite, "The last step of a rebuild",
     "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
     "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
     "INSERT INTO new_users SELECT id, name FROM users;\nDROP TABLE users;\n"
     "ALTER TABLE new_users RENAME TO users;"},
};

constexpr Descriptor kDescriptor = {
    .id = "rename-table",
    .title = "Renaming a table breaks the programs that use it",
    .category = Category::kCompatibility,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The rename itself is quick. But from its commit on every statement with the old name fails, and
before it every one with the new name: whatever the order of deployment, the running program or
the new one breaks.)",
    .instead =
        R"(Create a view with the old name in the same migration, and drop it when no program uses it any
more.)",
    .exemptions =
        R"(Silent for tables that the same migration made (the last step of a rebuild among them), where it
creates a view with the old name, and where another table takes the name.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::RenameTable& op, const Context& context, Report& report) {
  if (context.is_made_here(op.table.name)) return;
  const std::string old_key = context.before.key(op.table.name);
  const std::string& old_name = op.table.name.name.id;
  const bool view_stays = any_later<sql::CreateView>(context, [&](const sql::CreateView& view) {
    return context.before.key(view.view) == old_key;
  });
  const bool name_is_taken =
      any_later<sql::RenameTable>(
          context, [&](const sql::RenameTable& r) { return r.new_name.id == old_name; }) ||
      any_later<sql::CreateTable>(context, [&](const sql::CreateTable& create) {
        return context.before.key(create.table) == old_key;
      });
  if (view_stays || name_is_taken) return;
  report.at(context, op.table.name.range,
            "Programs that are running use " + code(op.table.name.to_string()) +
                "; from the commit on their statements fail.");
}

}  // namespace

Rule make_rename_table() { return {&kDescriptor, {on<sql::RenameTable, check>()}}; }

}  // namespace belay::rules

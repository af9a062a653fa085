#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "Every row is gone", "CREATE TABLE invoices (id bigint PRIMARY KEY);",
     "DROP TABLE [[invoices]];"},
    {Engine::kSqlite, "IF EXISTS does not make it harmless",
     "CREATE TABLE invoices (id INTEGER PRIMARY KEY);", "DROP TABLE IF EXISTS [[invoices]];"},
    {Engine::kSqlite, "Made anew under the same name, but the rows were not taken along",
     "CREATE TABLE invoices (id INTEGER PRIMARY KEY, total INT);",
     "CREATE TABLE new_invoices (id INTEGER PRIMARY KEY, total INT NOT NULL);\n"
     "DROP TABLE [[invoices]];\n"
     "ALTER TABLE new_invoices RENAME TO invoices;"},
    {Engine::kSqlite, "A rebuild that takes some rows along",
     "CREATE TABLE invoices (id INTEGER PRIMARY KEY, total INT);",
     "CREATE TABLE new_invoices (id INTEGER PRIMARY KEY, total INT NOT NULL);\n"
     "INSERT INTO new_invoices SELECT id, total FROM invoices WHERE total IS NOT NULL;\n"
     "DROP TABLE [[invoices]];\n"
     "ALTER TABLE new_invoices RENAME TO invoices;"},
    {Engine::kSqlite, "Its rows were taken along before, and are gone now",
     "CREATE TABLE invoices (id INTEGER PRIMARY KEY, total INT);",
     "CREATE TABLE new_invoices (id INTEGER PRIMARY KEY, total INT NOT NULL);\n"
     "INSERT INTO new_invoices SELECT id, total FROM invoices;\n"
     "DROP TABLE invoices;\n"
     "ALTER TABLE new_invoices RENAME TO invoices;\n"
     "DROP TABLE [[invoices]];"},
    {Engine::kSqlite, "A table that no migration makes, though this one has changed it", "",
     "ALTER TABLE invoices ADD COLUMN note TEXT;\nDROP TABLE [[invoices]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A scratch table of the migration", "",
     "CREATE TABLE scratch (id bigint);\nINSERT INTO scratch VALUES (1);\nDROP TABLE scratch;"},
    {Engine::kPostgres, "A down takes back what the up made", "",
     "CREATE TABLE invoices (id bigint PRIMARY KEY);", "DROP TABLE invoices;"},
    {Engine::kSqlite, "The table is rebuilt: its rows are copied first",
     "CREATE TABLE invoices (id INTEGER PRIMARY KEY, total INT);",
     "CREATE TABLE new_invoices (id INTEGER PRIMARY KEY, total INT NOT NULL DEFAULT 0);\n"
     "INSERT INTO new_invoices SELECT id, total FROM invoices;\n"
     "DROP TABLE invoices;\n"
     "ALTER TABLE new_invoices RENAME TO invoices;"},
    {Engine::kPostgres, "Renamed aside, copied back, dropped",
     "CREATE TABLE invoices (id bigint PRIMARY KEY, total int);",
     "ALTER TABLE invoices RENAME TO invoices_old;\n"
     "CREATE TABLE invoices (id bigint PRIMARY KEY, total numeric);\n"
     "INSERT INTO invoices SELECT id, total FROM invoices_old;\n"
     "DROP TABLE invoices_old;"},
};

constexpr Descriptor kDescriptor = {
    .id = "drop-table",
    .title = "Dropping a table destroys its rows",
    .category = Category::kDataLoss,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The rows are gone with the commit, and a down that creates the table again creates an empty one.
On PostgreSQL the drop takes ACCESS EXCLUSIVE, on the tables that it references, too.)",
    .instead =
        R"(Deploy a version that does not use the table, rename it aside, and drop it in a later migration
under a snapshot (`belay begin`).)",
    .exemptions =
        R"(Silent for tables that the same migration made, for temporary ones, in downs, and in a rebuild,
whatever its order: where the migration has copied the rows with `INSERT ... SELECT` or `CREATE
TABLE AS` into a table that is there when it ends; a copy that picks some rows by a condition or a
join is a warning about the others. `DROP TABLE IF EXISTS` of a table that the
history never made is told for information only.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
    .outside_at_most = Severity::kWarning,
};

void check(const sql::DropTable& op, const Context& context, Report& report) {
  const schema::Table* table = context.table(op.table);
  if (table != nullptr && (table->temporary || table->made_by(context.script.script_id()))) {
    return;
  }
  const rollback::RowsKept kept = rows_kept(context, op.table);
  if (kept == rollback::RowsKept::kAll) return;
  // On another way through the code it was dropped already; in a script this one fails.
  if (context.before.was_dropped(context.before.key(op.table))) return;
  const std::string name = code(op.table.to_string());
  if (op.if_exists && table == nullptr) {
    report
        .at(context, op.table.range,
            "No migration makes " + name +
                ". Should it come from elsewhere, its rows are gone for good.")
        .at_most(Severity::kInfo);
    return;
  }
  if (kept == rollback::RowsKept::kSome) {
    report
        .at(context, op.table.range,
            "Only the rows of " + name +
                " that a condition picks are taken along; the others are gone "
                "for good.")
        .at_most(Severity::kWarning);
    return;
  }
  const bool has_down = context.script.migration.kind != project::Migration::Kind::kOutside;
  report.at(context, op.table.range,
            "The rows of " + name + " are gone for good" +
                (has_down ? ", and no down brings them back." : "."));
}

}  // namespace

Rule make_drop_table() { return {&kDescriptor, {on<sql::DropTable, check>()}}; }

}  // namespace belay::rules

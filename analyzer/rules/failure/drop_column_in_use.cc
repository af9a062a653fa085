#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "support/contains.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kSqlite, "An index is in the way",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);\n"
     "CREATE INDEX orders_note ON orders (note);",
     "ALTER TABLE orders DROP COLUMN [[note]];"},
    {Engine::kSqlite, "Unique", "CREATE TABLE orders (id INTEGER PRIMARY KEY, code TEXT UNIQUE);",
     "ALTER TABLE orders DROP COLUMN [[code]];"},
    {Engine::kSqlite, "A view names it",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);\n"
     "CREATE VIEW notes AS SELECT note FROM orders;",
     "ALTER TABLE orders DROP COLUMN [[note]];"},
    {Engine::kSqlite, "A CHECK of the table names it",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, a INT, b INT, CHECK (a < b));",
     "ALTER TABLE orders DROP COLUMN [[b]];"},
};

constexpr Example kGood[] = {
    {Engine::kSqlite, "The index is dropped first",
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);\n"
     "CREATE INDEX orders_note ON orders (note);",
     "DROP INDEX orders_note;\nALTER TABLE orders DROP COLUMN note;"},
    {Engine::kSqlite, "A CHECK and a reference of the column itself go with it",
     "CREATE TABLE customers (id INTEGER PRIMARY KEY);\n"
     "CREATE TABLE orders (id INTEGER PRIMARY KEY, total INT CHECK (total > 0),\n"
     "  customer_id INT REFERENCES customers (id));",
     "ALTER TABLE orders DROP COLUMN total;\nALTER TABLE orders DROP COLUMN customer_id;"},
};

constexpr Descriptor kDescriptor = {
    .id = "drop-column-in-use",
    .title = "SQLite cannot drop a column that something uses",
    .category = Category::kFailure,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(SQLite refuses to drop a column that is PRIMARY KEY or UNIQUE, or that an index, a CHECK or a
FOREIGN KEY of the table, a generated column, a view or a trigger names.)",
    .instead = "Drop what uses it first and make it anew afterwards, or rebuild the table.",
    .exemptions =
        R"(A CHECK or a reference that was written with the column goes with it. Silent where the table is
not known from the history.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

/// What keeps the column from being dropped, in words; empty where nothing is known to.
std::string user_of(const std::string& column, const schema::Table& table,
                    const schema::Schema& schema) {
  for (const schema::Constraint& c : table.constraints) {
    if (!contains(c.columns, column)) continue;
    switch (c.kind) {
      case sql::ConstraintKind::kPrimaryKey: return "it is in the primary key";
      case sql::ConstraintKind::kUnique: return "it is UNIQUE";
      case sql::ConstraintKind::kCheck:
        if (!c.of_column || c.columns.size() > 1) return "a CHECK of the table names it";
        break;
      case sql::ConstraintKind::kForeignKey:
        if (!c.of_column) return "a FOREIGN KEY of the table names it";
        break;
      default: break;
    }
  }
  for (const schema::Index& index : table.indexes) {
    if (!index.of_constraint && contains(index.mentioned_columns, column)) {
      return "the index " + code(index.name) + " uses it";
    }
  }
  for (const schema::Column& c : table.columns) {
    if (c.name != column && contains(c.generation.columns, column)) {
      return "the generated column " + code(c.name) + " uses it";
    }
  }
  for (const schema::Trigger& t : table.triggers) {
    if (contains(t.mentioned_columns, column)) return "the trigger " + code(t.name) + " names it";
  }
  std::string view_name;
  const std::string key = schema.key(table.schema, table.name);
  schema.for_each_view([&](const std::string&, const schema::View& view) {
    if (contains(view.relations, key) && contains(view.columns, column)) view_name = view.name;
  });
  return view_name.empty() ? "" : "the view " + code(view_name) + " names it";
}

void check(const sql::DropColumn& op, const Context& context, Report& report) {
  const schema::Table* table = context.table(op.table.name);
  if (table == nullptr) return;
  const std::string user = user_of(op.column.id, *table, context.before);
  if (user.empty()) return;
  report.at(context, op.column.range,
            "SQLite refuses to drop " + code(op.column.id) + ": " + user + ".");
}

}  // namespace

Rule make_drop_column_in_use() { return {&kDescriptor, {on<sql::DropColumn, check>()}}; }

}  // namespace belay::rules

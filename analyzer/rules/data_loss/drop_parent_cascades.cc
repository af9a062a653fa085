#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr std::string_view kShop =
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);\n"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY,\n"
    "  customer_id INT REFERENCES customers (id) ON DELETE CASCADE);";

constexpr Example kBad[] = {
    {Engine::kSqlite, "A rebuild that takes the orders with it", kShop,
     "CREATE TABLE new_customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
     "INSERT INTO new_customers SELECT id, name FROM customers;\n"
     "DROP TABLE [[customers]];\n"
     "ALTER TABLE new_customers RENAME TO customers;"},
    {Engine::kSqlite, "Too late: inside a transaction the pragma does nothing", kShop,
     "PRAGMA foreign_keys = OFF;\nDROP TABLE [[customers]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kSqlite,
     .title = "Switched off before the transaction begins",
     .before = kShop,
     .sql = "PRAGMA foreign_keys = OFF;\nBEGIN;\n"
            "CREATE TABLE new_customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
            "INSERT INTO new_customers SELECT id, name FROM customers;\n"
            "DROP TABLE customers;\nALTER TABLE new_customers RENAME TO customers;\nCOMMIT;\n"
            "PRAGMA foreign_keys = ON;",
     .in_transaction = false},
    {Engine::kSqlite, "The children are dropped first", kShop,
     "DROP TABLE orders;\nDROP TABLE customers;"},
    {Engine::kSqlite, "Nothing references it", "CREATE TABLE notes (id INTEGER PRIMARY KEY);",
     "DROP TABLE notes;"},
};

constexpr Descriptor kDescriptor = {
    .id = "drop-parent-cascades",
    .title = "Dropping a referenced table deletes the rows that reference it",
    .category = Category::kDataLoss,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(With foreign keys on, SQLite's `DROP TABLE` first deletes every row, and each deletion fires `ON
DELETE CASCADE`, `SET NULL` or `SET DEFAULT` in the tables that reference it. In a rebuild (create
new, copy, drop old, rename) the children are emptied without an error, and `PRAGMA
foreign_key_check` finds nothing afterwards, because they are gone.)",
    .instead =
        R"(`PRAGMA foreign_keys = OFF` before the transaction begins, and on again after it. Inside a
transaction the pragma does nothing, and `defer_foreign_keys` does not help. `belay apply` does it
in the right order for scripts that begin with the pragma, and counts rows before and after.)",
    .exemptions =
        R"(Silent where the script switches foreign keys off outside a transaction, where the referencing
tables were dropped before or made by the same migration, and where the references have no action.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

bool destroys(sql::ReferentialAction action) {
  return action == sql::ReferentialAction::kCascade || action == sql::ReferentialAction::kSetNull ||
         action == sql::ReferentialAction::kSetDefault;
}

void check(const sql::DropTable& op, const Context& context, Report& report) {
  if (context.session.foreign_keys == SessionState::ForeignKeys::kOff) return;
  const std::string own = context.before.key(op.table);
  std::string children;
  context.before.for_each_table([&](const std::string& key, const schema::Table& table) {
    const bool is_empty = table.made_by(context.script.script_id()) && !table.may_have_rows;
    if (key == own || is_empty) return;
    for (const schema::Constraint& c : table.constraints) {
      if (c.referenced_table != own || !destroys(c.on_delete)) continue;
      children += (children.empty() ? "" : ", ") + code(table.name);
      break;
    }
  });
  if (children.empty()) return;
  FindingBuilder finding =
      report.at(context, op.table.range,
                "With foreign keys on, dropping " + code(op.table.to_string()) +
                    " first deletes its rows, and ON DELETE takes those of " + children +
                    " along, without an error.");
  if (context.session.foreign_keys == SessionState::ForeignKeys::kOffUnlessInTransaction) {
    finding.at_most(Severity::kWarning);
  }
}

}  // namespace

Rule make_drop_parent_cascades() { return {&kDescriptor, {on<sql::DropTable, check>()}}; }

}  // namespace belay::rules

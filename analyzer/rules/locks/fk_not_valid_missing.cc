#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/schema/generated_names.h"

namespace belay::rules {
namespace {

constexpr std::string_view kShop =
    "CREATE TABLE customers (id bigint PRIMARY KEY);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);";

constexpr Example kBad[] = {
    {Engine::kPostgres, "Both tables take no writes while every order is looked up", kShop,
     "ALTER TABLE orders ADD CONSTRAINT orders_customer [[FOREIGN KEY (customer_id)\n"
     "  REFERENCES customers (id)]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "NOT VALID now, validated by a later migration", kShop,
     "ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id)\n"
     "  REFERENCES customers (id) NOT VALID;"},
    {Engine::kPostgres, "The referencing table is made here and still empty",
     "CREATE TABLE customers (id bigint PRIMARY KEY);",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
     "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);"},
    {Engine::kPostgres, "A partitioned table cannot have it NOT VALID before PostgreSQL 18",
     "CREATE TABLE customers (id bigint PRIMARY KEY);\n"
     "CREATE TABLE orders (id bigint, customer_id bigint) PARTITION BY RANGE (id);",
     "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);"},
};

constexpr Descriptor kDescriptor = {
    .id = "fk-not-valid-missing",
    .title = "A foreign key that is validated at once blocks writes to both tables",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ADD FOREIGN KEY` takes SHARE ROW EXCLUSIVE on the referencing and on the referenced table and,
under it, looks up every existing row. No row of either table can be written until that is done.)",
    .instead =
        R"(Add it with `NOT VALID`: new rows are checked from then on, and the lock is short. Then `VALIDATE
CONSTRAINT` in a migration of its own reads the old rows under SHARE UPDATE EXCLUSIVE, which lets
reads and writes through.)",
    .exemptions =
        R"(Silent where the referencing table was made by the same migration and is empty, and for
partitioned tables before PostgreSQL 18, which refuse `NOT VALID`.)",
    .bad = kBad,
    .good = kGood,
};

/// The name that a VALIDATE must use: the written one, or the one that PostgreSQL will choose.
std::string constraint_name(const sql::AddConstraint& op, const schema::Table* table) {
  if (!op.constraint.name.empty()) return op.constraint.name.id;
  std::vector<std::string> columns;
  for (const sql::Name& n : op.constraint.columns) columns.push_back(n.id);
  return schema::postgres_object_name(op.table.name.name.id, schema::postgres_column_part(columns),
                                      "fkey", [&](const std::string& name) {
                                        return table != nullptr &&
                                               table->constraint(name) != nullptr;
                                      });
}

void check(const sql::AddConstraint& op, const Context& context, Report& report) {
  const sql::ConstraintDefinition& c = op.constraint;
  if (c.kind != sql::ConstraintKind::kForeignKey || c.not_valid) return;
  if (context.is_new(op.table.name)) return;
  const schema::Table* table = context.table(op.table.name);
  if (table != nullptr && table->partitioned &&
      context.before.dialect().version < EngineVersion{18, 0, 0}) {
    return;
  }
  FindingBuilder finding =
      report.at(context, c.clause,
                "While every row of " + target_name(op.table) + " is looked up in " +
                    code(c.references.to_string()) +
                    ", neither table can be written (SHARE ROW EXCLUSIVE on both).");
  const uint32_t end = context.in_document(c.range).end;
  const TextEdit not_valid = {{end, end}, " NOT VALID"};
  if (!statements_commit_alone(context)) {
    finding.fix("Add NOT VALID (validate it in a later migration)", {not_valid});
    return;
  }
  finding.fix(
      "Add NOT VALID, then VALIDATE CONSTRAINT",
      {not_valid,
       insert_after(context, "ALTER TABLE " + as_written(context, op.table.name) +
                                 " VALIDATE CONSTRAINT " +
                                 quoted(Engine::kPostgres, constraint_name(op, table)) + ";")});
}

}  // namespace

Rule make_fk_not_valid_missing() { return {&kDescriptor, {on<sql::AddConstraint, check>()}}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "Every row is read while nobody can read or write",
     "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);",
     "ALTER TABLE orders ADD CONSTRAINT orders_total [[CHECK (total >= 0)]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "NOT VALID now, validated by a later migration",
     "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);",
     "ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\n"
     "ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);"},
};

constexpr Descriptor kDescriptor = {
    .id = "check-not-valid-missing",
    .title = "A CHECK that is validated at once scans the table under the strongest lock",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ADD CHECK` takes ACCESS EXCLUSIVE and, under it, reads every row of the table. Reads and writes
wait until it is done, and one row that fails the condition fails the migration.)",
    .instead =
        R"(Add it with `NOT VALID`: new and changed rows are checked from then on. `VALIDATE CONSTRAINT` in a
migration of its own reads the old rows under SHARE UPDATE EXCLUSIVE, which lets reads and writes
through.)",
    .exemptions = "Silent for a table that the same migration made and left empty.",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::AddConstraint& op, const Context& context, Report& report) {
  const sql::ConstraintDefinition& c = op.constraint;
  if (c.kind != sql::ConstraintKind::kCheck || c.not_valid || context.is_new(op.table.name)) return;
  FindingBuilder finding =
      report.at(context, c.clause,
                "Every row of " + target_name(op.table) +
                    " is checked under ACCESS EXCLUSIVE: reads and writes wait until it is done.");
  const uint32_t end = context.in_document(c.range).end;
  const TextEdit not_valid = {{end, end}, " NOT VALID"};
  if (statements_commit_alone(context) && !c.name.empty()) {
    finding.fix(
        "Add NOT VALID, then VALIDATE CONSTRAINT",
        {not_valid, insert_after(context, "ALTER TABLE " + as_written(context, op.table.name) +
                                              " VALIDATE CONSTRAINT " +
                                              std::string(context.written(c.name.range)) + ";")});
  } else {
    finding.fix("Add NOT VALID (validate it in a later migration)", {not_valid});
  }
}

}  // namespace

Rule make_check_not_valid_missing() { return {&kDescriptor, {on<sql::AddConstraint, check>()}}; }

}  // namespace belay::rules

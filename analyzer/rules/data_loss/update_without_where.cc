#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "What was there is overwritten",
     "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "UPDATE [[users]] SET plan = 'free';"},
    {Engine::kPostgres, "A backfill of a new column keeps every row locked until the commit",
     "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "ALTER TABLE users ADD COLUMN tier text;\nUPDATE [[users]] SET tier = plan;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A condition", "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "UPDATE users SET plan = 'free' WHERE plan IS NULL;"},
    {Engine::kPostgres, "A backfill in batches, each committed by itself",
     "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "ALTER TABLE users ADD COLUMN tier text;\n-- belay:batch table=users key=id\n"
     "UPDATE users SET tier = plan WHERE id BETWEEN $1 AND $2;"},
    {Engine::kPostgres, "A table of the migration itself", "",
     "CREATE TABLE plans (id bigint, name text);\nINSERT INTO plans VALUES (1);\n"
     "UPDATE plans SET name = 'free';"},
};

constexpr Descriptor kDescriptor = {
    .id = "update-without-where",
    .title = "UPDATE without WHERE changes every row",
    .category = Category::kDataLoss,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(Every row is overwritten: what the columns held before is gone, and no down knows it. On a large
table the statement writes every row again and keeps all of them locked until the commit.)",
    .instead =
        R"(Say which rows are meant. Fill a new column in batches by key: `belay apply` does so where
`-- belay:batch table=users key=id` stands in front of the statement.)",
    .exemptions =
        R"(Silent for tables that the same migration made, for temporary ones, and in downs. Where all
columns that are set were added by the same migration, nothing is lost, and the message says so.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
    .outside_at_most = Severity::kInfo,
};

/// Every column that is set came into being in this script: there was nothing to overwrite.
bool fills_new_columns(const sql::Update& op, const Context& context) {
  const schema::Table* table = context.table(op.table);
  if (table == nullptr) return false;
  return std::all_of(op.assignments.begin(), op.assignments.end(), [&](const sql::Assignment& a) {
    return table->has_column_made_by(context.script.script_id(), a.column.id);
  });
}

void check(const sql::Update& op, const Context& context, Report& report) {
  if (op.limited || context.is_made_here(op.table)) return;
  if (op.where && !op.where->always_true) return;
  if (!op.where && !op.query.relations.empty()) return;  // UPDATE ... FROM joins
  if (fills_new_columns(op, context)) {
    report.at(context, op.table.range,
              "Every row of " + code(op.table.to_string()) +
                  " is written again and stays locked until the commit. On a large table, fill the "
                  "new column in batches (`-- belay:batch`).");
    return;
  }
  report.at(context, op.table.range,
            "Every row of " + code(op.table.to_string()) +
                " is overwritten; what the columns held before is gone.");
}

}  // namespace

Rule make_update_without_where() { return {&kDescriptor, {on<sql::Update, check>()}}; }

}  // namespace belay::rules

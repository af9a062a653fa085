#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "A wider integer is another format on disk",
     "CREATE TABLE orders (id int PRIMARY KEY, note varchar(50));",
     "ALTER TABLE orders ALTER COLUMN id TYPE [[bigint]];"},
    {Engine::kPostgres, "A shorter limit must be checked and cut",
     "CREATE TABLE orders (id int PRIMARY KEY, note varchar(50));",
     "ALTER TABLE orders ALTER COLUMN note TYPE [[varchar(20)]];"},
    {Engine::kPostgres, "char(n) looks like text and is not",
     "CREATE TABLE orders (id int PRIMARY KEY, code char(8));",
     "ALTER TABLE orders ALTER COLUMN code TYPE [[text]];"},
    {Engine::kPostgres, "No rewrite, but the CHECK is verified again",
     "CREATE TABLE orders (id int PRIMARY KEY, note varchar(50) CHECK (note <> ''));",
     "ALTER TABLE orders ALTER COLUMN note TYPE [[text]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A longer limit, or none",
     "CREATE TABLE orders (id int PRIMARY KEY, note varchar(50), memo varchar(50));",
     "ALTER TABLE orders ALTER COLUMN note TYPE varchar(80);\n"
     "ALTER TABLE orders ALTER COLUMN memo TYPE text;"},
    {Engine::kPostgres, "More digits before the point",
     "CREATE TABLE orders (id int PRIMARY KEY, total numeric(10,2));",
     "ALTER TABLE orders ALTER COLUMN total TYPE numeric(14,2);"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id int PRIMARY KEY);\n"
     "ALTER TABLE orders ALTER COLUMN id TYPE bigint;"},
};

constexpr Descriptor kDescriptor = {
    .id = "alter-column-type",
    .title = "Changing a column's type rewrites the table",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ALTER COLUMN ... TYPE` takes ACCESS EXCLUSIVE. Unless the new type reads the old bytes as they
are, every row is written anew and every index of the table is built again, while reads and writes
wait. Even without a rewrite, a CHECK on the column is verified by a scan.)",
    .instead =
        R"(Add a column of the new type, write both from the program or a trigger, fill it in batches, and
swap the names in a last, short migration.)",
    .exemptions =
        R"(Silent where no row is touched: a longer or dropped limit of `varchar`, `varbit` and `numeric`,
more precision of times, `varchar` and `text`, `cidr` to `inet`, a domain without constraints, and
the same type again. The type before is known from the history; where it is not, the finding says
so and is a warning. `timestamp` to `timestamptz` is free only in a session whose TimeZone is UTC,
and is reported as a warning.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::AlterColumnType& op, const Context& context, Report& report) {
  if (context.is_new(op.table.name) || context.effect.relations.empty()) return;
  const effects::RelationEffect& effect = context.effect.relations.back();
  const bool uncertain = !context.effect.unknown.empty();
  if (!effect.rewrite && !effect.scan && !effect.builds_index && !uncertain) return;
  const schema::Table* table = context.table(op.table.name);
  const schema::Column* column = table == nullptr ? nullptr : table->column(op.column.id);
  const bool known = column != nullptr && !column->type.name.empty();
  std::string message = "Changing " + code(op.column.id);
  if (known) message += " from " + code(column->type.to_string());
  message += " to " + code(std::string(context.written(op.type.range)));
  if (!op.collation.empty()) message += " with collation " + code(op.collation.to_string());
  if (effect.rewrite && known) {
    message += " writes every row and all indexes of " + target_name(op.table) +
               " anew under ACCESS EXCLUSIVE: reads and writes wait.";
  } else if (effect.rewrite) {
    message += " may write every row of " + target_name(op.table) +
               " anew under ACCESS EXCLUSIVE: the type before is not known from the history.";
  } else if (uncertain) {
    message +=
        " is free only where the session's TimeZone is UTC; elsewhere it writes every row of " +
        target_name(op.table) + " anew under ACCESS EXCLUSIVE.";
  } else if (effect.scan) {
    message += " needs no rewrite, but reads every row of " + target_name(op.table) +
               " under ACCESS EXCLUSIVE to verify its CHECK again.";
  } else {
    message +=
        " needs no rewrite, but builds the indexes on the column again under ACCESS EXCLUSIVE.";
  }
  FindingBuilder finding = report.at(context, op.type.range, std::move(message));
  if (!known || !effect.rewrite) finding.at_most(Severity::kWarning);
}

}  // namespace

Rule make_alter_column_type() { return {&kDescriptor, {on<sql::AlterColumnType, check>()}}; }

}  // namespace belay::rules

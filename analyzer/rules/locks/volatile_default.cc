#include "analyzer/effects/volatility.h"
#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "A new value for each row", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN token uuid DEFAULT [[gen_random_uuid()]];"},
    {Engine::kPostgres, "The clock of each row, not of the transaction",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN seen timestamptz DEFAULT [[clock_timestamp()]];"},
    {Engine::kPostgres, "A function of the project that is volatile",
     "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
     "CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)';",
     "ALTER TABLE orders ADD COLUMN code text DEFAULT [[next_code()]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "now() is the same for the whole statement",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN created timestamptz NOT NULL DEFAULT now() - interval '1 "
     "day';"},
    {Engine::kPostgres, "A constant, cast or not", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN tags text[] DEFAULT ARRAY[]::text[];"},
    {Engine::kPostgres, "The default for new rows only",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "ALTER TABLE orders ADD COLUMN token uuid;\n"
     "ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
     "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();"},
    {Engine::kPostgres, "A function of the project that is stable",
     "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
     "CREATE FUNCTION house_currency() RETURNS text LANGUAGE sql STABLE AS $$SELECT 'EUR'$$;",
     "ALTER TABLE orders ADD COLUMN currency text DEFAULT house_currency();"},
};

constexpr Descriptor kDescriptor = {
    .id = "volatile-default",
    .title = "A volatile default rewrites the table",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(A default that may differ from row to row (`gen_random_uuid()`, `random()`, `clock_timestamp()`,
`nextval()`) must be worked out for each row that exists. PostgreSQL writes the whole table and
all its indexes anew, under ACCESS EXCLUSIVE. Stable functions such as `now()` are worked out once
and cost nothing.)",
    .instead =
        R"(Add the column without a default, set the default in a second statement (it then counts for new
rows only), and fill the old rows in batches.)",
    .exemptions =
        R"(Silent for a table that the same migration made and left empty. A function that Belay does not
know is reported as information only.)",
    .bad = kBad,
    .good = kGood,
};

void check(const sql::AddColumn& op, const Context& context, Report& report) {
  if (!op.column.default_value || context.is_new(op.table.name)) return;
  const sql::Expression& value = *op.column.default_value;
  const effects::ExpressionVolatility v = effects::expression_volatility(value, context.before);
  const std::string function(v.function);
  if (v.volatility == effects::Volatility::kUnknown) {
    report
        .at(context, value.range,
            "Whether " + code(function + "()") +
                " is volatile is not known: if it is, the whole of " + target_name(op.table) +
                " is rewritten under ACCESS EXCLUSIVE.")
        .at_most(Severity::kInfo);
    return;
  }
  if (v.volatility != effects::Volatility::kVolatile) return;
  FindingBuilder finding = report.at(
      context, value.range,
      code(function + "()") + " is volatile, so every row of " + target_name(op.table) +
          " and all its indexes are written anew under ACCESS EXCLUSIVE: reads and writes wait.");
  if (!is_only_operation(context) || op.column.not_null()) return;
  const ByteRange clause = context.in_document(op.column.default_range);
  uint32_t begin = clause.begin;
  while (begin > 0 && context.script.text[begin - 1] == ' ') --begin;
  finding.fix(
      "Set the default in a second statement, for new rows only",
      {{{begin, clause.end}, ""},
       insert_after(context,
                    "ALTER TABLE " + as_written(context, op.table.name) + " ALTER COLUMN " +
                        std::string(context.written(op.column.name.range)) + " SET DEFAULT " +
                        std::string(context.written(value.range)) + ";")});
}

}  // namespace

Rule make_volatile_default() { return {&kDescriptor, {on<sql::AddColumn, check>()}}; }

}  // namespace belay::rules

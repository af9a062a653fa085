#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The orders go with the customers",
     "CREATE TABLE customers (id bigint PRIMARY KEY);\n"
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id));",
     "TRUNCATE customers [[CASCADE]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "Named one by one",
     "CREATE TABLE customers (id bigint PRIMARY KEY);\n"
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id));",
     "TRUNCATE customers, orders;"},
};

constexpr Descriptor kDescriptor = {
    .id = "truncate-cascade",
    .title = "TRUNCATE ... CASCADE empties tables that it does not name",
    .category = Category::kDataLoss,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`CASCADE` empties every table with a foreign key to this one, and every table with one to those,
whatever their `ON DELETE` says. All of them are locked with ACCESS EXCLUSIVE.)",
    .instead =
        R"(Name each table that is to be emptied, so that a reader sees them and a new reference fails
instead of losing rows.)",
    .exemptions = "Silent for tables that the same migration made and that nothing references.",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
    .outside_at_most = Severity::kInfo,
};

void check(const sql::Truncate& op, const Context& context, Report& report) {
  if (!op.cascade) return;
  const std::string own = context.before.key(op.table);
  std::string children;
  context.before.for_each_table([&](const std::string& key, const schema::Table& table) {
    for (const schema::Constraint& c : table.constraints) {
      if (c.referenced_table != own || key == own) continue;
      children += (children.empty() ? "" : ", ") + code(table.name);
      break;
    }
  });
  if (children.empty() && context.is_made_here(op.table)) return;
  const std::string& text = context.statement().parsed->text;
  const auto end = static_cast<uint32_t>(text.size());
  constexpr uint32_t kWord = 7;  // CASCADE is the statement's last word
  report.at(context, {end - kWord, end},
            "CASCADE also empties every table that references " + code(op.table.to_string()) +
                (children.empty() ? "." : ": " + children + "."));
}

}  // namespace

Rule make_truncate_cascade() { return {&kDescriptor, {on<sql::Truncate, check>()}}; }

}  // namespace belay::rules

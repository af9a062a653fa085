#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The runner wraps the script in a transaction",
     "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);",
     "CREATE INDEX [[CONCURRENTLY]] orders_customer ON orders (customer_id);"},
    {.engine = Engine::kPostgres,
     .title = "The script opens one itself",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);\n"
               "CREATE INDEX orders_customer ON orders (customer_id);",
     .sql = "BEGIN;\nDROP INDEX [[CONCURRENTLY]] orders_customer;\nCOMMIT;",
     .in_transaction = false},
    {Engine::kPostgres, "VACUUM is no different", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "[[VACUUM]] orders;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The runner was told to open none",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);",
     .sql = "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);",
     .in_transaction = false},
};

constexpr Descriptor kDescriptor = {
    .id = "concurrently-in-transaction",
    .title = "A statement that cannot run inside a transaction",
    .category = Category::kFailure,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`CONCURRENTLY` (create, drop and reindex of an index, detach of a partition), `VACUUM`, `CREATE
DATABASE`, `ALTER SYSTEM` and a few more fail inside a transaction block. Most runners open one
around each script; several statements that are sent in one message are one, too.)",
    .instead =
        R"(Put the statement into a migration of its own and tell the runner to open no transaction: `--
+goose NO TRANSACTION`, `-- migrate:up transaction:false`, `-- +migrate Up notransaction`,
`run_in_transaction = false` in metadata.toml, `-- no-transaction`, `runInTransaction:false`,
`executeInTransaction=false`.)",
    .exemptions =
        R"(Knows these directives, each runner's habit (`transaction` in belay.toml changes it), and the
script's own BEGIN and COMMIT.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

/// The word that makes it impossible: CONCURRENTLY, or else the statement's first.
ByteRange place(const Context& context) {
  if (const auto* create = context.operation.as<sql::CreateIndex>()) {
    return create->concurrently_range;
  }
  if (const auto* drop = context.operation.as<sql::DropIndex>()) return drop->concurrently_range;
  const std::string_view text = context.statement().parsed->text;
  const size_t end = text.find_first_of(" \t\r\n");
  return {0, static_cast<uint32_t>(std::min(end, text.size()))};
}

std::string_view who_opened_it(const Context& context) {
  if (context.session.begin_statement) return "the script's own BEGIN opened one.";
  if (!context.session.in_transaction) {
    return "Belay does not know whether the runner opens one around this script (`transaction` in "
           "belay.toml tells it).";
  }
  return context.script.location.transaction == project::TransactionHabit::kSimpleQuery
             ? "a script of several statements is one, as its runner sends them together."
             : "the runner opens one around this script.";
}

template <class Op>
void check(const Op&, const Context& context, Report& report) {
  if (!context.effect.outside_transaction) return;
  if (!context.session.in_transaction && !context.session.may_be_in_transaction) return;
  const ByteRange range = place(context);
  FindingBuilder finding =
      report.at(context, range,
                code(std::string(context.written(range))) + " fails inside a transaction, and " +
                    std::string(who_opened_it(context)));
  if (!context.session.in_transaction) finding.at_most(Severity::kInfo);
  if (context.session.begin_statement) {
    const sql::ScriptStatement& begin =
        context.script.script.statements[*context.session.begin_statement];
    finding.related({context.script.location.path, begin.range}, "The transaction begins here.");
  }
}

}  // namespace

Rule make_concurrently_in_transaction() {
  return {&kDescriptor,
          {on<sql::CreateIndex, check<sql::CreateIndex>>(),
           on<sql::DropIndex, check<sql::DropIndex>>(), on<sql::Reindex, check<sql::Reindex>>(),
           on<sql::DetachPartition, check<sql::DetachPartition>>(),
           on<sql::Maintenance, check<sql::Maintenance>>(),
           on<sql::CreateObject, check<sql::CreateObject>>(),
           on<sql::AlterObject, check<sql::AlterObject>>()}};
}

}  // namespace belay::rules

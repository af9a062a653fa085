#include <algorithm>
#include <iterator>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "support/ascii.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "The row that the runner writes",
     .before = "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);",
     .sql = "CREATE TABLE phones (number text);\n"
            "INSERT INTO [[schema_migrations]] VALUES ('20260131120000');",
     .down = "DROP TABLE phones;\n"
             "DELETE FROM [[schema_migrations]] WHERE version = '20260131120000';"},
    {.title = "In a class", .cpp = R"x(class AddPhones : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phones"; }
  void up(belay::Database& db) override {
    db.execute("CREATE TABLE phones (number text)");
    db.execute("UPDATE [[schema_version]] SET version = 1");
  }
};
BELAY_MIGRATION(AddPhones);)x"},
};

constexpr Example kGood[] = {
    {.title = "Left to the runner", .sql = "CREATE TABLE phones (number text);"},
    {.title = "A history that begins here",
     .sql = "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);\n"
            "INSERT INTO schema_migrations VALUES ('20260131120000');"},
};

constexpr Descriptor kDescriptor = {
    .id = "ledger-by-hand",
    .title = "A migration that writes the history of migrations itself",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(Which migrations have run stands in a table that the runner keeps. A migration that writes there
as well does it twice or contradicts it; where only the migrations do it, a row that one of them
forgets lets it run a second time, and one that is written although the rest fails lets it never
run again.)",
    .instead =
        R"(Leave the table to the runner, which writes the row in the migration's own transaction: so does
Belay. To take a history over from another tool, use a command for that (`belay adopt`, `belay
baseline`). Where a migration has to do it, once, when a project moves from one tool to another, say
so: `-- belay:ignore ledger-by-hand: we move from goose to dbmate`.)",
    .exemptions =
        R"(Silent where the same migration makes the table, for CREATE and ALTER of it, for baselines, which
are often dumps, and for SQL outside of migrations: a runner has to write its table. Known are the
tables of Belay and of some twenty other tools, by their default names.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
};

bool is_ledger(const sql::QualifiedName& table) {
  constexpr std::string_view kTables[] = {
      "__diesel_schema_migrations",
      "__drizzle_migrations",
      "__efmigrationshistory",
      "_prisma_migrations",
      "_sqlx_migrations",
      "alembic_version",
      "atlas_schema_revisions",
      "belay_migrations",
      "databasechangelog",
      "django_migrations",
      "doctrine_migration_versions",
      "flyway_schema_history",
      "goose_db_version",
      "gorp_migrations",
      "knex_migrations",
      "mikro_orm_migrations",
      "pgmigrations",
      "phinxlog",
      "refinery_schema_history",
      "schema_migration",
      "schema_migrations",
      "schema_version",
      "seaql_migrations",
  };
  return std::any_of(std::begin(kTables), std::end(kTables), [&](std::string_view name) {
    return ascii::equal_ignoring_case(table.name.id, name);
  });
}

template <class Op>
void check(const Op& op, const Context& context, Report& report) {
  using Kind = project::Migration::Kind;
  if (context.script.migration.kind == Kind::kBaseline || !is_ledger(op.table)) return;
  const schema::Table* table = context.table(op.table);
  if (table != nullptr && table->made_by(context.script.script_id())) return;
  report.at(context, op.table.range,
            code(op.table.to_string()) +
                " is where a runner notes which migrations have run. This writes there by hand.");
}

}  // namespace

Rule make_ledger_by_hand() {
  return {&kDescriptor,
          {on<sql::Insert, check<sql::Insert>>(), on<sql::Update, check<sql::Update>>(),
           on<sql::Delete, check<sql::Delete>>(), on<sql::Truncate, check<sql::Truncate>>(),
           on<sql::Merge, check<sql::Merge>>()}};
}

}  // namespace belay::rules

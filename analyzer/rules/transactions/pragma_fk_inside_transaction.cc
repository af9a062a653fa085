#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kSqlite, "The runner opened a transaction before",
     "CREATE TABLE notes (id INTEGER PRIMARY KEY);",
     "[[PRAGMA foreign_keys = OFF]];\nDROP TABLE notes;"},
    {.engine = Engine::kSqlite,
     .title = "The script did it itself",
     .before = "CREATE TABLE notes (id INTEGER PRIMARY KEY);",
     .sql = "BEGIN;\n[[PRAGMA foreign_keys = OFF]];\nDROP TABLE notes;\nCOMMIT;",
     .in_transaction = false},
};

constexpr Example kGood[] = {
    {.engine = Engine::kSqlite,
     .title = "Before BEGIN",
     .before = "CREATE TABLE notes (id INTEGER PRIMARY KEY);",
     .sql = "PRAGMA foreign_keys = OFF;\nBEGIN;\nDROP TABLE notes;\nCOMMIT;",
     .in_transaction = false},
    {Engine::kSqlite, "Only asking", "", "PRAGMA foreign_keys;"},
};

constexpr Descriptor kDescriptor = {
    .id = "pragma-fk-inside-transaction",
    .title = "PRAGMA foreign_keys does nothing inside a transaction",
    .category = Category::kTransactions,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(Inside a transaction SQLite ignores `PRAGMA foreign_keys = ...` without a word. What the script
does next runs with foreign keys as they were, and a `DROP TABLE` deletes the rows that reference
the table (see [drop-parent-cascades](drop-parent-cascades.md)).)",
    .instead =
        R"(Move it before the BEGIN, or tell the runner to open no transaction for this migration. `belay
apply` runs leading and trailing `PRAGMA foreign_keys` outside the transaction.)",
    .exemptions =
        "Knows the runner's habit, its directives, and the script's own BEGIN and COMMIT.",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

void check(const sql::Pragma& op, const Context& context, Report& report) {
  const SessionState& session = context.session;
  if (op.name.id != "foreign_keys" || !op.value) return;
  if (!session.in_transaction && !session.may_be_in_transaction) return;
  const ByteRange statement = {0, static_cast<uint32_t>(context.statement().parsed->text.size())};
  if (!session.in_transaction) {
    report
        .at(context, statement,
            "SQLite ignores this without a word if the runner opens a transaction around this "
            "script; Belay does not know whether it does (`transaction` in belay.toml tells it).")
        .at_most(Severity::kInfo);
    return;
  }
  FindingBuilder finding = report.at(
      context, statement,
      std::string("SQLite ignores this without a word: ") +
          (session.begin_statement ? "the script's own BEGIN opened a transaction."
                                   : "the runner opens a transaction around this script."));
  if (session.begin_statement) {
    const sql::ScriptStatement& begin = context.script.script.statements[*session.begin_statement];
    finding.related({context.script.location.path, begin.range}, "The transaction begins here.");
  }
}

}  // namespace

Rule make_pragma_fk_inside_transaction() { return {&kDescriptor, {on<sql::Pragma, check>()}}; }

}  // namespace belay::rules

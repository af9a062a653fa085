#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The script ends, and nothing was committed",
     .sql = "[[BEGIN]];\nCREATE TABLE orders (id bigint PRIMARY KEY);",
     .in_transaction = false},
    {.engine = Engine::kSqlite,
     .title = "The same on SQLite",
     .sql = "[[BEGIN IMMEDIATE]];\nCREATE TABLE orders (id INTEGER PRIMARY KEY);",
     .in_transaction = false},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "Committed",
     .sql = "BEGIN;\nCREATE TABLE orders (id bigint PRIMARY KEY);\nCOMMIT;",
     .in_transaction = false},
};

constexpr Descriptor kDescriptor = {
    .id = "uncommitted-begin",
    .title = "BEGIN without COMMIT",
    .category = Category::kTransactions,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(The script opens a transaction and does not close it. Depending on the runner, all that it did is
rolled back when the connection closes, or its locks are held until then.)",
    .instead = "Add the COMMIT, or leave transactions to the runner.",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
};

void check(const ScriptContext& script, const ScriptTrace& trace, Report& report) {
  if (!trace.end.begin_statement) return;
  const sql::ScriptStatement& begin = script.script.statements[*trace.end.begin_statement];
  FindingBuilder finding = report.at(script, begin.range, "This transaction is never committed.");
  const sql::ScriptStatement& last = script.script.statements.back();
  const uint32_t at = last.terminated ? last.end : last.range.end;
  finding.fix("Add COMMIT at the end", {{{at, at}, last.terminated ? "\nCOMMIT;" : ";\nCOMMIT;"}});
}

}  // namespace

Rule make_uncommitted_begin() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "A command of psql", "", "[[\\connect shop]]\nCREATE TABLE a (id int);"},
    {Engine::kSqlite, "A command of the sqlite3 shell", "",
     "[[.read schema.sql]]\nCREATE TABLE a (id INT);"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A backslash in a string is none", "", "SELECT 'a\\b';"},
};

constexpr Descriptor kDescriptor = {
    .id = "client-command",
    .title = "A command for the database's shell",
    .category = Category::kAnalysis,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kInfo,
    .why =
        R"(Lines such as `\connect` or `.read` are read by psql or sqlite3, not by the server. A runner that
sends the script to the server fails here, and what the command brings in (`\i file`) is not
analysed.)",
    .instead =
        R"(Leave such lines out of migrations, unless the runner calls the shell (sqitch does).)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

void check(const ScriptContext& script, const ScriptTrace&, Report& report) {
  if (script.set.layout == project::Layout::kSqitch) return;
  for (const sql::ScriptStatement& s : script.script.statements) {
    if (!s.is_client_command()) continue;
    report.at(script, s.range,
              script.engine() == Engine::kPostgres
                  ? "Only psql understands this; the server does not, and it was not analysed."
                  : "Only the database's shell understands this; it was not analysed.");
  }
}

}  // namespace

Rule make_client_command() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/text/batch_mark.h"
#include "support/ascii.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The first row of each batch would be left out",
     "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "-- belay:batch table=users key=id\n"
     "UPDATE users SET plan = 'free' WHERE id > [[$1]] AND id <= $2;"},
    {Engine::kSqlite, "A word that the mark does not have",
     "CREATE TABLE users (id INTEGER PRIMARY KEY, plan TEXT);",
     "-- belay:batch table=users key=id [[rows=500]]\n"
     "UPDATE users SET plan = 'free' WHERE id BETWEEN $1 AND $2;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "Paged by key, with some time for others",
     "CREATE TABLE users (id bigint PRIMARY KEY, plan text);",
     "-- belay:batch table=users key=id size=5000 pause=100ms\n"
     "UPDATE users SET plan = 'free' WHERE plan IS NULL AND id BETWEEN $1 AND $2;"},
};

constexpr Descriptor kDescriptor = {
    .id = "bad-batch-mark",
    .title = "A statement that cannot run in batches as its mark says",
    .category = Category::kFailure,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(`-- belay:batch` asks `belay apply` to run the statement behind it in batches. With a mark that
says something else, or a statement that does not give each row to exactly one batch, it refuses to
run the migration.)",
    .instead =
        R"(Name table and key in the mark, and have the statement's condition on the key read
`id BETWEEN $1 AND $2`: the first key of a batch and the last.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
};

void check(const ScriptContext& script, const ScriptTrace&, Report& report) {
  if (script.script.directives.empty()) return;
  std::vector<ByteRange> statements;
  for (const sql::ScriptStatement& s : script.script.statements) {
    statements.push_back({s.range.begin, s.end});
  }
  const BatchMarks read =
      read_batch_marks(script.text, script.script.directives, statements, script.engine());
  for (const BatchProblem& problem : read.problems) {
    std::string message = problem.message;
    message[0] = ascii::to_upper(message[0]);
    report.at(script, problem.range,
              message + (problem.instead.empty() ? "." : ": " + problem.instead + "."));
  }
}

}  // namespace

Rule make_bad_batch_mark() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules

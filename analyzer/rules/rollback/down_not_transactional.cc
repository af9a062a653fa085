#include <algorithm>

#include "analyzer/rollback/rerun.h"
#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "A second run stops where the first one was through",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text, note text);",
     .sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_state ON orders (state);\n"
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note ON orders (note);",
     .down = "[[DROP INDEX CONCURRENTLY orders_note]];\n"
             "DROP INDEX CONCURRENTLY IF EXISTS orders_state;",
     .in_transaction = false},
    {.engine = Engine::kPostgres,
     .title = "The up may break off before it made all that the down drops",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;\n"
            "CREATE INDEX CONCURRENTLY orders_state ON orders (state);",
     .down = "[[DROP INDEX orders_state]];",
     .in_transaction = false},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "Each statement may find its work done",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text, note text);",
     .sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_state ON orders (state);\n"
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note ON orders (note);",
     .down = "DROP INDEX CONCURRENTLY IF EXISTS orders_note;\n"
             "DROP INDEX CONCURRENTLY IF EXISTS orders_state;",
     .in_transaction = false},
    {.engine = Engine::kPostgres,
     .title = "All or nothing",
     .before = "",
     .sql = "CREATE TABLE a (id int);\nCREATE TABLE b (id int);",
     .down = "DROP TABLE b;\nDROP TABLE a;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-not-transactional",
    .title = "A down that cannot go on where something broke off",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The runner opens no transaction for these scripts, so a lost connection, a timeout or an error
leaves a part of them done. Belay tried every place where the up or the down may break off: from
there, running the down (again) stops at this statement, and somebody has to finish by hand.)",
    .instead =
        R"(Write statements that may find their work done: `DROP INDEX CONCURRENTLY IF EXISTS`, `DROP COLUMN
IF EXISTS`. Or put into a migration of its own what cannot be in a transaction, and the rest into one
that can.)",
    .exemptions =
        R"(Silent inside a transaction, where it is not known whether the runner opens one, for scripts of
one statement, and for scripts of more than fifty.)",
    .bad = kBad,
    .good = kGood,
};

/// Whether each of its statements surely commits alone.
bool commits_piecemeal(const ScriptTrace& trace) {
  return !trace.steps.empty() &&
         std::none_of(trace.steps.begin(), trace.steps.end(), [](const ScriptTrace::Step& step) {
           return step.session.in_transaction || step.session.may_be_in_transaction;
         });
}

void tell(const MigrationContext& migration, const rollback::Stop& stop, project::Direction broken,
          Report& down) {
  const ScriptContext& script = *migration.down;
  const bool by_up = broken == project::Direction::kUp;
  const std::string where = by_up ? "When the up breaks off" : "When this down breaks off";
  down.at(script, script.script.statements[stop.statement].range,
          where + ", which no transaction prevents, " + (by_up ? "the down" : "a second run") +
              " stops here: " + stop.why + ".")
      .related(migration.place_of({broken, stop.broken_off_at}),
               "It breaks off here, for example.");
}

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  using rollback::Verdict;
  if (migration.down == nullptr) return;
  const Verdict verdict = migration.reversibility.verdict;
  if (verdict == Verdict::kDownFailed || verdict == Verdict::kUnknown ||
      verdict == Verdict::kDeclaredIrreversible) {
    return;
  }
  const ScriptContext& script = *migration.down;
  if (commits_piecemeal(*migration.down_trace)) {
    if (const auto stop = rollback::stop_of_second_run(script.script, migration.after_up)) {
      return tell(migration, *stop, project::Direction::kDown, down);
    }
  }
  if (!commits_piecemeal(migration.up_trace)) return;
  if (const auto stop =
          rollback::stop_behind_partial_up(migration.up.script, migration.before, script.script)) {
    tell(migration, *stop, project::Direction::kUp, down);
  }
}

}  // namespace

Rule make_down_not_transactional() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

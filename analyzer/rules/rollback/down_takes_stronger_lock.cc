#include <algorithm>
#include <map>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The up only changes the catalog, the down reads the whole table",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL);",
     .sql = "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;",
     .down = "[[ALTER TABLE orders ALTER COLUMN state SET NOT NULL]];"},
    {.engine = Engine::kPostgres,
     .title = "The up took care not to block, the down does not",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "CREATE INDEX CONCURRENTLY orders_state ON orders (state);",
     .down = "[[DROP INDEX orders_state]];",
     .in_transaction = false},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "As quick as the up",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "ALTER TABLE orders ADD COLUMN state text;",
     .down = "ALTER TABLE orders DROP COLUMN state;"},
    {.engine = Engine::kPostgres,
     .title = "Nobody waits in either direction",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "CREATE INDEX CONCURRENTLY orders_state ON orders (state);",
     .down = "DROP INDEX CONCURRENTLY orders_state;",
     .in_transaction = false},
};

constexpr Descriptor kDescriptor = {
    .id = "down-takes-stronger-lock",
    .title = "Rolling back blocks more than the up did",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres},
    .severity = Severity::kWarning,
    .why =
        R"(A rollback runs in the middle of an incident, on a database under load. This down reads or writes
a whole table while others wait, or blocks where the up was written so that nobody waits. What was
rolled out without being felt is rolled back with an outage.)",
    .instead =
        R"(Use the forms that the up would use in that place: `CONCURRENTLY` for indexes, `NOT VALID` for
constraints, a CHECK instead of SET NOT NULL; or leave the harmless part of the up in place.)",
    .exemptions =
        R"(Silent where the up blocks the same table at least as hard, and for tables that either script
makes. Quick catalog changes count alike, whatever their lock's name.)",
    .bad = kBad,
    .good = kGood,
};

/// How long whom: 0 nobody waits, 1 a moment, 2 writers wait for work on the whole table, 3 readers
/// do, too.
int weight(const effects::RelationEffect& r) {
  if (r.is_new || effects::blocked_by(r.lock).empty()) return 0;
  if (!r.rewrite && !r.scan && !r.builds_index) return 1;
  return r.lock == effects::LockMode::kAccessExclusive ? 3 : 2;
}

bool is_concurrent(const sql::Operation& operation) {
  const auto* create = operation.as<sql::CreateIndex>();
  const auto* drop = operation.as<sql::DropIndex>();
  const auto* detach = operation.as<sql::DetachPartition>();
  return (create != nullptr && create->concurrently) || (drop != nullptr && drop->concurrently) ||
         (detach != nullptr && detach->concurrently);
}

/// Whether the operation has a form that does not block.
bool could_be_concurrent(const sql::Operation& operation) {
  return !is_concurrent(operation) &&
         (operation.as<sql::CreateIndex>() != nullptr || operation.as<sql::DropIndex>() != nullptr);
}

struct Weighed {
  int weight = 0;
  bool concurrent = false;
};

std::map<std::string, Weighed> weights_of_up(const MigrationContext& migration) {
  std::map<std::string, Weighed> out;
  for (const ScriptTrace::Step& step : migration.up_trace.steps) {
    const auto& statement = *migration.up.script.statements[step.statement].parsed;
    for (const effects::RelationEffect& r : step.effect.relations) {
      Weighed& w = out[key_of(migration.before, r.relation)];
      w.weight = std::max(w.weight, weight(r));
      w.concurrent |= is_concurrent(statement.operations[step.operation]);
    }
  }
  return out;
}

std::string harder_message(const effects::RelationEffect& r) {
  const char* work = r.rewrite ? "written anew" : r.builds_index ? "indexed" : "read";
  return "Rolling back is harder on " + code(r.relation) +
         " than the up: " + std::string(effects::blocked_by(r.lock)) +
         " wait while the whole table is " + work + ".";
}

std::string careless_message(const effects::RelationEffect& r) {
  return "The up took care that nobody waits; this waits for every running query on " +
         code(r.relation) + ", and all others wait behind it.";
}

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (migration.down == nullptr) return;
  if (migration.reversibility.verdict == rollback::Verdict::kDownFailed) return;
  const std::map<std::string, Weighed> up = weights_of_up(migration);
  std::optional<uint32_t> told;
  for (const ScriptTrace::Step& step : migration.down_trace->steps) {
    if (told == step.statement) continue;
    const sql::ScriptStatement& s = migration.down->script.statements[step.statement];
    const sql::Operation& operation = s.parsed->operations[step.operation];
    for (const effects::RelationEffect& r : step.effect.relations) {
      const std::string key = key_of(migration.before, r.relation);
      // What the up made is as big as what was written since, which is not much.
      if (migration.before.table(key) == nullptr) continue;
      const auto found = up.find(key);
      const Weighed before = found == up.end() ? Weighed{} : found->second;
      const int now = weight(r);
      const bool harder = now >= 2 && now > before.weight;
      const bool careless =
          now == 1 && before.weight == 0 && before.concurrent && could_be_concurrent(operation);
      if (!harder && !careless) continue;
      told = step.statement;
      FindingBuilder finding = down.at(*migration.down, range_in_document(s, operation),
                                       harder ? harder_message(r) : careless_message(r));
      finding.effect(step.effect);
      if (auto place = up_statement_on(migration, key)) {
        finding.related(*std::move(place), "What the up does to it.");
      }
      break;
    }
  }
}

}  // namespace

Rule make_down_takes_stronger_lock() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

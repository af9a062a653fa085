#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "Behind one long query, everybody waits for this",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "[[ALTER TABLE orders ADD COLUMN note text]];\nALTER TABLE orders ADD COLUMN memo text;"},
    {Engine::kPostgres, "Zero means for ever", "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "SET lock_timeout = 0;\n[[ALTER TABLE orders ADD COLUMN note text]];"},
    {.engine = Engine::kPostgres,
     .title = "SET LOCAL does nothing outside a transaction",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "SET LOCAL lock_timeout = '2s';\n[[ALTER TABLE orders ADD COLUMN note text]];",
     .in_transaction = false},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "Two seconds, then it gives up and can be tried again",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;"},
    {Engine::kPostgres, "set_config() counts as well",
     "CREATE TABLE orders (id bigint PRIMARY KEY);",
     "SELECT set_config('lock_timeout', '2s', true);\nALTER TABLE orders ADD COLUMN note text;"},
    {Engine::kPostgres, "Only tables that are made here", "",
     "CREATE TABLE orders (id bigint PRIMARY KEY);\nALTER TABLE orders ADD COLUMN note text;"},
    {Engine::kPostgres, "A lock that lets reads and writes through",
     "CREATE TABLE orders (id bigint PRIMARY KEY);", "COMMENT ON TABLE orders IS 'all of them';"},
};

constexpr Descriptor kDescriptor = {
    .id = "lock-timeout-missing",
    .title = "A blocking statement without lock_timeout",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kWarning,
    .why =
        R"(A statement that needs a strong lock waits until every running query has left the table, and every
new query waits behind it. One forgotten transaction is then an outage, however quick the
migration itself would be. `lock_timeout` is off by default.)",
    .instead =
        R"(Set it before the first such statement, and try again when it fires: `SET LOCAL lock_timeout =
'2s';`)",
    .exemptions =
        R"(Reported once for a script, at the first statement whose lock makes others wait. Silent where a
timeout other than 0 is set before it, by `SET`, `SET LOCAL` inside a transaction or `set_config`;
where only tables of the same migration are touched; and with `lock_timeout_set_by_runner = true`
in belay.toml.)",
    .bad = kBad,
    .good = kGood,
};

bool blocks_others(const effects::Effect& effect) {
  return !effects::blocked_by(effect.strongest()).empty();
}

void check(const ScriptContext& script, const ScriptTrace& trace, Report& report) {
  for (const ScriptTrace::Step& step : trace.steps) {
    const SessionState& session = step.session;
    if (session.lock_timeout_set || session.lock_timeout_set_locally) continue;
    // The waits of CONCURRENTLY are long by design, and a short timeout leaves an invalid index.
    if (!blocks_others(step.effect) || step.effect.outside_transaction) continue;
    const sql::ScriptStatement& s = script.script.statements[step.statement];
    FindingBuilder finding = report.at(
        script, s.range,
        "Nothing limits how long this waits for its lock, and everybody who comes later waits "
        "behind it.");
    const std::string set =
        session.in_transaction ? "SET LOCAL lock_timeout = '2s';\n" : "SET lock_timeout = '2s';\n";
    const std::string indent(indentation(script.text, s.range.begin));
    finding.fix("Set lock_timeout before it", {{{s.range.begin, s.range.begin}, set + indent}});
    return;
  }
}

}  // namespace

Rule make_lock_timeout_missing() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules

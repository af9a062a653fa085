#include "runtime/session/program_plan.h"

#include <string>
#include <utility>

#include "support/counted.h"

namespace belay::runtime {

using Kind = PlannedStatement::Kind;

ScriptPlan plan_program(const Script& script, bool transaction) {
  ScriptPlan plan;
  PlannedStatement& whole = plan.body.emplace_back();
  if (script.batched) {
    plan.one_transaction = false;
    whole.kind = Kind::kBatch;
    BatchMark& mark = whole.batch.emplace();
    mark.table = script.batched->table;
    mark.key = script.batched->key;
    mark.size = script.batched->size;
    mark.pause = script.batched->pause;
    plan.notes.push_back("it runs " + mark.to_string());
    return plan;
  }
  plan.one_transaction = transaction;
  whole.kind = transaction ? Kind::kOrdinary : Kind::kBare;
  if (!transaction) plan.notes.emplace_back("it runs outside any transaction, as it asks");
  return plan;
}

bool is_stopped_program(const LedgerEntry& entry, const MigrationJob& job) {
  return job.script().program && !job.plan.one_transaction && (is_half(entry) || job.interrupted);
}

Error stopped_half_way(const LedgerEntry& entry, const MigrationJob& job) {
  const std::string far = entry.statements_done == 0 ? "nobody knows how far it came"
                                                     : counted(entry.statements_done, "statement") +
                                                           " of it ran, and the next one failed";
  return {job.migration->display_name() + " is a program that runs outside any transaction, and " +
              "was stopped half-way: " + far,
          job.script().path,
          "roll the session back and begin again; or put the database right by hand, and tell "
          "`repair` what it is now"};
}

}  // namespace belay::runtime

#include "runtime/drivers/batched_statements.h"

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/drivers/places.h"

namespace belay::runtime {
namespace {

using Kind = PlannedStatement::Kind;

Result<void> check_own_transactions(const Script& script,
                                    std::span<PlannedStatement* const> statements) {
  bool inside = false;
  for (const PlannedStatement* statement : statements) {
    const Kind kind = statement->kind;
    if (kind == Kind::kBegin || kind == Kind::kSavepoint) inside = true;
    if (kind == Kind::kCommit || kind == Kind::kRollback) inside = false;
    if (!inside || kind != Kind::kBatch) continue;
    return error_at(
        script, statement->batch->range.begin,
        "a statement that runs in batches cannot stand in a transaction of the script's "
        "own: each batch is committed by itself",
        "take BEGIN and COMMIT away, or let them end before it");
  }
  return {};
}

}  // namespace

Result<void> mark_batches(const Script& script, belay::Engine engine,
                          std::span<const ByteRange> comments,
                          std::span<PlannedStatement* const> statements) {
  std::vector<ByteRange> ranges;
  ranges.reserve(statements.size());
  for (const PlannedStatement* s : statements) ranges.push_back({s->begin, s->end});
  BatchMarks read = read_batch_marks(script.sql, comments, ranges, engine);
  if (!read.problems.empty()) {
    BatchProblem& first = read.problems.front();
    return error_at(script, first.range.begin, std::move(first.message), std::move(first.instead));
  }
  for (BatchMark& mark : read.marks) {
    PlannedStatement& statement = *statements[mark.statement];
    statement.kind = Kind::kBatch;
    statement.batch = std::move(mark);
  }
  return check_own_transactions(script, statements);
}

bool ScriptPlan::runs_in_batches() const {
  return std::any_of(body.begin(), body.end(),
                     [](const PlannedStatement& statement) { return statement.batch.has_value(); });
}

void note_batches(ScriptPlan& plan) {
  for (size_t i = 0; i < plan.body.size(); ++i) {
    if (!plan.body[i].batch) continue;
    plan.notes.push_back("its statement " + std::to_string(i + 1) + " runs " +
                         plan.body[i].batch->to_string());
  }
}

}  // namespace belay::runtime

// A statement that runs in batches. Each batch is a unit: one transaction holds the statement for
// its keys and, in the ledger, the key that it came to. When the last one is done the statement
// counts as done, in a transaction of its own.
#include <array>

#include "runtime/drivers/places.h"
#include "runtime/session/migration_run.h"
#include "support/ascii.h"

namespace belay::runtime {

/// What an earlier run has done of the statement that comes first.
void MigrationRun::take_up_batches() {
  if (!job_.batches) return;
  batches_ = job_.batches->to_text();
  noted_batch_ = *job_.batches;
  report_.batched.push_back(noted_batch_.of_statement(job_.resume_at + 1, /*done=*/false));
  report_.notes.push_back("its statement " + std::to_string(job_.resume_at + 1) +
                          " goes on behind the key " + noted_batch_.came_to +
                          ", to which an earlier run came");
}

Result<void> MigrationRun::run_batches(size_t index) {
  const PlannedStatement& statement = job_.plan.body[index];
  if (batches_.empty()) noted_batch_ = {};
  BatchOptions options;
  options.table = statement.batch->table;
  options.key = statement.batch->key;
  options.size = statement.batch->size;
  options.pause = statement.batch->pause;
  options.resume = noted_batch_.position;
  options.cancellation = command_.options().cancellation;
  options.on_commit = [&](const Batch&) {
    locks_.ended();
    batches_ = noted_batch_.to_text();
    batched(index) = noted_batch_.of_statement(static_cast<uint32_t>(index + 1), /*done=*/false);
    tell_batch(index);
  };
  tell_batch(index);
  const Result<BatchesReport> ran = runtime::run_in_batches(
      *connection_, options,
      [&](Connection&, const Batch& batch) { return run_batch(index, batch); });
  if (!ran) {
    if (out_of_hand_ || report_.error) return ran.error();
    note_failure(ran.error());
    DatabaseError& failure = *report_.error;
    if (failure.hint.empty()) failure.hint = ran.error().hint;
    failure.cancelled |= options.cancellation.cancelled();
    if (failure.place.line == 0) failure.place = place_of(script_, statement.batch->range.begin);
    const Error error = failure.to_error();
    BELAY_TRY(find_last_batch(index));
    return error;
  }
  if (!report_.batched.empty() && report_.batched.back().statement == index + 1) {
    report_.batched.back().done = true;
  }
  BELAY_TRY(begin());
  BELAY_TRY(announce_unit(index + 1, /*bare=*/false));
  return commit_progress(index + 1);
}

/// The commit of the last batch may have been done although it ended with an error.
Result<void> MigrationRun::find_last_batch(size_t index) {
  Result<InterruptedMigration> outcome = ask_ledger();
  if (!outcome) return std::move(outcome).error();
  const std::optional<BatchProgress> progress = BatchProgress::read(outcome->batches);
  if (!progress) return {};
  batches_ = outcome->batches;
  noted_batch_ = *progress;
  batched(index) = noted_batch_.of_statement(static_cast<uint32_t>(index + 1), /*done=*/false);
  return {};
}

/// In the batch's transaction: the statement, and how far it has come with it.
Result<void> MigrationRun::run_batch(size_t index, const Batch& batch) {
  const PlannedStatement& statement = job_.plan.body[index];
  const Result<void> announced = announce_unit(index + 1, /*bare=*/false, batch.number);
  out_of_hand_ = !announced && !report_.error;
  BELAY_TRY(announced);
  const std::array<Value, 2> keys = {batch.first, batch.last};
  uint64_t changed = noted_batch_.changed;
  if (script_.batched) {
    Result<uint64_t> done = run_program_on(batch);
    if (!done) return std::move(done).error();
    changed += *done;
  } else {
    BELAY_TRY(run_statement(statement, keys));
    changed += static_cast<uint64_t>(connection_->affected_rows());
  }
  BatchProgress progress;
  progress.statement_hash = hash_of_batched(script_, statement);
  progress.position = batch.position;
  progress.changed = changed;
  LedgerEntry entry = ledger_entry(begun_state());
  entry.batches = progress.to_text();
  BELAY_TRY(attempt(Ledger::note_progress(*connection_, entry)));
  noted_batch_ = *BatchProgress::read(entry.batches);
  return {};
}

/// What is told of the statement in the report.
BatchedStatement& MigrationRun::batched(size_t index) {
  if (report_.batched.empty() || report_.batched.back().statement != index + 1) {
    report_.batched.emplace_back();
  }
  return report_.batched.back();
}

/// The rows that were there at the start are an estimate of those that there are to do.
void MigrationRun::tell_batch(size_t index) {
  const std::string table = name_parts(job_.plan.body[index].batch->table).back();
  uint64_t total = 0;
  for (const auto& [name, rows] : before_.content.rows) {
    const size_t dot = name.rfind('.');
    const std::string_view last =
        std::string_view(name).substr(dot == std::string::npos ? 0 : dot + 1);
    if (ascii::equal_ignoring_case(last, table)) total = rows;
  }
  const uint64_t done = noted_batch_.rows;
  command_.progress(Stage::kBatching, report_.display_name, done, total < done ? 0 : total);
}

}  // namespace belay::runtime

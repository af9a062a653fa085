// A migration that is a program, or whose batches are: what it does is heard statement by
// statement, so that the report and the checks know as much of it as of a script.
#include "runtime/drivers/places.h"
#include "runtime/session/migration_run.h"
#include "runtime/session/program_connection.h"

namespace belay::runtime {

Result<void> MigrationRun::run_program() {
  ProgramConnection connection = program_connection(job_.plan.one_transaction);
  return placed(script_.program(connection));
}

/// The work on one batch; returns how many rows it changed.
Result<uint64_t> MigrationRun::run_program_on(const Batch& batch) {
  ProgramConnection connection = program_connection(/*in_transaction=*/true);
  const Result<void> done = placed(script_.batched->work(connection, batch));
  if (!done) return done.error();
  return connection.changed();
}

/// Behind the last batch.
Result<void> MigrationRun::end_program() {
  if (!script_.batched || !script_.batched->at_end) return {};
  ProgramConnection connection = program_connection(/*in_transaction=*/true);
  return placed(script_.batched->at_end(connection));
}

ProgramConnection MigrationRun::program_connection(bool in_transaction) {
  return {*connection_, in_transaction,
          [this](const ProgramConnection::Ran& ran) { return hear(ran); }};
}

Result<void> MigrationRun::hear(const ProgramConnection::Ran& ran) {
  note_slow(0, ran.sql, ran.begun_ms);
  if (!ran.succeeded) return {};
  ++program_statements_;
  if (heard_.hear(ran.sql, effects_) && connection_->in_transaction()) return {};
  return locks_.look(*connection_, ran.begun_ms);
}

/// A failure of a program has the program's place: its statements stand nowhere.
Result<void> MigrationRun::placed(Result<void> ran) {
  if (ran) return ran;
  ran = attempt(std::move(ran));
  report_.error->place = place_of(script_, 0);
  if (report_.error->hint.empty()) report_.error->hint = ran.error().hint;
  return report_.error->to_error();
}

}  // namespace belay::runtime

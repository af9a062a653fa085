// A script that cannot run in one transaction runs in units, and the ledger counts the statements
// that are done. An ordinary statement is a unit: it gets a transaction with its count, so that
// both come together. So is a transaction of the script's own, whose count is written just before
// its COMMIT. Only a statement that must stand outside any transaction has its count written after
// it; a crash in between runs it again, which VACUUM and settings bear. A statement that runs in
// batches is many units, see batch_run.cc.
#include <algorithm>
#include <utility>

#include "runtime/session/migration_run.h"
#include "runtime/session/words.h"

namespace belay::runtime {

using Kind = PlannedStatement::Kind;

Result<void> MigrationRun::run_by_statements() {
  const std::vector<Statement>& statements = job_.plan.body;
  BELAY_TRY(begin());
  BELAY_TRY(announce());
  BELAY_TRY(check_kept());
  BELAY_TRY(read_facts_before());
  for (uint32_t i = 0; i < job_.resume_at; ++i) {
    statements_hash_ = add_statement_hash(statements_hash_, script_, statements[i]);
  }
  report_.statements_done = job_.resume_at;
  if (job_.resume_at > 0) {
    report_.notes.push_back("it goes on behind its first " + counted(job_.resume_at, "statement") +
                            ", which an earlier run did");
  }
  take_up_batches();
  BELAY_TRY(write_ledger(begun_state()));
  BELAY_TRY(commit_begun());
  // Some settings can only be changed by the only connection.
  watch_.let_go();
  BELAY_TRY(restore_settings());
  for (size_t i = job_.resume_at; i < statements.size();) {
    Result<size_t> next = run_unit(i);
    if (!next) return std::move(next).error();
    i = *next;
  }
  BELAY_TRY(begin());
  BELAY_TRY(end_program());
  BELAY_TRY(check_after(/*can_undo=*/false));
  BELAY_TRY(write_ledger(done_state()));
  BELAY_TRY(commit_end());
  report_.state = done_state();
  return conclude();
}

Result<void> MigrationRun::commit_begun() {
  Result<void> committed = attempt(connection_->commit());
  locks_.ended();
  begun_ = committed.ok();
  if (committed) return {};
  Result<InterruptedMigration> outcome = ask_ledger();
  if (!outcome) return std::move(outcome).error();
  begun_ = outcome->begun;
  return committed;
}

/// What an earlier run set up on its connection went with it.
Result<void> MigrationRun::restore_settings() {
  for (uint32_t i = 0; i < job_.resume_at; ++i) {
    if (job_.plan.body[i].sets_connection) BELAY_TRY(run_statement(job_.plan.body[i]));
  }
  return {};
}

/// Runs the unit that begins at `index`; returns where the next one begins.
Result<size_t> MigrationRun::run_unit(size_t index) {
  switch (job_.plan.body[index].kind) {
    case Kind::kBegin:
    case Kind::kSavepoint: return run_block(index);
    case Kind::kOrdinary: BELAY_TRY(run_wrapped(index)); break;
    case Kind::kBatch: BELAY_TRY(run_batches(index)); break;
    case Kind::kBare:
    case Kind::kCommit:
    case Kind::kRollback: BELAY_TRY(run_bare(index)); break;
  }
  return index + 1;
}

Result<void> MigrationRun::run_wrapped(size_t index) {
  BELAY_TRY(begin());
  BELAY_TRY(announce_unit(index + 1, /*bare=*/false));
  BELAY_TRY(run_statement(job_.plan.body[index]));
  return commit_progress(index + 1);
}

Result<void> MigrationRun::run_bare(size_t index) {
  BELAY_TRY(attempt(connection_->execute("BEGIN")));
  const Result<void> announced = announce_unit(index + 1, /*bare=*/true);
  BELAY_TRY(attempt(connection_->roll_back()));
  BELAY_TRY(announced);
  const PlannedStatement& statement = job_.plan.body[index];
  // Only where nobody knows: one that has failed has said so, and is run again.
  Result<bool> done = job_.interrupted && index == job_.resume_at
                          ? attempt(driver_.was_done(*connection_, script_, statement))
                          : Result<bool>(false);
  if (!done) return std::move(done).error();
  if (*done) {
    report_.notes.push_back("statement " + std::to_string(index + 1) +
                            ", in which an earlier run was interrupted, had been done");
  } else {
    BELAY_TRY(run_statement(statement));
  }
  // A change of the journal mode looks like somebody else's commit.
  version_known_ = false;
  BELAY_TRY(begin());
  return commit_progress(index + 1);
}

/// A transaction of the script's own, to the statement that ends it; returns what comes behind.
Result<size_t> MigrationRun::run_block(size_t index) {
  const std::vector<Statement>& statements = job_.plan.body;
  const auto ends = [&](size_t i) {
    return statements[i].kind == Kind::kCommit || statements[i].kind == Kind::kRollback;
  };
  size_t end = index + 1;
  while (end < statements.size() && !ends(end)) ++end;
  BELAY_TRY(run_statement(statements[index]));
  BELAY_TRY(announce_unit(std::min(end + 1, statements.size()), /*bare=*/false));
  bool counted_inside = false;
  size_t at = index + 1;
  for (; at < statements.size() && connection_->in_transaction(); ++at) {
    if (statements[at].kind == Kind::kCommit) {
      BELAY_TRY(note_progress(at + 1));
      counted_inside = true;
    }
    Result<void> ran = run_statement(statements[at]);
    if (!ran)
      return statements[at].kind == Kind::kCommit ? confirm_after(ran.error(), at + 1)
                                                  : std::move(ran).error();
  }
  if (connection_->in_transaction()) return fail("the script leaves a transaction open at its end");
  if (counted_inside) {
    confirm_progress();
    return at;
  }
  // It ended with ROLLBACK, or with the RELEASE of its outermost savepoint.
  BELAY_TRY(begin());
  BELAY_TRY(commit_progress(at));
  return at;
}

Result<void> MigrationRun::announce_unit(size_t end, bool bare, uint64_t batch) {
  Result<ChangeMark> mark = attempt(driver_.mark(*connection_));
  if (!mark) return std::move(mark).error();
  Json data = {{"end", end}, {"bare", bare}, {"mark", mark->data}};
  if (batch > 0) data["batch"] = batch;
  return command_.record(event::kUnitStarted, std::move(data));
}

/// Counts the statements up to `done` in the ledger, in the transaction that is open.
Result<void> MigrationRun::note_progress(size_t done) {
  std::string hash = statements_hash_;
  for (size_t i = report_.statements_done; i < done; ++i) {
    hash = add_statement_hash(hash, script_, job_.plan.body[i]);
  }
  LedgerEntry entry = ledger_entry(begun_state());
  entry.statements_done = static_cast<uint32_t>(done);
  entry.statements_hash = hash;
  entry.batches.clear();
  BELAY_TRY(attempt(Ledger::note_progress(*connection_, entry)));
  noted_done_ = entry.statements_done;
  noted_hash_ = std::move(hash);
  return {};
}

/// What was noted has been committed.
void MigrationRun::confirm_progress() {
  report_.statements_done = noted_done_;
  statements_hash_ = noted_hash_;
  batches_.clear();
}

/// A commit has ended with an error, and may have been done all the same.
Error MigrationRun::confirm_after(const Error& error, size_t done) {
  Result<InterruptedMigration> outcome = ask_ledger();
  if (!outcome) return std::move(outcome).error();
  if (outcome->statements_done >= done) confirm_progress();
  return error;
}

Result<void> MigrationRun::commit_progress(size_t done) {
  BELAY_TRY(note_progress(done));
  Result<void> committed = attempt(connection_->commit());
  locks_.ended();
  if (!committed) return confirm_after(committed.error(), done);
  confirm_progress();
  return {};
}

}  // namespace belay::runtime

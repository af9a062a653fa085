#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <belay/batches.h>
#include <belay/session.h>

#include "runtime/session/command.h"
#include "runtime/session/foreign_watch.h"
#include "runtime/session/heard_statements.h"
#include "runtime/session/lock_watch.h"
#include "runtime/session/migration_batch.h"
#include "runtime/session/migration_checks.h"
#include "runtime/session/migration_job.h"
#include "runtime/session/program_connection.h"
#include "runtime/session/recovery.h"

namespace belay::runtime {

/// Runs one of a migration's scripts on a connection on which none before it has set anything up.
class MigrationRun {
 public:
  /// `last`: what the run before found at its end; taken where nobody has written since, and left
  /// for the next one.
  MigrationRun(const MigrationBatch& batch, Command& command, ForeignWatch& watch,
               const RunOptions& options, const MigrationJob& job,
               std::optional<DatabaseFacts>& last);

  /// The report says whether it came to its end. An `Error` is about Belay's own files: the run
  /// stopped where it was, and the next command settles it.
  Result<MigrationReport> run();

 private:
  using Statement = PlannedStatement;

  Result<void> run_with_patience();
  Result<void> run_in_transaction();
  Result<void> run_by_statements();
  Result<void> commit_begun();
  Result<void> commit_end();
  Result<InterruptedMigration> ask_ledger();
  Result<InterruptedMigration> look_into_ledger();
  Result<size_t> run_unit(size_t index);
  Result<void> run_wrapped(size_t index);
  Result<void> run_bare(size_t index);
  Result<size_t> run_block(size_t index);
  Result<void> run_batches(size_t index);
  Result<void> run_batch(size_t index, const Batch& batch);
  Result<void> find_last_batch(size_t index);
  BatchedStatement& batched(size_t index);
  void take_up_batches();
  void tell_batch(size_t index);
  Result<void> restore_settings();

  Result<void> announce();
  Result<void> check_kept();
  Result<DatabaseFacts> facts(const Content* before = nullptr);
  Result<void> announce_unit(size_t end, bool bare, uint64_t batch = 0);
  Result<void> read_facts_before();
  Result<void> check_after(bool can_undo);
  Result<void> run_statements(const std::vector<Statement>& statements);
  Result<void> begin();
  Result<void> run_statement(const Statement& statement, std::span<const Value> parameters = {});
  void measure(const PlannedStatement& statement, std::chrono::microseconds took);
  void note_slow(uint32_t offset, std::string_view sql, int64_t begun_ms);
  Result<void> run_program();
  Result<uint64_t> run_program_on(const Batch& batch);
  Result<void> end_program();
  ProgramConnection program_connection(bool in_transaction);
  Result<void> hear(const ProgramConnection::Ran& ran);
  Result<void> placed(Result<void> ran);
  Result<void> note_progress(size_t done);
  void confirm_progress();
  Error confirm_after(const Error& error, size_t done);
  Result<void> commit_progress(size_t done);
  Result<void> write_ledger(MigrationState state);
  Result<void> conclude();
  void take_notices();
  Result<void> settle_failure();
  void write_failure_row();
  Result<Json> mark_now();
  Json about() const;
  bool is_down() const { return job_.direction == Direction::kDown; }
  MigrationState begun_state() const;
  MigrationState done_state() const;
  LedgerEntry ledger_entry(MigrationState state) const;
  LedgerEntry up_entry(MigrationState state) const;
  LedgerEntry down_entry(MigrationState state) const;
  void compare_schema();

  /// Makes a database's error the migration's failure.
  template <class T>
  Result<T> attempt(Result<T> result) {
    if (!result) note_failure(result.error());
    return result;
  }
  void note_failure(const Error& error);
  Error fail(std::string message);

  const MigrationBatch& batch_;
  Command& command_;
  const Driver& driver_;
  ForeignWatch& watch_;
  const RunOptions& options_;
  const MigrationJob& job_;
  const MigrationScript& migration_;
  const Script& script_;
  std::optional<DatabaseFacts>& last_;

  std::unique_ptr<Connection> connection_;
  MigrationReport report_;
  LockWatch locks_;
  std::vector<TableEffect> effects_;  ///< of the script, and of what a program has run
  HeardStatements heard_;
  uint32_t program_statements_ = 0;  ///< that a program has run
  DatabaseFacts before_;
  std::optional<DatabaseFacts> after_;
  std::string schema_after_;
  std::string started_at_;
  int64_t started_ms_ = 0;
  std::string statements_hash_;  ///< of the statements that are done
  uint32_t noted_done_ = 0;      ///< counted in the ledger, perhaps not yet committed
  std::string noted_hash_;
  std::string batches_;  ///< of the ledger, for the statement that runs in batches now
  BatchProgress noted_batch_;
  bool out_of_hand_ = false;        ///< the journal could not be written while a batch was open
  bool announced_ = false;          ///< the journal knows of it
  bool begun_ = false;              ///< the ledger says that it was begun
  std::optional<int64_t> version_;  ///< others' commits, as our connection sees them
  bool version_known_ = false;
  bool reused_ = false;     ///< the connection is the one that watched, and `version_` is known
  bool untouched_ = false;  ///< nobody has written since the run before
};

}  // namespace belay::runtime

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <belay/session.h>

#include "runtime/session/command.h"
#include "runtime/session/foreign_watch.h"
#include "runtime/session/migration_checks.h"

namespace belay::runtime {

/// A migration that is to be run, with all that was decided before anything ran.
struct MigrationJob {
  const MigrationScript* migration = nullptr;
  std::string checksum;
  ScriptPlan plan;
  /// Statements that an earlier run has done and that do not run again.
  uint32_t resume_at = 0;
  int64_t position = 0;  ///< in the ledger; 0: behind all others
};

/// The hash of a script's first statements, made one statement at a time. Line ends do not count.
std::string add_statement_hash(const std::string& so_far, const Script& script,
                               const PlannedStatement& statement);

/// Runs one migration on a connection of its own, so that nothing it sets up reaches the next one.
class MigrationRun {
 public:
  MigrationRun(Command& command, ForeignWatch& watch, const ApplyOptions& options,
               const MigrationJob& job);

  /// The report says whether it was applied. An `Error` is about Belay's own files: the run stopped
  /// where it was, and the next command settles it.
  Result<MigrationReport> run();

 private:
  using Statement = PlannedStatement;

  Result<void> run_in_transaction();
  Result<void> run_by_statements();
  Result<size_t> run_unit(size_t index);
  Result<void> run_wrapped(size_t index);
  Result<void> run_bare(size_t index);
  Result<size_t> run_block(size_t index);
  Result<void> restore_settings();

  Result<void> announce();
  Result<void> announce_unit(size_t end, bool bare);
  Result<void> read_facts_before();
  Result<void> check_after(bool can_undo);
  Result<void> run_statements(const std::vector<Statement>& statements);
  Result<void> run_statement(const Statement& statement);
  Result<void> note_progress(size_t done);
  void confirm_progress();
  Result<void> commit_progress(size_t done);
  Result<void> write_ledger(MigrationState state);
  Result<void> conclude();
  Result<void> settle_failure();
  void write_failure_row();
  Result<Json> mark_now();
  Json about() const;
  LedgerEntry ledger_entry(MigrationState state) const;

  /// Makes a database's error the migration's failure.
  template <class T>
  Result<T> attempt(Result<T> result) {
    if (!result) note_failure(result.error());
    return result;
  }
  void note_failure(const Error& error);
  Error fail(std::string message);

  Command& command_;
  const Driver& driver_;
  ForeignWatch& watch_;
  const ApplyOptions& options_;
  const MigrationJob& job_;
  const MigrationScript& migration_;

  std::unique_ptr<Connection> connection_;
  MigrationReport report_;
  DatabaseFacts before_;
  std::string schema_after_;
  std::string started_at_;
  int64_t started_ms_ = 0;
  std::string statements_hash_;  ///< of the statements that are done
  uint32_t noted_done_ = 0;      ///< counted in the ledger, perhaps not yet committed
  std::string noted_hash_;
  bool announced_ = false;  ///< the journal knows of it
  int64_t version_ = 0;     ///< others' commits, as our connection sees them
  bool version_known_ = false;
};

}  // namespace belay::runtime

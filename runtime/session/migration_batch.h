#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <belay/session.h>

#include "runtime/session/command.h"
#include "runtime/session/foreign_watch.h"
#include "runtime/session/kept_history.h"
#include "runtime/session/migration_job.h"

namespace belay::runtime {

/// What `apply`, `down` and `redo` have in common: the look at the database before anything is
/// decided, the run of what was decided, and the report on it.
class MigrationBatch {
 public:
  MigrationBatch(Command& command, const RunOptions& options);

  /// Refuses where no session is open, unless the options allow it.
  Result<void> check_session() const;
  /// Reads the ledger and looks for others' writes; changes nothing. Empty without a database.
  /// Errors: a table that is kept in sync says something else of the migrations than the ledger.
  Result<std::vector<LedgerEntry>> look(std::span<const MigrationScript> migrations);
  /// The table that is kept in sync; nullptr where there is none.
  const KeptHistory* kept() const { return kept_.get(); }
  /// False where it was left to the command to make it agree with the ledger.
  bool kept_agrees() const { return kept_agrees_; }
  /// Those of the look.
  std::span<const MigrationScript> migrations() const { return known_; }
  /// The connection of the look; nullptr without a database.
  Connection* connection() const { return watch_.connection(); }

  /// Runs the jobs in their order, up to the first that fails.
  Result<void> run(const std::vector<MigrationJob>& jobs);

  /// Runs `work` where the jobs would run: with the journal before and the new baseline after it.
  /// An error of its own is handed on when all is in order.
  Result<void> run_with(const std::function<Result<void>(ForeignWatch&)>& work);

  /// Fills in what is known of the run.
  void fill(RunReport& report) const;
  /// Adds the facts, warnings and notes that follow from what is filled in.
  void tell(RunReport& report) const;

  /// How a report's headline ends: whether there is a snapshot.
  static std::string rope(const RunReport& report);
  /// What the headline says of the last migration, which failed.
  static std::string failure(const RunReport& report);
  /// The next steps, where `pending` migrations are not applied.
  std::vector<NextStep> next_steps(const RunReport& report, uint32_t pending) const;

 private:
  Result<std::vector<LedgerEntry>> look_inside(Connection& database);
  Result<void> look_at_kept(Connection& database, const std::vector<LedgerEntry>& ledger);
  Result<void> judge_foreign_writes(Connection& database, const ChangeMark& mark);
  Result<void> check_guard(const MigrationJob& job) const;
  Result<void> start(const std::vector<MigrationJob>& jobs);
  Result<void> run_jobs(const std::vector<MigrationJob>& jobs);
  Result<void> finish();
  Result<Baseline> take_final_baseline();
  Result<Baseline> try_baseline();
  Result<void> move_mark();
  SnapshotInfo snapshot() const;

  Command& command_;
  const RunOptions& options_;
  ForeignWatch watch_;
  std::span<const MigrationScript> known_;
  std::unique_ptr<KeptHistory> kept_;
  bool kept_agrees_ = false;
  ChangeMark mark_;
  ForeignWrites foreign_;
  std::vector<MigrationReport> migrations_;
  std::string session_;
  bool failed_ = false;
  bool cancelled_ = false;
  bool guarded_ = true;
};

}  // namespace belay::runtime

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <belay/adopt.h>
#include <belay/diagnosis.h>
#include <belay/guard.h>
#include <belay/migration.h>
#include <belay/plan.h>
#include <belay/progress.h>
#include <belay/report.h>
#include <belay/result.h>
#include <belay/snapshots.h>
#include <belay/upkeep.h>
#include <belay/url.h>

/// Sessions: migrations on a rope. `begin` takes a snapshot, `apply` runs migrations, `commit`
/// keeps what they did, `rollback` brings back what was there. Each command is one call; what lies
/// between calls is kept in the state directory, so they may come from different processes, and any
/// of them may be killed at any moment: the next one finds out where things stand and settles it
/// first.
///
/// The commands may be called from any thread. Calls on one database exclude one another by a lock
/// between processes, on which they wait for `lock_timeout`.
///
/// An `Error` means that the command was refused or could not do its work; the message says what it
/// left behind. A migration that fails is no `Error` but an `ApplyReport`.
namespace belay::runtime {

/// Something that happens to a session, for the hooks of `SessionOptions`.
struct SessionEvent {
  std::string event;  ///< `begin`, `end`
  std::string session;
  std::string database;  ///< without password
};

/// Called on the thread that runs the command; must not call into the session.
using SessionHook = std::function<Result<void>(const SessionEvent&)>;

struct SessionOptions {
  std::string database_url;
  /// For `${NAME}` in the URL. Without it no variable is known.
  EnvironmentLookup environment;
  /// Directory that relative paths start from; empty: the process's working directory.
  std::string base_directory;
  /// Where journal, lock and snapshots live; empty: `<database file>.belay`. Every command on a
  /// database must be given the same.
  std::string state_directory;
  /// How long to wait for another Belay command on the same database.
  std::chrono::milliseconds lock_timeout{10'000};
  /// How long to wait for others that use the database. 10 s outlast an ordinary transaction and
  /// still end before a person gives up.
  std::chrono::milliseconds busy_timeout{10'000};
  /// How long one statement of a migration may run, waiting included; 0: however long.
  std::chrono::milliseconds statement_timeout{0};
  /// A snapshot of a whole PostgreSQL database, and the way back to it, need the database without
  /// other connections for a moment: end those that are there. The caller has asked a person.
  bool end_other_sessions = false;
  /// What must stay free on the disk beside the snapshot. A migration needs room too: a rebuilt
  /// table, a journal of the engine's own.
  uint64_t free_space_margin = uint64_t{64} << 20U;
  /// Compress the copy of a SQLite database: less space for more time. What PostgreSQL dumps is
  /// compressed in any case, what it copies by itself never.
  bool compress_snapshots = false;
  /// A file that is there from before a session's snapshot is taken until the session is over, with
  /// what goes on as JSON; empty: none. See <belay/maintenance.h>.
  std::string maintenance_file;
  /// Called before a session's snapshot is taken; its error keeps the session from being opened.
  SessionHook on_begin;
  /// Called once a session is over, or could not be opened after `on_begin`. Its error is a
  /// warning. After a crash it may be called once more for the same session.
  SessionHook on_end;
  /// How the next steps name the program.
  std::string program = "belay";
  ProgressCallback progress;
  CancellationToken cancellation;
};

struct BeginOptions {
  std::optional<GuardAdvice> advice;
};

/// For every command that runs scripts of migrations.
struct RunOptions {
  /// Run without an open session, and so without a snapshot. The caller has asked a person.
  bool allow_unguarded = false;
  /// A migration that a check warns of fails, as long as it can still be undone.
  bool strict = false;
  bool check_foreign_keys = true;
  /// Measure each statement: for rehearsals.
  bool measure = false;
};

struct ApplyOptions : RunOptions {
  /// At most this many of the pending ones; 0: all.
  size_t limit = 0;
  /// Version or display name of the last migration to run; empty: all.
  std::string to;
};

struct DownOptions : RunOptions {
  /// How many of the applied migrations are taken back, the newest first.
  size_t steps = 1;
  /// Instead of `steps`: version or display name of the newest migration that stays; `0`, unless a
  /// migration is called so: none stays.
  std::string to;
  /// Versions or display names of migrations that may be taken back although that does not bring
  /// back schema and data as they were. A person has named them.
  std::vector<std::string> confirmed;
  /// What was applied longer ago is not taken back; empty: however long ago.
  std::optional<std::chrono::seconds> window;
};

struct PlanOptions {
  std::optional<GuardAdvice> advice;
  /// Read the tables' sizes, which may mean to read the database whole.
  bool sizes = true;
};

struct CheckOptions {
  bool integrity = true;  ///< reads the database whole
};

/// Versions or display names of migrations, for each thing that can be put right.
struct RepairOptions {
  std::vector<std::string> mark_applied;
  std::vector<std::string> mark_pending;
  std::vector<std::string> accept_checksum;
};

struct CommitOptions {
  /// Leave the snapshot's files where they are.
  bool keep_snapshot = false;
  /// With it: how many kept snapshots are left, the newest good ones; 0: all of them.
  size_t keep_latest = 0;
  /// Commit although a migration is applied in part. The caller has asked a person.
  bool accept_partial = false;
};

struct RollbackOptions {
  /// Restore although others have written to the database since; their writes are lost. The caller
  /// has asked a person.
  bool discard_foreign_writes = false;
};

/// A query that tells whether the data is as it should be. It passes where it gives no row, or one
/// row of one column called `ok` that is true or 1.
struct ValidationQuery {
  std::string name;
  std::string sql;
};

struct ValidationResult {
  std::string name;
  bool passed = false;
  std::string message;  ///< what it gave instead, or why it failed
};

struct StatusOptions {
  /// Read the whole snapshot and compare its checksum.
  bool verify_snapshot = false;
};

/// A copy of a database that is thrown away with the object.
class DatabaseCopy {
 public:
  virtual ~DatabaseCopy() = default;
  /// The database, how its `${NAME}` are looked up, and where its state goes.
  virtual const SessionOptions& options() const = 0;
  virtual uint64_t bytes() const = 0;
};

/// The sessions of one database. The object holds nothing but its options: two objects on the same
/// database are the same sessions.
class Session {
 public:
  explicit Session(SessionOptions options) : options_(std::move(options)) {}

  const SessionOptions& options() const { return options_; }

  /// Opens a session: copies the database, verifies the copy, and remembers it. Refused while a
  /// session is open. The database itself is not changed.
  Result<BeginReport> begin(const BeginOptions& begin_options = {}) const;

  /// Runs those of `migrations` that the ledger does not know, in the order given, up to the first
  /// that fails. Refused before anything runs: no session is open, an applied migration was edited,
  /// a script cannot be run as it is written.
  Result<ApplyReport> apply(std::span<const MigrationScript> migrations,
                            const ApplyOptions& apply_options = {}) const;

  /// Takes back the newest of the applied migrations by their down scripts, the newest first, each
  /// in one transaction with its row in the ledger where that is possible. Refused before anything
  /// runs: no session is open, one of them has no down or one that is known to fail, one was
  /// applied too long ago, one would lose something and was not confirmed.
  Result<DownReport> down(std::span<const MigrationScript> migrations,
                          const DownOptions& down_options = {}) const;

  /// What `down` would do; writes nothing. Confirmations are not asked for.
  Result<DownPlanReport> plan_down(std::span<const MigrationScript> migrations,
                                   const DownOptions& down_options = {}) const;

  /// Takes back the newest migrations as `down` does, and applies them again.
  Result<DownReport> redo(std::span<const MigrationScript> migrations,
                          const DownOptions& down_options = {}) const;

  /// Keeps what was applied: drops the snapshot and closes the session.
  Result<CommitReport> commit(const CommitOptions& commit_options = {}) const;

  /// Brings the database back to what it was at `begin`, verifies it, and closes the session.
  Result<RollbackReport> rollback(const RollbackOptions& rollback_options = {}) const;

  /// Replaces the content by that of a snapshot or of a file, within the open session, whose own
  /// snapshot must hold the whole database: `rollback` brings back what was there. The source is
  /// copied and verified before anything is touched; then all of it comes, or nothing.
  Result<ReplaceReport> restore(const RestoreOptions& restore_options) const;

  /// Removes everything that users have made, and the ledger, within such a session, in one
  /// transaction.
  Result<ReplaceReport> clear() const;

  /// The snapshots that are there. Only to verify them is the lock taken.
  Result<SnapshotsReport> snapshots(const SnapshotsOptions& snapshots_options = {}) const;

  /// Removes snapshots of sessions that are over. The last good one stays, unless it is named.
  Result<SnapshotsReport> prune_snapshots(const PruneOptions& prune_options) const;

  /// Looks at all that sessions need: connection, rights, versions, space, settings, who else is
  /// there. Changes nothing. A database that cannot be reached is a finding, no error.
  Result<DiagnosisReport> diagnose() const;

  /// Says where things stand. Writes nothing of Belay's; like any reader of the database it lets
  /// the engine do its own recovery. `migrations` are counted as pending where the ledger lacks
  /// them.
  Result<StatusReport> status(std::span<const MigrationScript> migrations = {},
                              const StatusOptions& status_options = {}) const;

  /// What an `apply` would do, and whether the database is what it is taken to be; writes nothing.
  Result<PlanReport> plan(std::span<const MigrationScript> migrations,
                          const PlanOptions& plan_options = {}) const;

  /// Runs what `apply` would, in one transaction that is taken back at its end. Nothing of it
  /// stays: no row, no entry in the ledger or the journal. Others cannot write meanwhile.
  /// Migrations that cannot run in one transaction, and what comes behind them, are told and not
  /// tried.
  Result<DryRunReport> dry_run(std::span<const MigrationScript> migrations,
                               const ApplyOptions& apply_options = {}) const;

  /// What happened: the ledger, and the journals of all sessions. Writes nothing.
  Result<HistoryReport> history() const;

  /// What the journals tell of the open session and of all before it. Opens no database, takes no
  /// lock and writes nothing.
  Result<RecordsReport> records() const;

  /// Something that is another text whenever the journals have changed, and costs no more than two
  /// looks at a directory. Empty where there are none.
  std::string records_stamp() const;

  /// Copies the database to another one that goes with the object. SQLite: to a file in
  /// `directory`. PostgreSQL: by the server, beside the database, to which nobody else may be
  /// connected for the moment of the copy. `directory` must outlive it. Errors: there is no
  /// database, it cannot be copied, no room for it.
  Result<std::unique_ptr<DatabaseCopy>> copy(const std::string& directory) const;

  /// Looks for damage, for references that point nowhere, and for rows that came or went since the
  /// last run. Writes nothing.
  Result<CheckReport> check(const CheckOptions& check_options = {}) const;

  /// Compares the schema with the one that the last run left. Writes nothing.
  Result<VerifySchemaReport> verify_schema() const;

  /// Marks the migrations up to `version`, it included, as applied without running them. Refused
  /// where the ledger has entries that do not agree. Needs no session.
  Result<BaselineReport> baseline(std::span<const MigrationScript> migrations,
                                  const std::string& version) const;

  /// What is wrong with the ledger, and what `repair` would change; writes nothing.
  Result<RepairReport> plan_repair(std::span<const MigrationScript> migrations,
                                   const RepairOptions& repair_options = {}) const;

  /// Puts the ledger right: removes rows of failures of which nothing stayed, and does what the
  /// options name. Changes the ledger alone. A person has agreed.
  Result<RepairReport> repair(std::span<const MigrationScript> migrations,
                              const RepairOptions& repair_options = {}) const;
  /// Asks each query whether the data is as it should be, over a connection that cannot write;
  /// takes no lock. Errors: the database cannot be reached. A query that fails has not passed.
  Result<std::vector<ValidationResult>> validate(std::span<const ValidationQuery> queries) const;

  /// The bytes that the database takes now; empty where there is none, or it cannot be told.
  std::optional<uint64_t> database_size() const;

  /// Writes what another tool's history table says was applied to the ledger, with the checksums of
  /// the migrations as they are now. Refused: none is found, or something has failed half way
  /// there.
  Result<AdoptReport> adopt(std::span<const MigrationScript> migrations,
                            const AdoptOptions& adopt_options = {}) const;

 private:
  SessionOptions options_;
};

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/guard.h>
#include <belay/migration.h>

/// What the commands of a session answer: plain values that a command line, an editor or a program
/// shows in its own way, with the same words everywhere.
namespace belay::runtime {

/// What a person, or a program in a person's place, can do.
enum class Action : uint8_t {
  kBegin,
  kApply,
  kDown,
  kCommit,
  kRollback,
  kStatus,
  kRepair,
  kFixMigration,
  kWait,
};

struct NextStep {
  Action action = Action::kStatus;
  /// What to type; empty where it is no command.
  std::string command;
  std::string explanation;

  friend bool operator==(const NextStep&, const NextStep&) = default;
};

/// What an earlier command had left undone and this one has settled before its own work.
struct Recovery {
  std::string command;    ///< `begin`, `apply`, `down`, `commit`, `rollback`, ...
  bool finished = false;  ///< carried to its end; else undone
  std::string text;
};

/// Something that is the case, under the name by which people look for it: `Snapshot`, `Pending`.
struct Fact {
  std::string label;
  std::string text;  ///< may have several lines

  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Report {
  /// One sentence: what is the case now.
  std::string headline;
  /// What it rests on, the most important first. A label may come more than once.
  std::vector<Fact> facts;
  std::vector<Recovery> recovered;
  /// What may be a loss, a sentence each.
  std::vector<std::string> warnings;
  /// What else is worth knowing, a sentence each.
  std::vector<std::string> notes;
  /// What can be done now, the likeliest first.
  std::vector<NextStep> next_steps;
};

/// All of it for people, the next steps with numbers. Ends with a newline.
std::string to_text(const Report& report);

struct SnapshotInfo {
  std::string path;      ///< empty where there was no database to copy
  std::string strategy;  ///< `sqlite-backup`, `absent`
  std::string checksum;
  uint64_t bytes = 0;
  uint64_t rows = 0;
  uint64_t tables = 0;
  bool present = false;   ///< the files are there with the size that the manifest says
  bool verified = false;  ///< the content was verified, by this command or when it was taken
};

/// Writes to the database by others than the session, as far as they can be seen.
struct ForeignWrites {
  enum class Certainty : uint8_t { kNone, kSome, kUnknown };
  Certainty certainty = Certainty::kNone;
  /// What they did, a phrase each: `orders: 12 rows more`.
  std::vector<std::string> details;
};

struct BeginReport : Report {
  std::string session;
  Guard guard = Guard::kDatabase;
  bool database_existed = true;
  SnapshotInfo snapshot;
};

/// One table's rows before and after a migration; empty where the table did not exist.
struct RowChange {
  std::string table;
  std::optional<uint64_t> before;
  std::optional<uint64_t> after;
};

struct MigrationWarning {
  enum class Kind : uint8_t {
    kRowsLost,       ///< no statement of the script takes rows from the table: a cascade, a trigger
    kRebuildLost,    ///< the table was built anew and has fewer rows
    kForeignKeys,    ///< rows that point nowhere, and did not before
    kUnchecked,      ///< a check could not be made
    kSchemaDiffers,  ///< the down was to bring the schema back as it was, and did not
    kNotGuarded,     ///< the script reaches what no snapshot brings back
  };
  Kind kind = Kind::kRowsLost;
  std::string table;
  std::string message;
};

/// How far a migration is, in the ledger's words.
enum class MigrationState : uint8_t {
  kPending,      ///< not in the ledger
  kStarted,      ///< some of its statements have run; it was interrupted
  kDone,         ///< applied
  kFailed,       ///< ended with an error; see `statements_done` for what stays of it
  kRollingBack,  ///< some of its down script's statements have run; it failed or was interrupted
  kRolledBack,   ///< its down script ran
};
std::string_view state_name(MigrationState state);

/// A statement that runs in batches, with all its runs.
struct BatchedStatement {
  uint32_t statement = 0;  ///< its number in the script, from 1
  uint64_t batches = 0;    ///< that are committed
  uint64_t rows = 0;       ///< that they held
  uint64_t changed = 0;    ///< that the statement says it inserted, updated or deleted
  std::string came_to;     ///< the last key
  bool done = false;       ///< else a later run goes on behind that key
};

/// A statement that ran for a second or longer.
struct SlowStatement {
  StatementPlace place;
  std::string statement;  ///< shortened in the middle where it is long
  int64_t duration_ms = 0;
};

/// A statement as it was measured: see `RunOptions::measure`.
struct MeasuredStatement {
  StatementPlace place;
  std::string statement;  ///< shortened in the middle where it is long
  int64_t duration_us = 0;
  int64_t rows = 0;  ///< inserted, updated or deleted, as the engine says it
  /// What it locked against others that was not locked before: `table mode`, a phrase each.
  std::vector<std::string> locked;
};

/// A table that others could not write to, or not even read.
struct HeldLock {
  std::string table;        ///< empty: the whole database, which has one writer at a time
  std::string mode;         ///< as the engine calls it: `AccessExclusiveLock`
  int64_t duration_ms = 0;  ///< the longest time at a stretch, from the statement that took it on
};

struct MigrationReport {
  Direction direction = Direction::kUp;
  std::string history;
  std::string version;
  std::string name;
  std::string display_name;
  MigrationState state = MigrationState::kPending;
  bool in_transaction = true;
  uint32_t statements = 0;
  uint32_t statements_done = 0;  ///< 0 for a failed one that ran in a transaction
  std::string started_at;        ///< UTC, ISO 8601
  int64_t duration_ms = 0;
  std::vector<RowChange> row_changes;  ///< tables whose number of rows changed
  std::vector<MigrationWarning> warnings;
  std::vector<std::string> notes;
  /// Those that have come to at least one batch, in their order.
  std::vector<BatchedStatement> batched;
  std::vector<SlowStatement> slow;
  std::vector<MeasuredStatement> measured;  ///< all that ran, where that was asked for
  /// Of tables that were there before the migration. A table that it drops is not among them.
  std::vector<HeldLock> locks;
  /// How long it waited for others before it got its locks, as far as that can be told: on
  /// PostgreSQL the turns that ended in vain, and the pauses behind them.
  int64_t lock_wait_ms = 0;
  std::optional<DatabaseError> error;

  /// Whether some of it has run and stays, although it is not done.
  bool is_partial() const {
    return statements_done > 0 || (!batched.empty() && !batched.back().done);
  }
};

/// A command that has run scripts of migrations.
struct RunReport : Report {
  std::string session;  ///< empty without a session
  bool failed = false;
  bool cancelled = false;
  /// What ran, in order; the last one is the one that failed, if one did.
  std::vector<MigrationReport> migrations;
  std::optional<SnapshotInfo> snapshot;
  ForeignWrites foreign_writes;
};

struct ApplyReport : RunReport {
  uint32_t pending = 0;  ///< still to be applied
};

/// A migration that is to be taken back.
struct DownItem {
  std::string history;
  std::string version;
  std::string name;
  std::string display_name;
  std::string applied_at;
  DownAdvice::Verdict verdict = DownAdvice::Verdict::kUnknown;
  std::string reason;  ///< for the verdict
  std::string risk;    ///< of the down; empty: not known
  /// What would be lost now, a phrase each.
  std::vector<std::string> lost;
  /// A person has to name its version before it is taken back.
  bool needs_confirmation = true;
  bool in_transaction = true;
  uint32_t statements = 0;
  uint32_t resume_at = 0;                 ///< statements that an earlier run has done
  std::optional<int64_t> up_duration_ms;  ///< how long its up took, where Belay ran it
};

/// What a `down` would do. Nothing was done.
struct DownPlanReport : Report {
  std::string stays;            ///< the newest migration that is left; empty: none is
  std::vector<DownItem> items;  ///< in the order in which they are taken back
  /// An estimate: as long as the ups took. Empty where that is not known.
  std::optional<int64_t> estimated_ms;
};

struct DownReport : RunReport {
  std::string stays;
  std::vector<DownItem> items;  ///< what was to be taken back
};

struct CommitReport : Report {
  std::string session;
  std::string kept_snapshot;  ///< its path, where it was to be kept
};

struct RollbackReport : Report {
  std::string session;
  bool database_removed = false;  ///< there was none before the session
  uint64_t rows = 0;
  uint64_t tables = 0;
  ForeignWrites foreign_writes;  ///< what the restore has taken back of others' work
};

/// A row of the table `belay_migrations`; `docs/runtime.md` describes the columns.
struct LedgerEntry {
  std::string history;
  std::string version;
  std::string name;
  int64_t position = 0;
  std::string checksum;
  std::string sql_checksum;  ///< empty where an older Belay applied it
  MigrationState state = MigrationState::kDone;
  bool in_transaction = true;
  uint32_t statements = 0;
  uint32_t statements_done = 0;
  std::string statements_hash;
  /// How far the statement behind these has come that runs in batches; empty: it has not begun. See
  /// `docs/runtime.md`.
  std::string batches;
  std::string started_at;
  std::string applied_at;
  std::string rolled_back_at;
  int64_t duration_ms = 0;
  std::string error;
  std::string session;
  std::string belay_version;
  std::string schema_before;
  std::string schema_after;
};

/// A command that is running now. Read from the lock file: true as far as its writer was.
struct LockHolder {
  int64_t pid = 0;
  std::string host;
  std::string command;
  std::string since;

  /// `belay apply, process 123 on host since ...`
  std::string to_string() const;
};

enum class SessionPhase : uint8_t {
  kNone,
  kOpen,
  kInterruptedBegin,
  kInterruptedApply,
  kInterruptedCommit,
  kInterruptedRollback,
};
std::string_view phase_name(SessionPhase phase);

/// Another tool's history table that gets each change of the ledger, too.
struct KeptInSync {
  std::string tool;
  std::string table;
  /// What it says else than the ledger, a phrase each: others have changed it.
  std::vector<std::string> differences;
};

struct StatusReport : Report {
  /// With `running`, the phase is what that command has come to, and nothing is interrupted.
  SessionPhase phase = SessionPhase::kNone;
  std::optional<LockHolder> running;

  std::string session;
  std::string since;  ///< UTC, ISO 8601
  /// False for a run without a snapshot that was interrupted.
  bool guarded = true;
  std::optional<SnapshotInfo> snapshot;
  /// Migrations that are applied and were applied in this session, in order.
  std::vector<std::string> applied;
  /// Migrations whose down ran in this session, in order.
  std::vector<std::string> taken_back;
  /// The migration that failed or was interrupted last, in this session or before it, and has not
  /// been applied since.
  std::optional<MigrationReport> failed;
  ForeignWrites foreign_writes;

  bool database_exists = false;
  bool reachable = false;
  std::string unreachable_because;
  std::vector<LedgerEntry> ledger;
  std::optional<KeptInSync> in_sync;
  /// Of the migrations that were handed in those that are not applied, in their order.
  std::vector<std::string> pending_migrations;
  uint32_t pending = 0;  ///< how many they are
  /// What the next command that changes something will do before its own work; empty: nothing.
  std::string recovery;
  /// A record at the journal's end that was cut off when its writer died. Harmless.
  bool torn_journal = false;
};

}  // namespace belay::runtime

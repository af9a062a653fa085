#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/diagnosis.h>
#include <belay/guard.h>

#include "runtime/drivers/script_plan.h"
#include "runtime/io/json.h"

namespace belay::runtime {

class SnapshotStrategy;

/// Rows by table.
using RowCounts = std::map<std::string, uint64_t>;

/// Where the commits of a database stand, so that a later mark tells what came in between. Only its
/// driver reads `data`; the journal keeps it.
struct ChangeMark {
  Json data;
};

/// A table's rows and bytes, with its indexes.
struct StoredSize {
  uint64_t rows = 0;
  std::optional<uint64_t> bytes;  ///< empty: the engine does not tell
};
using TableSizes = std::map<std::string, StoredSize>;

/// What a migration is judged by.
struct Content {
  RowCounts rows;
  std::string schema_fingerprint;
  int64_t schema_version = 0;  ///< where the engine counts; changes with every change of the schema
  bool refers = true;          ///< false: no table refers to another one
  std::shared_ptr<const void> schema;  ///< the driver's own, for `content_since`
};

/// The engine's own complaints about the database's files.
struct Integrity {
  bool checked = false;  ///< false: the engine has no such check
  std::vector<std::string> problems;
};

/// Rows that point nowhere: a line for each, and how often.
using ForeignKeyViolations = std::map<std::string, uint64_t>;

/// A lock that keeps others from writing to a table, or from reading it.
struct TableLock {
  std::string table;  ///< as in `RowCounts`; empty: the whole database
  std::string mode;   ///< as the engine calls it
};

/// Asked before a restore, or whatever else replaces the content, changes anything, in a
/// transaction that sees what would be lost. An error stops it. May be asked more than once.
using Admit = std::function<Result<void>(Connection& connection, const ChangeMark& mark)>;

/// Keeps Belay's other commands away from a database, on every machine that can reach it; ends with
/// its holder.
class DatabaseLock {
 public:
  virtual ~DatabaseLock() = default;
  /// Whether it is still held: its connection may be gone.
  virtual Result<void> check() = 0;
};

/// A session as its mark in the database tells of it.
struct AnnouncedSession {
  std::string id;
  std::string by;    ///< who opened it, and where: `ada@build-3`
  std::string mark;  ///< what it left in the database: `schema belay_...`
};

struct LockRequest {
  std::string command;
  std::chrono::milliseconds timeout{0};
};

/// How the content of a database is guarded.
struct ChosenGuard {
  Guard guard = Guard::kDatabase;
  std::unique_ptr<SnapshotStrategy> strategy;
  /// Why it is this one, and why a cheaper one would not do, a sentence each.
  std::vector<std::string> reasons;
};

/// All that a session needs to know about an engine. One object is one database; it holds no
/// connection. Not for several threads.
class Driver {
 public:
  enum class Presence : uint8_t { kAbsent, kEmpty, kPresent };

  virtual ~Driver() = default;

  virtual const DatabaseUrl& url() const = 0;
  /// For messages and manifests: a path, or a URL without password. One database has one name.
  virtual std::string name() const = 0;
  virtual std::string default_state_directory() const = 0;

  /// Locks the database itself, where the lock on the state directory does not reach everybody who
  /// can reach the database; nullptr where it does. Asks again and again: a waiter holds nothing
  /// that the holder could wait for. What processes of an earlier holder still do on the server is
  /// ended.
  virtual Result<std::unique_ptr<DatabaseLock>> lock(const LockRequest& request) const = 0;

  /// Marks an open session in the database itself, for those who use it and have another state
  /// directory; nothing where every user has the same one. A restore may take the mark away.
  virtual Result<void> announce_session(const AnnouncedSession& /*session*/) const { return {}; }
  /// The mark may be gone already.
  virtual Result<void> withdraw_session(const std::string& /*session*/) const { return {}; }
  virtual Result<std::vector<AnnouncedSession>> announced_sessions(
      Connection& /*connection*/) const {
    return std::vector<AnnouncedSession>();
  }

  virtual Result<Presence> presence() const = 0;
  enum class Purpose : uint8_t {
    kProgram,  ///< as any program uses it; what a commit returns from is on the disk
    kSession,  ///< the same, but what was committed stays to be seen in the engine's log until
               ///< `tidy`
    kLook,     ///< cannot write, and leaves the log as it is
  };
  /// With `create` a database that does not exist is made.
  virtual Result<std::unique_ptr<Connection>> connect(Purpose purpose, bool create) const = 0;

  /// Decides how a script is run. Errors: what cannot be run as it is written, with its place.
  virtual Result<ScriptPlan> plan(const Script& script, bool transaction) const = 0;

  /// A hash of the schema without Belay's own table.
  virtual Result<std::string> schema_fingerprint(Connection& connection) const = 0;
  virtual Result<RowCounts> row_counts(Connection& connection) const = 0;
  virtual Result<ForeignKeyViolations> foreign_key_violations(Connection& connection) const = 0;
  virtual Result<Content> content(Connection& connection) const;
  /// From here on the driver sees what `connection` does, for `content_since`.
  virtual void watch(Connection& /*connection*/) const {}
  /// The content, which was `before` when the driver began to watch; nobody else has written since.
  /// What is sure to be as it was need not be looked at again.
  virtual Result<Content> content_since(Connection& connection, const Content& /*before*/) const {
    return content(connection);
  }

  /// What a transaction that was opened by `Connection::begin` locks from its first moment on.
  virtual std::vector<TableLock> locks_of_begin() const { return {}; }
  /// What the open transaction of `connection` keeps locked, of what was there before it.
  virtual Result<std::vector<TableLock>> table_locks(Connection& connection) const = 0;

  virtual Result<TableSizes> table_sizes(Connection& connection) const;
  /// The bytes of the whole database; empty: the engine does not tell.
  virtual Result<std::optional<uint64_t>> database_bytes(Connection& connection) const;
  virtual Result<Integrity> integrity(Connection& connection) const;
  /// Whether a setting that a script makes outside its transaction holds on the connection already,
  /// or changes nothing that a migration does.
  virtual Result<bool> is_in_force(Connection& connection, const Script& script,
                                   const PlannedStatement& statement) const;

  /// Of a statement that stands outside any transaction and that an earlier run was interrupted in:
  /// removes what only half of it has left, and says whether all of it was done.
  virtual Result<bool> was_done(Connection& connection, const Script& script,
                                const PlannedStatement& statement) const;

  /// In a transaction that is not to be committed. Errors: a constraint that is checked at a commit
  /// does not hold.
  virtual Result<void> check_deferred(Connection& connection) const = 0;

  /// The mark of what `connection` sees. It must be in a transaction.
  virtual Result<ChangeMark> mark(Connection& connection) const = 0;
  /// The mark of a database that does not exist.
  virtual ChangeMark absent_mark() const = 0;
  /// Whether a script that ran on `connection` has left nothing behind there that another one would
  /// meet: a setting, something temporary. In doubt it has.
  virtual bool leaves_nothing(Connection& /*connection*/, const Script& /*script*/) const {
    return false;
  }

  /// A number that changes when somebody else commits, as this connection sees it; its own commits
  /// leave it as it is. Empty: only the digest tells.
  virtual Result<std::optional<int64_t>> others_version(Connection& connection) const = 0;
  /// How many transactions were committed from one mark to the other; empty where the marks cannot
  /// tell.
  virtual std::optional<uint64_t> commits_between(const ChangeMark& earlier,
                                                  const ChangeMark& later) const = 0;
  /// Whether `commits_between` can tell from `earlier` on whatever it can tell from `later` on,
  /// also when the engine has put its log away.
  virtual bool counts_alike(const ChangeMark& /*earlier*/, const ChangeMark& /*later*/) const {
    return false;
  }
  /// Whether marks alone tell what happened between two commands, so that no digest is needed.
  virtual bool marks_suffice(const ChangeMark& mark) const = 0;
  /// Whether waiting for a lock keeps others waiting who would not have to, so that it is done in
  /// short turns.
  virtual bool takes_turns() const { return false; }
  /// Something that is different after any write, of the content as it is committed now. May read
  /// all of it.
  virtual Result<std::string> digest() const = 0;
  /// Whether digests that were taken at these marks can be compared.
  virtual bool digests_compare(const ChangeMark& /*earlier*/, const ChangeMark& /*later*/) const {
    return true;
  }
  /// Called between migrations: a good moment for the engine to put its files in order.
  virtual void tidy(Connection& connection, bool at_end) const = 0;

  /// What others write to these tables, whose names are written in full, does not matter: `digest`
  /// and `watched_rows` leave them out.
  virtual void ignore_writes_to(std::vector<std::string> /*tables*/) {}
  /// Whether a table, named as a script does, is or may be one of these.
  virtual bool is_left_alone(std::string_view /*table*/) const { return false; }
  /// `row_counts` of the tables that matter.
  virtual Result<RowCounts> watched_rows(Connection& connection) const {
    return row_counts(connection);
  }
  /// The bytes that the database takes on the server or the disk, its log included; empty where
  /// that cannot be told.
  virtual std::optional<uint64_t> size() const { return std::nullopt; }

  /// Connections that are made later do not listen to the cancellation token.
  virtual void disregard_cancellation() = 0;

  /// The strategy of that name, for this database; nullptr for an unknown one.
  virtual std::unique_ptr<SnapshotStrategy> strategy(std::string_view name) const = 0;
  /// The strategy that brings content from a file that others have made.
  virtual std::unique_ptr<SnapshotStrategy> file_strategy() const = 0;
  /// Removes all that users have made, and the ledger, in one transaction.
  virtual Result<void> clear(const Admit& admit) const = 0;
  /// Adds what may keep sessions from working here. Changes nothing.
  virtual void diagnose(std::vector<Finding>& findings) const = 0;
  /// The cheapest one that guards what `advice` says is touched; everything without it. `look` is a
  /// connection for looking, or nullptr; the strategy may keep it to take the snapshot with.
  virtual Result<ChosenGuard> choose_guard(const std::optional<GuardAdvice>& advice,
                                           std::unique_ptr<Connection> look) const = 0;
};

struct DriverOptions {
  std::string base_directory;
  std::chrono::milliseconds busy_timeout{0};
  std::chrono::milliseconds statement_timeout{0};
  /// See `SessionOptions::end_other_sessions`.
  bool end_other_sessions = false;
  ProgressCallback progress;
  CancellationToken cancellation;
};

/// The driver for a database. Errors: no driver for the engine, options that it does not know.
Result<std::unique_ptr<Driver>> open_driver(const DatabaseUrl& url, const DriverOptions& options);

}  // namespace belay::runtime

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/session.h>

#include "runtime/drivers/driver.h"
#include "runtime/io/file_lock.h"
#include "runtime/session/journal.h"
#include "runtime/session/maintenance.h"
#include "runtime/session/session_state.h"
#include "runtime/session/state_directory.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime {

/// What a database's sessions are made of, before anything is locked or read.
struct Target {
  std::unique_ptr<Driver> driver;
  StateDirectory files;
  bool own_directory = true;  ///< the state directory is the one that goes with the database
};
Result<Target> find_target(const SessionOptions& options);

/// A command that may change something, while it runs: it holds the lock and has settled what an
/// earlier one left undone. Whatever it does it writes to the journal first; `state` follows from
/// the records alone, so that it is never something else than what a successor would read.
class Command {
 public:
  /// Takes the lock and reads the journal. Without a state directory, and without `create`, there
  /// is neither, and no session is open.
  static Result<std::unique_ptr<Command>> open(const SessionOptions& options, std::string name,
                                               bool create);

  const SessionOptions& options() const { return options_; }
  /// `apply`, `down`, ...
  const std::string& name() const { return name_; }
  const Target& target() const { return target_; }
  const Driver& driver() const { return *target_.driver; }
  const StateDirectory& files() const { return target_.files; }
  const SessionState& state() const { return state_; }
  SnapshotPlace place() const { return files().snapshot(state_.id); }
  /// Where what is restored from outside is copied to first. Belongs to the session.
  SnapshotPlace staging_place() const { return files().snapshot(state_.id + ".restore"); }
  bool session_is_open() const;

  /// Whether a migration's record may wait for the next one to be synced, where the migration runs
  /// in one transaction that begins at `mark`. The journal on the disk has named it with its
  /// command's begin, and the ledger's row, which comes with that transaction, tells that it was
  /// done: a power cut that takes the record takes nothing that is not known without it.
  bool may_wait(const ChangeMark& mark) const;

  /// Appends a record and follows it. Begins a journal with the session's first record.
  Result<void> record(const char* event, Json data, Sync sync = Sync::kNow);
  Result<void> start_session(const std::string& id, Json data);
  /// Behind `start_session`: puts up the flag file and calls `on_begin`. Where that fails the
  /// session is closed again.
  Result<void> announce_session();
  /// Marks the session in the database, for those who have another state directory.
  Result<void> announce_to_others() const;
  /// Errors: somebody who has another state directory has a session on the database.
  Result<void> refuse_beside_others(Connection& connection) const;
  /// The last record; then the journal goes to the audit log, and no session is open.
  Result<void> close_session(std::string_view how);

  /// The strategy that took the session's snapshot.
  Result<std::unique_ptr<SnapshotStrategy>> strategy() const;
  /// Removes the session's snapshot, whole or in parts.
  Result<void> discard_snapshot() const;

  /// Settles what an interrupted command left undone. With `force` a database that cannot be read
  /// does not stop it: others' writes then count as unknown.
  Result<void> recover(bool force);

  /// Whether nobody has written since a rollback was begun, by the mark that the database has
  /// `now`.
  Result<bool> is_untouched_since_rollback(const ChangeMark& now) const;

  /// An error that also says what was settled before.
  Error refuse(std::string message, std::string hint) const;
  /// Hands what was settled and noted over to the command's report.
  void report_to(Report& report) const;
  /// From here on a cancellation stops nothing: what was begun is being brought to order.
  void disregard_cancellation() { target_.driver->disregard_cancellation(); }
  /// The application need not know: nothing of its tables changes.
  void leave_hooks_out() { hooks_wanted_ = false; }
  void note(std::string text) { notes_.push_back(std::move(text)); }
  void progress(Stage stage, const std::string& subject, uint64_t done, uint64_t total) const;

 private:
  Command(const SessionOptions& options, std::string name, Target target)
      : options_(options), name_(std::move(name)), target_(std::move(target)), flag_(options) {}
  Result<void> read_journal();
  Result<void> check_database_name() const;
  void recovered(std::string command, bool finished, std::string text);

  Result<void> open_journal();
  Result<void> drop_torn_end();
  Result<void> settle_snapshot();
  Result<void> settle_source();
  void shut_kept();
  Result<void> discard_staged() const;
  Result<void> settle(bool force);
  void announce_end();
  Result<void> undo_begin();
  Result<void> settle_apply(bool force);
  Result<void> finish_commit();
  Result<void> settle_rollback(bool force);
  Result<void> undo_rollback(const std::string& reason);
  Result<void> finish_rollback();

  const SessionOptions& options_;
  std::string name_;
  Target target_;
  std::optional<FileLock> lock_;
  std::unique_ptr<DatabaseLock> database_lock_;
  std::optional<Journal> journal_;
  Journal::Content content_;
  SessionState state_;
  ChangeMark synced_mark_;  ///< the last one that this command has synced
  std::vector<Recovery> recoveries_;
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
  MaintenanceFlag flag_;
  bool hooks_wanted_ = true;
};

/// The version of Belay that writes journals and ledgers.
std::string belay_version();

}  // namespace belay::runtime

// Status takes no lock and writes nothing: it reads the journal and asks the database what the
// journal alone cannot know.
#include <algorithm>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/file_lock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/command.h"
#include "runtime/session/ledger.h"
#include "runtime/session/recovery.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Phase = SessionState::Phase;

class Status {
 public:
  Status(const SessionOptions& options, Target target, std::span<const MigrationScript> migrations,
         const StatusOptions& status_options)
      : options_(options),
        target_(std::move(target)),
        migrations_(migrations),
        status_options_(status_options) {}

  Result<StatusReport> run() {
    report_.running = FileLock::holder(target_.files.lock());
    BELAY_TRY(read_journal());
    look_at_snapshot();
    look_at_database();
    tell_recovery();
    tell();
    return std::move(report_);
  }

 private:
  Result<void> read_journal() {
    const std::string path = target_.files.journal();
    Result<Journal::Content> content = Journal::read(path);
    if (!content) return std::move(content).error();
    Result<SessionState> state = fold_journal(content->records, path);
    if (!state) return std::move(state).error();
    state_ = *std::move(state);
    // While a command runs, the last record may just be on its way.
    report_.torn_journal = content->torn && !report_.running;
    report_.phase = phase();
    if (state_.phase == Phase::kNone || state_.phase == Phase::kClosed) return {};
    report_.session = state_.id;
    report_.since = state_.since;
    report_.guarded = state_.guarded;
    report_.applied = state_.applied;
    report_.failed = state_.failed;
    report_.foreign_writes = state_.foreign;
    return {};
  }

  SessionPhase phase() const {
    const bool interrupted = !report_.running;
    switch (state_.phase) {
      case Phase::kNone:
      case Phase::kClosed: return SessionPhase::kNone;
      case Phase::kBeginning:
        return interrupted ? SessionPhase::kInterruptedBegin : SessionPhase::kNone;
      case Phase::kOpen:
        if (!state_.guarded) {
          return interrupted ? SessionPhase::kInterruptedApply : SessionPhase::kNone;
        }
        return SessionPhase::kOpen;
      case Phase::kApplying:
        return interrupted ? SessionPhase::kInterruptedApply : SessionPhase::kOpen;
      case Phase::kCommitting:
        return interrupted ? SessionPhase::kInterruptedCommit : SessionPhase::kOpen;
      case Phase::kRollingBack:
      case Phase::kRestored:
        return interrupted ? SessionPhase::kInterruptedRollback : SessionPhase::kOpen;
    }
    return SessionPhase::kNone;
  }

  bool has_snapshot() const {
    return state_.guarded &&
           (state_.phase == Phase::kOpen || state_.phase == Phase::kApplying ||
            state_.phase == Phase::kCommitting || state_.phase == Phase::kRollingBack ||
            state_.phase == Phase::kRestored);
  }

  void look_at_snapshot() {
    if (!has_snapshot()) return;
    const Manifest& manifest = state_.manifest;
    const SnapshotPlace place = target_.files.snapshot(state_.id);
    SnapshotInfo& info = report_.snapshot.emplace();
    if (manifest.existed) info.path = place.data();
    info.strategy = manifest.strategy;
    info.sha256 = manifest.sha256;
    info.bytes = manifest.bytes;
    info.rows = manifest.total_rows();
    info.tables = manifest.rows.size();
    const std::unique_ptr<SnapshotStrategy> strategy = target_.driver->strategy(state_.strategy);
    if (strategy == nullptr) return;
    const Result<void> present = strategy->check(place, manifest, /*thorough=*/false);
    info.present = present.ok();
    info.verified = info.present;
    if (!present && state_.phase != Phase::kCommitting && state_.phase != Phase::kRestored) {
      report_.notes.push_back(present.error().to_string());
    }
    if (!info.present || !status_options_.verify_snapshot) return;
    const Result<void> whole = strategy->check(place, manifest, /*thorough=*/true);
    info.verified = whole.ok();
    if (!whole) report_.notes.push_back(whole.error().to_string());
  }

  void look_at_database() {
    const Driver& driver = *target_.driver;
    Result<Driver::Presence> presence = driver.presence();
    report_.database_exists = presence && *presence != Driver::Presence::kAbsent;
    if (!presence) {
      report_.unreachable_because = presence.error().to_string();
    } else if (report_.database_exists) {
      Result<void> looked = look_inside();
      report_.reachable = looked.ok();
      if (!looked) report_.unreachable_because = looked.error().to_string();
    }
    report_.pending = count_pending(migrations_, report_.ledger);
  }

  Result<void> look_inside() {
    const Driver& driver = *target_.driver;
    Result<std::unique_ptr<Connection>> connection =
        driver.connect(Driver::Purpose::kLook, /*create=*/false);
    if (!connection) return std::move(connection).error();
    Connection& database = **connection;
    BELAY_TRY(database.execute("BEGIN"));
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
    if (!ledger) return std::move(ledger).error();
    report_.ledger = *std::move(ledger);
    if (!report_.session.empty()) tell_applied();
    if (state_.phase == Phase::kOpen && state_.guarded && !report_.running) {
      Result<ChangeMark> mark = driver.mark(database);
      if (!mark) return std::move(mark).error();
      Result<ForeignWrites> writes =
          foreign_writes_since(driver, database, state_.baseline, *mark, /*thorough=*/false);
      if (!writes) return std::move(writes).error();
      add_foreign_writes(report_.foreign_writes, *writes);
    }
    return database.roll_back();
  }

  /// The ledger knows better than the journal: its rows came with the migrations themselves.
  void tell_applied() {
    std::vector<std::string> applied;
    for (const LedgerEntry& entry : report_.ledger) {
      if (entry.session != state_.id || entry.state != MigrationState::kDone) continue;
      applied.push_back(display_name_of(entry));
    }
    report_.applied = std::move(applied);
  }

  std::string display_name_of(const LedgerEntry& entry) const {
    for (const MigrationScript& migration : migrations_) {
      if (migration.history == entry.history && migration.version == entry.version) {
        return migration.display_name();
      }
    }
    return entry.name.empty() ? entry.version : entry.version + "_" + entry.name;
  }

  /// What the next command that changes something will do first.
  void tell_recovery() {
    if (report_.running) return;
    switch (state_.phase) {
      case Phase::kNone: break;
      case Phase::kClosed:
        report_.recovery = "put the journal of the session that was closed into the audit log";
        break;
      case Phase::kBeginning:
        report_.recovery =
            "undo the begin: remove the copy that was not finished; the database was "
            "not changed";
        break;
      case Phase::kOpen:
        if (!state_.guarded) report_.recovery = "close the run without a snapshot";
        break;
      case Phase::kApplying: tell_interrupted_apply(); break;
      case Phase::kCommitting: report_.recovery = "finish the commit: drop the snapshot"; break;
      case Phase::kRollingBack: tell_interrupted_rollback(); break;
      case Phase::kRestored:
        report_.recovery = "finish the rollback: the database is restored, the snapshot is dropped";
        break;
    }
  }

  void tell_interrupted_apply() {
    report_.recovery = "note how far the apply had come";
    if (!state_.in_flight) return;
    const SessionState::InFlight& migration = *state_.in_flight;
    const InterruptedMigration outcome = find_out(state_, report_.ledger);
    if (report_.reachable) report_.recovery += ": " + describe(migration, outcome);
    if (outcome.done) return;
    MigrationReport& failed = report_.failed.emplace();
    failed.history = migration.history;
    failed.version = migration.version;
    failed.name = migration.name;
    failed.display_name = migration.display_name;
    failed.in_transaction = migration.in_transaction;
    failed.statements = migration.statements;
    failed.statements_done = outcome.statements_done;
    failed.state = outcome.statements_done > 0 ? MigrationState::kStarted : MigrationState::kFailed;
    failed.error.emplace().message = "it was interrupted";
  }

  void tell_interrupted_rollback() {
    report_.recovery =
        "finish the rollback: restore the database from the snapshot, unless others "
        "have written to it since";
    const std::unique_ptr<SnapshotStrategy> strategy = target_.driver->strategy(state_.strategy);
    if (strategy == nullptr) return;
    const Result<bool> in_place = strategy->is_in_place(state_.manifest);
    if (in_place && *in_place) {
      report_.recovery = "finish the rollback: the database is restored, the snapshot is dropped";
    }
  }

  void tell() {
    const Advice advice(options_);
    const std::string& database = target_.driver->name();
    if (report_.running) {
      report_.headline =
          "On " + database + " a command is running: " + report_.running->to_string();
      report_.next_steps = advice.while_running();
    } else if (report_.phase == SessionPhase::kNone) {
      report_.headline = "No session is open on " + database;
      report_.next_steps = advice.without_session();
    } else {
      report_.headline = "Session " + report_.session + " on " + database + ", begun " +
                         age_of(report_.since) + ", is " +
                         (report_.phase == SessionPhase::kOpen
                              ? std::string("open")
                              : "in the state " + std::string(phase_name(report_.phase)));
      report_.next_steps = next_steps(advice);
    }
    tell_details();
    if (!report_.recovery.empty()) {
      report_.notes.push_back("the next command will first " + report_.recovery);
    }
    if (report_.torn_journal) {
      report_.notes.emplace_back(
          "the journal's last record was cut off when its writer died; it does not count");
    }
    if (report_.foreign_writes.certainty != ForeignWrites::Certainty::kNone) {
      report_.notes.push_back(
          "others have, or may have, written to the database since the begin; a "
          "rollback would take that back: " +
          listed(report_.foreign_writes.details));
    }
    if (!report_.database_exists) {
      report_.notes.emplace_back("the database does not exist");
    } else if (!report_.reachable) {
      report_.notes.push_back("the database cannot be read: " + report_.unreachable_because);
    }
  }

  void tell_details() {
    std::vector<std::string>& notes = report_.notes;
    if (report_.snapshot && report_.snapshot->present) {
      notes.push_back(report_.snapshot->path.empty()
                          ? "there was no database at the begin; a rollback removes it"
                          : "the snapshot is there: " + file_size_text(report_.snapshot->bytes) +
                                ", " + report_.snapshot->path);
    }
    if (!report_.guarded) notes.emplace_back("it runs without a snapshot");
    if (!report_.applied.empty()) notes.push_back("applied in it: " + listed(report_.applied));
    if (report_.failed) {
      notes.push_back(report_.failed->display_name +
                      " failed: " + report_.failed->error->to_error().to_string() +
                      (report_.failed->statements_done > 0
                           ? "; " + counted(report_.failed->statements_done, "statement") +
                                 " of it have run and stay"
                           : ""));
    }
    if (!migrations_.empty()) notes.push_back("pending: " + counted(report_.pending, "migration"));
  }

  std::vector<NextStep> next_steps(const Advice& advice) const {
    switch (report_.phase) {
      case SessionPhase::kNone:
      case SessionPhase::kInterruptedBegin:
      case SessionPhase::kInterruptedCommit:
      case SessionPhase::kInterruptedRollback: return advice.without_session();
      case SessionPhase::kInterruptedApply:
        return state_.guarded ? advice.after_recovery_is_due() : advice.without_session();
      case SessionPhase::kOpen: break;
    }
    if (report_.failed) return advice.after_failure(true, report_.failed->statements_done > 0);
    return advice.with_session(report_.pending);
  }

  const SessionOptions& options_;
  Target target_;
  std::span<const MigrationScript> migrations_;
  const StatusOptions& status_options_;
  SessionState state_;
  StatusReport report_;
};

}  // namespace

Result<StatusReport> Session::status(std::span<const MigrationScript> migrations,
                                     const StatusOptions& status_options) const {
  Result<Target> target = find_target(options_);
  if (!target) return std::move(target).error();
  return Status(options_, *std::move(target), migrations, status_options).run();
}

}  // namespace belay::runtime

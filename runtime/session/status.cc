// Status takes no lock and writes nothing: it reads the journal and asks the database what the
// journal alone cannot know.
#include <algorithm>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/file_lock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/command.h"
#include "runtime/session/kept_history.h"
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
    target_.driver->ignore_writes_to(state_.manifest.left_alone);
    // While a command runs, the last record may just be on its way.
    report_.torn_journal = content->torn && !report_.running;
    report_.phase = phase();
    if (state_.phase == Phase::kNone || state_.phase == Phase::kClosed) return {};
    report_.session = state_.id;
    report_.since = state_.since;
    report_.guarded = state_.guarded;
    report_.applied = state_.applied;
    report_.taken_back = state_.taken_back;
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
    SnapshotInfo& info = report_.snapshot.emplace(manifest.info());
    const std::unique_ptr<SnapshotStrategy> strategy = target_.driver->strategy(state_.strategy);
    if (strategy == nullptr) return;
    const Result<void> present = strategy->check(place, manifest, /*thorough=*/false);
    info.present = present.ok();
    info.verified = info.present;
    if (!present) snapshot_problem_ = present.error().to_string();
    if (!info.present || !status_options_.verify_snapshot) return;
    const Result<void> whole = strategy->check(place, manifest, /*thorough=*/true);
    info.verified = whole.ok();
    if (!whole) snapshot_problem_ = whole.error().to_string();
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
    if (unreadable()) return;  // without the ledger it is not known what is pending
    history_ = compare_history(migrations_, report_.ledger, target_.driver->url().engine);
    report_.pending_migrations = history_.pending;
    report_.pending = static_cast<uint32_t>(history_.pending.size());
  }

  bool unreadable() const { return !report_.unreachable_because.empty(); }

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
    Result<std::vector<AnnouncedSession>> sessions = driver.announced_sessions(database);
    if (!sessions) return std::move(sessions).error();
    for (const AnnouncedSession& session : *sessions) {
      if (session.id == state_.id) continue;
      report_.warnings.push_back("session " + session.id + ", begun by " + session.by +
                                 ", is open on this database; its state directory is not this one");
    }
    Result<std::optional<KeptInSync>> kept =
        KeptHistory::report(database, migrations_, report_.ledger);
    if (!kept) return std::move(kept).error();
    report_.in_sync = *std::move(kept);
    if (!report_.session.empty()) tell_applied();
    tell_failed();
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
      applied.push_back(display_name_of(migrations_, entry));
    }
    report_.applied = std::move(applied);
    report_.taken_back.clear();
    for (const LedgerEntry& entry : report_.ledger) {
      if (entry.session == state_.id && entry.state == MigrationState::kRolledBack) {
        report_.taken_back.push_back(display_name_of(migrations_, entry));
      }
    }
  }

  /// A failure of before the session, or of a run without one, is known to the ledger alone.
  void tell_failed() {
    if (report_.failed || state_.in_flight) return;
    for (const LedgerEntry& entry : report_.ledger) {
      const bool half_down = is_half(entry) && direction_of(entry) == Direction::kDown;
      if (entry.state != MigrationState::kFailed && entry.state != MigrationState::kStarted &&
          !half_down) {
        continue;
      }
      MigrationReport& failed = report_.failed.emplace();
      failed.direction = direction_of(entry);
      failed.history = entry.history;
      failed.version = entry.version;
      failed.name = entry.name;
      failed.display_name = display_name_of(migrations_, entry);
      failed.state = entry.state;
      failed.in_transaction = entry.in_transaction;
      failed.statements = entry.statements;
      failed.statements_done = entry.in_transaction ? 0 : entry.statements_done;
      failed.batched = batched_from(entry.batches, entry.statements_done);
      failed.duration_ms = entry.duration_ms;
      failed.error.emplace().message = entry.error.empty() ? "it was interrupted" : entry.error;
    }
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
    report_.recovery = "note how far the " + state_.command + " had come";
    const InterruptedMigration outcome = find_out(state_, report_.ledger);
    const std::string ends = report_.reachable ? describe(state_, outcome) : "";
    if (!ends.empty()) report_.recovery += ": " + ends;
    if (!state_.in_flight || outcome.done) return;
    const SessionState::InFlight& migration = *state_.in_flight;
    MigrationReport& failed = report_.failed.emplace();
    failed.direction = migration.direction;
    failed.history = migration.history;
    failed.version = migration.version;
    failed.name = migration.name;
    failed.display_name = migration.display_name;
    failed.in_transaction = migration.in_transaction;
    failed.statements = migration.statements;
    failed.statements_done = outcome.statements_done;
    failed.batched = batched_from(outcome.batches, outcome.statements_done);
    const bool down = migration.direction == Direction::kDown;
    failed.state = !outcome.is_partial() ? MigrationState::kFailed
                   : down                ? MigrationState::kRollingBack
                                         : MigrationState::kStarted;
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
    tell_headline();
    tell_facts();
    tell_notes();
    Advice advice(options_);
    if (report_.foreign_writes.certainty != ForeignWrites::Certainty::kNone) {
      advice.warn_of_foreign_writes();
    }
    report_.next_steps = next_steps(advice);
  }

  void tell_headline() {
    const std::string& database = target_.driver->name();
    if (report_.running) {
      report_.headline =
          "On " + database + " a command is running: " + report_.running->to_string();
    } else if (report_.phase == SessionPhase::kNone) {
      report_.headline = "No session is open on " + database;
    } else if (report_.phase == SessionPhase::kOpen) {
      report_.headline = "Session " + report_.session + " is open on " + database + ", begun " +
                         age_of(report_.since);
    } else {
      report_.headline = (report_.guarded ? "Session " + report_.session + " on " + database
                                          : "A run without a snapshot on " + database) +
                         ", begun " + age_of(report_.since) + ", was interrupted in its " +
                         interrupted_command();
    }
  }

  std::string interrupted_command() const {
    if (report_.phase == SessionPhase::kInterruptedApply) return state_.command;
    constexpr std::string_view kPrefix = "interrupted-";
    return std::string(phase_name(report_.phase).substr(kPrefix.size()));
  }

  void fact(const char* label, std::string text) {
    report_.facts.push_back({label, std::move(text)});
  }

  void tell_facts() {
    if (!report_.database_exists) {
      fact("Database", report_.unreachable_because.empty() ? "does not exist yet"
                                                           : report_.unreachable_because);
    } else {
      fact("Database",
           report_.reachable ? "can be read" : "cannot be read: " + report_.unreachable_because);
    }
    tell_snapshot();
    tell_migrations();
    if (report_.in_sync) fact("In sync", report_.in_sync->table + " of " + report_.in_sync->tool);
    if (!report_.recovery.empty()) fact("Next command", "will first " + report_.recovery);
  }

  void tell_snapshot() {
    if (!report_.session.empty() && !report_.guarded) fact("Snapshot", "none");
    if (!report_.snapshot) return;
    const SnapshotInfo& snapshot = *report_.snapshot;
    const bool may_be_gone = state_.phase == Phase::kCommitting || state_.phase == Phase::kRestored;
    if (snapshot.present && snapshot.verified) {
      fact("Snapshot", describe(snapshot));
    } else if (may_be_gone && !snapshot.present) {
      fact("Snapshot", "dropped");
    } else {
      fact("Snapshot", "cannot be used: " + snapshot_problem_);
    }
  }

  void tell_migrations() {
    if (!report_.session.empty()) {
      fact("Applied", report_.applied.empty() ? "nothing in this session"
                                              : "in this session: " + some_of(report_.applied));
      if (!report_.taken_back.empty()) {
        fact("Taken back", "in this session: " + some_of(report_.taken_back));
      }
    }
    std::vector<std::string> before;
    for (const LedgerEntry& entry : report_.ledger) {
      if (entry.state != MigrationState::kDone) continue;
      if (report_.session.empty() || entry.session != report_.session) {
        before.push_back(display_name_of(migrations_, entry));
      }
    }
    if (report_.reachable && report_.session.empty()) {
      fact("Applied", before.empty() ? "nothing" : some_of(before));
    } else if (!before.empty()) {
      fact("", "before it: " + some_of(before));
    }
    if (report_.failed) fact("Failed", describe_failure(*report_.failed));
    if (migrations_.empty()) return;
    if (unreadable()) return fact("Pending", "not known");
    fact("Pending", report_.pending == 0 ? "nothing" : some_of(history_.pending));
    if (!history_.edited.empty()) fact("Edited since", some_of(history_.edited));
  }

  static std::string describe_failure(const MigrationReport& failed) {
    const bool down = failed.direction == Direction::kDown;
    std::string out = (down ? "the down of " : "") + failed.display_name + ": " +
                      failed.error->to_error().to_string() + "\n";
    if (!failed.is_partial()) {
      return out + (down ? "the migration is applied as before" : "nothing of it has stayed");
    }
    return out + how_far(failed) + " have run and stay";
  }

  void tell_notes() {
    std::vector<std::string>& notes = report_.notes;
    if (!history_.comments_edited.empty()) {
      notes.push_back("only their comments or their layout were edited since: " +
                      some_of(history_.comments_edited));
    }
    if (!history_.edited.empty()) {
      report_.warnings.emplace_back(
          "`apply` will refuse to run: the text of applied migrations was edited since");
    }
    for (const auto* missing : {&history_.missing, &history_.missing_half}) {
      if (missing->empty()) continue;
      notes.push_back(std::string(missing == &history_.missing ? "applied" : "applied in part") +
                      ", but not among the migrations: " + some_of(*missing));
    }
    if (report_.in_sync && !report_.in_sync->differences.empty()) {
      report_.warnings.push_back(
          "`apply` will refuse to run: others have changed " + report_.in_sync->table +
          ", which is kept in sync: " + some_of(report_.in_sync->differences) + "; `" +
          options_.program + " adopt` takes that over");
    }
    if (report_.torn_journal) {
      notes.emplace_back(
          "the journal's last record was cut off when its writer died; it does not count");
    }
    if (report_.foreign_writes.certainty == ForeignWrites::Certainty::kNone) return;
    report_.warnings.push_back(
        std::string("others ") +
        (report_.foreign_writes.certainty == ForeignWrites::Certainty::kSome ? "have"
                                                                             : "may have") +
        " written to the database since the begin, and a rollback would take that back: " +
        listed(report_.foreign_writes.details));
  }

  std::vector<NextStep> next_steps(const Advice& advice) const {
    if (report_.running) return advice.while_running();
    switch (report_.phase) {
      case SessionPhase::kNone:
      case SessionPhase::kInterruptedBegin:
        return unreadable() ? advice.unreadable(/*session=*/false) : advice.without_session();
      case SessionPhase::kInterruptedCommit: return advice.to_finish(Action::kCommit);
      case SessionPhase::kInterruptedRollback: return advice.to_finish(Action::kRollback);
      case SessionPhase::kInterruptedApply:
        return state_.guarded ? advice.after_recovery_is_due() : advice.without_session();
      case SessionPhase::kOpen: break;
    }
    if (!report_.snapshot->present || !report_.snapshot->verified) {
      return advice.without_snapshot(report_.pending);
    }
    if (unreadable()) return advice.unreadable(/*session=*/true);
    if (report_.failed) return advice.after_failure(*report_.failed, /*guarded=*/true);
    return advice.with_session(report_.pending);
  }

  const SessionOptions& options_;
  Target target_;
  std::span<const MigrationScript> migrations_;
  const StatusOptions& status_options_;
  SessionState state_;
  HistoryView history_;
  std::string snapshot_problem_;
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

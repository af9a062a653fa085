#include "runtime/session/command.h"

#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/who.h"
#include "support/file_system.h"

namespace belay::runtime {

std::string belay_version() { return BELAY_VERSION; }

Result<Target> find_target(const SessionOptions& options) {
  Result<DatabaseUrl> url = parse_database_url(options.database_url, options.environment);
  if (!url) return std::move(url).error();
  DriverOptions driver_options;
  driver_options.base_directory = options.base_directory;
  driver_options.busy_timeout = options.busy_timeout;
  driver_options.statement_timeout = options.statement_timeout;
  driver_options.end_other_sessions = options.end_other_sessions;
  driver_options.progress = options.progress;
  driver_options.cancellation = options.cancellation;
  Result<std::unique_ptr<Driver>> driver = open_driver(*url, driver_options);
  if (!driver) return std::move(driver).error();
  std::string directory = (*driver)->default_state_directory();
  const bool own = options.state_directory.empty();
  if (!own) {
    directory = path::absolute(path::join(options.base_directory, options.state_directory));
  }
  return Target{*std::move(driver), StateDirectory(directory), own};
}

Result<std::unique_ptr<Command>> Command::open(const SessionOptions& options, std::string name,
                                               bool create) {
  Result<Target> target = find_target(options);
  if (!target) return std::move(target).error();
  std::unique_ptr<Command> command(new Command(options, std::move(name), *std::move(target)));
  const StateDirectory& files = command->files();
  if (create) BELAY_TRY(files.create());
  if (!file_exists(files.path())) return command;
  Result<FileLock> lock = FileLock::acquire(
      files.lock(), {command->name_, options.lock_timeout, options.cancellation, options.progress});
  if (!lock) return std::move(lock).error();
  command->lock_.emplace(*std::move(lock));
  if (create) BELAY_TRY(files.keep_out_of_repositories());
  Result<std::unique_ptr<DatabaseLock>> database_lock =
      command->driver().lock({command->name_, options.lock_timeout});
  if (!database_lock) return std::move(database_lock).error();
  command->database_lock_ = *std::move(database_lock);
  BELAY_TRY(command->read_journal());
  return command;
}

Result<void> Command::read_journal() {
  Result<Journal::Content> content = Journal::read(files().journal());
  if (!content) return std::move(content).error();
  content_ = *std::move(content);
  Result<SessionState> state = fold_journal(content_.records, files().journal());
  if (!state) return std::move(state).error();
  state_ = *std::move(state);
  target_.driver->ignore_writes_to(state_.manifest.left_alone);
  if (content_.torn) {
    note("the journal's last record was cut off when its writer died; it was dropped");
  }
  return check_database_name();
}

/// A state directory that was named by hand may be another database's.
Result<void> Command::check_database_name() const {
  if (target_.own_directory || state_.id.empty() || state_.database == driver().name()) return {};
  return Error{"the state directory holds a session on another database, " + state_.database,
               files().path(), "give every database its own"};
}

bool Command::session_is_open() const {
  return state_.phase == SessionState::Phase::kOpen && state_.guarded;
}

namespace {

/// The first record of a command that changes something: it tells who ran it.
bool begins_command(std::string_view event) {
  return event == event::kSessionStarted || event == event::kApplyStarted ||
         event == event::kCommitStarted || event == event::kRollbackStarted;
}

}  // namespace

Result<void> Command::open_journal() {
  Result<Journal> journal = Journal::open(files().journal(), content_);
  if (!journal) return std::move(journal).error();
  journal_.emplace(*std::move(journal));
  return {};
}

bool Command::may_wait(const ChangeMark& mark) const {
  return !state_.announced.empty() && driver().counts_alike(synced_mark_, mark);
}

Result<void> Command::record(const char* event, Json data, Sync sync) {
  if (database_lock_ != nullptr) BELAY_TRY(database_lock_->check());
  if (begins_command(event)) data["by"] = who_runs_this();
  if (!journal_) BELAY_TRY(open_journal());
  Result<void> written = journal_->append(state_.id, event, data, sync);
  // A migration may have filled the disk; how that ended must be told all the same.
  if (!written && files().give_reserve()) written = journal_->append(state_.id, event, data, sync);
  if (!written) return written;
  Result<void> followed =
      fold_record(state_, {0, utc_now(), state_.id, event, std::move(data)}, files().journal());
  if (sync == Sync::kNow) synced_mark_ = state_.baseline.mark;
  return followed;
}

Result<void> Command::start_session(const std::string& id, Json data) {
  BELAY_TRY(files().make_reserve());
  state_.id = id;
  data["database"] = driver().name();
  data["belay"] = belay_version();
  return record(event::kSessionStarted, std::move(data));
}

Result<void> Command::announce_session() {
  Result<void> done = flag_.put(state_);
  if (done && options_.on_begin) {
    done = options_.on_begin({"begin", state_.id, driver().url().to_string()});
  }
  if (done) return {};
  // What was not begun needs no end.
  hooks_wanted_ = false;
  (void)close_session("begin failed");
  Error error = std::move(done).error();
  error.message =
      "what is to happen before a session failed: " + error.message + "; no session was opened";
  return error;
}

Result<void> Command::announce_to_others() const {
  return driver().announce_session({state_.id, who_runs_this(), {}});
}

Result<void> Command::refuse_beside_others(Connection& connection) const {
  Result<std::vector<AnnouncedSession>> sessions = driver().announced_sessions(connection);
  if (!sessions) return std::move(sessions).error();
  for (const AnnouncedSession& session : *sessions) {
    if (session.id == state_.id) continue;
    return refuse(
        "session " + session.id + " is open on this database; " + session.by +
            " has begun it, and its state directory is not this one",
        "commit it or roll it back there; where that is not possible any more, drop the " +
            session.mark + ", and the snapshot with it");
  }
  return {};
}

/// The application goes on before the journal is put away: after a crash in between it is told once
/// more, and never not at all.
void Command::announce_end() {
  Result<void> done = flag_.take_away();
  if (!done) warnings_.push_back("the flag file is still there: " + done.error().to_string());
  if (!hooks_wanted_ || !options_.on_end) return;
  done = options_.on_end({"end", state_.id, driver().url().to_string()});
  if (!done) {
    warnings_.push_back("what is to happen behind a session failed: " + done.error().to_string());
  }
}

Result<void> Command::close_session(std::string_view how) {
  if (state_.phase != SessionState::Phase::kClosed) {
    BELAY_TRY(record(event::kSessionClosed, {{"how", how}}));
  }
  announce_end();
  if (state_.guarded) {
    const Result<void> done = driver().withdraw_session(state_.id);
    if (!done) {
      // Where the server has gone the next command, which finds it there, takes the mark away.
      const bool gone = database_lock_ != nullptr && !database_lock_->check();
      warnings_.push_back("the mark of the session is still in the database" +
                          std::string(gone ? ", for the next command to take away" : "") + ": " +
                          done.error().to_string());
      if (gone) return {};
    }
  }
  journal_.reset();
  BELAY_TRY(archive_journal(files().journal(), files().audit()));
  content_ = {};
  state_ = {};
  return {};
}

Result<std::unique_ptr<SnapshotStrategy>> Command::strategy() const {
  std::unique_ptr<SnapshotStrategy> strategy = driver().strategy(state_.strategy);
  if (strategy == nullptr) {
    return Error{
        "the snapshot was taken in a way that this Belay does not know: " + state_.strategy,
        files().snapshots(), "use the version that took it"};
  }
  return strategy;
}

Result<void> Command::discard_snapshot() const {
  Result<std::unique_ptr<SnapshotStrategy>> strategy = this->strategy();
  if (!strategy) return std::move(strategy).error();
  return (*strategy)->discard(place());
}

Error Command::refuse(std::string message, std::string hint) const {
  for (const Recovery& recovery : recoveries_) message += "; " + recovery.text;
  return {std::move(message), driver().name(), std::move(hint)};
}

void Command::report_to(Report& report) const {
  report.recovered.insert(report.recovered.begin(), recoveries_.begin(), recoveries_.end());
  report.notes.insert(report.notes.begin(), notes_.begin(), notes_.end());
  report.warnings.insert(report.warnings.begin(), warnings_.begin(), warnings_.end());
}

void Command::progress(Stage stage, const std::string& subject, uint64_t done,
                       uint64_t total) const {
  if (options_.progress) options_.progress({stage, subject, done, total});
}

void Command::recovered(std::string command, bool finished, std::string text) {
  recoveries_.push_back({std::move(command), finished, std::move(text)});
}

}  // namespace belay::runtime

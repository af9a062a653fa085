#include "runtime/session/migration_batch.h"

#include <algorithm>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/session/batch_checks.h"
#include "runtime/session/ledger.h"
#include "runtime/session/migration_run.h"
#include "runtime/session/words.h"

namespace belay::runtime {

using Presence = Driver::Presence;
using Purpose = Driver::Purpose;

MigrationBatch::MigrationBatch(Command& command, const RunOptions& options)
    : command_(command), options_(options), watch_(command.driver()) {}

Result<void> MigrationBatch::check_session() const {
  if (command_.session_is_open()) return {};
  if (options_.allow_unguarded) return {};
  const Advice advice(command_.options());
  return command_.refuse("no session is open, so there is no snapshot to come back to",
                         "open one with `" + advice.command(Action::kBegin) + "`");
}

Result<std::vector<LedgerEntry>> MigrationBatch::look(std::span<const MigrationScript> migrations) {
  known_ = migrations;
  Result<Presence> presence = command_.driver().presence();
  if (!presence) return std::move(presence).error();
  if (*presence != Presence::kAbsent) {
    Result<std::unique_ptr<Connection>> connection =
        command_.driver().connect(Purpose::kSession, /*create=*/false);
    if (!connection) return std::move(connection).error();
    BELAY_TRY(watch_.adopt(*std::move(connection)));
    if (!command_.session_is_open()) {
      BELAY_TRY(command_.refuse_beside_others(*watch_.connection()));
    }
    return look_inside(*watch_.connection());
  }
  if (command_.session_is_open() && command_.state().manifest.existed) {
    const Advice advice(command_.options());
    return command_.refuse("the database is gone since the session was begun",
                           "`" + advice.command(Action::kRollback) + "` brings it back");
  }
  return std::vector<LedgerEntry>{};
}

Result<std::vector<LedgerEntry>> MigrationBatch::look_inside(Connection& database) {
  BELAY_TRY(database.execute("BEGIN"));
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
  Result<void> judged = ledger ? look_at_kept(database, *ledger) : Result<void>();
  if (judged) {
    Result<ChangeMark> mark = command_.driver().mark(database);
    judged = mark ? judge_foreign_writes(database, *mark) : Result<void>(std::move(mark).error());
  }
  BELAY_TRY(database.roll_back());
  if (!judged) return std::move(judged).error();
  return ledger;
}

/// What is there by half somebody may have settled with the other tool; only a repair can tell the
/// ledger, so that it is not kept from it.
Result<void> MigrationBatch::look_at_kept(Connection& database,
                                          const std::vector<LedgerEntry>& ledger) {
  Result<std::unique_ptr<KeptHistory>> kept = KeptHistory::find(database);
  if (!kept) return std::move(kept).error();
  kept_ = *std::move(kept);
  if (kept_ == nullptr) return {};
  for (const MigrationScript& migration : known_) {
    if (!migration.up.is_program()) continue;
    return command_.refuse("the table " + kept_->name() + " is kept in sync, and " +
                               migration.display_name() + " is a program, of which " +
                               std::string(kept_->tool()) + " knows nothing; nothing was run",
                           "`adopt --stop-sync` leaves that table alone from now on");
  }
  const bool settles =
      command_.name() == "repair" &&
      std::any_of(ledger.begin(), ledger.end(), [](const LedgerEntry& entry) {
        const ForeignState state = foreign_state(&entry);
        return state == ForeignState::kApplying || state == ForeignState::kTakingBack;
      });
  if (settles) return {};
  kept_agrees_ = true;
  return kept_->check(database, known_, ledger);
}

Result<void> MigrationBatch::judge_foreign_writes(Connection& database, const ChangeMark& mark) {
  mark_ = mark;
  if (!command_.session_is_open()) return {};
  Result<ForeignWrites> writes = foreign_writes_since(
      command_.driver(), database, command_.state().baseline, mark, /*thorough=*/false);
  if (!writes) return std::move(writes).error();
  foreign_ = *std::move(writes);
  return {};
}

/// A snapshot of some tables, or of none, brings back what touches these, and what is new. It was
/// taken for the migrations of then; they may have been edited since, or others have come.
Result<void> MigrationBatch::check_guard(const MigrationJob& job) const {
  if (!command_.session_is_open()) return {};
  const Manifest& manifest = command_.state().manifest;
  if (manifest.guard == Guard::kDatabase) return {};
  const std::string name = job.migration->display_name();
  const std::string hint =
      "commit or roll back, and begin again: that takes a snapshot for what is pending then";
  const std::optional<GuardAdvice>& touches = job.touches();
  if (!touches || touches->guard == Guard::kDatabase) {
    return command_.refuse(
        (manifest.guard == Guard::kTables ? "the snapshot holds tables alone, and "
                                          : "the session has no copy of what was there, and ") +
            name +
            (touches ? " touches more: " + touches->reason : " touches what nobody has said") +
            "; nothing was run",
        hint);
  }
  if (touches->guard == Guard::kTransaction) return {};
  for (const std::string& table : touches->tables) {
    if (!command_.driver().is_left_alone(table)) continue;
    return command_.refuse("the snapshot does not hold the table " + table + ", which " + name +
                               " touches; nothing was run",
                           hint);
  }
  return {};
}

Result<void> MigrationBatch::run(const std::vector<MigrationJob>& jobs) {
  for (const MigrationJob& job : jobs) BELAY_TRY(check_guard(job));
  if (watch_.connection() != nullptr) {
    for (const MigrationJob& job : jobs) {
      BELAY_TRY(check_batch_keys(*watch_.connection(), {jobs.data(), &job + 1}));
    }
  }
  BELAY_TRY(start(jobs));
  BELAY_TRY(run_jobs(jobs));
  return finish();
}

Result<void> MigrationBatch::run_with(const std::function<Result<void>(ForeignWatch&)>& work) {
  BELAY_TRY(start({}));
  Result<void> done = work(watch_);
  failed_ = !done;
  BELAY_TRY(finish());
  return done;
}

namespace {

/// Names the jobs in the record that is on the disk before the first of them runs. Where each runs
/// once, and all in one direction, the ledger tells of each whether it was done, and their own
/// records may be lost; the way there and back again leaves the same row.
void name_jobs(const std::vector<MigrationJob>& jobs, Json& data) {
  Json names = Json::array();
  Json runs = Json::array();
  bool one_way = true;
  for (const MigrationJob& job : jobs) {
    const MigrationScript& migration = *job.migration;
    names.push_back(migration.display_name());
    runs.push_back({{"history", migration.history},
                    {"version", migration.version},
                    {"id", migration.display_name()}});
    one_way = one_way && job.direction == jobs.front().direction;
  }
  data["pending"] = std::move(names);
  if (jobs.empty() || !one_way) return;
  data["direction"] = direction_name(jobs.front().direction);
  data["runs"] = std::move(runs);
}

}  // namespace

Result<void> MigrationBatch::start(const std::vector<MigrationJob>& jobs) {
  if (!command_.session_is_open()) {
    BELAY_TRY(command_.start_session(new_session_id(), {{"guarded", false}}));
    BELAY_TRY(command_.announce_session());
  }
  Json data = {{"command", command_.name()}, {"foreign", to_json(foreign_)}};
  name_jobs(jobs, data);
  if (watch_.connection() != nullptr) data["mark"] = mark_.data;
  BELAY_TRY(command_.record(event::kApplyStarted, std::move(data)));
  session_ = command_.state().id;
  if (watch_.connection() != nullptr) return {};
  Result<std::unique_ptr<Connection>> connection =
      command_.driver().connect(Purpose::kSession, /*create=*/true);
  if (!connection) return std::move(connection).error();
  return watch_.adopt(*std::move(connection));
}

Result<void> MigrationBatch::run_jobs(const std::vector<MigrationJob>& jobs) {
  std::optional<DatabaseFacts> last;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (command_.options().cancellation.cancelled()) {
      cancelled_ = true;
      break;
    }
    const MigrationJob& job = jobs[i];
    command_.progress(Stage::kMigrating, job.migration->display_name(), i, jobs.size());
    Result<MigrationReport> ran = MigrationRun(*this, command_, watch_, options_, job, last).run();
    if (!ran) return std::move(ran).error();
    failed_ = ran->state == MigrationState::kFailed;
    cancelled_ = ran->error && ran->error->cancelled;
    migrations_.push_back(*std::move(ran));
    if (failed_) break;
    if (watch_.connection() != nullptr) command_.driver().tidy(*watch_.connection(), false);
  }
  return {};
}

/// Takes the baseline for the next command, and lets the engine put its files in order.
Result<void> MigrationBatch::finish() {
  if (cancelled_) {
    command_.disregard_cancellation();
    watch_.let_go();
  }
  Result<Baseline> baseline = take_final_baseline();
  add_foreign_writes(foreign_, watch_.found());
  Json data = {{"failed", failed_}, {"foreign", to_json(watch_.found())}};
  if (baseline) {
    data["baseline"] = to_json(*baseline);
  } else {
    command_.note("others' writes from here on may not be seen: " + baseline.error().to_string());
  }
  BELAY_TRY(command_.record(event::kApplyDone, std::move(data)));
  guarded_ = command_.state().guarded;
  if (!guarded_) return command_.close_session("run without a snapshot");
  return baseline ? move_mark() : Result<void>();
}

Result<Baseline> MigrationBatch::take_final_baseline() {
  Result<Baseline> baseline = try_baseline();
  if (baseline) return baseline;
  watch_.let_go();  // a new connection may do better
  return try_baseline();
}

Result<Baseline> MigrationBatch::try_baseline() {
  if (watch_.connection() == nullptr) {
    Result<std::unique_ptr<Connection>> connection =
        command_.driver().connect(Purpose::kSession, /*create=*/false);
    if (!connection) return std::move(connection).error();
    BELAY_TRY(watch_.adopt(*std::move(connection)));
  }
  Result<Baseline> baseline = take_baseline(command_.driver(), *watch_.connection());
  BELAY_TRY(watch_.look());
  return baseline;
}

/// After the log was put away the mark is another; without the new one `status` would have to read
/// the whole database. It counts only if nobody has written meanwhile.
Result<void> MigrationBatch::move_mark() {
  const Driver& driver = command_.driver();
  Connection& database = *watch_.connection();
  if (driver.marks_suffice(command_.state().baseline.mark)) return {};
  const ForeignWrites before = watch_.found();
  driver.tidy(database, /*at_end=*/true);
  if (!database.execute("BEGIN")) return {};
  Result<ChangeMark> mark = driver.mark(database);
  const Result<bool> looked = watch_.look();
  (void)database.roll_back();
  if (!mark || !looked || watch_.found().details != before.details) return {};
  return command_.record(event::kMarkMoved, {{"mark", mark->data}});
}

void MigrationBatch::fill(RunReport& report) const {
  report.session = session_;
  report.failed = failed_;
  report.cancelled = cancelled_;
  report.migrations = migrations_;
  report.foreign_writes = foreign_;
  if (!guarded_ || !command_.session_is_open()) return;
  report.session = command_.state().id;
  report.foreign_writes = command_.state().foreign;
  add_foreign_writes(report.foreign_writes, foreign_);
  report.snapshot = snapshot();
}

SnapshotInfo MigrationBatch::snapshot() const {
  SnapshotInfo info = command_.state().manifest.info();
  info.present = info.verified = true;
  return info;
}

void MigrationBatch::tell(RunReport& report) const {
  for (const MigrationReport& migration : report.migrations) {
    const bool up = migration.direction == Direction::kUp;
    tell_migration(migration, up ? "Applied" : "Taken back", report);
  }
  if (report.foreign_writes.certainty != ForeignWrites::Certainty::kNone) {
    report.warnings.push_back(
        "others have, or may have, written to the database since the begin: " +
        listed(report.foreign_writes.details));
  }
  command_.report_to(report);
}

std::string MigrationBatch::rope(const RunReport& report) {
  return report.snapshot ? "; the snapshot of session " + report.session + " is there"
                         : "; there is no snapshot to come back to";
}

std::string MigrationBatch::failure(const RunReport& report) {
  const MigrationReport& failed = report.migrations.back();
  const bool down = failed.direction == Direction::kDown;
  std::string text =
      (down ? "the down of " : "") + failed.display_name +
      (report.cancelled ? " was cancelled" : " failed: " + failed.error->to_error().to_string());
  if (failed.is_partial()) {
    text += "; " + how_far(failed) + " have run and stay";
  } else {
    text += down ? "; the migration is applied as before" : "; nothing of it has stayed";
  }
  return text + rope(report);
}

std::vector<NextStep> MigrationBatch::next_steps(const RunReport& report, uint32_t pending) const {
  Advice advice(command_.options());
  if (report.foreign_writes.certainty != ForeignWrites::Certainty::kNone) {
    advice.warn_of_foreign_writes();
  }
  if (report.failed) {
    return advice.after_failure(report.migrations.back(), report.snapshot.has_value());
  }
  return report.snapshot ? advice.with_session(pending) : std::vector<NextStep>{};
}

}  // namespace belay::runtime

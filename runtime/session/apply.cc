#include <algorithm>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/command.h"
#include "runtime/session/ledger.h"
#include "runtime/session/migration_run.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Presence = Driver::Presence;
using Purpose = Driver::Purpose;

class Apply {
 public:
  Apply(Command& command, std::span<const MigrationScript> migrations, const ApplyOptions& options)
      : command_(command), migrations_(migrations), options_(options), watch_(command.driver()) {}

  Result<ApplyReport> run() {
    BELAY_TRY(check_session());
    BELAY_TRY(look());
    if (!plan_.jobs.empty()) {
      BELAY_TRY(start());
      BELAY_TRY(run_jobs());
      BELAY_TRY(finish());
    }
    tell();
    return std::move(report_);
  }

 private:
  Result<void> check_session() {
    if (command_.session_is_open()) return {};
    if (options_.allow_unguarded) return {};
    const Advice advice(command_.options());
    return command_.refuse("no session is open, so there is no snapshot to come back to",
                           "open one with `" + advice.command(Action::kBegin) + "`");
  }

  /// Reads the ledger and decides what is to run; changes nothing.
  Result<void> look() {
    Result<Presence> presence = command_.driver().presence();
    if (!presence) return std::move(presence).error();
    std::vector<LedgerEntry> ledger;
    if (*presence != Presence::kAbsent) {
      Result<std::unique_ptr<Connection>> connection =
          command_.driver().connect(Purpose::kSession, /*create=*/false);
      if (!connection) return std::move(connection).error();
      BELAY_TRY(watch_.adopt(*std::move(connection)));
      Result<std::vector<LedgerEntry>> entries = look_inside(*watch_.connection());
      if (!entries) return std::move(entries).error();
      ledger = *std::move(entries);
    } else if (command_.session_is_open() && command_.state().manifest.existed) {
      const Advice advice(command_.options());
      return command_.refuse("the database is gone since the session was begun",
                             "`" + advice.command(Action::kRollback) + "` brings it back");
    }
    Result<ApplyPlan> plan = plan_apply(command_.driver(), migrations_, ledger);
    if (!plan) return std::move(plan).error();
    plan_ = *std::move(plan);
    report_.notes = plan_.notes;
    report_.pending = static_cast<uint32_t>(plan_.jobs.size());
    return keep_what_is_wanted();
  }

  /// Leaves out the jobs that are not wanted now. They stay pending.
  Result<void> keep_what_is_wanted() {
    std::vector<MigrationJob>& jobs = plan_.jobs;
    if (!options_.to.empty()) {
      const auto last = std::find_if(
          migrations_.begin(), migrations_.end(), [&](const MigrationScript& migration) {
            return migration.version == options_.to || migration.display_name() == options_.to;
          });
      if (last == migrations_.end()) {
        return Error{"there is no migration `" + options_.to + "`; nothing was run", "",
                     "name its version, or its file without what follows the name"};
      }
      std::erase_if(jobs, [&](const MigrationJob& job) { return job.migration > &*last; });
    }
    if (options_.limit != 0 && jobs.size() > options_.limit) jobs.resize(options_.limit);
    return {};
  }

  Result<std::vector<LedgerEntry>> look_inside(Connection& database) {
    BELAY_TRY(database.execute("BEGIN"));
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
    Result<ChangeMark> mark = command_.driver().mark(database);
    Result<void> judged =
        mark ? judge_foreign_writes(database, *mark) : Result<void>(std::move(mark).error());
    BELAY_TRY(database.roll_back());
    if (!judged) return std::move(judged).error();
    return ledger;
  }

  Result<void> judge_foreign_writes(Connection& database, const ChangeMark& mark) {
    mark_ = mark;
    if (!command_.session_is_open()) return {};
    Result<ForeignWrites> writes = foreign_writes_since(
        command_.driver(), database, command_.state().baseline, mark, /*thorough=*/false);
    if (!writes) return std::move(writes).error();
    foreign_ = *std::move(writes);
    return {};
  }

  Result<void> start() {
    if (!command_.session_is_open()) {
      BELAY_TRY(command_.start_session(new_session_id(), {{"guarded", false}}));
      BELAY_TRY(command_.announce_session());
    }
    Json pending = Json::array();
    for (const MigrationJob& job : plan_.jobs) pending.push_back(job.migration->display_name());
    Json data = {{"pending", std::move(pending)}, {"foreign", to_json(foreign_)}};
    if (watch_.connection() != nullptr) data["mark"] = mark_.data;
    BELAY_TRY(command_.record(event::kApplyStarted, std::move(data)));
    report_.session = command_.state().id;
    if (watch_.connection() != nullptr) return {};
    Result<std::unique_ptr<Connection>> connection =
        command_.driver().connect(Purpose::kSession, /*create=*/true);
    if (!connection) return std::move(connection).error();
    return watch_.adopt(*std::move(connection));
  }

  Result<void> run_jobs() {
    for (size_t i = 0; i < plan_.jobs.size(); ++i) {
      if (command_.options().cancellation.cancelled()) {
        report_.cancelled = true;
        break;
      }
      const MigrationJob& job = plan_.jobs[i];
      command_.progress(Stage::kMigrating, job.migration->display_name(), i, plan_.jobs.size());
      Result<MigrationReport> ran = MigrationRun(command_, watch_, options_, job).run();
      if (!ran) return std::move(ran).error();
      report_.failed = ran->state != MigrationState::kDone;
      report_.cancelled = ran->error && ran->error->cancelled;
      report_.migrations.push_back(*std::move(ran));
      if (report_.failed) break;
      --report_.pending;
      if (watch_.connection() != nullptr) command_.driver().tidy(*watch_.connection(), false);
    }
    return {};
  }

  /// Takes the baseline for the next command, and lets the engine put its files in order.
  Result<void> finish() {
    if (report_.cancelled) {
      command_.disregard_cancellation();
      watch_.let_go();
    }
    Result<Baseline> baseline = take_final_baseline();
    add_foreign_writes(foreign_, watch_.found());
    Json data = {{"failed", report_.failed}, {"foreign", to_json(watch_.found())}};
    if (baseline) {
      data["baseline"] = to_json(*baseline);
    } else {
      report_.notes.push_back("others' writes from here on may not be seen: " +
                              baseline.error().to_string());
    }
    BELAY_TRY(command_.record(event::kApplyDone, std::move(data)));
    guarded_ = command_.state().guarded;
    if (!guarded_) return command_.close_session("run without a snapshot");
    return baseline ? move_mark() : Result<void>();
  }

  Result<Baseline> take_final_baseline() {
    Result<Baseline> baseline = try_baseline();
    if (baseline) return baseline;
    watch_.let_go();  // a new connection may do better
    return try_baseline();
  }

  Result<Baseline> try_baseline() {
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

  /// After the log was put away the mark is another; without the new one `status` would have to
  /// read the whole database. It counts only if nobody has written meanwhile.
  Result<void> move_mark() {
    const Driver& driver = command_.driver();
    Connection& database = *watch_.connection();
    if (driver.marks_suffice(command_.state().baseline.mark)) return {};
    const ForeignWrites before = watch_.found();
    driver.tidy(database, /*at_end=*/true);
    if (!database.execute("BEGIN")) return {};
    Result<ChangeMark> mark = driver.mark(database);
    const Result<void> looked = watch_.look();
    (void)database.roll_back();
    if (!mark || !looked || watch_.found().details != before.details) return {};
    return command_.record(event::kMarkMoved, {{"mark", mark->data}});
  }

  void tell() {
    report_.foreign_writes = foreign_;
    if (guarded_ && command_.session_is_open()) {
      report_.session = command_.state().id;
      report_.foreign_writes = command_.state().foreign;
      add_foreign_writes(report_.foreign_writes, foreign_);
      report_.snapshot = snapshot();
    }
    report_.headline = headline();
    for (const MigrationReport& migration : report_.migrations) tell_migration(migration);
    if (report_.pending > 0) report_.facts.push_back({"Pending", some_of(pending_names())});
    const bool foreign = report_.foreign_writes.certainty != ForeignWrites::Certainty::kNone;
    if (foreign) {
      report_.warnings.push_back(
          "others have, or may have, written to the database since the begin: " +
          listed(report_.foreign_writes.details));
    }
    Advice advice(command_.options());
    if (foreign) advice.warn_of_foreign_writes();
    const bool guarded = report_.snapshot.has_value();
    if (report_.failed) {
      report_.next_steps = advice.after_failure(report_.migrations.back(), guarded);
    } else if (guarded) {
      report_.next_steps = advice.with_session(report_.pending);
    }
    command_.report_to(report_);
  }

  void tell_migration(const MigrationReport& migration) {
    if (migration.state == MigrationState::kDone) {
      std::string text = migration.display_name + ", " +
                         counted(migration.statements, "statement") + ", " +
                         std::to_string(migration.duration_ms) + " ms";
      for (const std::string& change : describe(migration.row_changes)) text += "\n" + change;
      report_.facts.push_back({"Applied", std::move(text)});
    } else if (!migration.error->statement.empty()) {
      report_.facts.push_back({"Statement", migration.error->statement});
    }
    for (const MigrationWarning& warning : migration.warnings) {
      report_.warnings.push_back(migration.display_name + ": " + warning.message);
    }
    for (const std::string& note : migration.notes) {
      report_.notes.push_back(migration.display_name + ": " + note);
    }
  }

  /// What was pending before and was not applied now.
  std::vector<std::string> pending_names() const {
    std::vector<std::string> out = plan_.pending;
    std::erase_if(out, [&](const std::string& name) {
      return std::any_of(report_.migrations.begin(), report_.migrations.end(),
                         [&](const MigrationReport& migration) {
                           return migration.state == MigrationState::kDone &&
                                  migration.display_name == name;
                         });
    });
    return out;
  }

  SnapshotInfo snapshot() const {
    const Manifest& manifest = command_.state().manifest;
    SnapshotInfo info;
    if (manifest.existed) info.path = command_.place().data();
    info.strategy = manifest.strategy;
    info.sha256 = manifest.sha256;
    info.bytes = manifest.bytes;
    info.rows = manifest.total_rows();
    info.tables = manifest.rows.size();
    info.present = info.verified = true;
    return info;
  }

  std::string headline() const {
    const auto applied = static_cast<uint64_t>(
        std::count_if(report_.migrations.begin(), report_.migrations.end(),
                      [](const MigrationReport& m) { return m.state == MigrationState::kDone; }));
    const std::string rope = report_.snapshot
                                 ? "; the snapshot of session " + report_.session + " is there"
                                 : "; there is no snapshot to come back to";
    if (report_.failed) {
      const MigrationReport& failed = report_.migrations.back();
      std::string text = failed.display_name +
                         (report_.cancelled ? " was cancelled"
                                            : " failed: " + failed.error->to_error().to_string());
      text += failed.statements_done > 0
                  ? "; " + std::to_string(failed.statements_done) + " of its " +
                        counted(failed.statements, "statement") + " have run and stay"
                  : "; nothing of it has stayed";
      return text + rope;
    }
    if (report_.migrations.empty()) {
      return (report_.cancelled     ? "Cancelled before anything was applied"
              : report_.pending > 0 ? "None of what is pending was asked for"
                                    : "There is nothing to apply") +
             (report_.snapshot ? rope : std::string());
    }
    return (report_.cancelled ? "Cancelled; " : "") + counted(applied, "migration") +
           (applied == 1 ? " was" : " were") + " applied" + rope;
  }

  Command& command_;
  std::span<const MigrationScript> migrations_;
  const ApplyOptions& options_;
  ForeignWatch watch_;
  ApplyPlan plan_;
  ChangeMark mark_;
  ForeignWrites foreign_;
  ApplyReport report_;
  bool guarded_ = true;
};

}  // namespace

Result<ApplyReport> Session::apply(std::span<const MigrationScript> migrations,
                                   const ApplyOptions& apply_options) const {
  Result<std::unique_ptr<Command>> opened =
      Command::open(options_, "apply", /*create=*/apply_options.allow_unguarded);
  if (!opened) return std::move(opened).error();
  BELAY_TRY((*opened)->recover(/*force=*/false));
  return Apply(**opened, migrations, apply_options).run();
}

}  // namespace belay::runtime

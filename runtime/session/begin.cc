#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/who.h"
#include "runtime/session/command.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

Error already_open(const Command& command) {
  const SessionState& state = command.state();
  const Advice advice(command.options());
  return command.refuse(
      "session " + state.id + " is open already; it was begun " + age_of(state.since) +
          " and has applied " + counted(state.applied.size(), "migration"),
      "end it first: `" + advice.command(Action::kCommit) + "` keeps what it did, `" +
          advice.command(Action::kRollback) + "` takes it back");
}

/// nullptr where there is no database.
Result<std::unique_ptr<Connection>> look_if_there(const Driver& driver) {
  Result<Driver::Presence> presence = driver.presence();
  if (!presence) return std::move(presence).error();
  if (*presence == Driver::Presence::kAbsent) return std::unique_ptr<Connection>();
  return driver.connect(Driver::Purpose::kLook, /*create=*/false);
}

/// Refuses what is no database before the first file is made beside it.
Result<void> check_database(const SessionOptions& options) {
  Result<Target> target = find_target(options);
  if (!target) return std::move(target).error();
  if (file_exists(target->files.path())) return {};
  Result<std::unique_ptr<Connection>> connection = look_if_there(*target->driver);
  return connection ? Result<void>() : Result<void>(std::move(connection).error());
}

BeginReport report_of(const ChosenGuard& choice, const TakenSnapshot& taken) {
  const Manifest& manifest = taken.manifest;
  BeginReport report;
  report.session = manifest.session;
  report.database_existed = manifest.existed;
  report.snapshot = manifest.info();
  report.snapshot.present = true;
  report.snapshot.verified = true;
  if (manifest.existed) {
    report.headline = "Session " + manifest.session + " is open: a verified snapshot of " +
                      manifest.database + " is in place";
    report.facts.push_back({"Snapshot", describe(report.snapshot)});
  } else {
    report.headline = "Session " + manifest.session + " is open: " + manifest.database +
                      " does not exist yet, and a rollback will remove it again";
  }
  report.guard = choice.guard;
  report.notes = choice.reasons;
  report.notes.insert(report.notes.end(), taken.notes.begin(), taken.notes.end());
  return report;
}

}  // namespace

Result<BeginReport> Session::begin(const BeginOptions& begin_options) const {
  BELAY_TRY(check_database(options_));
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "begin", /*create=*/true);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  BELAY_TRY(command.recover(/*force=*/false));
  if (command.session_is_open()) return already_open(command);
  Result<std::unique_ptr<Connection>> look = look_if_there(command.driver());
  if (!look) return std::move(look).error();
  if (*look != nullptr) BELAY_TRY(command.refuse_beside_others(**look));

  Result<ChosenGuard> choice =
      command.driver().choose_guard(begin_options.advice, *std::move(look));
  if (!choice) return std::move(choice).error();
  SnapshotStrategy& strategy = *choice->strategy;
  TakeRequest request;
  request.free_space_margin = options_.free_space_margin;
  request.compress = options_.compress_snapshots;
  request.by = who_runs_this();
  request.header.session = new_session_id();
  request.header.taken_at = utc_now();
  request.header.belay_version = belay_version();
  request.header.guard = choice->guard;
  if (begin_options.advice) request.header.advice = *begin_options.advice;
  BELAY_TRY(command.start_session(request.header.session,
                                  {{"guarded", true}, {"strategy", strategy.name()}}));
  BELAY_TRY(command.announce_session());
  Result<TakenSnapshot> taken = strategy.take(command.place(), request);
  if (taken && !taken->announced) {
    const Result<void> announced = command.announce_to_others();
    if (!announced) taken = announced.error();
  }
  if (!taken) {
    // What cannot be cleaned up now is cleaned up by the next command: the journal knows of it.
    if (command.discard_snapshot()) (void)command.close_session("begin failed");
    Error error = std::move(taken).error();
    error.message += "; no session was opened";
    return error;
  }
  const Baseline baseline{taken->mark, taken->manifest.digest, taken->manifest.rows};
  BELAY_TRY(command.record(event::kSessionOpen, {{"manifest", to_json(taken->manifest)},
                                                 {"baseline", to_json(baseline)}}));
  BeginReport report = report_of(*choice, *taken);
  report.next_steps = Advice(options_).after_begin();
  command.report_to(report);
  return report;
}

}  // namespace belay::runtime

// `restore` and `clear`: within a session whose snapshot holds the whole database its content is
// replaced in one transaction, so that an interruption leaves the old or the new. The journal says
// before what is about to happen, as it does of migrations, and afterwards what the database then
// was: what others write from there on is still told from our own work.
#include <optional>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/baseline.h"
#include "runtime/session/command.h"
#include "runtime/session/ledger.h"
#include "runtime/session/words.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

Result<void> check_session(const Command& command) {
  const Advice advice(command.options());
  if (!command.session_is_open()) {
    return command.refuse("no session is open, so there is no snapshot to come back to",
                          "open one with `" + advice.command(Action::kBegin) + "`");
  }
  if (command.state().manifest.guard == Guard::kDatabase) return {};
  return command.refuse(
      "the session's snapshot holds tables alone, and this replaces the whole database; nothing "
      "was changed",
      "commit or roll back, and begin again");
}

class Replacement {
 public:
  /// `digest`: of what will be there; empty where it is not known. `source`: the session of the
  /// kept snapshot that it comes from, if it does.
  Replacement(Command& command, std::string digest, std::string source)
      : command_(command), digest_(std::move(digest)), source_(std::move(source)) {}

  Admit admit() {
    return [this](Connection& connection, const ChangeMark& mark) -> Result<void> {
      Result<ForeignWrites> writes = foreign_writes_since(
          command_.driver(), connection, command_.state().baseline, mark, /*thorough=*/false);
      if (!writes) return std::move(writes).error();
      foreign_ = *std::move(writes);
      return command_.record(event::kApplyStarted, {{"command", command_.name()},
                                                    {"replacing", true},
                                                    {"digest", digest_},
                                                    {"source", source_},
                                                    {"mark", mark.data},
                                                    {"foreign", to_json(foreign_)}});
    };
  }

  /// Whatever came of it: from here on the database's content is the baseline.
  Result<void> finish() {
    if (command_.state().phase != SessionState::Phase::kApplying) return {};
    command_.disregard_cancellation();
    // What was there before has taken the session's mark with it.
    BELAY_TRY(command_.announce_to_others());
    Result<std::unique_ptr<Connection>> connection =
        command_.driver().connect(Driver::Purpose::kSession, /*create=*/true);
    if (!connection) return std::move(connection).error();
    Result<Baseline> baseline = take_baseline(command_.driver(), **connection);
    if (!baseline) return std::move(baseline).error();
    rows_ = baseline->rows;
    return command_.record(event::kApplyDone, {{"baseline", to_json(*baseline)}});
  }

  ReplaceReport report() const {
    ReplaceReport report;
    report.session = command_.state().id;
    report.foreign_writes = foreign_;
    report.tables = rows_.size();
    for (const auto& [table, rows] : rows_) report.rows += rows;
    if (foreign_.certainty != ForeignWrites::Certainty::kNone) {
      report.warnings.push_back("others had written to the database since the begin" +
                                (foreign_.details.empty() ? "" : ": " + listed(foreign_.details)));
    }
    return report;
  }

 private:
  Command& command_;
  std::string digest_;
  std::string source_;
  ForeignWrites foreign_;
  RowCounts rows_;
};

/// A snapshot to come from, and how it is read.
struct Source {
  std::unique_ptr<SnapshotStrategy> strategy;
  SnapshotPlace place;
  Manifest manifest;
  std::string file;  ///< empty: it lies in the server
  bool kept = false;
};

/// The session of a kept snapshot that is meant by its file; empty for any other file.
std::string session_of_file(const Command& command, const std::string& path) {
  if (path::parent(path) != command.files().snapshots()) return "";
  const std::string_view name = path::file_name(path);
  return std::string(name.substr(0, name.find('.')));
}

Result<Source> find_source(const Command& command, const std::string& wanted) {
  const std::string path = path::absolute(path::join(command.options().base_directory, wanted));
  std::string session = wanted.find('/') == std::string::npos ? wanted : "";
  if (session.empty() || !file_exists(command.files().snapshot(session).manifest())) {
    session = session_of_file(command, path);
  }
  Source source;
  if (!session.empty()) {
    source.place = command.files().snapshot(session);
    Result<Manifest> manifest = read_manifest(source.place.manifest());
    if (!manifest) return std::move(manifest).error();
    source.manifest = *std::move(manifest);
    source.strategy = command.driver().strategy(source.manifest.strategy);
    source.kept = true;
    if (source.strategy == nullptr || !source.manifest.existed) {
      return Error{
          source.manifest.existed
              ? "it was taken in a way that this Belay does not know: " + source.manifest.strategy
              : "there was no database when that session began, so it holds nothing",
          source.place.manifest(), ""};
    }
    if (session == command.state().id) {
      return command.refuse(
          "that is the snapshot of the session that is open",
          "to come back to it: `" + Advice(command.options()).command(Action::kRollback) + "`");
    }
    if (source.strategy->is_file()) source.file = source.manifest.location;
    return source;
  }
  if (!file_exists(path)) {
    return Error{"there is neither a kept snapshot nor a file of that name; nothing was changed",
                 wanted, "`" + command.options().program + " snapshots` lists those that are kept"};
  }
  source.strategy = command.driver().file_strategy();
  source.file = path;
  return source;
}

/// A copy of our own that is verified, restored from, and then dropped.
Result<void> stage(const Command& command, const SessionOptions& options, Source& source) {
  command.progress(Stage::kVerifying, source.file, 0, 0);
  if (source.kept) {
    BELAY_TRY(source.strategy->check(source.place, source.manifest, /*thorough=*/true));
  }
  if (source.file.empty()) return {};
  TakeRequest request;
  request.free_space_margin = options.free_space_margin;
  request.header = source.manifest;
  source.place = command.staging_place();
  request.header.session = source.place.session;
  request.header.taken_at = utc_now();
  request.header.belay_version = belay_version();
  Result<Manifest> staged = source.strategy->stage(source.file, source.place, request);
  if (!staged) {
    (void)source.strategy->discard(source.place);
    Error error = std::move(staged).error();
    error.message += "; the database was not changed";
    return error;
  }
  source.manifest = *std::move(staged);
  return {};
}

Result<std::optional<KeptTable>> kept_table(const Driver& driver) {
  Result<std::unique_ptr<Connection>> connection =
      driver.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  return Ledger::kept_table(**connection);
}

}  // namespace

Result<ReplaceReport> Session::restore(const RestoreOptions& restore_options) const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "restore", /*create=*/false);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  BELAY_TRY(command.recover(/*force=*/false));
  BELAY_TRY(check_session(command));
  Result<Source> source = find_source(command, restore_options.source);
  if (!source) return std::move(source).error();
  BELAY_TRY(stage(command, options_, *source));
  Replacement replacement(command, source->manifest.digest,
                          source->file.empty() ? source->manifest.session : "");
  Result<RestoreOutcome> outcome =
      source->strategy->restore(source->place, source->manifest, replacement.admit());
  Result<void> finished = replacement.finish();
  const bool uses_it_up = outcome && source->file.empty();
  if (!source->file.empty() || uses_it_up) {
    const Result<void> gone = source->strategy->discard(source->place);
    if (!gone)
      command.note("the copy that was made to restore from is still there: " +
                   gone.error().to_string());
  }
  if (!outcome) return std::move(outcome).error();
  BELAY_TRY(finished);
  ReplaceReport report = replacement.report();
  report.source = restore_options.source;
  report.headline = command.driver().name() + " holds what " + restore_options.source +
                    " holds, verified (" + counted(report.tables, "table") + ", " +
                    counted(report.rows, "row") + ")";
  report.notes = outcome->notes;
  if (uses_it_up) {
    report.notes.push_back("the kept snapshot has become the database and is no longer listed");
  }
  report.next_steps = Advice(options_).with_session(0);
  command.report_to(report);
  return report;
}

Result<ReplaceReport> Session::clear() const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "clear", /*create=*/false);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  BELAY_TRY(command.recover(/*force=*/false));
  BELAY_TRY(check_session(command));
  Result<Driver::Presence> presence = command.driver().presence();
  if (!presence) return std::move(presence).error();
  Replacement replacement(command, "", "");
  std::optional<KeptTable> kept;
  if (*presence == Driver::Presence::kPresent) {
    Result<std::optional<KeptTable>> found = kept_table(command.driver());
    if (!found) return std::move(found).error();
    kept = *std::move(found);
    Result<void> cleared = command.driver().clear(replacement.admit());
    Result<void> finished = replacement.finish();
    if (!cleared) return std::move(cleared).error();
    BELAY_TRY(finished);
  }
  ReplaceReport report = replacement.report();
  report.headline = command.driver().name() + " is empty";
  if (kept) {
    report.warnings.push_back("the table " + kept->table + " of " + kept->tool +
                              ", which was kept in sync, is gone with the rest, and what is "
                              "applied from here on is not written to one of its name");
  }
  report.next_steps = Advice(options_).after_begin();
  command.report_to(report);
  return report;
}

}  // namespace belay::runtime

#include "runtime/session/stop_sync.h"

#include <optional>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/session/ledger.h"
#include "runtime/session/words.h"

namespace belay::runtime {

Result<std::unique_ptr<Command>> open_adopt(const SessionOptions& session) {
  Result<std::unique_ptr<Command>> opened = Command::open(session, "adopt", /*create=*/true);
  if (!opened) return opened;
  Command& command = **opened;
  BELAY_TRY(command.recover(/*force=*/false));
  if (command.session_is_open()) {
    const Advice advice(session);
    return command.refuse("session " + command.state().id + " is open; nothing was adopted",
                          "end it first: `" + advice.command(Action::kCommit) + "` or `" +
                              advice.command(Action::kRollback) + "`");
  }
  command.leave_hooks_out();
  return opened;
}

namespace {

class StopSync {
 public:
  StopSync(const SessionOptions& session, const AdoptOptions& options)
      : session_(session), options_(options) {}

  Result<AdoptReport> run() {
    Result<Target> target = find_target(session_);
    if (!target) return std::move(target).error();
    Result<Driver::Presence> presence = target->driver->presence();
    if (!presence) return std::move(presence).error();
    std::optional<KeptTable> kept;
    if (*presence != Driver::Presence::kAbsent) {
      Result<std::unique_ptr<Connection>> connection =
          target->driver->connect(Driver::Purpose::kLook, /*create=*/false);
      if (!connection) return std::move(connection).error();
      Result<std::optional<KeptTable>> found = Ledger::kept_table(**connection);
      if (!found) return std::move(found).error();
      kept = *std::move(found);
    }
    if (!kept) {
      return Error{"no table of another tool is kept in sync", target->driver->name(), ""};
    }
    report_.tool = kept->tool;
    report_.table = kept->table;
    report_.dry_run = options_.dry_run;
    if (!options_.dry_run) BELAY_TRY(write());
    report_.headline = kept->table + " of " + kept->tool +
                       (options_.dry_run ? " would be left alone from now on; nothing was written"
                                         : " is left alone from now on");
    return std::move(report_);
  }

 private:
  Result<void> write() {
    Result<std::unique_ptr<Command>> opened = open_adopt(session_);
    if (!opened) return std::move(opened).error();
    Command& command = **opened;
    BELAY_TRY(command.start_session(new_session_id(), {{"guarded", false},
                                                       {"command", "adopt"},
                                                       {"stops_sync", true},
                                                       {"tool", report_.tool},
                                                       {"table", report_.table}}));
    report_.session = command.state().id;
    const Result<void> written = forget(command);
    BELAY_TRY(command.close_session(written ? report_.table + " is left alone"
                                            : "adopt failed: " + written.error().message));
    BELAY_TRY(written);
    command.report_to(report_);
    return {};
  }

  static Result<void> forget(Command& command) {
    Result<std::unique_ptr<Connection>> connection =
        command.driver().connect(Driver::Purpose::kProgram, /*create=*/false);
    if (!connection) return std::move(connection).error();
    BELAY_TRY((*connection)->begin());
    BELAY_TRY(Ledger::stop_keeping(**connection));
    return (*connection)->commit();
  }

  const SessionOptions& session_;
  const AdoptOptions& options_;
  AdoptReport report_;
};

}  // namespace

Result<AdoptReport> stop_sync(const SessionOptions& session, const AdoptOptions& options) {
  return StopSync(session, options).run();
}

}  // namespace belay::runtime

#include <utility>

#include "runtime/session/command.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Certainty = ForeignWrites::Certainty;

class Rollback {
 public:
  Rollback(Command& command, const RollbackOptions& options)
      : command_(command), options_(options) {}

  Result<RollbackReport> run() {
    const SessionState& state = command_.state();
    guard_ = state.manifest.guard;
    report_.session = state.id;
    report_.database_removed = !state.manifest.existed;
    report_.rows = state.manifest.total_rows();
    report_.tables = state.manifest.rows.size();
    const std::string database = command_.driver().name();

    Result<std::unique_ptr<SnapshotStrategy>> strategy = command_.strategy();
    if (!strategy) return std::move(strategy).error();
    command_.progress(Stage::kVerifying, state.manifest.location, 0, 0);
    BELAY_TRY((*strategy)->check(command_.place(), state.manifest, /*thorough=*/true));
    Result<RestoreOutcome> outcome = (*strategy)->restore(
        command_.place(), state.manifest,
        [this](Connection& connection, const ChangeMark& mark) { return admit(connection, mark); });
    if (!outcome) {
      undo_if_untouched();
      return std::move(outcome).error();
    }
    report_.notes = outcome->notes;
    BELAY_TRY(command_.record(event::kRestored, {}));
    BELAY_TRY(command_.discard_snapshot());
    BELAY_TRY(command_.close_session("rolled back"));
    report_.headline = report_.database_removed
                           ? "Session " + report_.session + " is rolled back: " + database +
                                 ", which did not exist before it, is removed again"
                           : "Session " + report_.session + " is rolled back: " + database +
                                 " is as it was at the begin, verified (" + what_was_verified() +
                                 ")";
    return std::move(report_);
  }

 private:
  std::string what_was_verified() const {
    const std::string copied =
        counted(report_.tables, "table") + ", " + counted(report_.rows, "row");
    switch (guard_) {
      case Guard::kTransaction: return "what was new is gone, and the schema is what it was";
      case Guard::kTables: return "the whole schema, and of what was touched " + copied;
      default: return copied;
    }
  }

  /// Looks for others' writes, which the restore would take back, too.
  Result<void> admit(Connection& connection, const ChangeMark& mark) {
    ForeignWrites writes = command_.state().foreign;
    Result<ForeignWrites> fresh = foreign_writes_since(
        command_.driver(), connection, command_.state().baseline, mark, /*thorough=*/true);
    if (fresh) {
      add_foreign_writes(writes, *fresh);
    } else if (options_.discard_foreign_writes) {
      writes.certainty = Certainty::kUnknown;
    } else {
      return std::move(fresh).error();
    }
    if (writes.certainty != Certainty::kNone && !options_.discard_foreign_writes) {
      return refusal(writes);
    }
    report_.foreign_writes = std::move(writes);
    return command_.record(event::kRollbackStarted, {{"mark", mark.data}});
  }

  Error refusal(const ForeignWrites& writes) const {
    std::string message =
        writes.certainty == Certainty::kSome
            ? "others have written to the database since the begin, and a rollback would take that "
              "back too"
            : "others may have written to the database since the begin, and a rollback would take "
              "that back too";
    if (!writes.details.empty()) message += ": " + listed(writes.details);
    return command_.refuse(message + "; nothing was changed",
                           "to lose what they wrote: `" +
                               Advice(command_.options()).command(Action::kRollback) +
                               " --discard-foreign-writes`");
  }

  /// After a restore that failed: where the database is as it was, the session is open again.
  void undo_if_untouched() {
    if (command_.state().phase != SessionState::Phase::kRollingBack) return;
    command_.disregard_cancellation();
    const Driver& driver = command_.driver();
    Result<std::unique_ptr<Connection>> connection =
        driver.connect(Driver::Purpose::kLook, /*create=*/false);
    if (!connection || !(*connection)->execute("BEGIN")) return;
    Result<ChangeMark> now = driver.mark(**connection);
    if (!now) return;
    Result<bool> untouched = command_.is_untouched_since_rollback(*now);
    if (!untouched || !*untouched) return;
    // Where this cannot be written, the next command finds the same out.
    (void)command_.record(event::kRollbackUndone, {{"reason", "the restore failed"}});
  }

  Command& command_;
  const RollbackOptions& options_;
  Guard guard_ = Guard::kDatabase;
  RollbackReport report_;
};

}  // namespace

Result<RollbackReport> Session::rollback(const RollbackOptions& rollback_options) const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "rollback", /*create=*/false);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  const SessionState before = command.state();
  BELAY_TRY(command.recover(rollback_options.discard_foreign_writes));
  const Advice advice(options_);
  RollbackReport report;
  if (command.session_is_open()) {
    Result<RollbackReport> done = Rollback(command, rollback_options).run();
    if (!done) return done;
    report = *std::move(done);
  } else if (before.phase == SessionState::Phase::kRollingBack ||
             before.phase == SessionState::Phase::kRestored) {
    report.session = before.id;
    report.database_removed = !before.manifest.existed;
    report.rows = before.manifest.total_rows();
    report.tables = before.manifest.rows.size();
    report.headline = "Session " + before.id + " is rolled back";
  } else {
    return command.refuse("no session is open, so there is nothing to roll back",
                          "open one with `" + advice.command(Action::kBegin) + "`");
  }
  report.next_steps = advice.after_rollback();
  command.report_to(report);
  return report;
}

}  // namespace belay::runtime

#include <algorithm>

#include "runtime/session/batch_progress.h"
#include "runtime/session/command.h"
#include "runtime/session/snapshots.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

/// A migration that is there by half keeps nobody from committing, but not unasked.
Result<void> check_partial(const Command& command, const CommitOptions& options) {
  const std::optional<MigrationReport>& failed = command.state().failed;
  if (!failed || !failed->is_partial() || options.accept_partial) return {};
  const Advice advice(command.options());
  const bool down = failed->direction == Direction::kDown;
  return command.refuse(
      failed->display_name + (down ? " is taken back" : " is applied") +
          " in part: " + how_far(*failed) + " have run",
      "correct it and run `" + advice.command(down ? Action::kDown : Action::kApply) +
          "`, or take all back with `" + advice.command(Action::kRollback) +
          "`; to keep it as it is: `" + advice.command(Action::kCommit) + " --accept-partial`");
}

}  // namespace

namespace {

/// What cannot be removed now is removed behind the next commit.
void prune_to(const Command& command, size_t keep, CommitReport& report) {
  PruneOptions options;
  options.keep = keep;
  const Result<SnapshotsReport> pruned = prune_snapshots(command, options);
  if (!pruned) {
    report.warnings.push_back("older snapshots could not be removed: " +
                              pruned.error().to_string());
  } else if (!pruned->removed.empty()) {
    report.facts.push_back({"Removed", pruned->facts.front().text});
  }
}

}  // namespace

Result<CommitReport> Session::commit(const CommitOptions& commit_options) const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "commit", /*create=*/false);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  CommitReport report;
  const SessionState before = command.state();
  report.session = before.id;
  const bool was_committing = before.phase == SessionState::Phase::kCommitting;
  const auto keep = [&](bool wanted) {
    if (wanted && before.manifest.existed) report.kept_snapshot = before.manifest.location;
  };
  if (was_committing) keep(before.keep_snapshot);
  BELAY_TRY(command.recover(/*force=*/false));
  const Advice advice(options_);
  const uint64_t applied = command.state().applied.size();
  const uint64_t taken_back = command.state().taken_back.size();
  if (!was_committing) {
    if (!command.session_is_open()) {
      return command.refuse("no session is open, so there is nothing to commit",
                            "open one with `" + advice.command(Action::kBegin) + "`");
    }
    if (before.phase == SessionState::Phase::kRollingBack) {
      return command.refuse("somebody wanted to roll back, and this would keep what was done",
                            "look at `" + advice.command(Action::kStatus) +
                                "`, then roll back again, or commit again");
    }
    BELAY_TRY(check_partial(command, commit_options));
    keep(commit_options.keep_snapshot);
    // Of a database that was not there nothing is worth keeping.
    const bool kept = commit_options.keep_snapshot && before.manifest.existed;
    BELAY_TRY(command.record(event::kCommitStarted, {{"keep", kept}}));
    if (!kept) BELAY_TRY(command.discard_snapshot());
    BELAY_TRY(command.close_session("committed"));
    if (commit_options.keep_snapshot && commit_options.keep_latest > 0) {
      prune_to(command, commit_options.keep_latest, report);
    }
  }
  report.headline =
      "Session " + report.session + " is committed" +
      (was_committing ? std::string()
                      : ": " + counted(applied, "migration") + " stay" + (applied == 1 ? "s" : "") +
                            (taken_back == 0 ? std::string()
                                             : ", " + std::to_string(taken_back) + " taken back")) +
      (report.kept_snapshot.empty() ? "; the snapshot is dropped" : "; the snapshot is kept");
  if (!report.kept_snapshot.empty()) report.facts.push_back({"Snapshot", report.kept_snapshot});
  report.next_steps = advice.without_session();
  command.report_to(report);
  return report;
}

}  // namespace belay::runtime

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lsp/features/session_plan.h"
#include "lsp/server_world.h"
#include "lsp/task_queue.h"

namespace belay::lsp {

/// The commands that touch a database, one at a time, on a thread of their own, so that editing
/// goes on. Nothing that changes a database begins before the person has said yes to a question
/// that names it. Used on the main thread.
class SessionCommands {
 public:
  /// `views_changed` is called when lenses have something new to show.
  SessionCommands(ServerWorld world, std::function<void()> views_changed);
  ~SessionCommands();
  SessionCommands(const SessionCommands&) = delete;
  SessionCommands& operator=(const SessionCommands&) = delete;

  void execute(SessionCommand command, const ExecuteCommandParams& params,
               const CommandSettings& settings, const Reply& reply);
  /// Another database is meant from now on, or none may be opened: what was known of the old one is
  /// forgotten, and a command that has not begun to change anything is given up.
  void settings_changed(const std::string& why);
  /// The person has pressed the progress bar's cancel button.
  void cancel_progress(const std::string& token);
  /// Asks what is running to stop.
  void stop();

  const SessionViews& views() const { return views_; }
  const LiveSizesByHistory& sizes() const { return sizes_; }
  /// What the journals say of sessions by now: other processes may have changed them. They were
  /// read under the settings of that count.
  void follow(SessionViews views, uint64_t settings_count);
  uint64_t settings_count() const { return settings_; }

 private:
  struct Run;
  using RunPtr = std::shared_ptr<Run>;

  void start(const RunPtr& run, const std::string& work_done_token);
  void look_at_files(const RunPtr& run);
  void prepare(const RunPtr& run);
  void confirm(const RunPtr& run);
  void perform(const RunPtr& run);
  // By value: what is given may be `current_` itself.
  void end(RunPtr run, const SessionOutcome& outcome);
  void cancel(RunPtr run, const std::string& why = {});
  void remember(const Run& run, const SessionOutcome& outcome);
  void tell_applied(const std::string& history);
  void offer_rollback(const Run& failed, const SessionOutcome& outcome);

  ServerWorld world_;
  const std::function<void()> views_changed_;
  SessionViews views_;
  LiveSizesByHistory sizes_;
  uint64_t settings_ = 0;  ///< counts what `settings_changed` was told
  RunPtr current_;
  TaskQueue worker_;  // last, so that its thread ends before all else does
};

}  // namespace belay::lsp

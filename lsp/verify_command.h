#pragma once

#include <memory>

#include "lsp/server_world.h"
#include "lsp/task_queue.h"
#include "workbench/verify/verify.h"

namespace belay::lsp {

/// The command that runs migrations up, down and up again on throwaway databases, one at a time, on
/// a thread of its own, so that editing goes on. The texts are those of the editor, saved or not.
/// Used on the main thread.
class VerifyCommand {
 public:
  explicit VerifyCommand(ServerWorld world);
  ~VerifyCommand();
  VerifyCommand(const VerifyCommand&) = delete;
  VerifyCommand& operator=(const VerifyCommand&) = delete;

  void execute(const ExecuteCommandParams& params, const CommandSettings& settings,
               const Reply& reply);
  /// The person has pressed the progress bar's cancel button.
  void cancel_progress(const std::string& token);
  /// Asks what is running to stop.
  void stop();

 private:
  struct Run;
  using RunPtr = std::shared_ptr<Run>;

  void look_at_files(const RunPtr& run);
  void perform(const RunPtr& run);
  // By value: what is given may be `current_` itself.
  void end(RunPtr run, const Result<workbench::VerifyResult>& result);

  ServerWorld world_;
  RunPtr current_;
  TaskQueue worker_;  // last, so that its thread ends before all else does
};

}  // namespace belay::lsp

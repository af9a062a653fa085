// The main thread takes the command, the analysis thread tells what stands in the editor and where
// the migration belongs, the worker runs the migrations. Nothing of the user's is written to, so
// nobody is asked; but scripts can reach beyond their database, so the workspace must be trusted.

#include "lsp/verify_command.h"

#include <utility>

#include "lsp/features/session_words.h"
#include "lsp/features/verify_report.h"
#include "lsp/protocol/results.h"
#include "lsp/protocol/uri.h"
#include "lsp/work_done_progress.h"
#include "support/overlay_file_system.h"

namespace belay::lsp {

struct VerifyCommand::Run {
  Run(Reply r, Dispatcher& dispatcher)
      : reply(std::move(r)), progress(std::make_shared<WorkDoneProgress>(dispatcher)) {}

  // Of the main thread.
  Reply reply;
  std::shared_ptr<WorkDoneProgress> progress;

  // Set before the run begins, then read by all.
  std::string uri;
  std::string migration;
  runtime::CancellationToken cancellation;

  // Handed on from thread to thread.
  OpenFiles open;
  workbench::VerifyRequest request;
};

VerifyCommand::VerifyCommand(ServerWorld world)
    : world_(world), worker_("verification", world.log) {}

VerifyCommand::~VerifyCommand() { stop(); }

void VerifyCommand::stop() {
  if (current_ != nullptr) current_->cancellation.cancel();
}

void VerifyCommand::cancel_progress(const std::string& token) {
  if (current_ != nullptr && current_->progress->token() == token) stop();
}

void VerifyCommand::execute(const ExecuteCommandParams& params, const CommandSettings& settings,
                            const Reply& reply) {
  const auto refuse = [&](const std::string& why) {
    world_.show({MessageType::kWarning, why});
    reply.result(command_result_json(false, why));
  };
  if (settings.untrusted) {
    return refuse("This workspace is not trusted, so Belay runs no migrations of it.");
  }
  if (world_.is_outdated(params.arguments)) {
    return refuse("The file has changed since the command was offered; nothing was done.");
  }
  if (current_ != nullptr) return refuse("Belay is still verifying.");
  if (params.arguments.uri.empty() && settings.root.empty()) {
    return refuse("There is no folder or file to take migrations from.");
  }
  current_ = std::make_shared<Run>(reply, world_.dispatcher);
  current_->uri = params.arguments.uri;
  current_->migration = params.arguments.migration;
  current_->request.targets = {settings.root};
  current_->request.load.overrides.environment = settings.environment;
  reply.on_cancel([cancellation = current_->cancellation] { cancellation.cancel(); });
  current_->progress->start(params.work_done_token, world_.client.work_done_progress,
                            "Belay: verify migrations");
  look_at_files(current_);
}

void VerifyCommand::look_at_files(const RunPtr& run) {
  world_.analysis.ask([this, &main = world_.main, run](const Projects& projects) {
    run->open = projects.open_files();
    if (!run->uri.empty()) {
      const std::string path = projects.path_of(run->uri);
      run->request.targets = {path};
      const auto document = projects.find(path);
      if (!run->migration.empty() && document && !document->histories.empty()) {
        const project::MigrationSet& set = *document->histories.front().set->set;
        run->request.targets = {set.directory, run->migration};
      }
    }
    main.post([this, run] { perform(run); });
  });
}

void VerifyCommand::perform(const RunPtr& run) {
  run->request.progress = progress_to(world_.main, run->progress);
  run->request.cancellation = run->cancellation;
  worker_.submit([this, run] {
    OverlayFileSystem files(world_.disk);
    for (const auto& [path, document] : run->open) {
      files.put(path, std::string(document.text.text()));
    }
    Result<workbench::VerifyResult> result = workbench::verify(files, run->request);
    world_.main.post([this, run, result = std::move(result)] { end(run, result); });
  });
}

void VerifyCommand::end(RunPtr run, const Result<workbench::VerifyResult>& result) {
  current_.reset();
  run->progress->end("");
  if (!result) {
    const bool cancelled = run->cancellation.cancelled();
    const Notice notice = cancelled ? Notice{MessageType::kInfo, "The verification was cancelled."}
                                    : Notice{MessageType::kError, message_of(result.error())};
    world_.show(notice);
    return run->reply.result(command_result_json(false, notice.text));
  }
  const Notice notice = verify_notice(*result);
  world_.show(notice);
  run->reply.result(command_result_json({true, notice.text, verify_report(*result), {}}));
}

}  // namespace belay::lsp

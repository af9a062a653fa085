// A command goes from thread to thread: the analysis thread tells what is known of the document,
// the worker reads the project and the state of the database, the main thread asks the person, the
// worker does it. What was read before the question is what runs behind it.

#include "lsp/session_commands.h"

#include <utility>

#include "lsp/protocol/params.h"
#include "lsp/protocol/results.h"
#include "lsp/protocol/uri.h"
#include "lsp/work_done_progress.h"

namespace belay::lsp {
namespace {

std::string_view title_of(SessionCommand command) {
  switch (command) {
    case SessionCommand::kBegin: return "Belay: begin a session";
    case SessionCommand::kApply: return "Belay: apply migrations";
    case SessionCommand::kCommit: return "Belay: commit the session";
    case SessionCommand::kRollback: return "Belay: roll the session back";
    case SessionCommand::kStatus: return "Belay: status of the session";
  }
  return "Belay";
}

/// The document's last migration: who asks to apply a file means all of it.
void fill_in_document(const AnalyzedDocument& document, SessionOrder& order) {
  if (document.histories.empty()) return;
  order.set = document.histories.front().set;
  if (order.command != SessionCommand::kApply || !order.migration.empty()) return;
  for (const DocumentScript& script : scripts_in(document)) {
    const bool is_step = script.of().kind == project::Migration::Kind::kVersioned;
    if (script.direction == project::Direction::kUp && is_step) order.migration = script.of().id;
  }
}

}  // namespace

struct SessionCommands::Run {
  enum class Stage : uint8_t { kPreparing, kAsking, kPerforming, kOver };

  Run(Reply r, Dispatcher& dispatcher)
      : reply(std::move(r)), progress(std::make_shared<WorkDoneProgress>(dispatcher)) {}

  // Of the main thread.
  Stage stage = Stage::kPreparing;
  Reply reply;
  std::shared_ptr<WorkDoneProgress> progress;

  // Set before the run begins, then read by all.
  std::string uri;
  std::string path;
  std::string environment;
  runtime::CancellationToken cancellation;

  // Handed on from thread to thread.
  SessionOrder order;
  std::optional<workbench::SessionTarget> target;
  SessionPlan plan;
  std::optional<SessionView> view;  ///< what the database was found to be
};

SessionCommands::SessionCommands(CommandWorld world, std::function<void()> views_changed)
    : world_(world), views_changed_(std::move(views_changed)), worker_("sessions", world.log) {}

SessionCommands::~SessionCommands() { stop(); }

void SessionCommands::stop() {
  if (current_ != nullptr) current_->cancellation.cancel();
}

void SessionCommands::execute(SessionCommand command, const ExecuteCommandParams& params,
                              const CommandSettings& settings, Reply reply) {
  const auto refuse = [&](std::string why) {
    world_.show({MessageType::kWarning, why});
    reply.result(command_result_json(false, why));
  };
  if (settings.untrusted) {
    return refuse("This workspace is not trusted, so Belay connects to no database from here.");
  }
  if (world_.is_outdated(params.arguments)) {
    return refuse("The file has changed since the command was offered; nothing was done.");
  }
  if (current_ != nullptr && current_->stage != Run::Stage::kAsking) {
    return refuse("Another command of Belay is still at work.");
  }
  // A question that nobody has answered gives way to the next command.
  if (current_ != nullptr) cancel(current_);

  auto run = std::make_shared<Run>(reply, world_.dispatcher);
  run->uri = params.arguments.uri;
  run->path = path_of_uri(run->uri).value_or(settings.root);
  run->environment = settings.environment;
  run->order.command = command;
  run->order.migration = params.arguments.migration;
  if (run->path.empty()) return refuse("There is no folder or file to take the database from.");
  current_ = run;
  reply.on_cancel([this, weak = std::weak_ptr(run)] {
    if (const RunPtr r = weak.lock()) cancel(r);
  });
  run->progress->start(params.work_done_token, world_.client.work_done_progress,
                       std::string(title_of(command)));
  look_at_files(run);
}

void SessionCommands::look_at_files(const RunPtr& run) {
  world_.analysis.ask([this, &main = world_.main, run](const Projects& projects) {
    run->order.open = projects.open_files();
    if (!run->uri.empty()) {
      if (const auto document = projects.find(projects.path_of(run->uri))) {
        fill_in_document(*document, run->order);
      }
    }
    main.post([this, run] { prepare(run); });
  });
}

void SessionCommands::prepare(const RunPtr& run) {
  if (run->stage == Run::Stage::kOver) return;
  workbench::SessionRequest request;
  request.path = run->path;
  request.load.overrides.environment = run->environment;
  request.progress = progress_to(world_.main, run->progress);
  request.cancellation = run->cancellation;
  worker_.submit([this, run, request = std::move(request)] {
    const auto fail = [&](const Error& error) {
      run->plan.notice = {MessageType::kError, message_of(error)};
    };
    Result<workbench::SessionTarget> target = workbench::find_target(world_.disk, request);
    if (!target) {
      fail(target.error());
    } else {
      run->target.emplace(*std::move(target));
      const Result<runtime::StatusReport> status = workbench::status(*run->target);
      if (!status) {
        fail(status.error());
      } else {
        run->view = view_of(*status);
        run->plan = plan_session_command(run->order, *run->target, *status, world_.disk);
      }
    }
    world_.main.post([this, run] { confirm(run); });
  });
}

void SessionCommands::confirm(const RunPtr& run) {
  if (run->stage == Run::Stage::kOver) return;
  run->stage = Run::Stage::kAsking;
  if (run->plan.question.empty()) {
    const bool done = run->plan.notice.type == MessageType::kInfo;
    return end(run, {done, run->plan.notice});
  }
  world_.dispatcher.request(
      "window/showMessageRequest",
      message_request_params(MessageType::kWarning, run->plan.question, {run->plan.verb, "Cancel"}),
      [this, run](const Json& answer, const std::optional<ResponseError>& error) {
        if (run->stage != Run::Stage::kAsking) return;  // given up in the meantime
        if (error || read_chosen_action(answer) != run->plan.verb) return end(run, {});
        perform(run);
      });
}

void SessionCommands::perform(const RunPtr& run) {
  run->stage = Run::Stage::kPerforming;
  worker_.submit([this, run] {
    SessionOutcome outcome = run_session_command(run->order, run->plan, *run->target);
    run->view.reset();
    if (const auto status = workbench::status(*run->target); status.ok()) {
      run->view = view_of(*status);
    }
    world_.main.post([this, run, outcome = std::move(outcome)] { end(run, outcome); });
  });
}

void SessionCommands::cancel(RunPtr run) {
  run->cancellation.cancel();
  // What has begun to work on the database ends by itself, and tells how.
  if (run->stage == Run::Stage::kPreparing || run->stage == Run::Stage::kAsking) end(run, {});
}

void SessionCommands::cancel_progress(const std::string& token) {
  if (current_ != nullptr && current_->progress->token() == token) cancel(current_);
}

void SessionCommands::end(RunPtr run, const SessionOutcome& outcome) {
  if (run->stage == Run::Stage::kOver) return;
  // While the run is being prepared, what it finds out belongs to another thread.
  const bool prepared = run->stage != Run::Stage::kPreparing;
  run->stage = Run::Stage::kOver;
  if (current_ == run) current_.reset();
  run->progress->end("");
  world_.show(outcome.notice);
  run->reply.result(command_result_json(outcome.done, outcome.notice.text));
  if (!prepared || !run->target) return;
  if (run->view) {
    views_[run->target->history] = *run->view;
  } else {
    views_.erase(run->target->history);
  }
  views_changed_();
}

}  // namespace belay::lsp

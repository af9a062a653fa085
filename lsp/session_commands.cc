// A command goes from thread to thread: the analysis thread tells what is known of the document,
// the worker reads the project and the state of the database, the main thread asks the person, the
// worker does it. What was read before the question is what runs behind it.

#include "lsp/session_commands.h"

#include <utility>

#include "lsp/features/inquiries.h"
#include "lsp/features/session_words.h"
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
    case SessionCommand::kDown: return "Belay: take migrations back";
    case SessionCommand::kRedo: return "Belay: take migrations back and apply them again";
    case SessionCommand::kRestore: return "Belay: restore a snapshot";
    case SessionCommand::kFresh: return "Belay: empty the database and apply all migrations";
    case SessionCommand::kDropSnapshot: return "Belay: remove a snapshot";
    case SessionCommand::kPruneSnapshots: return "Belay: remove old snapshots";
    case SessionCommand::kRehearse: return "Belay: rehearse on a copy";
    case SessionCommand::kPlan: return "Belay: plan";
    case SessionCommand::kDoctor: return "Belay: doctor";
    case SessionCommand::kCheck: return "Belay: check the data";
    case SessionCommand::kVerifySchema: return "Belay: check the schema";
    case SessionCommand::kLedgerProblems: return "Belay: look for problems of the ledger";
    case SessionCommand::kSnapshots: return "Belay: list snapshots";
    case SessionCommand::kEnvironments: return "Belay: list environments";
  }
  return "Belay";
}

/// Of the document's migrations the last, to be applied up to, or the first, to be taken back down
/// to: who names a file means all of it.
void fill_in_document(const AnalyzedDocument& document, SessionOrder& order) {
  const bool up = order.command == SessionCommand::kApply;
  if (!order.migration.empty()) return;
  for (const DocumentScript& script : scripts_in(document)) {
    if (script.of().kind != project::Migration::Kind::kVersioned) continue;
    if (up && script.direction != project::Direction::kUp) continue;
    order.migration = script.of().id;
    if (!up) return;
  }
}

/// Whether the command is about the migrations of the file that it was called on.
bool is_about_file(const SessionOrder& order, const CommandArguments& arguments) {
  if (order.command == SessionCommand::kApply) return true;
  // A rehearsal is of all that is pending, unless a migration is named.
  const bool back =
      order.command == SessionCommand::kDown || order.command == SessionCommand::kRedo;
  return back && !arguments.steps;
}

/// What the worker does before anybody is asked.
struct Preparation {
  std::optional<workbench::SessionTarget> target;
  std::optional<SessionView> view;
  SessionPlan plan;
};

Preparation prepared(const SessionOrder& order, const workbench::SessionRequest& request,
                     const FileSystem& disk) {
  Preparation out;
  if (order.command == SessionCommand::kEnvironments) {
    out.plan.outcome = tell_environments(workbench::environments(disk, request));
    return out;
  }
  Result<workbench::SessionTarget> target = workbench::find_target(disk, request);
  if (!target) {
    out.plan = refused(target.error());
    return out;
  }
  out.target.emplace(*std::move(target));
  if (is_inquiry(order.command)) {
    out.plan.outcome = inquire(order, *out.target, disk);
    return out;
  }
  Result<std::pair<runtime::StatusReport, SessionView>> seen = look_at_session(*out.target);
  if (!seen) {
    out.plan = refused(seen.error());
    return out;
  }
  out.view = std::move(seen->second);
  out.plan = plan_session_command(order, *out.target, seen->first, disk);
  return out;
}

}  // namespace

struct SessionCommands::Run {
  enum class Stage : uint8_t { kPreparing, kAsking, kPerforming, kOver };

  Run(std::optional<Reply> r, Dispatcher& dispatcher)
      : reply(std::move(r)), progress(std::make_shared<WorkDoneProgress>(dispatcher)) {}

  // Of the main thread.
  Stage stage = Stage::kPreparing;
  std::optional<Reply> reply;  ///< none where the person has answered a question of ours
  uint64_t settings = 0;       ///< those that it was begun under
  std::shared_ptr<WorkDoneProgress> progress;

  // Set before the run begins, then read by all.
  std::string uri;
  std::string path;
  std::string environment;
  bool about_file = false;
  runtime::CancellationToken cancellation;

  // Handed on from thread to thread.
  SessionOrder order;
  std::optional<workbench::SessionTarget> target;
  SessionPlan plan;
  std::optional<SessionView>
      view;  ///< what the database was found to be; not looked at by inquiries
};

SessionCommands::SessionCommands(ServerWorld world, std::function<void()> views_changed)
    : world_(world), views_changed_(std::move(views_changed)), worker_("sessions", world.log) {}

SessionCommands::~SessionCommands() { stop(); }

void SessionCommands::stop() {
  if (current_ != nullptr) current_->cancellation.cancel();
}

void SessionCommands::execute(SessionCommand command, const ExecuteCommandParams& params,
                              const CommandSettings& settings, const Reply& reply) {
  const auto refuse = [&](const std::string& why) {
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
  auto run = std::make_shared<Run>(reply, world_.dispatcher);
  run->uri = params.arguments.uri;
  run->path = path_of_uri(run->uri).value_or(settings.root);
  // Who stands in belay.toml means the project that it configures.
  if (is_config_path(run->path)) run->path = std::string(path::parent(run->path));
  run->environment = settings.environment;
  run->order.command = command;
  run->order.migration = params.arguments.migration;
  run->order.steps = params.arguments.steps;
  run->order.snapshot = params.arguments.snapshot;
  run->about_file = is_about_file(run->order, params.arguments);
  if (run->path.empty()) return refuse("There is no folder or file to take the database from.");
  reply.on_cancel([this, weak = std::weak_ptr(run)] {
    if (const RunPtr r = weak.lock()) cancel(r);
  });
  start(run, params.work_done_token);
}

void SessionCommands::start(const RunPtr& run, const std::string& work_done_token) {
  // A question that nobody has answered gives way to the next command.
  if (current_ != nullptr) cancel(current_);
  current_ = run;
  run->settings = settings_;
  run->progress->start(work_done_token, world_.client.work_done_progress,
                       std::string(title_of(run->order.command)));
  look_at_files(run);
}

void SessionCommands::settings_changed(const std::string& why) {
  ++settings_;
  sizes_.clear();
  for (const auto& [history, view] : std::exchange(views_, {})) tell_applied(history);
  if (current_ != nullptr) cancel(current_, why);
  views_changed_();
}

void SessionCommands::look_at_files(const RunPtr& run) {
  world_.analysis.ask([this, &main = world_.main, run](const Projects& projects) {
    run->order.open = projects.open_files();
    if (run->about_file && !run->uri.empty()) {
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
    Preparation found = prepared(run->order, request, world_.disk);
    if (found.target) run->target.emplace(*std::move(found.target));
    run->view = std::move(found.view);
    run->plan = std::move(found.plan);
    world_.main.post([this, run] { confirm(run); });
  });
}

void SessionCommands::confirm(const RunPtr& run) {
  if (run->stage == Run::Stage::kOver) return;
  run->stage = Run::Stage::kAsking;
  if (run->plan.question.empty()) return end(run, run->plan.outcome);
  if (run->plan.is_agreed) return perform(run);
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
    if (auto seen = look_at_session(*run->target); seen.ok()) run->view = std::move(seen->second);
    world_.main.post([this, run, outcome = std::move(outcome)] { end(run, outcome); });
  });
}

void SessionCommands::cancel(RunPtr run, const std::string& why) {
  const bool waits = run->stage == Run::Stage::kPreparing || run->stage == Run::Stage::kAsking;
  // What works on the database is not stopped by settings that came later.
  if (waits || why.empty()) run->cancellation.cancel();
  // What has begun to work on the database ends by itself, and tells how.
  if (!waits) return;
  SessionOutcome outcome;
  outcome.notice = {MessageType::kWarning, why};
  end(run, outcome);
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
  if (outcome.offered_rollback.empty()) {
    world_.show(outcome.notice);
  } else {
    offer_rollback(*run, outcome);
  }
  if (run->reply) {
    run->reply->result(
        command_result_json({outcome.done, outcome.notice.text, outcome.report, outcome.choices}));
  }
  if (prepared && run->target && !is_inquiry(run->order.command)) remember(*run, outcome);
  if (prepared && run->target && outcome.sizes && run->settings == settings_) {
    sizes_[run->target->history] = *outcome.sizes;
    views_changed_();
  }
}

/// What lenses and diagnostics show of the history from now on.
void SessionCommands::remember(const Run& run, const SessionOutcome& outcome) {
  const std::string& history = run.target->history;
  if (outcome.failures) world_.analysis.set_run_failures(history, *outcome.failures);
  if (run.settings != settings_) return;  // of another database than the one that is meant now
  if (run.view) {
    views_[history] = *run.view;
  } else {
    views_.erase(history);
  }
  tell_applied(history);
  views_changed_();
}

void SessionCommands::tell_applied(const std::string& history) {
  const auto view = views_.find(history);
  world_.analysis.set_applied(history, view == views_.end() ? nullptr : view->second.ledger);
}

void SessionCommands::follow(SessionViews views, uint64_t settings_count) {
  if (settings_count != settings_) return;  // another database is meant now
  bool is_new = false;
  for (auto& [history, view] : views) {
    const auto known = views_.find(history);
    // A command of ours may have ended since the journals were read.
    const std::string& stamp = known == views_.end() ? std::string() : known->second.stamp;
    if (stamp == view.stamp) continue;
    views_[history] = std::move(view);
    tell_applied(history);
    is_new = true;
  }
  if (is_new) views_changed_();
}

/// As the command line does: what happened, and the way back. Whoever takes it is asked once more
/// only where that loses what others wrote, or another session is open by then.
void SessionCommands::offer_rollback(const Run& failed, const SessionOutcome& outcome) {
  static constexpr const char* kRollback = "Rollback";
  auto run = std::make_shared<Run>(std::nullopt, world_.dispatcher);
  run->uri = failed.uri;
  run->path = failed.path;
  run->environment = failed.environment;
  run->order.command = SessionCommand::kRollback;
  run->order.agreed_session = outcome.offered_rollback;
  run->settings = failed.settings;
  world_.dispatcher.request(
      "window/showMessageRequest",
      message_request_params(outcome.notice.type,
                             outcome.notice.text + "\nRoll back now, to what was there before the "
                                                   "session was begun?",
                             {kRollback, "Keep the session"}),
      [this, run](const Json& answer, const std::optional<ResponseError>& error) {
        if (error || read_chosen_action(answer) != kRollback) return;
        if (current_ != nullptr && current_->stage != Run::Stage::kAsking) {
          return world_.show({MessageType::kWarning, "Another command of Belay is still at work."});
        }
        if (run->settings != settings_) {
          return world_.show(
              {MessageType::kWarning, "The settings have changed since; nothing was rolled back."});
        }
        start(run, "");
      });
}

}  // namespace belay::lsp

#include "lsp/analysis.h"

#include <algorithm>
#include <utility>

#include "lsp/features/diagnostics.h"
#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/uri.h"

namespace belay::lsp {

TaskQueue::Clock::duration patience_after(TaskQueue::Clock::duration analysis) {
  using std::chrono::milliseconds;
  constexpr TaskQueue::Clock::duration kFrame = milliseconds(16);
  constexpr TaskQueue::Clock::duration kLongest = milliseconds(200);
  return analysis <= kFrame ? TaskQueue::Clock::duration::zero() : std::min(analysis, kLongest);
}

Analysis::Analysis(const FileSystem& disk, Log& log, Setup setup, Sink sink)
    : client_(setup.client),
      trace_(setup.trace),
      sink_(std::move(sink)),
      cpp_(std::make_shared<CppWorkers>(
          log, [this](std::vector<std::string> paths) { sources_read(std::move(paths)); })),
      projects_(disk, log, cpp_),
      reports_(setup.client),
      queue_("analysis", log, setup.trace) {
  ask([this, setup = std::move(setup)](const Projects&) {
    projects_.set_folders(setup.folders);
    projects_.set_environment(setup.environment);
  });
}

Analysis::~Analysis() {
  // Its threads call us.
  cpp_->stop();
}

void Analysis::sources_read(std::vector<std::string> paths) {
  queue_.submit([this, paths = std::move(paths)] {
    tell(projects_.sources_read(paths), paths.size() == 1 ? paths.front() : "");
  });
  catch_up_later();
}

void Analysis::ask(Question question, TraceLabel label) {
  queue_.submit([this, question = std::move(question)] { question(projects_); },
                {"", std::move(label), {}});
}

void Analysis::changed(OpenDocument document) {
  // Only what was not closed and opened again in between may take an earlier change's place.
  std::string subject = std::to_string(document.opened);
  const auto patience = patience_with(document.uri);
  queue_.submit([this, document = std::move(document)] { analyze(document); },
                {std::move(subject), {"textDocument/didChange", ""}, patience});
  catch_up_later();
}

void Analysis::analyze(const OpenDocument& document) {
  const std::string path = projects_.path_of(document.uri);
  const auto begin = TaskQueue::Clock::now();
  TraceSpan span(trace_, "analysis", "analyze");
  span.note("file", path);
  const size_t linted = projects_.scripts_linted();
  tell(projects_.open_or_change(document), path);
  span.note("scripts", static_cast<int64_t>(projects_.scripts_linted() - linted));
  // To open a document may mean to read its whole history: that says nothing of its edits.
  if (document.revision != document.opened) remember(path, TaskQueue::Clock::now() - begin);
}

void Analysis::remember(const std::string& path, TaskQueue::Clock::duration analysis) {
  const Projects::Affected companions = projects_.companions_of(path);
  const std::lock_guard lock(mutex_);
  for (const std::string& companion : companions) patience_[companion] = patience_after(analysis);
}

TaskQueue::Clock::duration Analysis::patience_with(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  const auto known = patience_.find(path_of_uri(uri).value_or(""));
  return known == patience_.end() ? TaskQueue::Clock::duration::zero() : known->second;
}

void Analysis::closed(const OpenDocument& document) {
  {
    const std::lock_guard lock(mutex_);
    patience_.erase(path_of_uri(document.uri).value_or(""));
  }
  queue_.submit([this, uri = document.uri] {
    reports_.tell_again(projects_.path_of(uri));
    tell(projects_.close(uri), "");
  });
  catch_up_later();
}

void Analysis::files_changed(std::vector<Projects::Change> changes) {
  queue_.submit(
      [this, changes = std::move(changes)] { tell(projects_.files_changed(changes), ""); });
  catch_up_later();
}

void Analysis::set_environment(std::string environment) {
  queue_.submit([this, environment = std::move(environment)] {
    tell(projects_.set_environment(environment), "");
  });
}

void Analysis::set_run_failures(std::string history, RunFailures failures) {
  queue_.submit([this, history = std::move(history), failures = std::move(failures)]() mutable {
    tell(projects_.set_run_failures(history, std::move(failures)), "");
  });
}

void Analysis::set_applied(std::string history, std::shared_ptr<const KnownLedger> applied) {
  queue_.submit([this, history = std::move(history), applied = std::move(applied)]() mutable {
    const Projects::Affected affected = projects_.set_applied(history, std::move(applied));
    reports_.look_again(projects_.files_of(history));
    tell(affected, "");
  });
}

void Analysis::set_folders(std::vector<std::string> folders) {
  queue_.submit([this, folders = std::move(folders)] { tell(projects_.set_folders(folders), ""); });
  catch_up_later();
}

void Analysis::set_scope(FileReports::Scope scope) {
  queue_.submit([this, scope] {
    scope_ = scope;
    if (scope == FileReports::Scope::kAll) projects_.keep_workspace();
  });
  catch_up_later();
}

void Analysis::ask_workspace(Question question) {
  queue_.submit([this, question = std::move(question)] {
    projects_.keep_workspace();
    catch_up();
    question(projects_);
  });
}

void Analysis::pull_workspace(Reply reply, WorkspaceDiagnosticParams params) {
  queue_.submit([this, reply = std::move(reply), params = std::move(params)]() mutable {
    pulls_.add(std::move(reply), std::move(params));
  });
  catch_up_later();
}

void Analysis::end_pulls() {
  queue_.submit([this] { pulls_.end(); });
}

void Analysis::catch_up_later() {
  queue_.put_off([this] { catch_up(); }, "catch up");
}

void Analysis::catch_up() {
  const size_t linted = projects_.scripts_linted();
  TraceSpan span(trace_, "analysis", "analyze later migrations");
  tell(projects_.catch_up().value_or(Projects::Affected()), "");
  span.note("scripts", static_cast<int64_t>(projects_.scripts_linted() - linted));
  pulls_.answer(reports_.all(), projects_.open_files());
}

void Analysis::tell(const Projects::Affected& affected, const std::string& edited) {
  AnalysisUpdate update;
  for (const std::string& path : affected) {
    const std::optional<AnalyzedDocument> document = projects_.find(path);
    if (!document) continue;
    AnalysisUpdate::OfDocument& out = update.documents.emplace_back();
    out.document = document->document;
    out.edited = path == edited;
    if (client_.pull_diagnostics) continue;
    const FeatureInput input{*document, projects_.open_files(), client_.column_unit};
    out.diagnostics = diagnostics_json(diagnostics(input), client_);
  }
  add_closed(update);
  if (!update.documents.empty() || !update.closed.empty()) sink_(std::move(update));
}

void Analysis::add_closed(AnalysisUpdate& update) {
  for (const std::string& path : reports_.update(projects_, scope_)) {
    if (projects_.open_files().contains(path)) continue;
    const auto report = reports_.all().find(path);
    update.closed[path] = report == reports_.all().end() ? "[]" : report->second.diagnostics;
  }
}

}  // namespace belay::lsp

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lsp/file_reports.h"
#include "lsp/log.h"
#include "lsp/projects.h"
#include "lsp/protocol/capabilities.h"
#include "lsp/task_queue.h"
#include "lsp/workspace_pulls.h"

namespace belay::lsp {

/// What is new after a change.
struct AnalysisUpdate {
  struct OfDocument {
    OpenDocument document;
    /// It was changed itself; else something that it depends on was.
    bool edited = false;
    std::string diagnostics;  ///< a JSON array; empty for a client that asks for them
  };
  std::vector<OfDocument> documents;
  /// What is new to tell of files that are not open, by path, as JSON arrays.
  std::map<std::string, std::string> closed;
};

/// How long an edit waits for the next one, where the last one of its history took that long to
/// analyse: not at all where the editor draws no picture in between, and never long.
TaskQueue::Clock::duration patience_after(TaskQueue::Clock::duration analysis);

/// The thread on which documents are analysed. Changes and questions are worked through in the
/// order in which they come, so that an answer sees every change before it; of several changes of a
/// document that wait, only the last is analysed. Its functions may be called from any thread.
class Analysis {
 public:
  struct Setup {
    ClientCapabilities client;
    std::vector<std::string> folders;  ///< of the workspace
    std::string environment;
    Trace* trace = nullptr;  ///< outlives this; may be null
  };
  /// Called on the analysis thread.
  using Sink = std::function<void(AnalysisUpdate)>;
  using Question = std::function<void(const Projects&)>;

  Analysis(const FileSystem& disk, Log& log, Setup setup, Sink sink);
  ~Analysis();

  void changed(OpenDocument document);
  void closed(const OpenDocument& document);
  void files_changed(std::vector<Projects::Change> changes);
  void set_environment(std::string environment);
  void set_folders(std::vector<std::string> folders);
  /// Which files are told of. `kAll` brings all histories of the workspace into memory.
  void set_scope(FileReports::Scope scope);
  /// What a run of the history's migrations has to show in their files, in place of the run before.
  void set_run_failures(std::string history, RunFailures failures);
  /// What is known to be applied of a history; null: nothing any more.
  void set_applied(std::string history, std::shared_ptr<const KnownLedger> applied);
  /// Runs `question` behind all that was told before it. `label`: what a trace calls it.
  void ask(Question question, TraceLabel label = {"question", ""});
  /// The same, once all histories of the workspace are known.
  void ask_workspace(Question question);
  /// Answers when there is something new to tell of the files in scope, and all is settled.
  void pull_workspace(Reply reply, WorkspaceDiagnosticParams params);
  /// Gives up what waits for something new.
  void end_pulls();

 private:
  /// Puts what lies behind a change at the end of the queue: first comes what a user sees.
  void catch_up_later();
  void sources_read(std::vector<std::string> paths);
  void catch_up();
  void tell(const Projects::Affected& affected, const std::string& edited);
  void analyze(const OpenDocument& document);
  void remember(const std::string& path, TaskQueue::Clock::duration analysis);
  TaskQueue::Clock::duration patience_with(const std::string& uri);
  void add_closed(AnalysisUpdate& update);

  const ClientCapabilities client_;
  Trace* const trace_;
  const Sink sink_;
  std::shared_ptr<CppWorkers> cpp_;
  // What follows is of the queue's thread.
  Projects projects_;
  FileReports reports_;
  FileReports::Scope scope_ = FileReports::Scope::kBroughtUp;
  WorkspacePulls pulls_;
  std::mutex mutex_;
  /// How long edits wait, by the paths of documents.
  std::map<std::string, TaskQueue::Clock::duration> patience_;  // guarded by mutex_
  TaskQueue queue_;  // last, so that its thread ends before all else does
};

}  // namespace belay::lsp

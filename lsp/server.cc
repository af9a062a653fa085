// The main thread owns the protocol's state: documents, settings, what was published. It answers
// nothing by itself that needs an analysis; it hands changes and questions to the analysis thread
// in the order in which they came, and what comes back is checked against the documents as they are
// by then. Questions about a document are bound in feature_requests.cc. Commands that touch a
// database have a thread of their own (session_commands.cc), and so has verification
// (verify_command.cc); the others stand in server_commands.cc.

#include "lsp/server.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "lsp/features/workspace_symbols.h"
#include "lsp/memory_usage.h"
#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/params.h"
#include "lsp/protocol/results.h"
#include "lsp/protocol/uri.h"
#include "support/hash.h"
#include "workbench/cpp/cpp_sources.h"

namespace belay::lsp {

Server::Server(Outbox& outbox, MainThread& main, const FileSystem& disk, Log& log,
               ServerOptions options)
    : outbox_(outbox),
      main_(main),
      disk_(disk),
      log_(log),
      options_(std::move(options)),
      dispatcher_(outbox, log, options_.trace),
      documents_(log) {
  if (options_.trace != nullptr) options_.trace->name_thread("main");
  dispatcher_.set_gate([this](std::string_view method) { return refusal(method); });
  bind_lifecycle();
  bind_documents();
  bind_workspace();
}

Server::~Server() {
  // Threads end before what they were given does.
  migrations_.reset();
  verification_.reset();
  sessions_.reset();
  analysis_.reset();
}

template <class Params>
void Server::on_request(const char* method, void (Server::*handler)(const Params&, Reply)) {
  dispatcher_.on_request(method, [this, handler](const Json& params, Reply reply) {
    const Result<Params> read = read_params<Params>(params);
    if (!read) return reply.error(ErrorCode::kInvalidParams, read.error().message);
    (this->*handler)(*read, std::move(reply));
  });
}

template <class Params>
void Server::on_notification(const char* method, void (Server::*handler)(const Params&)) {
  dispatcher_.on_notification(method, [this, method, handler](const Json& params) {
    const Result<Params> read = read_params<Params>(params);
    if (!read) return log_.warning(std::string(method) + ": " + read.error().message);
    (this->*handler)(*read);
  });
}

// --- lifecycle --------------------------------------------------------------------------------

void Server::bind_lifecycle() {
  dispatcher_.on_request(
      "initialize", [this](const Json& params, const Reply& reply) { initialize(params, reply); });
  dispatcher_.on_notification("initialized", [this](const Json&) { initialized(); });
  dispatcher_.on_request("shutdown", [this](const Json&, const Reply& reply) {
    phase_ = Phase::kShutDown;
    sessions_->stop();
    verification_->stop();
    analysis_->end_pulls();
    reply.result("null");
  });
  dispatcher_.on_notification("exit", [this](const Json&) { main_.stop(); });
}

std::optional<ResponseError> Server::refusal(std::string_view method) const {
  if (method == "exit") return std::nullopt;
  switch (phase_) {
    case Phase::kNew:
      if (method == "initialize") return std::nullopt;
      return ResponseError{ErrorCode::kServerNotInitialized, "the server is not initialized"};
    case Phase::kRunning:
      if (method != "initialize") return std::nullopt;
      return ResponseError{ErrorCode::kInvalidRequest, "the server is initialized already"};
    case Phase::kShutDown: break;
  }
  return ResponseError{ErrorCode::kInvalidRequest, "the server is shut down"};
}

void Server::initialize(const Json& params, const Reply& reply) {
  InitializeParams read = read_initialize_params(params);
  client_ = read.capabilities;
  documents_.set_column_unit(client_.column_unit);
  settings_.environment = read.settings.environment.value_or("");
  settings_.untrusted = read.settings.untrusted.value_or(false);
  settings_.inlay_hints = read.settings.inlay_hints.value_or(settings_.inlay_hints);
  folders_ = std::move(read.folders);
  settings_.root = folders_.empty() ? "" : folder_paths().front();
  analysis_ = std::make_unique<Analysis>(
      disk_, log_, Analysis::Setup{client_, folder_paths(), settings_.environment, options_.trace},
      [this, &main = main_](AnalysisUpdate update) {
        main.post([this, update = std::move(update)] { publish(update); });
      });
  const ServerWorld world{dispatcher_, main_, disk_, log_, documents_, *analysis_, client_};
  features_ = std::make_unique<FeatureRequests>(
      world,
      [this] {
        return CodeLensOptions{!settings_.untrusted, sessions_->views()};
      },
      [this] {
        return InlayHintOptions{shown_hints(settings_.inlay_hints), sessions_->sizes()};
      });
  files_ = std::make_unique<FileOperations>(world);
  workspace_diagnostics_ = read.settings.workspace_diagnostics;
  if (workspace_diagnostics_) set_scope();
  sessions_ = std::make_unique<SessionCommands>(world, [this] {
    if (client_.refresh_code_lenses) dispatcher_.request("workspace/codeLens/refresh", "", {});
    refresh_inlay_hints();
    if (migrations_ != nullptr) migrations_->changed();
  });
  migrations_ = std::make_unique<MigrationRequests>(world, *sessions_);
  verification_ = std::make_unique<VerifyCommand>(world);
  phase_ = Phase::kRunning;
  reply.result(initialize_result(client_, options_.version));
}

namespace {

std::vector<std::string> watched_files() {
  std::vector<std::string> out = {"**/*.sql", "**/belay.toml"};
  for (std::string& pattern : MigrationRequests::record_patterns()) out.push_back(pattern);
  return out;
}

}  // namespace

void Server::initialized() {
  if (client_.watch_files) {
    dispatcher_.request("client/registerCapability", register_watchers_params(watched_files()), {});
  }
  ask_for_settings();
}

void Server::on_end(bool truncated) {
  if (truncated) log_.warning("the input ended in the middle of a message");
  if (sessions_ != nullptr) sessions_->stop();
  if (verification_ != nullptr) verification_->stop();
  main_.stop();
}

// --- documents --------------------------------------------------------------------------------

void Server::bind_documents() {
  on_notification("textDocument/didOpen", &Server::did_open);
  on_notification("textDocument/didChange", &Server::did_change);
  on_notification("textDocument/didClose", &Server::did_close);
  // What was saved is what was open: nothing is new.
  dispatcher_.on_notification("textDocument/didSave", [](const Json&) {});
}

void Server::did_open(const TextDocumentItem& item) {
  const OpenDocument& document = documents_.open(item);
  // What was told of the file while it was not open is told of the document from here on.
  const auto path = path_of_uri(document.uri);
  if (path && published_closed_.erase(*path) != 0 && client_.pull_diagnostics) {
    send_diagnostics(document.uri, std::nullopt, "[]");
  }
  analysis_->changed(document);
}

void Server::did_change(const DidChangeParams& params) {
  const OpenDocument* document = documents_.change(params);
  if (document != nullptr) analysis_->changed(*document);
}

void Server::did_close(const TextDocumentParams& params) {
  const OpenDocument* document = documents_.find(params.uri);
  if (document == nullptr) return static_cast<void>(documents_.close(params.uri));
  const OpenDocument closed = *document;
  documents_.close(params.uri);
  published_.erase(uri_key(closed.uri));
  if (!client_.pull_diagnostics) send_diagnostics(closed.uri, std::nullopt, "[]");
  analysis_->closed(closed);
}

// --- diagnostics that go out by themselves ----------------------------------------------------

void Server::publish(const AnalysisUpdate& update) {
  bool others_changed = false;
  for (const AnalysisUpdate::OfDocument& document : update.documents) {
    others_changed = others_changed || !document.edited;
    if (!client_.pull_diagnostics) publish(document);
  }
  publish_closed(update.closed);
  refresh_after_reading(update);
  migrations_->changed();
  // A client asks by itself for the document that it has changed, but not for those behind it.
  if (client_.pull_diagnostics && client_.refresh_diagnostics && others_changed) {
    dispatcher_.request("workspace/diagnostic/refresh", "", {});
  }
}

/// What is told of a C++ source without being asked for again was told of an older text.
void Server::refresh_after_reading(const AnalysisUpdate& update) {
  const bool any_read =
      std::any_of(update.documents.begin(), update.documents.end(), [](const auto& document) {
        return !document.edited && workbench::is_cpp_source(document.document.uri);
      });
  if (!any_read) return;
  if (client_.refresh_semantic_tokens) {
    dispatcher_.request("workspace/semanticTokens/refresh", "", {});
  }
  refresh_inlay_hints();
}

void Server::publish(const AnalysisUpdate::OfDocument& update) {
  const OpenDocument* now = documents_.find(update.document.uri);
  if (now == nullptr || now->opened != update.document.opened) return;
  uint64_t& published = published_[uri_key(now->uri)];
  const uint64_t hash = hash_bytes(update.diagnostics);
  // For its own edit a client waits; for the rest silence is news enough.
  if (!update.edited && published == hash) return;
  published = hash;
  send_diagnostics(now->uri, update.document.version, update.diagnostics);
}

void Server::publish_closed(const std::map<std::string, std::string>& changed) {
  // Who asks for the whole workspace is told there.
  if (pulls_workspace_) return;
  for (const auto& [path, diagnostics] : changed) {
    const std::string uri = uri_of_path(path);
    if (documents_.find(uri) != nullptr) continue;
    const bool was_told = published_closed_.erase(path) != 0;
    if (diagnostics != "[]") published_closed_.insert(path);
    if (was_told || diagnostics != "[]") send_diagnostics(uri, std::nullopt, diagnostics);
  }
}

void Server::pull_workspace(const WorkspaceDiagnosticParams& params, Reply reply) {
  if (!std::exchange(pulls_workspace_, true)) {
    for (const std::string& path : std::exchange(published_closed_, {})) {
      send_diagnostics(uri_of_path(path), std::nullopt, "[]");
    }
    set_scope();
  }
  analysis_->pull_workspace(std::move(reply), params);
}

void Server::send_diagnostics(const std::string& uri, std::optional<int64_t> version,
                              std::string_view diagnostics) {
  dispatcher_.notify("textDocument/publishDiagnostics",
                     publish_diagnostics_params(uri, version, diagnostics), "diagnostics " + uri);
}

// --- workspace --------------------------------------------------------------------------------

void Server::bind_workspace() {
  dispatcher_.on_request("belay/migrations",
                         [this](const Json&, const Reply& reply) { list_migrations(reply); });
  on_request("belay/schema", &Server::send_schema);
  on_request("workspace/executeCommand", &Server::execute_command);
  dispatcher_.on_request("belay/memoryUsage", [this](const Json&, const Reply& reply) {
    analysis_->ask(
        [reply](const Projects& projects) {
          reply.result(memory_usage_json(memory_usage(projects)));
        },
        reply.label());
  });
  on_request("workspace/diagnostic", &Server::pull_workspace);
  on_request("workspace/symbol", &Server::workspace_symbol);
  on_notification("workspace/didChangeWatchedFiles", &Server::did_change_files);
  on_notification("workspace/didChangeWorkspaceFolders", &Server::did_change_folders);
  dispatcher_.on_notification("workspace/didChangeConfiguration", [this](const Json& params) {
    // What stands in the message is for clients that cannot be asked.
    if (client_.configuration) return ask_for_settings();
    if (params.is_object() && params.contains("settings")) {
      apply_settings(read_client_settings(params["settings"]));
    }
  });
  dispatcher_.on_notification("window/workDoneProgress/cancel", [this](const Json& params) {
    if (!params.is_object() || !params.contains("token")) return;
    const std::string token = params["token"].dump(-1, ' ', false, Json::error_handler_t::replace);
    sessions_->cancel_progress(token);
    verification_->cancel_progress(token);
  });
}

void Server::ask_for_settings() {
  if (!client_.configuration) return;
  ++settings_asked_;
  dispatcher_.request("workspace/configuration", configuration_params("belay"),
                      [this](const Json& result, const std::optional<ResponseError>& error) {
                        --settings_asked_;
                        if (phase_ != Phase::kRunning) return;
                        const bool answered =
                            !error && result.is_array() && !result.empty() && result[0].is_object();
                        if (answered) apply_settings(read_client_settings(result[0]));
                        settings_answered();
                      });
}

void Server::settings_answered() {
  if (settings_asked_ > 0) return;
  for (const auto& command : std::exchange(waiting_, {})) command();
}

void Server::refresh_inlay_hints() {
  if (client_.refresh_inlay_hints) dispatcher_.request("workspace/inlayHint/refresh", "", {});
}

/// Which database is meant must be known first: what the client was asked for may be on its way.
void Server::when_settings_are_known(const Reply& reply, std::function<void()> work) {
  if (settings_asked_ == 0) return work();
  waiting_.push_back([reply, work = std::move(work)] {
    if (!reply.cancelled()) work();
  });
}

void Server::list_migrations(const Reply& reply) {
  when_settings_are_known(reply, [this, reply] { migrations_->list(settings_, reply); });
}

void Server::send_schema(const SchemaParams& params, Reply reply) {
  migrations_->schema(params, reply);
}

void Server::apply_settings(const ClientSettings& settings) {
  if (settings.inlay_hints && *settings.inlay_hints != settings_.inlay_hints) {
    settings_.inlay_hints = *settings.inlay_hints;
    refresh_inlay_hints();
  }
  if (settings.workspace_diagnostics != workspace_diagnostics_) {
    workspace_diagnostics_ = settings.workspace_diagnostics;
    set_scope();
  }
  if (settings.untrusted && *settings.untrusted != settings_.untrusted) {
    settings_.untrusted = *settings.untrusted;
    sessions_->settings_changed("The workspace's trust has changed; nothing was done.");
  }
  if (!settings.environment || *settings.environment == settings_.environment) return;
  settings_.environment = *settings.environment;
  analysis_->set_environment(settings_.environment);
  sessions_->settings_changed("Another environment was chosen; nothing was done.");
}

/// A client that asks for the workspace means all of it; another one may not want to be told of
/// every file that was ever written.
void Server::set_scope() {
  const bool all = workspace_diagnostics_.value_or(pulls_workspace_);
  const bool is_asked = pulls_workspace_ || !client_.pull_diagnostics;
  analysis_->set_scope(all && is_asked ? FileReports::Scope::kAll : FileReports::Scope::kBroughtUp);
}

void Server::did_change_files(const std::vector<FileEvent>& events) {
  std::vector<Projects::Change> changes;
  bool has_records = false;
  for (const FileEvent& event : events) {
    const auto path = path_of_uri(event.uri);
    if (!path) continue;
    if (MigrationRequests::is_record(*path)) {
      has_records = true;
    } else {
      changes.push_back({*path, event.type != FileEvent::Type::kChanged});
    }
  }
  if (!changes.empty()) analysis_->files_changed(std::move(changes));
  if (has_records && settings_asked_ == 0) migrations_->look(settings_);
}

void Server::did_change_folders(const WorkspaceFoldersChange& change) {
  std::erase_if(folders_, [&](const WorkspaceFolder& folder) {
    return std::any_of(change.removed.begin(), change.removed.end(),
                       [&](const WorkspaceFolder& removed) { return removed.uri == folder.uri; });
  });
  folders_.insert(folders_.end(), change.added.begin(), change.added.end());
  const std::vector<std::string> paths = folder_paths();
  settings_.root = paths.empty() ? "" : paths.front();
  analysis_->set_folders(paths);
}

std::vector<std::string> Server::folder_paths() const {
  std::vector<std::string> out;
  for (const WorkspaceFolder& folder : folders_) {
    if (auto path = path_of_uri(folder.uri)) out.push_back(*std::move(path));
  }
  return out;
}

void Server::workspace_symbol(const WorkspaceSymbolParams& params, Reply reply) {
  analysis_->ask_workspace(
      [client = client_, params, reply = std::move(reply)](const Projects& projects) {
        if (reply.cancelled()) return;
        std::vector<HistoryView> histories;
        for (const auto& history : projects.histories()) histories.push_back(history->view());
        reply.result(workspace_symbols_json(
            workspace_symbols(histories, projects.open_files(), client.column_unit, params.query),
            client));
      });
}

}  // namespace belay::lsp

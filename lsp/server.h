#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/analysis.h"
#include "lsp/documents.h"
#include "lsp/feature_requests.h"
#include "lsp/file_operations.h"
#include "lsp/migration_requests.h"
#include "lsp/session_commands.h"
#include "lsp/transport/connection.h"
#include "lsp/transport/dispatcher.h"
#include "lsp/verify_command.h"

namespace belay::lsp {

struct ServerOptions {
  std::string version;     ///< of the program, for `serverInfo`
  Trace* trace = nullptr;  ///< outlives the server; null: nothing is traced
};

/// A language server over a connection. Everything that it is called with comes on the main thread.
/// What it is given must outlive it, and the connection must not be run after its end.
class Server : public Receiver {
 public:
  Server(Outbox& outbox, MainThread& main, const FileSystem& disk, Log& log, ServerOptions options);
  ~Server() override;

  void on_message(std::string_view body) override { dispatcher_.receive(body); }
  void on_malformed(std::string_view what) override { dispatcher_.report_malformed(what); }
  void on_end(bool truncated) override;

  /// What the process ends with: 0 where the client asked for `shutdown` first, as it should.
  int exit_code() const { return phase_ == Phase::kShutDown ? 0 : 1; }

 private:
  enum class Phase : uint8_t { kNew, kRunning, kShutDown };

  void bind_lifecycle();
  void bind_documents();
  void bind_workspace();
  template <class Params>
  void on_request(const char* method, void (Server::*handler)(const Params&, Reply));
  template <class Params>
  void on_notification(const char* method, void (Server::*handler)(const Params&));

  std::optional<ResponseError> refusal(std::string_view method) const;
  void initialize(const Json& params, const Reply& reply);
  void initialized();
  void apply_settings(const ClientSettings& settings);
  void ask_for_settings();
  void settings_answered();
  void refresh_inlay_hints();

  void did_open(const TextDocumentItem& item);
  void did_change(const DidChangeParams& params);
  void did_close(const TextDocumentParams& params);
  void did_change_files(const std::vector<FileEvent>& events);
  void did_change_folders(const WorkspaceFoldersChange& change);
  std::vector<std::string> folder_paths() const;
  void set_scope();

  void publish(const AnalysisUpdate& update);
  void refresh_after_reading(const AnalysisUpdate& update);
  void publish(const AnalysisUpdate::OfDocument& update);
  void publish_closed(const std::map<std::string, std::string>& changed);
  void send_diagnostics(const std::string& uri, std::optional<int64_t> version,
                        std::string_view diagnostics);

  void when_settings_are_known(const Reply& reply, std::function<void()> work);
  void list_migrations(const Reply& reply);
  void send_schema(const SchemaParams& params, Reply reply);
  void pull_workspace(const WorkspaceDiagnosticParams& params, Reply reply);
  void workspace_symbol(const WorkspaceSymbolParams& params, Reply reply);
  void execute_command(const ExecuteCommandParams& params, Reply reply);
  void execute_now(const ExecuteCommandParams& params, const Reply& reply);
  void show_risk(const CommandArguments& arguments, const Reply& reply);
  void show_verdict(const CommandArguments& arguments, const Reply& reply);
  void go_to(project::Direction direction, const CommandArguments& arguments, const Reply& reply);
  void generate_down(const CommandArguments& arguments, const Reply& reply);
  void show_place(const Location& place);
  void tell(std::string text);
  void open_rule(const CommandArguments& arguments, const Reply& reply);

  Outbox& outbox_;
  MainThread& main_;
  const FileSystem& disk_;
  Log& log_;
  const ServerOptions options_;

  Phase phase_ = Phase::kNew;
  ClientCapabilities client_;
  CommandSettings settings_;
  /// How many answers about settings are to come, and the commands that wait for them.
  size_t settings_asked_ = 0;
  std::vector<std::function<void()>> waiting_;
  Dispatcher dispatcher_;
  Documents documents_;
  /// Hashes of the diagnostics that the client was last sent, by the keys of documents.
  std::map<std::string, uint64_t> published_;
  /// The files that are not open and of which the client was told something.
  std::set<std::string> published_closed_;
  bool pulls_workspace_ = false;
  std::optional<bool> workspace_diagnostics_;  ///< as the client has set it
  std::vector<WorkspaceFolder> folders_;
  std::unique_ptr<Analysis> analysis_;  // from `initialize` on
  std::unique_ptr<FeatureRequests> features_;
  std::unique_ptr<FileOperations> files_;
  std::unique_ptr<SessionCommands> sessions_;
  std::unique_ptr<MigrationRequests> migrations_;
  std::unique_ptr<VerifyCommand> verification_;
};

}  // namespace belay::lsp

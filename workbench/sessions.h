#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>
#include <belay/session.h>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"

/// Sessions on a project's migrations: where the analyzer's knowledge of the files meets the
/// runtime's work on the database. Every function here but `status` may change the database that
/// the project names, and is called only where a person asked for it.
namespace belay::workbench {

struct SessionRequest {
  /// A folder or file of the project; its configuration tells the database.
  std::string path = ".";
  LoadOptions load;
  /// Instead of the configured database.
  std::string database_url;
  /// Where `${NAME}` in the URL is looked up first; then comes `.env` beside belay.toml.
  runtime::EnvironmentLookup environment = runtime::process_environment;
  std::chrono::milliseconds wait{10'000};
  /// See `runtime::SessionOptions`.
  bool end_other_sessions = false;
  runtime::ProgressCallback progress;
  runtime::CancellationToken cancellation;
};

/// The database that a configuration names, found without opening it.
struct NamedDatabase {
  std::string url;          ///< without password, for messages
  std::string name;         ///< as people call it: the name on its server, or that of the file
  std::string environment;  ///< the one of the configuration that counts; empty: none does
  project::EnvironmentKind kind = project::EnvironmentKind::kDevelopment;
  project::ConfirmWhen confirm = project::ConfirmWhen::kNever;
  runtime::Engine engine = runtime::Engine::kSqlite;
  std::string directory;  ///< of belay.toml
  /// Lines of `.env` that cannot be read, where the URL needs a variable.
  std::vector<std::string> env_problems;
  /// How its sessions are opened; hooks are not in it.
  runtime::SessionOptions options;
};

/// What a session acts on: the database, and the history that belongs to it.
struct SessionTarget {
  explicit SessionTarget(runtime::Session on) : session(std::move(on)) {}

  std::string url;          ///< without password, for messages
  std::string environment;  ///< the one of the configuration that counts; empty: none does
  project::EnvironmentKind kind = project::EnvironmentKind::kDevelopment;
  project::ConfirmWhen confirm = project::ConfirmWhen::kNever;
  std::string database_name;  ///< as people call it: the name on its server, or that of the file
  std::string history;        ///< the folder of the migrations
  std::string layout;         ///< how they are laid out, by its name
  runtime::Session session;
  std::vector<runtime::MigrationScript> migrations;
  /// Why there are none, where the project's migrations cannot be run as they are. What was begun
  /// can be ended all the same.
  std::optional<Error> migrations_problem;
  /// Scripts that the project has and a session does not run, by their ids.
  std::vector<std::string> left_out;
  runtime::Engine engine = runtime::Engine::kSqlite;
  /// As the configuration has it.
  std::optional<std::chrono::seconds> rollback_window;
  /// Lines of `.env` that cannot be read, where the URL needs a variable.
  std::vector<std::string> env_problems;
  project::SessionConfig session_config;
  std::string directory;  ///< of belay.toml, where its commands run
  /// What belay.toml lets a session call, a line each, to be shown before it does.
  std::vector<std::string> hooks;
  /// What the analyzer says of the history; null where it could not be read.
  std::shared_ptr<const AnalyzedSet> analysis;
};

/// The URL, and the environment with its kind where one counts: `sqlite:dev.db (eu, production)`.
std::string place_of(const SessionTarget& target);

std::string place_of(const NamedDatabase& database);

/// The analysis of a migration of the target, by its id; null where there is none.
const AnalyzedMigration* analysis_of(const SessionTarget& target, std::string_view id);

/// The migration of the target that a person calls so; null where there is none.
const runtime::MigrationScript* script_called(const SessionTarget& target, std::string_view name);

/// The environment that counts: the one that is asked for, the configuration's default, or the one
/// that `APP_ENV` names, where there is one of that name. Null where none does. Errors: there is
/// none of the name that was asked for.
Result<const project::Environment*> chosen_environment(const project::Config& config,
                                                       const std::string& asked_for,
                                                       const runtime::EnvironmentLookup& lookup);

/// The URL that a configuration names for an environment (empty: its default one), as written.
/// Errors: none is named.
Result<std::string> configured_url(const project::Config& config, const std::string& environment);

/// Whether migrations for `engine` can be meant for the database of that URL. Looks at the text
/// alone, so that a URL that the environment is to tell may be for any.
bool may_belong(const std::string& url, Engine engine);

/// The database that `config` names for the request, which need not be there. Errors: none is
/// configured, an engine that sessions do not know, a URL with a mistake or without its variables.
Result<NamedDatabase> named_database(const FileSystem& files, const project::Config& config,
                                     const SessionRequest& request);

/// Finds the database and the history. Errors: no database configured, an engine that sessions do
/// not know, a configuration with mistakes.
Result<SessionTarget> find_target(const FileSystem& files, const SessionRequest& request);

struct ApplyRequest {
  bool allow_unguarded = false;
  /// Apply up to this version, it included; empty: all.
  std::string to;
  size_t limit = 0;  ///< at most so many; 0: all
};

Result<runtime::BeginReport> begin(const SessionTarget& target);
Result<runtime::ApplyReport> apply(const SessionTarget& target, const ApplyRequest& request);
Result<runtime::DryRunReport> dry_run(const SessionTarget& target, const ApplyRequest& request);
Result<runtime::CommitReport> commit(const SessionTarget& target,
                                     const runtime::CommitOptions& options = {});
Result<runtime::RollbackReport> rollback(const SessionTarget& target, bool discard_foreign_writes);
Result<runtime::StatusReport> status(const SessionTarget& target,
                                     const runtime::StatusOptions& options = {});
/// Takes over what another tool has applied; the tool of the migrations' layout is meant where
/// several have left a table.
Result<runtime::AdoptReport> adopt(const SessionTarget& target, runtime::AdoptOptions options);

/// What the migrations that are pending touch; empty where that cannot be told.
std::optional<runtime::GuardAdvice> advice_on_pending(const SessionTarget& target);

/// What a report about the migrations must not keep quiet about.
void note_problems(const SessionTarget& target, runtime::Report& report);

/// Errors: the project's migrations cannot be run as they are.
Result<void> check_migrations(const SessionTarget& target);

/// A stage in words: `taking the snapshot`.
std::string_view stage_text(runtime::Stage stage);

}  // namespace belay::workbench

#include "workbench/sessions.h"

#include <algorithm>
#include <map>

#include <belay/migration_program.h>
#include <belay/migrations.h>

#include "analyzer/rules/settings.h"
#include "workbench/cpp/cpp_sources.h"
#include "workbench/dot_env.h"
#include "workbench/down_advice.h"
#include "workbench/guard_advice.h"
#include "workbench/hooks.h"
#include "workbench/scripts.h"

namespace belay::workbench {
namespace {

using project::Direction;

bool same_engine(Engine analyzed, runtime::Engine connected) {
  switch (connected) {
    case runtime::Engine::kSqlite: return analyzed == Engine::kSqlite;
    case runtime::Engine::kPostgres: return analyzed == Engine::kPostgres;
    case runtime::Engine::kMysql:
    case runtime::Engine::kMariadb:
      return analyzed == Engine::kMysql || analyzed == Engine::kMariadb;
  }
  return false;
}

/// The one history that belongs to the database.
Result<project::MigrationSet*> choose_set(project::Project& project, runtime::Engine engine) {
  project::MigrationSet* found = nullptr;
  for (project::MigrationSet& set : project.sets) {
    if (!same_engine(set.dialect.engine, engine)) continue;
    if (found != nullptr) {
      return Error{"two histories are for " + std::string(runtime::engine_display_name(engine)) +
                       ": " + found->directory + " and " + set.directory,
                   project.root, "name the folder of the one that is meant"};
    }
    found = &set;
  }
  if (found != nullptr) return found;
  return Error{
      "no migrations for " + std::string(runtime::engine_display_name(engine)) + " were found",
      project.root,
      "`belay lint --explain-config` tells what was found, and which dialect it was taken for"};
}

Result<std::vector<runtime::MigrationScript>> scripts_of(
    const project::MigrationSet& set, const std::map<std::string, Document>& texts,
    std::vector<std::string>& left_out) {
  for (const project::LayoutProblem& p : set.problems) {
    // A history that is not what its author sees must not run. Of C++ the program tells.
    if (p.kind == project::LayoutProblem::Kind::kDownWithoutUp || is_cpp_source(p.path)) continue;
    return Error{p.message, p.path, "`belay lint` shows all such mistakes"};
  }
  std::vector<runtime::MigrationScript> out;
  for (const project::Migration& m : set.migrations) {
    if (!m.up || m.up->sources != nullptr) continue;
    if (m.kind != project::Migration::Kind::kVersioned) {
      left_out.push_back(m.id);
      continue;
    }
    runtime::MigrationScript script;
    script.version = version_of(m);
    script.name = m.name;
    script.id = m.id;
    script.transaction = wants_transaction(*m.up);
    const auto text = [&](const project::Script& s) -> const Document* {
      const auto found = texts.find(s.path);
      return found == texts.end() ? nullptr : &found->second;
    };
    const Document* up = text(*m.up);
    if (up == nullptr) return Error{"the migration cannot be read", m.up->path, ""};
    script.up = runtime_script(*m.up, *up);
    if (m.down) {
      script.down_transaction = wants_transaction(*m.down);
      if (const Document* down = text(*m.down)) script.down = runtime_script(*m.down, *down);
    }
    out.push_back(std::move(script));
  }
  return out;
}

/// What is known of each script by analysis: what it touches, and what the downs bring back. Of C++
/// migrations the program alone is asked: it may have been built from another source.
void add_knowledge(const AnalyzedSet& set, std::vector<runtime::MigrationScript>& scripts) {
  std::map<std::string, runtime::MigrationScript*> by_version;
  for (runtime::MigrationScript& script : scripts) by_version[script.version] = &script;
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    const auto found = by_version.find(version_of(set.set->migrations[i]));
    if (found == by_version.end() || set.set->migrations[i].declaration != nullptr) continue;
    runtime::MigrationScript& script = *found->second;
    const AnalyzedMigration& migration = *set.migrations[i];
    script.down_advice = down_advice_of(migration);
    if (migration.up) script.up_touches = guard_advice(*migration.up);
    if (migration.down) script.down_touches = guard_advice(*migration.down);
  }
}

/// Adds the migrations of the project's C++ program, which is started for it.
Result<void> add_program(const std::vector<std::string>& program,
                         const runtime::CancellationToken& cancellation, SessionTarget& target) {
  if (program.empty()) return {};
  Result<std::vector<runtime::MigrationScript>> more =
      runtime::migrations_of_program(program, target.directory, cancellation);
  if (!more) return std::move(more).error();
  Result<std::vector<runtime::MigrationScript>> sorted =
      in_order(*std::move(more), std::move(target.migrations));
  if (!sorted) return std::move(sorted).error();
  target.migrations = *std::move(sorted);
  return {};
}

/// Fills in what the project's files tell about the history of the database.
Result<void> read_history(LoadedProject loaded, runtime::Engine engine, SessionTarget& target) {
  // A project may have all of its migrations for this database in C++.
  const std::vector<project::MigrationSet>& sets = loaded.project.sets;
  const bool has_set = std::any_of(sets.begin(), sets.end(), [&](const auto& one) {
    return same_engine(one.dialect.engine, engine);
  });
  if (!has_set && !loaded.project.config.cpp_program.empty()) return {};
  Result<project::MigrationSet*> set = choose_set(loaded.project, engine);
  if (!set) return std::move(set).error();
  target.history = (*set)->directory;
  target.layout = project::layout_name((*set)->layout);
  Result<std::vector<runtime::MigrationScript>> scripts =
      scripts_of(**set, loaded.texts, target.left_out);
  if (!scripts) return std::move(scripts).error();
  target.migrations = *std::move(scripts);
  const Workspace workspace(std::move(**set), std::move(loaded.texts),
                            rules::Settings(loaded.project.config), sql::Recovery::kExact);
  target.analysis = workspace.snapshot();
  add_knowledge(*target.analysis, target.migrations);
  return {};
}

}  // namespace

void note_problems(const SessionTarget& target, runtime::Report& report) {
  if (target.migrations_problem) {
    report.warnings.push_back("the migrations cannot be run: " +
                              target.migrations_problem->to_string());
  }
  for (const std::string& problem : target.env_problems) {
    report.warnings.push_back("a line that cannot be read: " + problem);
  }
  if (target.left_out.empty()) return;
  std::string names;
  for (const std::string& id : target.left_out) names += (names.empty() ? "" : ", ") + id;
  report.notes.push_back("only versioned migrations run in a session; left out: " + names);
}

Result<void> check_migrations(const SessionTarget& target) {
  if (!target.migrations_problem) return {};
  Error error = *target.migrations_problem;
  error.message += "; nothing was run";
  return error;
}

namespace {

/// A database of the command line is the configured environment's only where both were asked for.
Result<const project::Environment*> environment_of(const project::Config& config,
                                                   const SessionRequest& request,
                                                   const runtime::EnvironmentLookup& lookup) {
  const std::string& asked_for = request.load.overrides.environment;
  if (!request.database_url.empty() && asked_for.empty()) return nullptr;
  return chosen_environment(config, asked_for, lookup);
}

std::vector<std::string> hooks_of(const project::SessionConfig& config) {
  std::vector<std::string> out;
  if (!config.on_begin.empty()) {
    out.push_back("before a session: " + read_hook(config.on_begin, "on_begin")->to_string());
  }
  if (!config.on_end.empty()) {
    out.push_back("behind it: " + read_hook(config.on_end, "on_end")->to_string());
  }
  if (!config.health.empty()) {
    out.push_back("after each apply: " + read_hook(config.health, "health")->to_string());
  }
  return out;
}

Error no_sessions_yet(runtime::Engine engine, const std::string& place) {
  const std::string name(runtime::engine_display_name(engine));
  return {"sessions run on SQLite and PostgreSQL so far, not on " + name, place,
          "for " + name +
              " only `belay lint` is there yet; run the migrations with the tool that "
              "you have, after a backup"};
}

}  // namespace

Result<const project::Environment*> chosen_environment(const project::Config& config,
                                                       const std::string& asked_for,
                                                       const runtime::EnvironmentLookup& lookup) {
  std::string name = asked_for.empty() ? config.default_environment : asked_for;
  if (name.empty() && lookup) name = lookup("APP_ENV").value_or("");
  for (const project::Environment& environment : config.environments) {
    if (!name.empty() && environment.name == name) return &environment;
  }
  if (asked_for.empty()) return nullptr;
  return Error{"there is no environment `" + asked_for + "`", config.path,
               "add [environments." + asked_for + "] with a url"};
}

Result<std::string> configured_url(const project::Config& config, const std::string& environment) {
  const std::string& name = environment.empty() ? config.default_environment : environment;
  if (!name.empty()) {
    for (const project::Environment& e : config.environments) {
      if (e.name == name && !e.url.empty()) return e.url;
    }
    if (!environment.empty()) {
      return Error{"there is no environment `" + name + "` with a database", config.path,
                   "add [environments." + name + "] with a url"};
    }
  }
  if (!config.url.empty()) return config.url;
  return Error{"no database is configured", config.path,
               "add [database] with url = \"sqlite:app.db\" to belay.toml, or pass --database"};
}

bool may_belong(const std::string& url, Engine engine) {
  const auto any_value = [](const std::string&) { return std::optional<std::string>("x"); };
  const Result<runtime::DatabaseUrl> parsed = runtime::parse_database_url(url, any_value);
  // Where the engine's name itself comes from the environment, only a command will tell.
  return !parsed || same_engine(engine, parsed->engine);
}

Result<NamedDatabase> named_database(const FileSystem& files, const project::Config& config,
                                     const SessionRequest& request) {
  NamedDatabase out;
  if (!config.path.empty()) out.directory = path::parent(path::absolute(config.path));
  const DotEnv dot_env =
      config.path.empty() ? DotEnv() : read_dot_env(files, path::join(out.directory, ".env"));
  const runtime::EnvironmentLookup lookup = with_dot_env(request.environment, dot_env);
  const Result<const project::Environment*> environment = environment_of(config, request, lookup);
  if (!environment) return environment.error();
  const bool has_url = *environment != nullptr && !(*environment)->url.empty();
  Result<std::string> url = !request.database_url.empty() ? request.database_url
                            : has_url                     ? (*environment)->url
                                      : configured_url(config, request.load.overrides.environment);
  if (!url) return std::move(url).error();
  const std::string place = request.database_url.empty() ? config.path : "--database";
  Result<runtime::DatabaseUrl> parsed = runtime::parse_database_url(*url, lookup);
  const std::optional<runtime::Engine> engine = parsed ? parsed->engine : runtime::engine_of(*url);
  const bool served = engine == runtime::Engine::kSqlite || engine == runtime::Engine::kPostgres;
  if (engine && !served) return no_sessions_yet(*engine, place);
  if (!parsed) {
    Error error = std::move(parsed).error();
    error.message = "the database URL: " + error.message;
    error.where = place;
    for (const std::string& problem : dot_env.problems) error.hint += "\n       " + problem;
    return error;
  }
  out.options.database_url = *url;
  out.options.environment = lookup;
  out.options.base_directory = request.database_url.empty() ? out.directory : "";
  out.url = parsed->to_string();
  out.engine = parsed->engine;
  if (url->find("${") != std::string::npos) out.env_problems = dot_env.problems;
  out.name = engine == runtime::Engine::kSqlite ? std::string(path::file_name(parsed->database))
                                                : parsed->database;
  if (*environment != nullptr) {
    out.environment = (*environment)->name;
    out.kind = (*environment)->effective_kind();
    const bool development = out.kind == project::EnvironmentKind::kDevelopment;
    out.confirm = (*environment)
                      ->confirm.value_or(development ? project::ConfirmWhen::kNever
                                                     : project::ConfirmWhen::kDataLoss);
  }
  return out;
}

Result<SessionTarget> find_target(const FileSystem& files, const SessionRequest& request) {
  Result<LoadedProject> loaded = load_project(files, request.path, request.load);
  if (!loaded) return std::move(loaded).error();
  BELAY_TRY(loaded->config.check());
  const project::Config& config = loaded->project.config;
  Result<NamedDatabase> database = named_database(files, config, request);
  if (!database) return std::move(database).error();

  runtime::SessionOptions options = std::move(database->options);
  options.end_other_sessions = request.end_other_sessions;
  options.compress_snapshots = config.session.compress_snapshots;
  options.lock_timeout = request.wait;
  options.busy_timeout = request.wait;
  options.statement_timeout = config.statement_timeout.value_or(std::chrono::seconds(0));
  options.progress = request.progress;
  options.cancellation = request.cancellation;
  const Result<void> hooked = set_hooks(config.session, database->directory, options);
  if (!hooked) {
    Error error = hooked.error();
    error.where = config.path + ": " + error.where;
    return error;
  }
  SessionTarget target(runtime::Session(std::move(options)));
  target.hooks = hooks_of(config.session);
  target.session_config = config.session;
  target.directory = database->directory;
  target.url = database->url;
  target.engine = database->engine;
  target.rollback_window = config.rollback_window;
  target.env_problems = std::move(database->env_problems);
  target.database_name = database->name;
  target.environment = database->environment;
  target.kind = database->kind;
  target.confirm = database->confirm;
  const std::vector<std::string> program = config.cpp_program;  // the rest goes to the analysis
  Result<void> read = read_history(*std::move(loaded), target.engine, target);
  if (read) read = add_program(program, request.cancellation, target);
  if (!read) target.migrations_problem = std::move(read).error();
  return target;
}

namespace {

runtime::ApplyOptions apply_options(const ApplyRequest& request) {
  runtime::ApplyOptions options;
  options.allow_unguarded = request.allow_unguarded;
  options.limit = request.limit;
  options.to = request.to;
  return options;
}

}  // namespace

/// Without a look at the ledger nobody knows what is pending, and all is guarded.
std::optional<runtime::GuardAdvice> advice_on_pending(const SessionTarget& target) {
  const Result<runtime::StatusReport> status = target.session.status(target.migrations);
  if (!status || !status->unreachable_because.empty() || target.migrations_problem) return {};
  return guard_advice(target.migrations, status->pending_migrations);
}

namespace {

std::string place_text(const std::string& url, const std::string& environment,
                       project::EnvironmentKind kind_of_it) {
  if (environment.empty()) return url;
  const std::string kind(project::environment_kind_name(kind_of_it));
  return url + " (" + (environment == kind ? kind : environment + ", " + kind) + ")";
}

}  // namespace

std::string place_of(const SessionTarget& target) {
  return place_text(target.url, target.environment, target.kind);
}

std::string place_of(const NamedDatabase& database) {
  return place_text(database.url, database.environment, database.kind);
}

const AnalyzedMigration* analysis_of(const SessionTarget& target, std::string_view id) {
  if (target.analysis == nullptr) return nullptr;
  const std::vector<project::Migration>& migrations = target.analysis->set->migrations;
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].id == id) return target.analysis->migrations[i].get();
  }
  return nullptr;
}

const runtime::MigrationScript* script_called(const SessionTarget& target, std::string_view name) {
  for (const runtime::MigrationScript& script : target.migrations) {
    if (script.is_called(name)) return &script;
  }
  return nullptr;
}

Result<runtime::BeginReport> begin(const SessionTarget& target) {
  runtime::BeginOptions options;
  options.advice = advice_on_pending(target);
  Result<runtime::BeginReport> report = target.session.begin(options);
  if (report) note_problems(target, *report);
  return report;
}

Result<runtime::ApplyReport> apply(const SessionTarget& target, const ApplyRequest& request) {
  BELAY_TRY(check_migrations(target));
  const runtime::ApplyOptions options = apply_options(request);
  Result<runtime::ApplyReport> report = target.session.apply(target.migrations, options);
  if (report) note_problems(target, *report);
  return report;
}

Result<runtime::DryRunReport> dry_run(const SessionTarget& target, const ApplyRequest& request) {
  BELAY_TRY(check_migrations(target));
  Result<runtime::DryRunReport> report =
      target.session.dry_run(target.migrations, apply_options(request));
  if (report) note_problems(target, *report);
  return report;
}

Result<runtime::CommitReport> commit(const SessionTarget& target,
                                     const runtime::CommitOptions& options) {
  runtime::CommitOptions with_retention = options;
  if (const auto keep = target.session_config.keep_snapshots; keep > 0) {
    with_retention.keep_snapshot = true;
    with_retention.keep_latest = static_cast<size_t>(keep);
  }
  return target.session.commit(with_retention);
}

Result<runtime::RollbackReport> rollback(const SessionTarget& target, bool discard_foreign_writes) {
  runtime::RollbackOptions options;
  options.discard_foreign_writes = discard_foreign_writes;
  return target.session.rollback(options);
}

Result<runtime::StatusReport> status(const SessionTarget& target,
                                     const runtime::StatusOptions& options) {
  Result<runtime::StatusReport> report = target.session.status(target.migrations, options);
  if (report) note_problems(target, *report);
  return report;
}

Result<runtime::AdoptReport> adopt(const SessionTarget& target, runtime::AdoptOptions options) {
  if (target.migrations_problem) {
    Error error = *target.migrations_problem;
    error.message += "; nothing was adopted";
    return error;
  }
  options.preferred_tool = target.layout;
  Result<runtime::AdoptReport> report = target.session.adopt(target.migrations, options);
  if (report) note_problems(target, *report);
  return report;
}

std::string_view stage_text(runtime::Stage stage) {
  switch (stage) {
    case runtime::Stage::kWaiting: return "waiting";
    case runtime::Stage::kCopying: return "taking the snapshot";
    case runtime::Stage::kVerifying: return "verifying";
    case runtime::Stage::kMigrating: return "migrating";
    case runtime::Stage::kBatching: return "in batches";
    case runtime::Stage::kRestoring: return "restoring";
  }
  return "";
}

}  // namespace belay::workbench

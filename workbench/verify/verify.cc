#include "workbench/verify/verify.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "analyzer/workspace.h"
#include "workbench/scripts.h"
#include "workbench/verify/reproducer.h"

namespace belay::workbench {
namespace {

using rollback::Verdict;
using runtime::Connection;

/// A project with the names of the migrations that are asked for.
struct Wanted {
  std::string path;
  std::vector<std::string> names;  ///< ids, versions, absolute paths; empty: all
};

std::vector<Wanted> sort_targets(const FileSystem& files, const std::vector<std::string>& targets) {
  std::vector<Wanted> out;
  std::vector<std::string> ids;
  for (const std::string& target : targets) {
    if (files.is_directory(target)) {
      out.push_back({target, {}});
    } else if (files.exists(target)) {
      out.push_back({target, {path::absolute(target)}});
    } else {
      ids.push_back(target);
    }
  }
  if (out.empty()) out.push_back({".", {}});
  for (Wanted& wanted : out) {
    if (files.is_directory(wanted.path)) wanted.names = ids;
  }
  return out;
}

Error config_error(const ConfigReport& config, const project::ConfigProblem& problem) {
  const Position at = config.document.position_at(problem.range.begin, ColumnUnit::kUtf32);
  return {problem.message,
          config.path + ":" + std::to_string(at.line + 1) + ":" + std::to_string(at.character + 1),
          ""};
}

bool is_wanted(const project::Migration& migration, const std::vector<std::string>& names,
               std::set<std::string>& seen) {
  if (names.empty()) return true;
  bool wanted = false;
  for (const std::string& name : names) {
    const bool is_it = name == migration.id || name == migration.version ||
                       (migration.up && name == path::absolute(migration.up->path)) ||
                       (migration.down && name == path::absolute(migration.down->path));
    if (is_it) seen.insert(name);
    wanted |= is_it;
  }
  return wanted;
}

/// Seen from the working directory, as people name files.
std::string seen_from_here(const std::string& path) {
  return path::relative_to(path::absolute(path), path::absolute("."));
}

class Verification {
 public:
  Verification(const FileSystem& files, const VerifyRequest& request)
      : files_(files), request_(request) {}

  Result<VerifyResult> run() {
    for (const Wanted& wanted : sort_targets(files_, request_.targets)) {
      BELAY_TRY(verify_project(wanted));
    }
    if (result_.migrations.empty()) {
      std::string why = "no migrations to execute were found";
      for (const std::string& note : result_.notes) why += "; " + note;
      return Error{why, "", "`belay lint --explain-config` tells what was found, and why"};
    }
    return std::move(result_);
  }

 private:
  Result<void> verify_project(const Wanted& wanted) {
    Result<LoadedProject> loaded = load_project(files_, wanted.path, request_.load);
    if (!loaded) return std::move(loaded).error();
    for (const project::ConfigProblem& p : loaded->config.problems) {
      if (p.severity == project::ConfigProblem::Severity::kError) {
        return config_error(loaded->config, p);
      }
    }
    std::set<std::string> seen;
    for (const project::MigrationSet& set : loaded->project.sets) {
      BELAY_TRY(verify_set(set, loaded->texts, wanted.names, seen));
    }
    for (const std::string& name : wanted.names) {
      if (!seen.contains(name)) {
        return Error{"there is no migration `" + name + "`", wanted.path,
                     "write its id, its version or its file"};
      }
    }
    return {};
  }

  Result<void> verify_set(const project::MigrationSet& set,
                          const std::map<std::string, Document>& texts,
                          const std::vector<std::string>& names, std::set<std::string>& seen) {
    size_t last = 0;
    std::vector<bool> wanted;
    for (const project::Migration& m : set.migrations) {
      wanted.push_back(is_wanted(m, names, seen));
      if (wanted.back()) last = wanted.size();
    }
    if (last == 0) return {};
    Result<ScratchEngine*> engine = engine_for(set);
    if (!engine) return std::move(engine).error();
    if (*engine == nullptr) return {};
    Result<std::unique_ptr<ScratchDatabase>> database = (*engine)->create();
    if (!database) return std::move(database).error();
    BELAY_TRY(run_setup(**engine, **database));
    const Workspace workspace(set, texts, rules::Settings{}, sql::Recovery::kExact);
    Chain chain{**engine, set, texts, **database, *workspace.snapshot(), 0, {}};
    for (size_t i = 0; i < last; ++i) BELAY_TRY(step(chain, i, last, wanted[i]));
    return {};
  }

  /// The database that sees nothing but ups.
  struct Chain {
    ScratchEngine& engine;
    const project::MigrationSet& set;
    const std::map<std::string, Document>& texts;
    const ScratchDatabase& database;
    const AnalyzedSet& analyzed;
    size_t failed = 0;
    std::vector<RanScript> ran;  ///< the ups so far
  };

  /// None where migrations of the engine cannot be executed, which is noted.
  Result<ScratchEngine*> engine_for(const project::MigrationSet& set) {
    const Engine engine = set.dialect.engine;
    if (engine == Engine::kMysql || engine == Engine::kMariadb) {
      result_.notes.push_back(seen_from_here(set.directory) + " is for " +
                              std::string(engine_display_name(engine)) +
                              ", which is not executed yet");
      return static_cast<ScratchEngine*>(nullptr);
    }
    std::unique_ptr<ScratchEngine>& out = engines_[engine];
    if (out == nullptr && engine == Engine::kSqlite) out = sqlite_engine(request_.cancellation);
    if (out == nullptr) {
      tell("starting PostgreSQL", 0, 0);
      Result<std::unique_ptr<ScratchEngine>> made = make_postgres(set);
      if (!made) return std::move(made).error();
      out = *std::move(made);
    }
    return out.get();
  }

  Result<std::unique_ptr<ScratchEngine>> make_postgres(const project::MigrationSet& set) const {
    PostgresOptions options;
    options.bin_directory = request_.pg_bin;
    options.major_version = set.dialect.version.major;
    options.cancellation = request_.cancellation;
    if (!request_.database_url.empty()) {
      Result<runtime::DatabaseUrl> url =
          runtime::parse_database_url(request_.database_url, request_.environment);
      if (!url) return std::move(url).error();
      if (url->engine != runtime::Engine::kPostgres) {
        return Error{"the migrations are for PostgreSQL, the URL is not", "--database",
                     "leave it out: Belay then starts a server of its own"};
      }
      options.url = *std::move(url);
    }
    return postgres_engine(options);
  }

  Result<void> run_setup(ScratchEngine& engine, const ScratchDatabase& database) {
    if (request_.setup_path.empty()) return {};
    constexpr uint64_t kMaxBytes = uint64_t{1} << 28U;
    Result<std::string> text = files_.read(request_.setup_path, kMaxBytes);
    if (!text) return std::move(text).error();
    setup_ = *text;
    const RunnableScript script{{*std::move(text), request_.setup_path, 0, 1},
                                project::TransactionHabit::kPerScript};
    Result<std::unique_ptr<Connection>> connection = database.connect();
    if (!connection) return std::move(connection).error();
    const RunOutcome outcome = run_script(**connection, script);
    if (outcome.ok()) return {};
    Error error = outcome.error->to_error();
    error.message = "the set-up for " + std::string(engine_display_name(engine.engine())) +
                    " fails: " + error.message;
    return error;
  }

  std::optional<RunnableScript> script_of(const Chain& chain,
                                          const std::optional<project::Script>& script) const {
    if (!script) return std::nullopt;
    const auto text = chain.texts.find(script->path);
    if (text == chain.texts.end()) return std::nullopt;
    RunnableScript out{runtime_script(*script, text->second), script->transaction};
    out.script.path = seen_from_here(script->path);
    return out;
  }

  Result<void> step(Chain& chain, size_t index, size_t total, bool wanted) {
    const project::Migration& migration = chain.set.migrations[index];
    if (request_.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (migration.kind != project::Migration::Kind::kVersioned || !migration.up) {
      if (wanted) result_.notes.push_back(migration.id + " is no versioned migration: left out");
      return {};
    }
    tell(migration.id, index, total);
    RoundTripScripts scripts;
    std::optional<RunnableScript> up = script_of(chain, migration.up);
    if (!up) return Error{"the migration cannot be read", migration.up->path, ""};
    scripts.up = *std::move(up);
    scripts.down = script_of(chain, migration.down);
    bool goes_up = true;
    if (wanted) {
      Result<bool> verified = verify_migration(chain, index, scripts);
      if (!verified) return std::move(verified).error();
      goes_up = *verified;
    }
    if (goes_up) return move_on(chain, migration.id, scripts.up, wanted);
    ++chain.failed;
    return {};
  }

  /// Whether its up runs.
  Result<bool> verify_migration(const Chain& chain, size_t index, const RoundTripScripts& scripts) {
    const auto started = std::chrono::steady_clock::now();
    const project::Migration& migration = chain.set.migrations[index];
    VerifiedMigration out;
    out.history = seen_from_here(chain.set.directory);
    out.id = migration.id;
    out.up_path = seen_from_here(migration.up->path);
    if (migration.down) {
      out.down_path = seen_from_here(migration.down->path);
    }
    out.engine = chain.engine.version();
    out.one_way = migration.one_way;
    out.failed_before = chain.failed;
    const rollback::Reversibility& expected = chain.analyzed.migrations[index]->reversibility;
    out.expected = {expected.verdict, expected.reason, expected.down_may_stop};
    Result<RoundTrip> trip = run_round_trip(chain.engine, chain.database, scripts, request_.rows);
    if (!trip) return std::move(trip).error();
    out.trip = *std::move(trip);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const bool ran = out.trip.up.ok();
    if (out.disagrees()) write_down(chain, scripts, out);
    if (request_.on_migration) request_.on_migration(out);
    result_.migrations.push_back(std::move(out));
    return ran;
  }

  static RanScript as_it_ran(const RunnableScript& script, const RunOutcome& outcome) {
    const bool in_transaction =
        outcome.mode == RunOutcome::Mode::kTransaction || outcome.mode == RunOutcome::Mode::kEmpty;
    return {script.script.sql, in_transaction};
  }

  /// A disagreement, for whoever mends Belay.
  void write_down(const Chain& chain, const RoundTripScripts& scripts, VerifiedMigration& out) {
    if (request_.reproducer_directory.empty()) return;
    Circumstances circumstances;
    circumstances.dialect = chain.set.dialect;
    circumstances.setup = setup_;
    circumstances.history = chain.ran;
    circumstances.up = as_it_ran(scripts.up, out.trip.up);
    if (scripts.down) {
      circumstances.down = as_it_ran(*scripts.down, out.trip.down.value_or(RunOutcome{}));
    }
    circumstances.rows = request_.rows;
    Result<std::string> path = write_reproducer(request_.reproducer_directory, out, circumstances);
    if (path) {
      out.reproducer_path = *std::move(path);
    } else {
      result_.notes.push_back("no reproducer was written for " + out.id + ": " +
                              path.error().to_string());
    }
  }

  /// Runs the up on the database of the chain. It ran on a copy, if it was verified.
  Result<void> move_on(Chain& chain, const std::string& id, const RunnableScript& up,
                       bool verified) {
    Result<std::unique_ptr<Connection>> connection = chain.database.connect();
    if (!connection) return std::move(connection).error();
    const RunOutcome outcome = run_script(**connection, up);
    if (outcome.ok()) {
      chain.ran.push_back(as_it_ran(up, outcome));
      return {};
    }
    if (outcome.error->cancelled) return Error{"cancelled", "", ""};
    ++chain.failed;
    result_.notes.push_back(
        id + " fails, and what follows ran without it: " + outcome.error->to_error().to_string() +
        (verified ? " (on a copy of the same database it has just run: it makes something that all "
                    "databases of a server share)"
                  : ""));
    return {};
  }

  void tell(const std::string& subject, size_t done, size_t total) const {
    if (request_.progress) {
      request_.progress({runtime::Stage::kVerifying, subject, done, total});
    }
  }

  const FileSystem& files_;
  const VerifyRequest& request_;
  std::map<Engine, std::unique_ptr<ScratchEngine>> engines_;
  std::string setup_;
  VerifyResult result_;
};

/// SQLSTATE's classes of data exceptions and of violated constraints, and what SQLite calls so.
bool is_about_values(const runtime::DatabaseError& error) {
  const std::string_view code = error.code_name;
  return code.starts_with("22") || code.starts_with("23") ||
         code.starts_with("SQLITE_CONSTRAINT") || code == "SQLITE_MISMATCH" ||
         code == "SQLITE_TOOBIG";
}

}  // namespace

std::string_view VerifiedMigration::word() const {
  return trip.verdict ? rollback::verdict_name(*trip.verdict) : "up-failed";
}

bool VerifiedMigration::good() const {
  if (!trip.verdict || trip.up_error_on_rows || !trip.lost.empty()) return false;
  switch (*trip.verdict) {
    case Verdict::kRestored:
    case Verdict::kRestoredButOrder:
      return trip.reup && trip.reup->ok() &&
             std::all_of(trip.reup_differences.begin(), trip.reup_differences.end(),
                         [](const Difference& d) { return d.only_order(); });
    case Verdict::kDeclaredIrreversible: return true;
    case Verdict::kNoDown: return one_way;
    default: return false;
  }
}

bool VerifiedMigration::disagrees() const {
  if (expected.verdict == Verdict::kUnknown || !trip.verdict || failed_before > 0) return false;
  if (*trip.verdict == Verdict::kDownFailed) {
    if (expected.down_may_stop || trip.down_fails_on_rows) return false;
    if (trip.down && trip.down->error && is_about_values(*trip.down->error)) return false;
  }
  if (expected.verdict == Verdict::kRestoredDataLost && *trip.verdict == Verdict::kRestored) {
    return false;
  }
  return *trip.verdict != expected.verdict;
}

Result<VerifyResult> verify(const FileSystem& files, const VerifyRequest& request) {
  return Verification(files, request).run();
}

}  // namespace belay::workbench

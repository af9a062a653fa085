#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"
#include "support/file_system.h"

namespace belay::project {

inline constexpr std::string_view kConfigFileName = "belay.toml";

/// The value of a rule's option; which of these it must be is the rule's to check.
using OptionValue = std::variant<bool, int64_t, std::string, std::vector<std::string>>;

/// What `[rules]` says of one rule.
struct RuleSetting {
  /// `off`, `info`, `warning` or `error`; none: the rule's own.
  std::optional<std::string> severity;
  std::map<std::string, OptionValue> options;
  ByteRange range;  ///< of the rule's key
};

/// How careful a run on an environment has to be.
enum class EnvironmentKind : uint8_t { kDevelopment, kStaging, kProduction };
/// `development`, `staging`, `production`.
std::string_view environment_kind_name(EnvironmentKind kind);
std::optional<EnvironmentKind> environment_kind_from_name(std::string_view name);
/// What an environment of that name is where nothing says so: `prod...` and `live` are production,
/// `stag...` is staging, all else is development.
EnvironmentKind environment_kind_of(std::string_view environment_name);

/// When a person is asked before a run.
enum class ConfirmWhen : uint8_t { kNever, kDataLoss, kAlways };
/// `never`, `data-loss`, `always`.
std::string_view confirm_when_name(ConfirmWhen when);
std::optional<ConfirmWhen> confirm_when_from_name(std::string_view name);

struct Environment {
  std::string name;
  std::string url;  ///< as written, `${ENV}` not replaced; empty: not set
  std::optional<EnvironmentKind> kind = std::nullopt;
  std::optional<ConfirmWhen> confirm = std::nullopt;

  EnvironmentKind effective_kind() const { return kind.value_or(environment_kind_of(name)); }
};

/// What a run does about a failure.
enum class OnFailure : uint8_t { kAsk, kRollback, kKeep };
/// `ask`, `rollback`, `keep`.
std::string_view on_failure_name(OnFailure what);
std::optional<OnFailure> on_failure_from_name(std::string_view name);

/// A query that tells whether the data is as it should be after the migrations.
struct ValidationQuery {
  std::string name;
  std::string sql;
};

/// `[session]`: what happens around a session. A hook is a command with its arguments, or a list of
/// one `http://` address.
struct SessionConfig {
  std::string maintenance_file;
  std::vector<std::string> on_begin;
  std::vector<std::string> on_end;
  std::vector<ValidationQuery> validations;
  std::vector<std::string> health;
  int64_t health_timeout = 10;  ///< seconds for one attempt
  int64_t health_attempts = 3;
  OnFailure on_failure = OnFailure::kAsk;
  int64_t keep_snapshots =
      0;  ///< how many stay behind commits; 0: none, each goes with its session
  bool compress_snapshots = false;
};

/// belay.toml as read, or its defaults. Nothing in it is acted on by reading it: references to the
/// environment are replaced where a person runs a command that connects.
struct Config {
  std::string path;  ///< of the file; empty where there is none
  std::optional<Engine> engine;
  std::optional<EngineVersion> version;
  std::vector<std::string> migrations;  ///< folders, relative to the file; empty: look for them
  std::vector<std::string> exclude;     ///< glob patterns on paths below the root
  std::optional<Layout> layout;
  std::optional<TransactionHabit> transaction;
  bool lock_timeout_set_by_runner = false;
  std::string url;
  std::string default_environment;
  std::vector<Environment> environments;
  /// What was applied longer ago is not taken back by `down`; none: however long ago. A day is the
  /// time in which what relies on a migration is still at hand.
  std::optional<std::chrono::seconds> rollback_window = std::chrono::hours(24);
  /// How long one statement of a migration may run; none: however long.
  std::optional<std::chrono::seconds> statement_timeout;
  /// The program that holds the project's C++ migrations, and its arguments; empty: there are none.
  std::vector<std::string> cpp_program;
  /// Glob patterns on the C++ sources to read, below the root; empty: all that are compiled.
  std::vector<std::string> cpp_sources;
  std::string cpp_compile_commands;  ///< the folder of compile_commands.json; empty: look for it
  /// Whether SQL outside of migration classes is checked, too.
  bool cpp_outside_migrations = false;
  std::vector<std::string> cpp_presets;    ///< libraries by name; empty: all that are known
  std::vector<std::string> cpp_functions;  ///< `name` or `name:argument`, which takes SQL
  std::vector<std::string> cpp_bases;      ///< classes that C++ migrations derive from
  std::vector<std::string> cpp_up;         ///< their methods; empty: `up`
  std::vector<std::string> cpp_down;       ///< their methods; empty: `down`
  SessionConfig session;
  std::map<std::string, RuleSetting> rules;
};

/// A mistake in belay.toml. An error is an unknown key, a wrong type, a value out of its set: what
/// was written does not count. A warning counts and should not stand there all the same.
struct ConfigProblem {
  enum class Severity : uint8_t { kWarning, kError };

  Severity severity = Severity::kError;
  ByteRange range;
  std::string message;  ///< says what was meant, where a guess is near enough
};

struct ConfigReading {
  Config config;
  std::vector<ConfigProblem> problems;  ///< in the order of the text
};

/// What belay.toml may say of a rule; the analyzer knows its rules and passes them here.
struct KnownRule {
  std::string_view id;
  std::vector<std::string_view> options;
};

/// Reads the text of a belay.toml. What is wrong is told and left at its default. Without `rules`
/// the names in `[rules]` are taken as they stand.
ConfigReading read_config(std::string_view text, const std::string& path,
                          std::span<const KnownRule> rules);

/// The nearest belay.toml at or above `directory`; empty where there is none.
std::string find_config(const FileSystem& files, const std::string& directory);

/// The table of keys in docs/configuration.md, made from the keys that `read_config` knows.
std::string config_reference();

}  // namespace belay::project

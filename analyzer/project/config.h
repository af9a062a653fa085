#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

#include "analyzer/project/layout.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"
#include "support/file_system.h"

namespace belay::project {

inline constexpr std::string_view kConfigFileName = "belay.toml";

/// What `[rules]` says of one rule.
struct RuleSetting {
  /// `off`, `info`, `warning` or `error`; none: the rule's own.
  std::optional<std::string> severity;
  /// The rule's options, as integers, booleans, strings or lists of strings in text form.
  std::map<std::string, std::string> options;
  ByteRange range;
};

struct Environment {
  std::string name;
  std::string url;  ///< as written, `${ENV}` not replaced; empty: not set
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
  std::map<std::string, RuleSetting> rules;
};

/// A mistake in belay.toml: an unknown key, a wrong type, a value out of its set.
struct ConfigProblem {
  ByteRange range;
  std::string message;  ///< says what was meant, where a guess is near enough
};

struct ConfigReading {
  Config config;
  std::vector<ConfigProblem> problems;
};

/// What belay.toml may say of a rule; the analyzer knows its rules and passes them here.
struct KnownRule {
  std::string_view id;
  std::vector<std::string_view> options;
};

/// Reads the text of a belay.toml. What is wrong is told and left at its default.
ConfigReading read_config(std::string_view text, const std::string& path,
                          std::span<const KnownRule> rules);

/// The nearest belay.toml at or above `directory`; empty where there is none.
std::string find_config(const FileSystem& files, const std::string& directory);

}  // namespace belay::project

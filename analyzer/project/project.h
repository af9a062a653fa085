#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/project/config.h"
#include "analyzer/project/layout.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"
#include "support/file_system.h"

namespace belay::project {

enum class Direction : uint8_t { kUp, kDown };

/// Where a script stands, and how its runner runs it. The text itself is not kept here.
struct Script {
  std::string path;
  /// The script's part of the file, in bytes; the whole file where the layout has a file for each
  /// direction.
  ByteRange range;
  /// Where the script is written inside comments (Liquibase's `--rollback` lines): the file's text
  /// with all that is not the script blanked out, so that offsets stay those of the file.
  std::shared_ptr<const std::string> unwrapped;
  /// The runner's habit, or what a directive in the script says instead.
  TransactionHabit transaction = TransactionHabit::kPerScript;
  /// The directive that changed the habit; empty without one.
  ByteRange transaction_directive;
};

/// One versioned step of a history.
struct Migration {
  enum class Kind : uint8_t { kVersioned, kRepeatable, kBaseline };

  std::string version;  ///< as written: `0042`, `20240131120000`, `1.2`; empty for a repeatable one
  std::string name;     ///< as written, without version and suffixes
  std::string id;       ///< unique within its set, what people call it: `0042_split_name`
  Kind kind = Kind::kVersioned;
  std::optional<Script> up;
  std::optional<Script> down;
  /// The layout or its author declares that there is no way back (an explicit `--rollback empty`,
  /// a one-way layout): a missing down is then no finding.
  bool one_way = false;
};

/// Something wrong with the files themselves: a name that the layout cannot read, a version twice, a
/// down without its up. Rules turn it into findings.
struct LayoutProblem {
  enum class Kind : uint8_t {
    kBadFileName,
    kDuplicateVersion,
    kDownWithoutUp,
    kBadMark,  ///< a mark inside the file that is misspelt, doubled or out of order
    kUnreadable,
  };
  Kind kind = Kind::kBadFileName;
  std::string path;
  ByteRange range;
  std::string message;
  std::string related_path;  ///< the other file of a duplicate
};

/// A decision that was made for the user, and why: shown by `belay lint --explain-config`.
struct Choice {
  std::string what;   ///< `dialect`, `layout`, `migrations`, ...
  std::string value;
  std::string why;
};

/// One history: a folder (or one dialect's share of it) with its migrations in the order in which
/// their runner would apply them.
struct MigrationSet {
  std::string directory;
  Layout layout = Layout::kPlain;
  Dialect dialect;
  std::vector<Migration> migrations;
  std::vector<LayoutProblem> problems;
  std::vector<Choice> choices;
};

/// A project: its configuration and its histories. Found from files, never from a database.
struct Project {
  std::string root;
  Config config;
  std::vector<MigrationSet> sets;
  std::vector<Choice> choices;
};

/// What a person may say on the command line or in an editor, over the configuration file.
struct Overrides {
  std::optional<Engine> engine;
  std::optional<EngineVersion> version;
  std::optional<Layout> layout;
  std::string environment;  ///< whose `[environments.NAME]` counts; empty: the configured default
};

/// Finds the histories at and below `path` (a folder or one file), under the configuration that
/// `find_config` found for it. A file that belongs to a history brings the whole of it: what
/// earlier migrations made is known then. Errors: `path` does not exist or cannot be read.
Result<Project> discover(const FileSystem& files, const std::string& path, const Config& config,
                         const Overrides& overrides);

/// Reads the marks and directives within one file again after its text changed, in place: the
/// scripts of `set` that stand in `path`, and the problems of that file.
void reread(MigrationSet& set, const std::string& path, std::string_view text);

}  // namespace belay::project

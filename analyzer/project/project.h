#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/project/config.h"
#include "analyzer/project/layout.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"
#include "analyzer/text/source_map.h"
#include "support/file_system.h"

namespace belay::project {

enum class Direction : uint8_t { kUp, kDown };

/// A part of a script that a program decides while it runs.
struct RunTimePart {
  ByteRange range;
  std::string why;  ///< `the parameter `table``
  /// What stands there is known, and whether it runs is not.
  bool is_condition = false;
  /// Where the program decides it.
  Place decided_at;
  /// It is a number or was quoted: it cannot bring SQL along.
  bool harmless = false;
  /// It is one of several texts of the program's own.
  bool from_source = false;
};

/// Where a script stands, and how its runner runs it. The text itself is not kept here.
struct Script {
  /// Of the file. Of SQL in a program, which has no file of its own, a name that is no file's:
  /// `file()` is where it is written, and `sources` leads there byte by byte.
  std::string path;
  /// The script's part of the file, in bytes; the whole file, without a byte order mark, where the
  /// layout has a file for each direction. Empty where the file lacks the part.
  ByteRange range;
  /// Where the script is not a plain part of its file (Liquibase's `--rollback` lines, several
  /// `Up` parts, statements that a mark ends instead of a semicolon): the file's text with all that
  /// is not the script blanked out, so that offsets stay those of the file. `range` still bounds
  /// it; scripts of one file may share the text.
  std::shared_ptr<const std::string> unwrapped;
  /// The runner's habit, or what a directive in the script says instead.
  TransactionHabit transaction = TransactionHabit::kPerScript;
  /// The directive that changed the habit; empty without one.
  ByteRange transaction_directive;
  /// The file of the directive, where it is not the script's own: `up.sql` has its `metadata.toml`.
  std::string directive_path;
  /// Null for what stands in a file as it is.
  std::shared_ptr<const SourceMap> sources;
  std::vector<RunTimePart> run_time;  ///< in order

  const std::string& file() const { return sources == nullptr ? path : sources->anchor().path; }
  /// Where a range of the script stands in a file.
  Place place(ByteRange of) const {
    return sources == nullptr ? Place{path, of} : sources->place(of);
  }
};

/// What a migration that is a C++ class says of itself.
struct ClassDeclaration {
  struct Dependency {
    std::string version;
    Place place;
  };

  std::string name;     ///< with its namespaces
  Place place;          ///< of the name
  bool is_ours = true;  ///< derives from a class of Belay's
  /// What tells the version; none where it is no literal.
  std::optional<Place> version;
  std::optional<Place> version_method;  ///< the name of the method that tells it
  std::vector<Dependency> dependencies;
  bool declares_reversible = false;
  bool registered = false;
  std::optional<bool> backup_required;  ///< where the class says it itself
  Place backup_method;                  ///< the name of the method that says it
  std::optional<Place> down_throws;     ///< what `down` throws whatever happens
  /// `up` with its body, where it is written within the class.
  std::optional<Place> up_definition;
  std::optional<Place> base;  ///< the name of the first class that it derives from, as written
};

/// One versioned step of a history.
struct Migration {
  enum class Kind : uint8_t {
    kVersioned,
    kRepeatable,  ///< runs again whenever its text changes
    kBaseline,    ///< stands for all up to its version on an empty database, and for nothing else
    kOutside,     ///< no migration: SQL that a program runs, whenever it does
  };

  std::string version;  ///< as written: `0042`, `20240131120000`, `1.2`; empty where it has none
  std::string name;     ///< as written, without version and suffixes
  std::string id;       ///< unique within its set, what people call it: `0042_split_name`
  Kind kind = Kind::kVersioned;
  std::optional<Script> up;
  std::optional<Script> down;
  /// The layout or its author declares that there is no way back (an explicit `--rollback empty`,
  /// a one-way layout): a missing down is then no finding.
  bool one_way = false;
  /// Null for what is no class.
  std::shared_ptr<const ClassDeclaration> declaration;

  /// Whether one of its scripts is in that file.
  bool stands_in(const std::string& path) const {
    return (up && up->file() == path) || (down && down->file() == path);
  }
};

/// Something wrong with the files themselves: a name that the layout cannot read, a version twice,
/// a down without its up. Rules turn it into findings.
struct LayoutProblem {
  enum class Kind : uint8_t {
    kBadFileName,
    kDuplicateVersion,
    kDownWithoutUp,
    kBadMark,           ///< a mark inside the file that is misspelt, doubled or out of order
    kMissingSemicolon,  ///< a last statement without end, where the runner wants one
    kMissingFile,       ///< a plan or changelog names a file or change that is not there
    kUnreadable,
    kReadInPart,     ///< a C++ source that its compiler does not understand
    kBadDependency,  ///< a circle, or a version that no migration has
  };
  Kind kind = Kind::kBadFileName;
  std::string path;
  ByteRange range;
  std::string message;
  std::string related_path;  ///< the other file of a duplicate
};

/// `bad-file-name`, `duplicate-version`, ...
std::string_view layout_problem_name(LayoutProblem::Kind kind);

/// A decision that was made for the user, and why: shown by `belay lint --explain-config`.
struct Choice {
  std::string what;  ///< `dialect`, `layout`, `migrations`, `ignored`, ...
  std::string value;
  std::string why;
};

/// One history: a folder (or one dialect's share of it) with its migrations in the order in which
/// their runner would apply them.
struct MigrationSet {
  std::string directory;
  Layout layout = Layout::kPlain;
  Dialect dialect;
  /// What the runner does with a script that asks for nothing.
  TransactionHabit transaction = TransactionHabit::kPerScript;
  std::vector<Migration> migrations;
  /// Every file that a script of the set stands in, and those that order or direct them
  /// (`sqitch.plan`, `metadata.toml`): a change to another file does not touch the set. Sorted.
  std::vector<std::string> files;
  std::vector<LayoutProblem> problems;
  std::vector<Choice> choices;
  /// Of the scripts that stand in programs, by their paths.
  std::map<std::string, std::shared_ptr<const SourceMap>> sources;

  /// Takes the source maps of the migrations' scripts up into `sources`.
  void index_sources() {
    sources.clear();
    for (const Migration& migration : migrations) {
      for (const auto* script : {&migration.up, &migration.down}) {
        if (*script && (*script)->sources) sources[(*script)->path] = (*script)->sources;
      }
    }
  }
  /// Where a place is written: itself, but for the script of a program.
  Place written_at(const Place& place) const {
    const auto found = sources.find(place.path);
    return found == sources.end() ? place : found->second->place(place.range);
  }
};

/// A project: its configuration and its histories. Found from files, never from a database.
struct Project {
  std::string root;
  Config config;
  std::vector<MigrationSet> sets;  ///< by directory, then dialect
  std::vector<Choice> choices;
};

/// What a person may say on the command line or in an editor, over the configuration file.
struct Overrides {
  std::optional<Engine> engine;
  std::optional<EngineVersion> version;
  std::optional<Layout> layout;
  std::string environment;  ///< whose `[environments.NAME]` counts; empty: the configured default
};

/// Takes over the text of a file that `discover` has read.
using TextSink = std::function<void(const std::string& path, std::string text)>;

/// Finds the histories at and below `path` (a folder or one file), under the configuration that
/// `find_config` found for it. A file that belongs to a history brings the whole of it: what
/// earlier migrations made is known then. Errors: `path` does not exist or cannot be read.
///
/// Every file of a set is read once. `sink`, where given, gets the text of each of them that could
/// be read, once, so that nobody has to read it again.
Result<Project> discover(const FileSystem& files, const std::string& path, const Config& config,
                         const Overrides& overrides, const TextSink& sink = {});

/// Reads the marks and directives within one file again after its text changed, in place: the
/// scripts of `set` that stand in `path`, and the problems of that file. False where the change may
/// reach further than that (a plan, an include, a file that the set does not know): `discover` has
/// to run again; the set is then as it was.
bool reread(MigrationSet& set, const std::string& path, std::string_view text);

}  // namespace belay::project

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cpp/weave.h"
#include "analyzer/project/project.h"
#include "analyzer/rollback/reversibility.h"
#include "analyzer/rollback/risk.h"
#include "analyzer/rules/linter.h"
#include "analyzer/rules/settings.h"
#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"
#include "analyzer/text/document.h"

namespace belay {

/// A script with all that is known of it.
struct AnalyzedScript {
  Document document;  ///< what it was read from
  /// The file that a person wrote it in: the same, but for the script of a program.
  Document source;
  std::shared_ptr<const SourceMap> sources;  ///< null but for the script of a program
  std::shared_ptr<const sql::ParsedScript> parsed;
  std::shared_ptr<const rules::ScriptResult> result;

  /// A range of `document`, as one of `source`.
  ByteRange written(ByteRange range) const {
    return sources == nullptr ? range : sources->place(range).range;
  }
  /// The line of `source` that it begins on, from 1.
  uint32_t line_of(ByteRange range) const {
    return source.lines().line_of(written(range).begin) + 1;
  }
};

/// What a program's source says of its migrations once it has changed.
struct SourceUpdate {
  std::string path;
  Document source;
  cpp::Woven woven;
  std::vector<project::LayoutProblem> problems;
};

/// A migration at its place in the history.
struct AnalyzedMigration {
  schema::Schema before;
  schema::Schema after;
  /// Behind the up and then the down; as `after` where there is no down.
  schema::Schema after_down;
  std::optional<AnalyzedScript> up;
  std::optional<AnalyzedScript> down;
  rollback::Reversibility reversibility;
};

/// The script as it was replayed; borrows from it.
rollback::Run run_of(const AnalyzedScript& script);

/// The greatest risk of its operations.
rollback::Risk greatest_risk(const AnalyzedScript& script);

/// Which script of a set.
struct ScriptPlace {
  uint32_t migration = 0;
  project::Direction direction = project::Direction::kUp;
};

/// The scripts of a set by the files that they stand in.
using ScriptIndex = std::map<std::string, std::vector<ScriptPlace>, std::less<>>;

/// A history with everything that Belay has to say of it. Immutable once handed out: features read
/// it while the workspace goes on.
struct AnalyzedSet {
  std::shared_ptr<const project::MigrationSet> set;
  /// One for each migration of `set`, in its order.
  std::vector<std::shared_ptr<const AnalyzedMigration>> migrations;
  /// Those of the set as a whole: names, versions, missing downs. By path.
  std::vector<Finding> findings;
  size_t suppressed = 0;  ///< of `findings`
  std::shared_ptr<const ScriptIndex> files;

  /// The scripts that stand in a file, in the order of the history, each up before its down.
  std::span<const ScriptPlace> scripts_in(std::string_view path) const;
  /// The text of a file that a script stands in; null for others.
  const Document* source_of(std::string_view path) const;
  /// The findings of the set as a whole that stand in a file.
  std::span<const Finding> findings_in(std::string_view path) const;
  /// What a rule needs to know of a script; `migration` must have one in that direction.
  rules::ScriptContext context(uint32_t migration, project::Direction direction) const;
  const AnalyzedScript* script(uint32_t migration, project::Direction direction) const;
};

/// A history in memory, updated document by document. An edit parses the statements that changed,
/// lints the scripts that stand in the document, and goes on to later migrations only as far as the
/// schema before them changed in something that they, or tables tied to theirs by foreign keys,
/// mention. That second part can be put off, for an editor to show first what stands before its
/// user. Used by one thread at a time.
class Workspace {
 public:
  /// `texts` holds the text of each of the set's files that could be read.
  Workspace(project::MigrationSet set, const std::map<std::string, Document>& texts,
            rules::Settings settings, sql::Recovery recovery);

  const std::shared_ptr<const AnalyzedSet>& snapshot() const { return current_; }

  /// Takes over a new text of one of the set's files. False where the change may concern which
  /// files and migrations there are: the project has to be discovered anew.
  bool update(const std::string& path, const Document& document);

  /// The same for the migrations that stand in the file alone. Later ones keep what was known of
  /// them until `catch_up`.
  bool edit(const std::string& path, const Document& document);
  /// The same for the source of a program. False where it holds other migrations than before.
  bool edit_source(SourceUpdate update);
  /// Goes on to the later migrations that the edits since the last call can have changed. False
  /// where none was.
  bool catch_up();

  /// How many scripts the last construction, edit or catching up went through: tests and traces
  /// ask.
  size_t scripts_linted() const { return scripts_linted_; }

 private:
  using Migrations = std::vector<std::shared_ptr<const AnalyzedMigration>>;

  std::shared_ptr<const AnalyzedMigration> analyze(const project::MigrationSet& set, uint32_t index,
                                                   const schema::Schema& before,
                                                   const AnalyzedMigration* previous,
                                                   const std::string* changed_path,
                                                   const Document* changed);
  /// A script's text and statements, without findings.
  AnalyzedScript read_script(const project::MigrationSet& set, uint32_t index,
                             project::Direction direction, const AnalyzedScript* previous,
                             const std::string* changed_path, const Document* changed) const;
  /// Goes through the history as a whole, once all of its migrations are there.
  void finish(AnalyzedSet& set) const;
  Document document_of(const std::string& path) const;
  /// Puts a history in the place of the current one, which differs in the migrations `edited`.
  void replace(project::MigrationSet set, const std::vector<uint32_t>& edited,
               const std::string* changed_path, const Document* changed);

  rules::Settings settings_;
  sql::Recovery recovery_;
  std::map<std::string, Document> documents_;
  std::shared_ptr<const AnalyzedSet> current_;
  /// The last one in which every migration was judged against the schema that the ones before it
  /// leave; null where that is `current_`.
  std::shared_ptr<const AnalyzedSet> settled_;
  size_t scripts_linted_ = 0;
};

}  // namespace belay

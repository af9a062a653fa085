#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/project.h"
#include "analyzer/text/range.h"

namespace belay::project {

/// One changeset of a Liquibase changelog in formatted SQL.
struct Changeset {
  std::string author;
  std::string id;
  ByteRange mark;  ///< the `--changeset` line
  ByteRange up;
  /// The rollback's part: bounds in `Changelog::rollbacks`. None where there is no rollback.
  std::optional<ByteRange> down;
  bool run_in_transaction = true;
  ByteRange transaction_directive;
  std::string dbms;               ///< as written: `postgresql,!h2`; empty: every database
  bool ignored = false;           ///< `ignore:true`
  bool runs_again = false;        ///< `runOnChange:true`, `runAlways:true`
  bool declared_one_way = false;  ///< `--rollback empty`, `--rollback not required`
  /// `--rollback changeSetId:... changeSetAuthor:... [changeSetPath:...]`: another changeset's up
  /// is this one's down.
  struct Reference {
    std::string author;
    std::string id;
    std::string path;  ///< empty: the same file
  };
  std::optional<Reference> rollback_is;
};

/// `--include file:x.sql`, `--includeAll path:folder`.
struct ChangelogInclude {
  std::string path;
  bool all = false;
  bool relative_to_changelog = false;
  ByteRange range;
};

/// A part of a changelog: one of the two.
struct ChangelogItem {
  std::optional<Changeset> changeset;
  std::optional<ChangelogInclude> include;
};

struct Changelog {
  /// Whether the first line says `--liquibase formatted sql`; nothing was read otherwise.
  bool formatted = false;
  std::vector<ChangelogItem> items;
  /// The text with all but the rollbacks blanked out.
  std::shared_ptr<const std::string> rollbacks;
  /// The text as Liquibase cuts it, where it differs from what stands there: without its own lines
  /// (`--rollback`, `--comment`) and those that it is told to ignore, with a semicolon for the
  /// `endDelimiter` of a changeset. Null otherwise.
  std::shared_ptr<const std::string> script;
  std::vector<LayoutProblem> problems;

  bool has_includes() const;
};

/// Source of the grammar: liquibase/liquibase, AbstractFormattedChangeLogParser.java.
Changelog read_changelog(std::string_view text, const std::string& path);

/// Whether a changeset with this `dbms` runs on the engine.
bool runs_on(std::string_view dbms, Engine engine);

}  // namespace belay::project

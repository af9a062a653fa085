#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/project/build_set.h"
#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/layouts/liquibase.h"
#include "analyzer/project/project.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

/// Problems that come from a file's text; the others come from its name.
bool is_of_text(Kind kind) {
  return kind == Kind::kBadMark || kind == Kind::kMissingSemicolon || kind == Kind::kUnreadable;
}

void forget_problems_of_text(MigrationSet& set, const std::string& path) {
  std::erase_if(set.problems, [&](const LayoutProblem& problem) {
    return problem.path == path && is_of_text(problem.kind);
  });
}

bool stands_in(const std::optional<Script>& script, const std::string& path) {
  return script && script->path == path;
}

/// A script that is a whole file; what another file says of its transaction stays.
Script whole_again(const MigrationSet& set, const Script& old, std::string_view text) {
  Script script = whole_script(set, old.path, text);
  const bool said_elsewhere = !old.directive_path.empty() ||
                              // pop says it in the name, so there is no place for it.
                              (old.transaction == TransactionHabit::kNone &&
                               old.transaction_directive.empty() && set.layout == Layout::kPop);
  if (said_elsewhere) {
    script.transaction = old.transaction;
    script.transaction_directive = old.transaction_directive;
    script.directive_path = old.directive_path;
  }
  return script;
}

/// Whether a changelog read alone says all about its changesets: it includes nothing, and its
/// rollbacks are its own. (A rollback by another changeset of the same file is found again.)
bool stands_alone(const Changelog& log) {
  return log.formatted && !log.has_includes() &&
         std::none_of(log.items.begin(), log.items.end(), [](const ChangelogItem& item) {
           return item.changeset->rollback_is.has_value();
         });
}

Migration changeset_migration(const MigrationSet& set, Draft draft) {
  Migration out = std::move(draft.migration);
  const auto script = [&](DraftScript& half) {
    Script made = std::move(*half.ready);
    made.transaction = half.no_transaction ? TransactionHabit::kNone : set.transaction;
    if (half.no_transaction) made.transaction_directive = half.directive;
    return made;
  };
  out.up = script(*draft.up);
  if (draft.down) out.down = script(*draft.down);
  return out;
}

/// Whether a changeset of `path` is another one's rollback: its up is that one's down.
bool serves_as_rollback(const MigrationSet& set, const std::string& path) {
  std::set<ByteRange> ups;
  for (const Migration& migration : set.migrations) {
    if (stands_in(migration.up, path)) ups.insert(migration.up->range);
  }
  return std::any_of(set.migrations.begin(), set.migrations.end(), [&](const Migration& migration) {
    return stands_in(migration.down, path) && ups.contains(migration.down->range);
  });
}

bool reread_changelog(MigrationSet& set, const std::string& path, std::string_view text) {
  Changelog log = read_changelog(text, path);
  if (!stands_alone(log) || serves_as_rollback(set, path)) return false;
  const std::string file = path::relative_to(path, set.directory);
  std::vector<Migration> fresh;
  for (ChangelogItem& item : log.items) {
    const Changeset& changeset = *item.changeset;
    const bool twice = std::any_of(fresh.begin(), fresh.end(), [&](const Migration& other) {
      return other.version == changeset.id && other.name == changeset.author;
    });
    if (twice) return false;
    if (changeset.ignored || !runs_on(changeset.dbms, set.dialect.engine)) continue;
    fresh.push_back(changeset_migration(set, changeset_draft(file, path, log, changeset)));
  }
  auto& migrations = set.migrations;
  const auto is_old = [&](const Migration& migration) { return stands_in(migration.up, path); };
  const auto first = std::find_if(migrations.begin(), migrations.end(), is_old);
  if (first == migrations.end()) return false;  // its place among the others is not known
  const auto last = std::find_if_not(first, migrations.end(), is_old);
  if (std::any_of(last, migrations.end(), is_old)) return false;
  const auto at = migrations.erase(first, last);
  migrations.insert(at, std::make_move_iterator(fresh.begin()),
                    std::make_move_iterator(fresh.end()));
  forget_problems_of_text(set, path);
  for (LayoutProblem& problem : log.problems) set.problems.push_back(std::move(problem));
  sort_problems(set.problems);
  return true;
}

}  // namespace

bool reread(MigrationSet& set, const std::string& path, std::string_view text) {
  if (!std::binary_search(set.files.begin(), set.files.end(), path)) return false;
  if (set.layout == Layout::kLiquibase) return reread_changelog(set, path, text);
  std::vector<Migration*> found;
  for (Migration& migration : set.migrations) {
    if (migration.stands_in(path)) {
      found.push_back(&migration);
    }
  }
  const bool in_program = std::any_of(found.begin(), found.end(), [](const Migration* migration) {
    return migration->declaration != nullptr || migration->kind == Migration::Kind::kOutside;
  });
  if (in_program) return false;
  if (found.empty()) return false;  // a plan, a lock file, the metadata of a migration
  forget_problems_of_text(set, path);
  for (Migration* migration : found) {
    const bool pair = migration->down && migration->down->path != migration->up->path;
    if (!pair && is_marked_file(set.layout, path)) {
      apply_marks(set, *migration, path, text);
      continue;
    }
    for (auto* script : {&migration->up, &migration->down}) {
      if (stands_in(*script, path)) **script = whole_again(set, **script, text);
    }
  }
  sort_problems(set.problems);
  return true;
}

}  // namespace belay::project

// Flyway and refinery: the kind of a migration is the first letter of its name.
//
// Sources: flyway/flyway ResourceNameParser.java, MigrationVersion.java,
// CompositeMigrationResolver.java; rust-db/refinery refinery_core/src/util.rs.
#include <algorithm>
#include <array>
#include <string>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

std::string_view base_name(std::string_view relative) { return path::file_name(relative); }

/// Flyway runs these around others; they are no part of the history.
bool is_callback(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kPrefixes = {"before", "after", "createSchema",
                                                                "undo",   "clean", "baseline"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// `v1__x.sql`, `V1_x.sql`: meant as a migration, and none for the tool.
bool looks_like_flyway(std::string_view name) {
  return name.size() > 1 && is_sql(name) &&
         std::string_view("VUBRvubr").find(name.front()) != std::string_view::npos &&
         (ascii::is_digit(name[1]) || name.substr(1, 2) == "__");
}

/// `V1__x.sql.conf`: settings of one script, as `key=value` lines.
void read_script_config(Planner& planner, DraftScript& script) {
  const std::string path = script.path + ".conf";
  if (!planner.files().has_file(path)) return;
  planner.also_reads(path);
  const std::string* text = planner.files().text(path);
  if (text == nullptr) return;
  LineReader lines(*text, content_begin(*text));
  for (TextLine line; lines.next(line);) {
    const size_t equals = line.text.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view key = ascii::trim(line.text.substr(0, equals));
    if (key.starts_with("flyway.")) key.remove_prefix(7);
    if (key != "executeInTransaction") continue;
    if (!ascii::equal_ignoring_case(ascii::trim(line.text.substr(equals + 1)), "false")) continue;
    script.no_transaction = true;
    script.directive = line.range();
    script.directive_path = path;
  }
}

bool is_sql_or_code(std::string_view name) {
  return is_sql(name) || name.ends_with(".java") || name.ends_with(".kt") || name.ends_with(".rs");
}

/// What Flyway does not read, and why.
void not_flyway(Planner& planner, const std::string& file) {
  const std::string_view name = base_name(file);
  if (!is_sql(name)) {
    if (looks_like_flyway(std::string(name.substr(0, name.rfind('.'))) + ".sql")) {
      planner.ignore(file,
                     "a migration in Java or Kotlin: what it does is not known, and later "
                     "ones may build on it");
    }
  } else if (is_callback(name)) {
    planner.ignore(file, "a callback of Flyway: it runs around migrations and is none");
  } else if (looks_like_flyway(name)) {
    planner.bad_name(file,
                     "Flyway passes over this file in silence (unless "
                     "`validateMigrationNaming` is on); it wants `V1.2__description.sql`, "
                     "with a capital letter and two underscores");
  } else {
    planner.ignore(file, "not a migration by its name: Flyway wants `V1__description.sql`");
  }
}

void add_flyway(Planner& planner, const std::string& file, const FlywayName& name) {
  const std::string path = planner.folder().file(file);
  std::string_view id = base_name(file);
  id.remove_suffix(4);
  SortKey key = flyway_key(name.version);
  auto kind = Migration::Kind::kVersioned;
  if (name.prefix == 'R') {
    kind = Migration::Kind::kRepeatable;
    key = {2, {}, std::string(name.description)};  // behind all others
  } else if (name.prefix == 'B') {
    kind = Migration::Kind::kBaseline;
    key.text += 'B';  // behind the migration of the same version, which it includes
  }
  Draft& draft = planner.add(std::move(key), name.version, name.description, id, path);
  draft.migration.kind = kind;
  draft.migration.one_way = kind != Migration::Kind::kVersioned;
  read_script_config(planner, *draft.up);
}

/// An undo belongs to the versioned migration of an equal version.
void add_undo(Planner& planner, const std::string& file, const FlywayName& name) {
  const std::string path = planner.folder().file(file);
  const SortKey key = flyway_key(name.version);
  auto at = std::lower_bound(
      planner.drafts().begin(), planner.drafts().end(), key,
      [](const Draft& draft, const SortKey& wanted) { return compare(draft.key, wanted) < 0; });
  for (; at != planner.drafts().end() && compare(at->key, key) == 0; ++at) {
    Draft& draft = *at;
    if (draft.migration.kind != Migration::Kind::kVersioned) continue;
    if (draft.down) {
      return planner.problem(LayoutProblem::Kind::kDuplicateVersion, path,
                             "version " + std::string(name.version) + " already has an undo script",
                             draft.down->path);
    }
    draft.down.emplace();
    draft.down->path = path;
    return read_script_config(planner, *draft.down);
  }
  planner.problem(LayoutProblem::Kind::kDownWithoutUp, path,
                  "there is no `V" + std::string(name.version) + "__...` to undo");
}

}  // namespace

void plan_flyway(Planner& planner) {
  std::vector<std::string> undos;
  for (const std::string& file : files_below(planner.files(), planner.folder(), is_sql_or_code)) {
    const auto name = flyway_name(base_name(file));
    if (!name || !name->valid) {
      not_flyway(planner, file);
    } else if (name->prefix == 'U') {
      undos.push_back(file);
    } else {
      add_flyway(planner, file, *name);
    }
  }
  planner.sort();
  planner.report_equal_keys("the repeatable migration", "Flyway refuses to run");
  for (const std::string& file : undos) add_undo(planner, file, *flyway_name(base_name(file)));
  // Undo scripts are for its paid editions: a project without any has chosen the way of no return.
  for (Draft& draft : planner.drafts()) draft.migration.one_way |= undos.empty();
}

void plan_refinery(Planner& planner) {
  for (const std::string& file : files_below(planner.files(), planner.folder(), is_sql_or_code)) {
    const std::string_view base = base_name(file);
    const bool rust = base.ends_with(".rs");
    std::string as_sql(base.substr(0, base.rfind('.')));
    as_sql += ".sql";
    const auto name = flyway_name(as_sql);
    const bool word = name && !name->description.empty() &&
                      std::all_of(name->description.begin(), name->description.end(),
                                  [](char c) { return ascii::is_word(c) || ascii::is_foreign(c); });
    const bool reads = word && name->valid && (name->prefix == 'V' || name->prefix == 'U') &&
                       is_int64(name->version, true);
    if (rust) {
      if (reads) {
        planner.ignore(file,
                       "a migration in Rust: what it does is not known, and later ones may "
                       "build on it");
      }
    } else if (!reads && (looks_like_flyway(base) || looks_numbered(base))) {
      planner.bad_name(file,
                       "refinery does not read this name; it wants `V1__name.sql`, with a "
                       "whole number, two underscores and a name of letters, digits and "
                       "underscores");
    } else if (!reads) {
      planner.ignore(file, "not a migration by its name: refinery wants `V1__name.sql`");
    } else {
      Draft& draft = planner.add(number_key(name->version), name->version, name->description,
                                 base.substr(0, base.size() - 4), planner.folder().file(file));
      draft.migration.one_way = true;
    }
  }
  planner.sort();
  planner.report_equal_keys("", "refinery refuses to run");
}

}  // namespace belay::project

// pop and its descendant popx: a file for each direction, and where need be for each dialect.
//
// Sources: gobuffalo/pop migrator.go and migration_info.go; ory/x popx/match.go and
// popx/migration_info.go.
#include <array>
#include <map>
#include <string>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"

namespace belay::project {
namespace {

/// The file that serves a dialect: its own, or else the common one.
struct Slot {
  std::string own;
  std::string common;
  bool own_autocommit = false;
  bool common_autocommit = false;

  bool empty() const { return own.empty() && common.empty(); }
  const std::string& file() const { return own.empty() ? common : own; }
  bool autocommit() const { return own.empty() ? common_autocommit : own_autocommit; }
};

struct Version {
  std::array<Slot, 2> slots;  ///< by direction
  std::string title;
  bool any_up = false;  ///< for any dialect
};

/// pop has one name for MySQL and MariaDB.
bool serves(std::string_view infix, Engine engine) {
  const auto named = engine_from_name(infix == "pgx" ? "pg" : infix);
  if (!named) return false;
  const bool both_mysql = (*named == Engine::kMysql || *named == Engine::kMariadb) &&
                          (engine == Engine::kMysql || engine == Engine::kMariadb);
  return *named == engine || both_mysql;
}

void fill(Planner& planner, const std::string& file, const PopName& name, Version& version) {
  Slot& slot = version.slots[static_cast<size_t>(name.direction)];
  const bool common = name.dialect.empty();
  std::string& place = common ? slot.common : slot.own;
  if (!place.empty()) {
    planner.problem(LayoutProblem::Kind::kDuplicateVersion, planner.folder().file(file),
                    "version " + std::string(name.version) +
                        " already has a script for this direction and dialect",
                    planner.folder().file(place));
    return;
  }
  place = file;
  (common ? slot.common_autocommit : slot.own_autocommit) = name.autocommit;
  if (name.direction == Direction::kUp || version.title.empty()) version.title = name.title;
}

std::optional<DraftScript> script(const Planner& planner, const Slot& slot) {
  if (slot.empty()) return std::nullopt;
  DraftScript out;
  out.path = planner.folder().file(slot.file());
  out.no_transaction = slot.autocommit();
  return out;
}

/// Files that no history of this folder takes.
void not_pop(Planner& planner, const std::string& file) {
  if (file.ends_with(".fizz")) {
    planner.ignore(file, "written in fizz, not in SQL: what it does is not known");
  } else if (looks_numbered(file)) {
    planner.bad_name(file, "pop passes over this file in silence; it wants `" +
                               std::string(leading_digits(file)) + "_name.up.sql`");
  } else {
    planner.ignore(file, "not a migration by its name");
  }
}

}  // namespace

void plan_pop(Planner& planner, Engine engine) {
  // By version as text, which is also how pop orders them.
  std::map<std::string, Version, std::less<>> versions;
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file) && !file.ends_with(".fizz")) continue;
    const auto name = pop_name(file);
    if (!name || name->fizz) {
      not_pop(planner, file);
      continue;
    }
    if (!name->dialect.empty() && !is_pop_dialect(name->dialect)) {
      planner.bad_name(file, "pop knows no dialect `" + std::string(name->dialect) + "`");
      continue;
    }
    if (!name->dialect.empty() && !engine_from_name(name->dialect) && name->dialect != "pgx") {
      planner.ignore(file, "for CockroachDB, which is not among the engines that are checked");
      continue;
    }
    Version& version = versions[std::string(name->version)];
    version.any_up |= name->direction == Direction::kUp;
    if (name->dialect.empty() || serves(name->dialect, engine)) {
      fill(planner, file, *name, version);
    }
  }
  for (auto& [number, version] : versions) {
    auto up = script(planner, version.slots[0]);
    auto down = script(planner, version.slots[1]);
    if (!up) {
      // A step that other dialects have and this one does not need; its common down has nothing to
      // do.
      if (down && !version.any_up) {
        planner.problem(LayoutProblem::Kind::kDownWithoutUp, down->path,
                        "there is no up script to this down script");
      }
      continue;
    }
    Draft& draft = planner.add(text_key(number), number, version.title,
                               number + "_" + version.title, up->path);
    draft.up = std::move(up);
    draft.down = std::move(down);
  }
}

}  // namespace belay::project

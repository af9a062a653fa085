// One file for each migration, with a number at its front.
//
// Sources: pressly/goose migration.go and provider_collect.go, amacneil/dbmate pkg/dbmate/db.go,
// rubenv/sql-migrate migrate.go, salsita/node-pg-migrate src/migration.ts and migrationLoader.ts.
#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

std::string_view without_sql(std::string_view file) {
  if (is_sql(file)) file.remove_suffix(4);
  return file;
}

/// What follows the number in a name, without the separators between.
std::string_view title_of(std::string_view file) {
  std::string_view title = without_sql(file).substr(leading_digits(file).size());
  while (!title.empty() && std::string_view("_-. ").find(title.front()) != std::string_view::npos) {
    title.remove_prefix(1);
  }
  return title;
}

/// A migration in a programming language: later ones may build on it, and nothing is known of it.
void ignore_code(Planner& planner, std::string_view file, std::string_view language) {
  planner.ignore(file, "a migration in " + std::string(language) +
                           ": what it does is not known, and later ones may build on it");
}

/// node-pg-migrate orders by the number before the first underscore: milliseconds as they are, and
/// 17 digits as a date with time (`20240131120000123`), turned into milliseconds.
std::string node_timestamp(std::string_view file) {
  const std::string_view prefix = file.substr(0, file.find('_'));
  if (leading_digits(prefix) != prefix || prefix.empty()) return "0";
  if (prefix.size() != 17) return std::string(prefix);
  const auto number = [&](size_t at, size_t size) {
    return std::stoi(std::string(prefix.substr(at, size)));
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(4, 2))),
                            day(static_cast<unsigned>(number(6, 2)))};
  if (!date.ok()) return "0";
  const int64_t days = sys_days(date).time_since_epoch().count();
  const int64_t seconds = ((days * 24 + number(8, 2)) * 60 + number(10, 2)) * 60 + number(12, 2);
  return std::to_string(std::max<int64_t>(0, seconds * 1000 + number(14, 3)));
}

}  // namespace

void plan_goose(Planner& planner) {
  for (const std::string& file : planner.folder().files) {
    const bool go = file.ends_with(".go") && !file.ends_with("_test.go");
    if (!go && !is_sql(file)) continue;
    const size_t underscore = file.find('_');
    const std::string_view number =
        std::string_view(file).substr(0, std::min(underscore, file.size()));
    if (underscore == std::string::npos || !is_int64(number, false)) {
      if (looks_numbered(file)) {
        planner.bad_name(file,
                         "goose passes over this file in silence; it wants a version from 1, "
                         "an underscore and a name, `00042_name.sql`");
      } else if (!go) {
        planner.ignore(file, "goose passes over names without a version");
      }
      continue;
    }
    if (go) {
      ignore_code(planner, file, "Go");
      continue;
    }
    planner.add(number_key(number), number, title_of(file), without_sql(file),
                planner.folder().file(file));
  }
  planner.sort();
  planner.report_equal_keys("", "goose refuses the folder");
}

void plan_dbmate(Planner& planner) {
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    if (!ascii::is_digit(file.front())) {
      planner.ignore(file, "dbmate passes over names without a version");
      continue;
    }
    planner.add(text_key(file), leading_digits(file), title_of(file), without_sql(file),
                planner.folder().file(file));
  }
  planner.sort();
  planner.report_equal_versions("dbmate records a version once, so the second fails when it runs");
}

void plan_sql_migrate(Planner& planner) {
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    const std::string_view number = leading_digits(file);
    planner.add(number_then_text_key(number, file), number, title_of(file), without_sql(file),
                planner.folder().file(file));
  }
  planner.sort();
}

void plan_node_pg_migrate(Planner& planner) {
  std::map<std::string, std::string> downs;  // by stem
  for (const std::string& file : planner.folder().files) {
    if (file.ends_with(".js") || file.ends_with(".ts") || file.ends_with(".mjs") ||
        file.ends_with(".cjs")) {
      ignore_code(planner, file, file.ends_with(".ts") ? "TypeScript" : "JavaScript");
      continue;
    }
    if (!is_sql(file)) continue;
    std::string_view stem = without_sql(file);
    if (stem.ends_with(".down")) {
      downs.emplace(stem.substr(0, stem.size() - 5), file);
      continue;
    }
    if (stem.ends_with(".up")) stem.remove_suffix(3);
    SortKey key = number_key(node_timestamp(stem));
    key.text = stem;
    planner.add(std::move(key), leading_digits(stem), title_of(stem), stem,
                planner.folder().file(file));
  }
  planner.sort();
  for (Draft& draft : planner.drafts()) {
    const auto down = downs.find(draft.migration.id);
    if (down == downs.end() || !draft.up->path.ends_with(".up.sql")) continue;
    draft.down.emplace();
    draft.down->path = planner.folder().file(down->second);
    downs.erase(down);
  }
  for (const auto& [stem, file] : downs) {
    planner.problem(LayoutProblem::Kind::kDownWithoutUp, planner.folder().file(file),
                    "there is no `" + stem + ".up.sql`, and node-pg-migrate refuses the folder");
  }
}

void plan_plain(Planner& planner) {
  const auto& files = planner.folder().files;
  const bool any_numbered = std::any_of(files.begin(), files.end(), looks_numbered);
  for (const std::string& file : files) {
    if (!is_sql(file)) continue;
    if (any_numbered && !looks_numbered(file)) {
      planner.ignore(file, "no number at the front of the name, as the others have it");
      continue;
    }
    const std::string_view number = leading_digits(file);
    Draft& draft = planner.add(number_then_text_key(number, file), number, title_of(file),
                               without_sql(file), planner.folder().file(file));
    draft.migration.one_way = true;
  }
  if (planner.folder().has_file("atlas.sum"))
    planner.also_reads(planner.folder().file("atlas.sum"));
  planner.sort();
}

std::optional<std::string> rollback_folder_of(ProjectFiles& files, const Folder& folder) {
  for (const std::string_view name : {"rollback", "rollbacks"}) {
    if (!std::binary_search(folder.folders.begin(), folder.folders.end(), name)) continue;
    const Folder& downs = files.folder(path::join(folder.path, name));
    if (std::any_of(downs.files.begin(), downs.files.end(), looks_numbered)) return downs.path;
  }
  return std::nullopt;
}

void plan_rollback_folder(Planner& planner) {
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    if (!looks_numbered(file)) {
      planner.ignore(file, "no number at the front of the name, as the others have it");
      continue;
    }
    const std::string_view number = leading_digits(file);
    planner.add(number_then_text_key(number, file), number, title_of(file), without_sql(file),
                planner.folder().file(file));
  }
  planner.sort();
  planner.report_equal_versions("one number names one migration, and one rollback");
  const auto directory = rollback_folder_of(planner.files(), planner.folder());
  if (!directory) return;
  const Folder& downs = planner.files().folder(*directory);
  auto& drafts = planner.drafts();
  for (const std::string& file : downs.files) {
    if (!looks_numbered(file)) continue;
    const auto up = std::lower_bound(drafts.begin(), drafts.end(), leading_digits(file),
                                     [](const Draft& draft, std::string_view number) {
                                       return compare_numbers(draft.migration.version, number) < 0;
                                     });
    if (up == drafts.end() || compare_numbers(up->migration.version, leading_digits(file)) != 0) {
      planner.problem(LayoutProblem::Kind::kDownWithoutUp, downs.file(file),
                      "there is no migration with the number " + std::string(leading_digits(file)) +
                          " to roll back");
    } else if (up->down) {
      planner.problem(LayoutProblem::Kind::kDuplicateVersion, downs.file(file),
                      "migration " + up->migration.version + " already has a rollback",
                      up->down->path);
    } else {
      up->down.emplace();
      up->down->path = downs.file(file);
    }
  }
}

}  // namespace belay::project

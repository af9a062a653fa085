#include "analyzer/project/detect_layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/layouts/sqitch.h"
#include "analyzer/project/manifests.h"
#include "analyzer/project/marks/marks.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// How many files without a number are opened in the search for marks: a folder of queries may hold
/// thousands, and is no migration.
constexpr size_t kMostSniffed = 8;
constexpr size_t kMostSniffedBelow = 64;

/// golang-migrate refuses a number that two files use. A history with this many was never its own.
constexpr size_t kManyDuplicates = 3;

std::string such_as(const std::string& name) { return "names such as `" + name + "`"; }

/// The names of one folder, sorted by what they look like.
struct Names {
  std::vector<std::string> sql;
  std::vector<std::string> directed;  ///< `x.up.sql`
  std::vector<std::string> flyway;
  std::vector<std::string> numbered;
  std::vector<std::string> pop;  ///< with a dialect or `autocommit` in the name
};

Names sort_names(const Folder& folder) {
  Names out;
  std::vector<std::string> underscored;
  for (const std::string& file : folder.files) {
    if (const auto pop = pop_name(file); pop && (pop->autocommit || is_pop_dialect(pop->dialect))) {
      out.pop.push_back(file);
    }
    if (!is_sql(file)) continue;
    out.sql.push_back(file);
    if (const auto name = directed_name(file)) {
      // `clean_up.sql` is a word; it says a direction only where its other half does.
      const std::string other =
          std::string(name->stem) + (name->direction == Direction::kUp ? "_down.sql" : "_up.sql");
      const bool sure =
          name->separator != DirectedName::Separator::kUnderscore || folder.has_file(other);
      if (sure) out.directed.push_back(file);
    } else if (const auto flyway = flyway_name(file); flyway && flyway->valid) {
      out.flyway.push_back(file);
    }
    if (looks_numbered(file)) out.numbered.push_back(file);
  }
  return out;
}

// -- Folders ------------------------------------------------------------------------------------

/// The subfolders that begin with a digit and hold `file`.
std::vector<std::string> folders_with(ProjectFiles& files, const Folder& folder,
                                      std::string_view file) {
  std::vector<std::string> out;
  for (const std::string& name : folder.folders) {
    if (!ascii::is_digit(name.front())) continue;
    if (files.folder(path::join(folder.path, name)).has_file(file)) out.push_back(name);
  }
  return out;
}

std::optional<LayoutGuess> guess_by_folders(ProjectFiles& files, const Folder& folder) {
  for (const auto& [layout, file] :
       {std::pair<Layout, std::string>(Layout::kDiesel, "up.sql"),
        std::pair<Layout, std::string>(Layout::kPrisma, "migration.sql")}) {
    const std::vector<std::string> found = folders_with(files, folder, file);
    if (found.empty()) continue;
    LayoutGuess guess = chosen_layout(files, folder, layout, "");
    guess.why = "each migration has a folder with `" + file + "`, such as `" + found.front() + "/`";
    return guess;
  }
  return std::nullopt;
}

std::optional<LayoutGuess> guess_sqitch(ProjectFiles& files, const Folder& folder) {
  const bool plan = folder.has_file("sqitch.plan");
  if (!plan && !folder.has_file("sqitch.conf")) return std::nullopt;
  if (!files.has_file(read_sqitch_config(files, folder.path).plan)) return std::nullopt;
  return chosen_layout(files, folder, Layout::kSqitch,
                       plan ? "the folder has a `sqitch.plan`" : "`sqitch.conf` names a plan");
}

// -- Names of files -----------------------------------------------------------------------------

struct PairCounts {
  size_t golang = 0;      ///< names that golang-migrate reads
  size_t duplicates = 0;  ///< numbers that several ups have
  std::string other;      ///< the first name that golang-migrate does not read
};

PairCounts count_pairs(const std::vector<std::string>& directed) {
  PairCounts out;
  std::map<std::string, size_t, std::less<>> ups;
  for (const std::string& file : directed) {
    const auto name = directed_name(file);
    const std::string_view number = leading_digits(name->stem);
    const bool golang = !number.empty() && name->stem.substr(number.size()).starts_with('_') &&
                        name->separator != DirectedName::Separator::kUnderscore;
    out.golang += golang ? 1 : 0;
    if (!golang && out.other.empty()) out.other = file;
    if (golang && name->direction == Direction::kUp) ++ups[std::string(number)];
  }
  for (const auto& [number, count] : ups) out.duplicates += count > 1 ? 1 : 0;
  return out;
}

/// A file whose first bytes are sqlx's directive.
std::optional<std::string> sqlx_directive(ProjectFiles& files, const Folder& folder,
                                          const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string* text = files.text(folder.file(name));
    if (text != nullptr && text->starts_with("-- no-transaction")) return name;
  }
  return std::nullopt;
}

LayoutGuess guess_pairs(ProjectFiles& files, const Folder& folder, const Names& names) {
  const PairCounts counts = count_pairs(names.directed);
  const auto guess = [&](Layout layout, std::string why) {
    return chosen_layout(files, folder, layout, std::move(why));
  };
  const std::string shown = such_as(names.directed.front());
  if (const auto tool = tool_in_manifests(
          files, folder.path,
          {Layout::kSqlx, Layout::kGolangMigrate, Layout::kUpDown, Layout::kNodePgMigrate})) {
    return guess(tool->layout, shown + " say up or down, and " + tool->why);
  }
  if (counts.golang * 2 < names.directed.size()) {
    return guess(Layout::kUpDown, shown + " say up or down; `" + counts.other +
                                      "` is no name that golang-migrate or sqlx reads");
  }
  if (const auto file = sqlx_directive(files, folder, names.directed)) {
    return guess(Layout::kSqlx, "`" + *file + "` begins with sqlx's `-- no-transaction`");
  }
  if (counts.duplicates >= kManyDuplicates) {
    return guess(Layout::kUpDown, shown + " say up or down; " + std::to_string(counts.duplicates) +
                                      " numbers belong to several migrations, which "
                                      "golang-migrate and sqlx refuse");
  }
  return guess(Layout::kGolangMigrate,
               shown +
                   " are named as golang-migrate wants them (sqlx reads the same names; "
                   "`layout` in belay.toml tells the two apart)");
}

/// Flyway and refinery share names; `U` means undo to the one, out of order to the other.
LayoutGuess guess_flyway(ProjectFiles& files, const Folder& folder,
                         const std::vector<std::string>& names) {
  const auto guess = [&](Layout layout, std::string why) {
    return chosen_layout(files, folder, layout, std::move(why));
  };
  if (const auto tool =
          tool_in_manifests(files, folder.path, {Layout::kFlyway, Layout::kRefinery})) {
    return guess(tool->layout, "`" + names.front() + "` fits, and " + tool->why);
  }
  std::map<SortKey, char,
           decltype([](const SortKey& a, const SortKey& b) { return compare(a, b) < 0; })>
      versions;
  std::string lonely;
  for (const std::string& file : names) {
    const FlywayName name = *flyway_name(path::file_name(file));
    if (name.prefix == 'R' || name.prefix == 'B') {
      return guess(Layout::kFlyway, "`" + file + "` is a kind that only Flyway has");
    }
    if (name.version.find_first_of("._") != std::string_view::npos) {
      return guess(Layout::kFlyway, "`" + file + "` has a version that only Flyway reads");
    }
    if (name.prefix == 'V') versions.emplace(flyway_key(name.version), 'V');
  }
  for (const std::string& file : names) {
    const FlywayName name = *flyway_name(path::file_name(file));
    if (name.prefix != 'U') continue;
    if (versions.contains(flyway_key(name.version))) {
      return guess(Layout::kFlyway, "`" + file + "` undoes the migration of the same version");
    }
    lonely = file;
  }
  if (!lonely.empty()) {
    return guess(Layout::kRefinery, "`" + lonely +
                                        "` has a version of its own, so its `U` is "
                                        "refinery's (out of order), not Flyway's undo");
  }
  return guess(Layout::kFlyway, such_as(names.front()) + " are Flyway's (refinery reads the same)");
}

// -- Marks --------------------------------------------------------------------------------------

struct MarkCount {
  Layout layout = Layout::kPlain;
  size_t count = 0;
  size_t looked_at = 0;
  std::string file;
};

/// The marks that most of the files bear.
MarkCount count_marks(ProjectFiles& files, const Folder& folder,
                      const std::vector<std::string>& names) {
  std::map<Layout, MarkCount> counts;
  size_t looked_at = 0;
  for (const std::string& name : names) {
    const std::string* text = files.text(folder.file(name));
    if (text == nullptr) continue;
    ++looked_at;
    const auto layout = layout_of_marks(*text);
    if (!layout) continue;
    MarkCount& count = counts[*layout];
    count.layout = *layout;
    if (count.count++ == 0) count.file = name;
  }
  MarkCount best;
  for (const auto& [layout, count] : counts) {
    if (count.count > best.count) best = count;
  }
  best.looked_at = looked_at;
  return best;
}

std::string_view mark_words(Layout layout) {
  switch (layout) {
    case Layout::kGoose: return "`-- +goose`";
    case Layout::kDbmate: return "`-- migrate:up`";
    case Layout::kSqlMigrate: return "`-- +migrate`";
    case Layout::kNodePgMigrate: return "`-- Up Migration`";
    default: return "`--liquibase formatted sql`";
  }
}

std::optional<LayoutGuess> guess_by_marks(ProjectFiles& files, const Folder& folder,
                                          const std::vector<std::string>& names) {
  const MarkCount best = count_marks(files, folder, names);
  if (best.count == 0 || best.count * 2 < best.looked_at) return std::nullopt;
  return chosen_layout(
      files, folder, best.layout,
      "the mark " + std::string(mark_words(best.layout)) + " in `" + best.file + "`" +
          (best.count > 1 ? " and " + std::to_string(best.count - 1) + " more" : std::string()));
}

// -- Numbers alone ------------------------------------------------------------------------------

bool speaks_of_migrations(std::string_view path) {
  while (!path.empty()) {
    const std::string name = ascii::lower(path::file_name(path));
    if (name.find("migrat") != std::string::npos) return true;
    const std::string_view parent = path::parent(path);
    if (parent == path) return false;
    path = parent;
  }
  return false;
}

/// What lies above the root may be called anything; `migrations/sqlite` is one all the same.
bool is_migrations(std::string_view name) {
  const std::string lower = ascii::lower(name);
  return lower == "migrations" || lower == "migration" || lower == "migrate";
}

std::optional<LayoutGuess> guess_by_numbers(ProjectFiles& files, const Folder& folder,
                                            const Names& names, Naming naming) {
  if (names.numbered.empty()) {
    // `up.sql` alone is a part of a diesel migration, whatever its folder is called.
    const bool part = folder.has_file("up.sql") || folder.has_file("migration.sql");
    const bool speaks = speaks_of_migrations(path::file_name(folder.path));
    if (naming == Naming::kFoundByWalk || !speaks || part) return std::nullopt;
    return chosen_layout(files, folder, Layout::kPlain,
                         "SQL files without a number or a mark, ordered by name");
  }
  if (const auto rollback = rollback_folder_of(files, folder)) {
    return chosen_layout(files, folder, Layout::kRollbackFolder,
                         such_as(names.numbered.front()) + " have rollbacks in `" +
                             std::string(path::file_name(*rollback)) + "/`");
  }
  const bool all_numbered = names.numbered.size() == names.sql.size() && names.sql.size() > 1;
  if (naming == Naming::kFoundByWalk && !all_numbered &&
      !speaks_of_migrations(path::relative_to(folder.path, files.root())) &&
      !speaks_of_migrations(path::file_name(folder.path)) &&
      !is_migrations(path::file_name(path::parent(folder.path)))) {
    return std::nullopt;
  }
  const std::string shown = such_as(names.numbered.front());
  if (const auto file = sqlx_directive(files, folder, names.numbered)) {
    return chosen_layout(files, folder, Layout::kSqlx,
                         "`" + *file + "` begins with sqlx's `-- no-transaction`");
  }
  if (const auto tool = tool_in_manifests(files, folder.path, {Layout::kSqlx})) {
    return chosen_layout(files, folder, Layout::kSqlx,
                         shown + " have a number, the files have no marks, and " + tool->why);
  }
  return chosen_layout(
      files, folder, Layout::kPlain,
      shown + " have a number, and the files have no marks" +
          (folder.has_file("atlas.sum") ? "; `atlas.sum` says that Atlas runs them" : ""));
}

std::optional<LayoutGuess> guess_by_files(ProjectFiles& files, const Folder& folder,
                                          Naming naming) {
  const Names names = sort_names(folder);
  if (!names.pop.empty()) {
    return chosen_layout(files, folder, Layout::kPop,
                         such_as(names.pop.front()) + " say which dialect they are for");
  }
  if (names.sql.empty()) return std::nullopt;
  const auto has_both = [&](const std::string& file) {
    const auto name = directed_name(file);
    const bool up = name->direction == Direction::kUp;
    return folder.has_file(std::string(name->stem) + (up ? ".down.sql" : ".up.sql"));
  };
  const bool pairs =
      !names.directed.empty() && names.directed.size() >= names.flyway.size() &&
      std::any_of(names.directed.begin(), names.directed.end(), [&](const std::string& file) {
        return !numbered_stem(file).number.empty() || has_both(file);
      });
  if (pairs && names.directed.size() * 2 >= names.numbered.size()) {
    return guess_pairs(files, folder, names);
  }
  if (!names.flyway.empty() && names.flyway.size() >= names.numbered.size()) {
    return guess_flyway(files, folder, names.flyway);
  }
  std::vector<std::string> looked_at = names.numbered;
  if (looked_at.empty()) {
    looked_at = names.sql;
    if (looked_at.size() > kMostSniffed) looked_at.resize(kMostSniffed);
  }
  if (auto guess = guess_by_marks(files, folder, looked_at)) return guess;
  return guess_by_numbers(files, folder, names, naming);
}

// -- Folders whose files lie further down ---------------------------------------------------------

bool flyway_file(std::string_view name) {
  const auto flyway = flyway_name(name);
  return flyway && flyway->valid && !directed_name(name);
}

/// `db/migration` with nothing but `v1/`, `v2/`: one location of Flyway's.
std::optional<LayoutGuess> guess_flyway_below(ProjectFiles& files, const Folder& folder) {
  const std::string name = ascii::lower(path::file_name(folder.path));
  if (name != "migration" && name != "migrations") return std::nullopt;
  const std::vector<std::string> below = files_below(files, folder, flyway_file);
  if (below.empty()) return std::nullopt;
  return guess_flyway(files, folder, below);
}

/// A changelog that is no SQL includes SQL ones from folders below.
std::optional<LayoutGuess> guess_liquibase_below(ProjectFiles& files, const Folder& folder) {
  const auto changelog =
      std::find_if(folder.files.begin(), folder.files.end(), [](const std::string& file) {
        const std::string lower = ascii::lower(file);
        const bool kind = lower.ends_with(".xml") || lower.ends_with(".yaml") ||
                          lower.ends_with(".yml") || lower.ends_with(".json");
        return kind && lower.find("changelog") != std::string::npos;
      });
  if (changelog == folder.files.end()) return std::nullopt;
  std::vector<std::string> below = files_below(files, folder, is_sql);
  if (below.size() > kMostSniffedBelow) below.resize(kMostSniffedBelow);
  const bool any = std::any_of(below.begin(), below.end(), [&](const std::string& file) {
    const std::string* text = files.text(folder.file(file));
    return text != nullptr && layout_of_marks(*text) == Layout::kLiquibase;
  });
  if (!any) return std::nullopt;
  return chosen_layout(files, folder, Layout::kLiquibase,
                       "`" + *changelog + "` stands above changelogs in formatted SQL");
}

}  // namespace

LayoutGuess chosen_layout(ProjectFiles& files, const Folder& folder, Layout layout,
                          std::string why) {
  LayoutGuess guess;
  guess.layout = layout;
  guess.why = std::move(why);
  guess.takes_all_below =
      layout == Layout::kFlyway || layout == Layout::kRefinery || layout == Layout::kLiquibase;
  if (layout == Layout::kDiesel) guess.takes_folders = folders_with(files, folder, "up.sql");
  if (layout == Layout::kPrisma) guess.takes_folders = folders_with(files, folder, "migration.sql");
  if (layout == Layout::kSqitch) {
    guess.takes_folders = {"deploy", "revert", "verify", "reworked"};
  }
  if (layout == Layout::kRollbackFolder) {
    if (const auto rollback = rollback_folder_of(files, folder)) {
      guess.takes_folders = {std::string(path::file_name(*rollback))};
    }
  }
  return guess;
}

std::optional<LayoutGuess> guess_layout(ProjectFiles& files, const Folder& folder, Naming naming) {
  if (auto guess = guess_sqitch(files, folder)) return guess;
  if (auto guess = guess_by_folders(files, folder)) return guess;
  if (auto guess = guess_by_files(files, folder, naming)) return guess;
  if (auto guess = guess_flyway_below(files, folder)) return guess;
  return guess_liquibase_below(files, folder);
}

}  // namespace belay::project

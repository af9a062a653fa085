// A file for each direction: golang-migrate, sqlx, and runners of a project's own.
//
// Sources: golang-migrate/migrate source/parse.go and source/migration.go, launchbadge/sqlx
// sqlx-core/src/migrate/source.rs, maragudk/migrate migrate.go (for `up-down`).
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"

namespace belay::project {
namespace {

/// A file whose name says its direction.
struct Half {
  std::string file;
  std::string stem;
  std::string number;
  std::string title;
};

/// Numbers compare without their zeros: golang-migrate puts `1_x.down.sql` to `0001_x.up.sql`.
std::string plain_number(std::string_view number) {
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return std::string(number);
}

/// Gives each down to its up. Which one that is differs by tool; what is left over is told.
class Pairing {
 public:
  Pairing(Planner& planner, std::vector<Half> downs) : planner_(planner) {
    for (Half& half : downs) downs_.push_back(std::move(half));
    taken_.assign(downs_.size(), false);
  }

  void by_stem() {
    std::map<std::string, size_t> ups =
        index([](const Draft& draft) { return draft.migration.id; });
    for (size_t i = 0; i < downs_.size(); ++i) {
      if (const auto up = ups.find(downs_[i].stem); up != ups.end()) give(i, up->second);
    }
  }

  /// The tool knows a migration by its number alone; of several with one number, the title decides.
  void by_number() {
    for (size_t i = 0; i < downs_.size(); ++i) {
      if (taken_[i]) continue;
      std::optional<size_t> best;
      for (const size_t up : with_number(downs_[i].number)) {
        if (planner_.drafts()[up].down) continue;
        const bool same_title = planner_.drafts()[up].migration.name == downs_[i].title;
        if (!best || same_title) best = up;
        if (same_title) break;
      }
      if (best) give(i, *best);
    }
  }

  /// A pair under two names is still one where nothing else has the number.
  void by_unique_number() {
    std::map<std::string, int> rivals;
    for (size_t i = 0; i < downs_.size(); ++i) {
      if (!taken_[i]) ++rivals[plain_number(downs_[i].number)];
    }
    for (size_t i = 0; i < downs_.size(); ++i) {
      if (taken_[i] || downs_[i].number.empty()) continue;
      std::vector<size_t> lonely;
      for (const size_t up : with_number(downs_[i].number)) {
        if (!planner_.drafts()[up].down) lonely.push_back(up);
      }
      const bool alone = rivals[plain_number(downs_[i].number)] == 1;
      if (lonely.size() == 1 && alone) give(i, lonely.front());
    }
  }

  void report_left_over() {
    for (size_t i = 0; i < downs_.size(); ++i) {
      if (taken_[i]) continue;
      const Half& down = downs_[i];
      const auto same = with_number(down.number);
      const std::string path = planner_.folder().file(down.file);
      if (!same.empty() && !down.number.empty() && planner_.drafts()[same.front()].down) {
        planner_.problem(LayoutProblem::Kind::kDuplicateVersion, path,
                         "version " + down.number + " already has a down script",
                         planner_.drafts()[same.front()].down->path);
      } else {
        planner_.problem(LayoutProblem::Kind::kDownWithoutUp, path,
                         "there is no up script to this down script");
      }
    }
  }

 private:
  template <class Key>
  std::map<std::string, size_t> index(Key key) {
    std::map<std::string, size_t> out;
    for (size_t i = 0; i < planner_.drafts().size(); ++i) out.emplace(key(planner_.drafts()[i]), i);
    return out;
  }

  const std::vector<size_t>& with_number(const std::string& number) {
    if (by_number_.empty()) {
      for (size_t i = 0; i < planner_.drafts().size(); ++i) {
        by_number_[plain_number(planner_.drafts()[i].migration.version)].push_back(i);
      }
    }
    return by_number_[plain_number(number)];
  }

  void give(size_t down, size_t up) {
    if (planner_.drafts()[up].down) return;
    taken_[down] = true;
    planner_.drafts()[up].down.emplace();
    planner_.drafts()[up].down->path = planner_.folder().file(downs_[down].file);
  }

  Planner& planner_;
  std::vector<Half> downs_;
  std::vector<bool> taken_;
  std::map<std::string, std::vector<size_t>> by_number_;
};

/// `0042_x_up.sql`, `0042_x..up.sql`, `0042-x.up.sql`: told with the name that would do.
void report_unread_pair_name(Planner& planner, const std::string& file, const DirectedName& name,
                             std::string_view tool) {
  const NumberedStem stem = numbered_stem(name.stem);
  const std::string_view direction = name.direction == Direction::kUp ? "up" : "down";
  const std::string number(stem.number.empty() ? "0001" : stem.number);
  const std::string title(stem.title.empty() ? "title" : stem.title);
  planner.bad_name(file, std::string(tool) + " passes over this file in silence; it wants `" +
                             number + "_" + title + "." + std::string(direction) + ".sql`");
}

/// golang-migrate's versions have 64 bits.
constexpr std::string_view kLargestVersion = "18446744073709551615";

constexpr std::string_view kStray =
    "not a migration by its name: it says no direction and begins with no number";

void plan_golang_migrate(Planner& planner) {
  std::vector<Half> downs;
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    const auto name = directed_name(file);
    const std::string_view number = name ? leading_digits(name->stem) : std::string_view();
    const bool reads = name && name->separator != DirectedName::Separator::kUnderscore &&
                       !number.empty() && compare_numbers(number, kLargestVersion) <= 0 &&
                       name->stem.substr(number.size()).starts_with('_');
    if (!reads) {
      if (name && (looks_numbered(file) || name->separator == DirectedName::Separator::kDot)) {
        report_unread_pair_name(planner, file, *name, "golang-migrate");
      } else if (looks_numbered(file)) {
        planner.bad_name(file,
                         "golang-migrate passes over this file in silence: its name says neither "
                         "`.up.sql` nor `.down.sql`");
      } else {
        planner.ignore(file, std::string(kStray));
      }
      continue;
    }
    const std::string_view title = name->stem.substr(number.size() + 1);
    if (name->direction == Direction::kDown) {
      downs.push_back({file, std::string(name->stem), std::string(number), std::string(title)});
    } else {
      planner.add(number_key(number), number, title, name->stem, planner.folder().file(file));
    }
  }
  planner.sort();
  planner.report_equal_keys("", "golang-migrate refuses the folder");
  Pairing pairing(planner, std::move(downs));
  pairing.by_number();
  pairing.report_left_over();
}

/// Any name with a direction. By number, then by name: where a runner sorts by text alone, the two
/// agree as long as the numbers have the same width.
void plan_up_down(Planner& planner) {
  std::vector<Half> downs;
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    const auto name = directed_name(file);
    if (!name) {
      if (looks_numbered(file)) {
        planner.bad_name(file,
                         "this name says neither `.up.sql` nor `.down.sql`, as the others do");
      } else {
        planner.ignore(file, std::string(kStray));
      }
      continue;
    }
    const NumberedStem stem = numbered_stem(name->stem);
    if (name->direction == Direction::kDown) {
      downs.push_back(
          {file, std::string(name->stem), std::string(stem.number), std::string(stem.title)});
    } else {
      planner.add(number_then_text_key(stem.number, name->stem), stem.number, stem.title,
                  name->stem, planner.folder().file(file));
    }
  }
  planner.sort();
  Pairing pairing(planner, std::move(downs));
  pairing.by_stem();
  pairing.by_unique_number();
  pairing.report_left_over();
}

}  // namespace

void plan_pairs(Planner& planner, Layout layout) {
  layout == Layout::kGolangMigrate ? plan_golang_migrate(planner) : plan_up_down(planner);
}

void plan_sqlx(Planner& planner) {
  std::vector<Half> downs;
  bool reversible = false;
  for (const std::string& file : planner.folder().files) {
    if (!is_sql(file)) continue;
    const size_t underscore = file.find('_');
    if (underscore == std::string::npos) {
      if (looks_numbered(file)) {
        planner.bad_name(file, "sqlx passes over this file in silence; it wants `" +
                                   std::string(leading_digits(file)) + "_description.sql`");
      } else {
        planner.ignore(file, "sqlx passes over names without an underscore");
      }
      continue;
    }
    const std::string_view number = std::string_view(file).substr(0, underscore);
    if (!is_int64(number, true)) {
      planner.bad_name(file,
                       "sqlx wants a whole number before the first underscore, and refuses "
                       "the folder without it");
      continue;
    }
    std::string_view stem = std::string_view(file).substr(0, file.size() - 4);
    const bool is_down = stem.ends_with(".down");
    const bool is_up = stem.ends_with(".up");
    stem.remove_suffix(is_down ? 5 : (is_up ? 3 : 0));
    reversible |= is_down || is_up;
    const std::string_view title = stem.substr(underscore + 1);
    if (is_down) {
      downs.push_back({file, std::string(stem), std::string(number), std::string(title)});
    } else {
      planner.add(number_key(number), number, title, stem, planner.folder().file(file));
    }
  }
  // Where no file says a direction, the project has chosen the way of no return.
  for (Draft& draft : planner.drafts()) draft.migration.one_way = !reversible;
  planner.sort();
  planner.report_equal_keys("", "sqlx takes the second for a changed first, and refuses to run");
  Pairing pairing(planner, std::move(downs));
  pairing.by_number();
  pairing.report_left_over();
}

}  // namespace belay::project

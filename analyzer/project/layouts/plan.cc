#include "analyzer/project/layouts/plan.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "analyzer/project/file_name.h"
#include "support/ascii.h"

namespace belay::project {

SetPlan plan_set(ProjectFiles& files, Layout layout, const std::string& directory,
                 std::optional<Engine> engine) {
  Planner planner(files, files.folder(directory));
  switch (layout) {
    case Layout::kGolangMigrate:
    case Layout::kUpDown: plan_pairs(planner, layout); break;
    case Layout::kSqlx: plan_sqlx(planner); break;
    case Layout::kGoose: plan_goose(planner); break;
    case Layout::kDbmate: plan_dbmate(planner); break;
    case Layout::kSqlMigrate: plan_sql_migrate(planner); break;
    case Layout::kNodePgMigrate: plan_node_pg_migrate(planner); break;
    case Layout::kPlain: plan_plain(planner); break;
    case Layout::kRollbackFolder: plan_rollback_folder(planner); break;
    case Layout::kFlyway: plan_flyway(planner); break;
    case Layout::kRefinery: plan_refinery(planner); break;
    case Layout::kDiesel: plan_diesel(planner); break;
    case Layout::kPrisma: plan_prisma(planner); break;
    case Layout::kPop: plan_pop(planner, engine.value_or(Engine::kPostgres)); break;
    case Layout::kSqitch: plan_sqitch(planner); break;
    case Layout::kLiquibase: plan_liquibase(planner); break;
  }
  return planner.take();
}

Draft& Planner::add(SortKey key, std::string_view version, std::string_view name,
                    std::string_view id, const std::string& up_path) {
  Draft draft;
  draft.key = std::move(key);
  draft.migration.version = version;
  draft.migration.name = name;
  draft.migration.id = id;
  if (!up_path.empty()) {
    draft.up.emplace();
    draft.up->path = up_path;
  }
  return plan_.drafts.emplace_back(std::move(draft));
}

void Planner::problem(LayoutProblem::Kind kind, const std::string& path, std::string message,
                      const std::string& related, ByteRange range) {
  plan_.problems.push_back({kind, path, range, std::move(message), related});
}

void Planner::bad_name(std::string_view file, std::string message) {
  problem(LayoutProblem::Kind::kBadFileName, folder_.file(file), std::move(message));
}

void Planner::ignore(std::string_view name, const std::string& why) {
  const auto known = std::find_if(ignored_.begin(), ignored_.end(),
                                  [&](const auto& reason) { return reason.first == why; });
  auto& names = known == ignored_.end()
                    ? ignored_.emplace_back(why, std::vector<std::string>()).second
                    : known->second;
  names.emplace_back(name);
}

void Planner::sort() {
  std::stable_sort(plan_.drafts.begin(), plan_.drafts.end(),
                   [](const Draft& a, const Draft& b) { return compare(a.key, b.key) < 0; });
}

void Planner::duplicate(const Draft& later, const Draft& earlier, std::string_view what,
                        std::string_view consequence) {
  const auto path_of = [](const Draft& draft) {
    return draft.up ? draft.up->path : (draft.down ? draft.down->path : std::string());
  };
  problem(LayoutProblem::Kind::kDuplicateVersion, path_of(later),
          std::string(what) + " also belongs to `" + earlier.migration.id + "`; " +
              std::string(consequence),
          path_of(earlier));
}

void Planner::report_equal_keys(std::string_view what, std::string_view consequence) {
  for (size_t i = 1; i < plan_.drafts.size(); ++i) {
    const Draft& earlier = plan_.drafts[i - 1];
    const Draft& later = plan_.drafts[i];
    if (compare(earlier.key, later.key) != 0) continue;
    if (earlier.migration.kind != later.migration.kind) continue;
    const bool versioned = later.migration.kind != Migration::Kind::kRepeatable;
    duplicate(later, earlier,
              versioned ? "version " + later.migration.version
                        : std::string(what) + " `" + later.migration.name + "`",
              consequence);
  }
}

void Planner::report_equal_versions(std::string_view consequence) {
  std::unordered_map<std::string, size_t> first;
  for (size_t i = 0; i < plan_.drafts.size(); ++i) {
    const std::string& version = plan_.drafts[i].migration.version;
    if (version.empty()) continue;
    const auto [known, is_new] = first.emplace(version, i);
    if (is_new) continue;
    duplicate(plan_.drafts[i], plan_.drafts[known->second], "version " + version, consequence);
  }
}

SetPlan Planner::take() {
  for (auto& [why, names] : ignored_) {
    plan_.choices.push_back({"ignored", some_names(names), why});
  }
  return std::move(plan_);
}

namespace {

void collect_below(ProjectFiles& files, const Folder& folder, const std::string& prefix,
                   bool (*wanted)(std::string_view), int depth, std::vector<std::string>& out) {
  constexpr int kDeepest = 12;  // symbolic links may go in circles
  for (const std::string& name : folder.files) {
    if (wanted(name)) out.push_back(prefix + name);
  }
  if (depth >= kDeepest) return;
  for (const std::string& name : folder.folders) {
    if (engine_in_folder_name(name) || is_passed_over(name)) continue;
    collect_below(files, files.folder(path::join(folder.path, name)), prefix + name + "/", wanted,
                  depth + 1, out);
  }
}

}  // namespace

std::vector<std::string> files_below(ProjectFiles& files, const Folder& folder,
                                     bool (*wanted)(std::string_view name)) {
  std::vector<std::string> out;
  collect_below(files, folder, "", wanted, 0, out);
  std::sort(out.begin(), out.end());
  return out;
}

std::string some_names(const std::vector<std::string>& names) {
  constexpr size_t kMost = 5;
  std::string out;
  const size_t shown = names.size() <= kMost + 1 ? names.size() : kMost;
  for (size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (shown < names.size()) out += " and " + std::to_string(names.size() - shown) + " more";
  return out;
}

bool looks_numbered(std::string_view name) {
  return !name.empty() && ascii::is_digit(name.front()) && is_sql(name);
}

}  // namespace belay::project

// How a project becomes histories.
//
// A walk from the root looks at each folder: what layout are its files in (detect_layout), for
// which dialect (detect_dialect), and then reads it as that layout's tool would (layouts/). Every
// decision leaves a `Choice` with its reason, since a person who is told something wrong of their
// project must be able to see why. A single file is looked up the other way: from its folder
// upwards, until one reads as a set that has the file in it.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/project/build_set.h"
#include "analyzer/project/detect_dialect.h"
#include "analyzer/project/detect_layout.h"
#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/marks/marks.h"
#include "analyzer/project/project.h"
#include "analyzer/project/project_files.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// Migrations lie three to six levels deep in real projects. Deeper ones are generated or copied,
/// and a link that leads back up must end somewhere.
constexpr int kDeepestWalk = 12;
constexpr uint32_t kMostFolders = 200'000;

bool has_file(const MigrationSet& set, const std::string& path) {
  return std::binary_search(set.files.begin(), set.files.end(), path);
}

class Discovery {
 public:
  Discovery(const FileSystem& file_system, std::string path, const Config& config,
            const Overrides& overrides)
      : file_system_(file_system),
        path_(std::move(path)),
        config_(config),
        overrides_(overrides),
        files_(file_system, root_of(config, path_, file_system.is_directory(path_)),
               config.exclude),
        stated_(stated_dialect(config, overrides)) {}

  Result<Project> run(const TextSink& sink) {
    project_.root = files_.root();
    project_.config = config_;
    if (!overrides_.environment.empty()) {
      project_.config.default_environment = overrides_.environment;
    }
    if (file_system_.is_directory(path_)) {
      BELAY_TRY(folder());
    } else {
      BELAY_TRY(file());
    }
    finish(sink);
    return std::move(project_);
  }

 private:
  static std::string root_of(const Config& config, const std::string& path, bool is_folder) {
    if (!config.path.empty()) {
      std::string root(path::parent(path::absolute(config.path)));
      if (path::lies_in(path, root)) return root;
    }
    return is_folder ? path : std::string(path::parent(path));
  }

  void note(std::string what, std::string value, std::string why) {
    project_.choices.push_back({std::move(what), std::move(value), std::move(why)});
  }

  std::string shown(const std::string& path) const {
    return path::relative_to(path, files_.root());
  }

  // -- Which folders ----------------------------------------------------------------------------

  Result<std::vector<std::string>> configured_folders() {
    std::vector<std::string> out;
    const std::string base = config_.path.empty()
                                 ? files_.root()
                                 : std::string(path::parent(path::absolute(config_.path)));
    for (const std::string& folder : config_.migrations) {
      std::string full = path::normalize(path::join(base, folder));
      if (!file_system_.is_directory(full)) {
        return Error{"there is no folder `" + folder + "`, which `migrations` names", config_.path,
                     "correct the path; it counts from the folder of belay.toml"};
      }
      out.push_back(std::move(full));
    }
    return out;
  }

  Result<void> folder() {
    if (!files_.folder(path_).readable) {
      return Error{"the folder cannot be listed", path_, "check that you may read it"};
    }
    auto configured = configured_folders();
    if (!configured) return std::move(configured).error();
    bool met = false;
    for (const std::string& folder : *configured) {
      if (!path::lies_in(folder, path_) && !path::lies_in(path_, folder)) continue;
      met = true;
      named_folder(folder, "`migrations` in belay.toml names it", true);
    }
    if (met && project_.sets.empty()) return {};
    if (met) {
      keep_sets_that_touch(path_);
      return {};
    }
    if (configured->empty()) {
      named_folder(path_, "", false);
    } else {
      named_folder(path_, "it was named for this run; `migrations` in belay.toml names others",
                   false);
    }
    if (project_.sets.empty()) part_of_a_set();
    return {};
  }

  /// A folder that a person named: read as it is, and if it is none, what lies below it.
  void named_folder(const std::string& folder, const std::string& why, bool by_config) {
    if (!why.empty()) note("migrations", shown(folder), why);
    named_ = folder;
    named_by_config_ = by_config;
    walk(folder, 0);
  }

  void keep_sets_that_touch(const std::string& path) {
    std::erase_if(project_.sets, [&](const MigrationSet& set) {
      return !path::lies_in(set.directory, path) && !path::lies_in(path, set.directory);
    });
  }

  /// The folder may lie inside of a set (one migration of diesel's, `v2/` of Flyway's), or hold
  /// loose scripts.
  void part_of_a_set() {
    const Folder& folder = files_.folder(path_);
    std::vector<std::string> scripts;
    for (const std::string& file : folder.files) {
      if (is_sql(file)) scripts.push_back(folder.file(file));
    }
    if (scripts.empty()) return;
    if (set_around(scripts.front())) return;
    note("layout", shown(path_),
         "its SQL files have no numbers, pairs or marks; each is read by itself");
    for (const std::string& script : scripts) lone_file(script);
  }

  // -- The walk ---------------------------------------------------------------------------------

  void walk(const std::string& directory, int depth) {
    const Folder& folder = files_.folder(directory);
    if (files_.folder_count() > kMostFolders) {
      if (!told_too_many_) {
        note("migrations", std::to_string(kMostFolders) + " folders",
             "the search stopped there; name the folders with `migrations` in belay.toml");
      }
      told_too_many_ = true;
      return;
    }
    std::vector<std::string> taken;
    const auto naming = directory == named_ ? Naming::kNamedByPerson : Naming::kFoundByWalk;
    if (const auto guess = layout_of(folder, naming)) {
      const bool read = add_sets(folder, *guess);
      if (read && guess->takes_all_below) return walk_engine_folders(folder, depth);
      if (read) taken = guess->takes_folders;
    }
    for (const std::string& name : folder.folders) {
      const bool is_taken = std::find(taken.begin(), taken.end(), name) != taken.end();
      if (is_taken || is_passed_over(name)) continue;
      if (depth >= kDeepestWalk) {
        return note("migrations", shown(directory),
                    "folders more than " + std::to_string(kDeepestWalk) +
                        " levels down are not searched; name them with `migrations`");
      }
      walk(path::join(directory, name), depth + 1);
    }
  }

  /// What a set that takes all below it leaves: folders named for engines are histories of their
  /// own.
  void walk_engine_folders(const Folder& folder, int depth) {
    if (depth >= kDeepestWalk) return;
    for (const std::string& name : folder.folders) {
      const std::string below = path::join(folder.path, name);
      if (engine_in_folder_name(name)) {
        walk(below, depth + 1);
      } else {
        walk_engine_folders(files_.folder(below), depth + 1);
      }
    }
  }

  std::optional<LayoutGuess> layout_of(const Folder& folder, Naming naming) {
    auto guess = guess_layout(files_, folder, naming);
    const auto stated = overrides_.layout ? overrides_.layout : config_.layout;
    if (!stated) return guess;
    // A stated layout is how to read a folder, not that every folder is one.
    const bool named = naming == Naming::kNamedByPerson && !config_.migrations.empty();
    if (!guess && !named) return std::nullopt;
    return chosen_layout(files_, folder, *stated,
                         overrides_.layout ? "given for this run" : "`layout` in belay.toml");
  }

  // -- From a folder to sets --------------------------------------------------------------------

  /// Whether the folder made a set.
  bool add_sets(const Folder& folder, const LayoutGuess& guess) {
    if (guess.layout == Layout::kPop) return add_pop_sets(folder, guess);
    SetPlan plan = plan_set(files_, guess.layout, folder.path, std::nullopt);
    if (plan.drafts.empty() && plan.problems.empty()) return false;
    std::vector<std::string> scripts;
    for (const Draft& draft : plan.drafts) scripts.push_back(draft.up->path);
    if (is_claimed(scripts)) return true;

    if (stated_.engine && folder.path != named_) {
      if (const auto other = other_engine(folder.path)) {
        note("ignored", shown(folder.path),
             "the folder `" + other->name + "` is named for another engine than " +
                 std::string(engine_name(*stated_.engine)) + " (" + stated_.engine_from + ")");
        return true;
      }
    }
    EngineGuess engine = stated_engine(folder.path);
    if (!stated_.engine) engine = guess_engine(files_, folder.path, guess.layout, scripts);
    if (!engine.engine) {
      note("ignored", shown(folder.path), engine.why);
      return true;
    }
    add_set(folder, guess, std::move(plan), *engine.engine, engine.why);
    return true;
  }

  /// The engine that the folder is named for, where a person has stated another one. A folder for
  /// MySQL serves MariaDB, and the other way round.
  std::optional<FolderEngine> other_engine(const std::string& directory) const {
    const auto is_mysql = [](Engine engine) {
      return engine == Engine::kMysql || engine == Engine::kMariadb;
    };
    auto found = engine_in_path(files_, directory);
    if (!found || !stated_.engine || found->engine == *stated_.engine) return std::nullopt;
    if (is_mysql(found->engine) && is_mysql(*stated_.engine)) return std::nullopt;
    return found;
  }

  /// The stated engine. A folder that is named for another one, and that somebody asked about, is
  /// read for that: belay.toml then speaks of the others.
  EngineGuess stated_engine(const std::string& directory) const {
    const auto other =
        overrides_.engine || named_by_config_ ? std::nullopt : other_engine(directory);
    if (!other) return {stated_.engine, stated_.engine_from};
    return {other->engine, "the folder `" + other->name +
                               "` is named for it, and was asked about; " + stated_.engine_from +
                               " is for the others"};
  }

  bool add_pop_sets(const Folder& folder, const LayoutGuess& guess) {
    std::set<Engine> engines;
    std::string example;
    for (const std::string& file : folder.files) {
      const auto name = pop_name(file);
      if (!name) continue;
      const auto engine = engine_from_name(name->dialect == "pgx" ? "pg" : name->dialect);
      if (engine) engines.insert(*engine);
      if (engine && example.empty()) example = file;
    }
    std::string why = "names such as `" + example + "` have files for it";
    if (stated_.engine) {
      engines = {*stated_.engine};
      why = stated_.engine_from;
    } else if (engines.empty()) {
      engines = {Engine::kPostgres};
      why = "no name says a dialect that is checked";
    }
    std::set<std::string> told;
    for (const Engine engine : engines) {
      SetPlan plan = plan_set(files_, Layout::kPop, folder.path, engine);
      // What is wrong with a file is told once, not for each dialect.
      std::erase_if(plan.problems, [&](const LayoutProblem& problem) {
        return !told.insert(problem.path + "\n" + problem.message).second;
      });
      if (plan.drafts.empty() && plan.problems.empty()) continue;
      add_set(folder, guess, std::move(plan), engine, why);
    }
    return true;
  }

  /// Whether another set has all these scripts: sqitch.conf may name a plan that has its own
  /// folder.
  bool is_claimed(const std::vector<std::string>& scripts) const {
    return !scripts.empty() &&
           std::any_of(project_.sets.begin(), project_.sets.end(), [&](const MigrationSet& set) {
             return std::all_of(scripts.begin(), scripts.end(),
                                [&](const std::string& script) { return has_file(set, script); });
           });
  }

  void add_set(const Folder& folder, const LayoutGuess& guess, SetPlan plan, Engine engine,
               const std::string& engine_why) {
    MigrationSet set;
    set.directory = folder.path;
    set.layout = guess.layout;
    set.choices.push_back({"layout", std::string(layout_name(guess.layout)), guess.why});
    set.choices.push_back({"dialect", std::string(engine_name(engine)), engine_why});
    set.dialect = {engine, stated_.version_of(engine, set.choices)};
    set.transaction = config_.transaction.value_or(default_transaction_habit(guess.layout, engine));
    set.choices.push_back({"transaction", std::string(transaction_habit_name(set.transaction)),
                           config_.transaction
                               ? "`transaction` in belay.toml"
                               : "what " + std::string(layout_name(guess.layout)) + " does on " +
                                     std::string(engine_display_name(engine))});
    build_set(files_, std::move(plan), set);
    project_.sets.push_back(std::move(set));
  }

  // -- One file ---------------------------------------------------------------------------------

  Result<void> file() {
    if (files_.text(path_) == nullptr) return *files_.read_error(path_);
    auto configured = configured_folders();
    if (!configured) return std::move(configured).error();
    for (const std::string& folder : *configured) {
      if (!path::lies_in(path_, folder)) continue;
      named_folder(folder, "`migrations` in belay.toml names it", true);
      keep_sets_with(path_);
      if (!project_.sets.empty()) return {};
    }
    if (set_around(path_)) return {};
    if (!ascii::equal_ignoring_case(path_.substr(path_.size() - std::min<size_t>(4, path_.size())),
                                    ".sql")) {
      note("migrations", shown(path_), "the file is no SQL and belongs to no set");
      return {};
    }
    lone_file(path_);
    return {};
  }

  void keep_sets_with(const std::string& path) {
    std::erase_if(project_.sets, [&](const MigrationSet& set) { return !has_file(set, path); });
  }

  /// Looks for the set of a file from its folder upwards. A set that takes in all below it may
  /// begin further up than the first folder that reads as one.
  bool set_around(const std::string& file) {
    constexpr int kMostLevelsUp = 8;
    std::vector<MigrationSet> found;
    std::string at(path::parent(file));
    named_by_config_ = false;
    for (int level = 0; level < kMostLevelsUp; ++level) {
      project_.sets.clear();
      named_ = at;
      const auto guess = layout_of(files_.folder(at), Naming::kFoundByWalk);
      if (guess && (found.empty() || guess->takes_all_below)) {
        add_sets(files_.folder(at), *guess);
        keep_sets_with(file);
        if (!project_.sets.empty()) found = std::move(project_.sets);
      }
      const std::string parent(path::parent(at));
      const bool top = files_.is_repository_root(at) || parent.empty() || parent == at;
      const bool may_grow = found.empty() || takes_all_below(found.front().layout);
      if (top || !may_grow) break;
      at = parent;
    }
    project_.sets = std::move(found);
    return !project_.sets.empty();
  }

  static bool takes_all_below(Layout layout) {
    return layout == Layout::kFlyway || layout == Layout::kRefinery || layout == Layout::kLiquibase;
  }

  /// A file that belongs to nothing: a history of one migration, with the marks that it bears.
  void lone_file(const std::string& file) {
    const std::string* text = files_.text(file);
    const Layout marks =
        text != nullptr ? layout_of_marks(*text).value_or(Layout::kPlain) : Layout::kPlain;
    const auto stated = overrides_.layout ? overrides_.layout : config_.layout;
    Layout layout = Layout::kPlain;
    std::string why = "the file belongs to no set; it is read by itself";
    if (stated && has_marks(*stated)) {
      layout = *stated;
    } else if (has_marks(marks)) {
      layout = marks;
      why += ", with its marks";
    }
    std::string_view stem = path::file_name(file);
    if (is_sql(stem)) stem.remove_suffix(4);
    const NumberedStem name = numbered_stem(stem);
    SetPlan plan;
    Draft draft;
    draft.migration.version = name.number;
    draft.migration.name = name.title;
    draft.migration.id = stem;
    draft.migration.one_way = layout == Layout::kPlain;
    draft.up.emplace();
    draft.up->path = file;
    plan.drafts.push_back(std::move(draft));
    const std::string directory(path::parent(file));
    EngineGuess engine = stated_engine(directory);
    if (!engine.engine) engine = guess_engine(files_, directory, layout, {file});
    LayoutGuess guess;
    guess.layout = layout;
    guess.why = std::move(why);
    add_set(files_.folder(directory), guess, std::move(plan),
            engine.engine.value_or(Engine::kPostgres), engine.why);
  }

  // -- The end ----------------------------------------------------------------------------------

  void finish(const TextSink& sink) {
    std::stable_sort(project_.sets.begin(), project_.sets.end(),
                     [](const MigrationSet& a, const MigrationSet& b) {
                       return std::tie(a.directory, a.dialect.engine) <
                              std::tie(b.directory, b.dialect.engine);
                     });
    if (files_.excluded_count() > 0) {
      const bool one = files_.excluded_count() == 1;
      note("ignored", std::to_string(files_.excluded_count()) + (one ? " path" : " paths"),
           std::string("`exclude` in belay.toml names ") + (one ? "it" : "them"));
    }
    if (project_.sets.empty() && file_system_.is_directory(path_)) {
      note("migrations", shown(path_),
           "no folder here is laid out as any tool's migrations are; name it with `migrations` in "
           "belay.toml if it is one");
    }
    if (!sink) return;
    std::set<std::string> handed_on;  // a common file of pop's belongs to several sets
    for (const MigrationSet& set : project_.sets) {
      for (const std::string& file : set.files) {
        if (!handed_on.insert(file).second) continue;
        files_.text(file);  // those that only order the others may not have been needed
        if (auto text = files_.take(file)) sink(file, *std::move(text));
      }
    }
  }

  const FileSystem& file_system_;
  std::string path_;
  const Config& config_;
  const Overrides& overrides_;
  ProjectFiles files_;
  StatedDialect stated_;
  Project project_;
  std::string named_;  ///< the folder that a person named
  bool named_by_config_ = false;
  bool told_too_many_ = false;
};

}  // namespace

Result<Project> discover(const FileSystem& files, const std::string& path, const Config& config,
                         const Overrides& overrides, const TextSink& sink) {
  const std::string full = path::absolute(path);
  if (!files.exists(full)) {
    return Error{"there is no such file or folder", path, "check the path"};
  }
  return Discovery(files, full, config, overrides).run(sink);
}

}  // namespace belay::project

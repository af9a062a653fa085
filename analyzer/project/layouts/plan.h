#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/project/project.h"
#include "analyzer/project/project_files.h"
#include "analyzer/project/sort_key.h"
#include "analyzer/text/dialect.h"

// How a set is read: a layout first makes a plan out of names (and, for sqitch and Liquibase, of
// the files that order the others), then the plan becomes a set when the dialect is known, too.
namespace belay::project {

/// Where a script of a migration will be found, and what stands outside of it.
struct DraftScript {
  std::string path;
  /// A `.sql.conf`, a `metadata.toml`, an infix in the name says: no transaction.
  bool no_transaction = false;
  ByteRange directive;
  std::string directive_path;
  /// The script itself, where the plan had to read it (Liquibase). Its habit is still the set's.
  std::optional<Script> ready;
};

struct Draft {
  Migration migration;  ///< without its scripts
  std::optional<DraftScript> up;
  std::optional<DraftScript> down;
  SortKey key;
  std::string dbms;  ///< Liquibase: the databases that it runs on
};

struct SetPlan {
  std::vector<Draft> drafts;  ///< in the order of the tool
  std::vector<LayoutProblem> problems;
  std::vector<Choice> choices;
  std::vector<std::string> files;  ///< those that order or direct scripts, beside the scripts' own
};

/// Reads `directory` as `layout`. `engine` counts for pop alone: whose files to take.
SetPlan plan_set(ProjectFiles& files, Layout layout, const std::string& directory,
                 std::optional<Engine> engine);

/// Gathers a plan. The functions that a layout is written with.
class Planner {
 public:
  Planner(ProjectFiles& files, const Folder& folder) : files_(files), folder_(folder) {}

  ProjectFiles& files() { return files_; }
  const Folder& folder() const { return folder_; }
  std::vector<Draft>& drafts() { return plan_.drafts; }

  /// A migration whose up stands in the file or folder `path`.
  Draft& add(SortKey key, std::string_view version, std::string_view name, std::string_view id,
             const std::string& up_path);
  void problem(LayoutProblem::Kind kind, const std::string& path, std::string message,
               const std::string& related = "", ByteRange range = {});
  void bad_name(std::string_view file, std::string message);
  /// A file that has nothing to do with the history. Files with the same reason make one choice.
  void ignore(std::string_view name, const std::string& why);
  void also_reads(const std::string& path) { plan_.files.push_back(path); }

  /// Puts the drafts into their order.
  void sort();
  /// Tells of neighbours with the same key. `consequence`: what the tool does about it.
  void report_equal_keys(std::string_view what, std::string_view consequence);
  /// The same for equal versions, wherever they stand.
  void report_equal_versions(std::string_view consequence);

  SetPlan take();

 private:
  void duplicate(const Draft& later, const Draft& earlier, std::string_view what,
                 std::string_view consequence);

  ProjectFiles& files_;
  const Folder& folder_;
  SetPlan plan_;
  std::vector<std::pair<std::string, std::vector<std::string>>> ignored_;
};

// One function for each family of layouts.
void plan_pairs(Planner& planner, Layout layout);
void plan_sqlx(Planner& planner);
void plan_goose(Planner& planner);
void plan_dbmate(Planner& planner);
void plan_sql_migrate(Planner& planner);
void plan_node_pg_migrate(Planner& planner);
void plan_plain(Planner& planner);
void plan_rollback_folder(Planner& planner);
void plan_flyway(Planner& planner);
void plan_refinery(Planner& planner);
void plan_diesel(Planner& planner);
void plan_prisma(Planner& planner);
void plan_pop(Planner& planner, Engine engine);
void plan_sqitch(Planner& planner);
void plan_liquibase(Planner& planner);

/// The folder in which a rollback-folder layout keeps its downs, if this one has it.
std::optional<std::string> rollback_folder_of(ProjectFiles& files, const Folder& folder);

/// Every file below a folder whose name `wanted` takes, in the order of paths. Folders whose name
/// speaks of an engine are other histories and stay out, as do those that no search goes to.
std::vector<std::string> files_below(ProjectFiles& files, const Folder& folder,
                                     bool (*wanted)(std::string_view name));

/// `a.sql, b.sql and 3 more`.
std::string some_names(const std::vector<std::string>& names);

/// Whether a name without a version still looks like one of a migration: it begins with a digit.
bool looks_numbered(std::string_view name);

}  // namespace belay::project

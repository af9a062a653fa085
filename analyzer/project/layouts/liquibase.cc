// Liquibase with changelogs in formatted SQL. Those in XML, YAML and JSON hold changes that are no
// SQL; they are not read, and their order of includes is replaced by the order of paths.
#include "analyzer/project/layouts/liquibase.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/layouts/plan.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

class LiquibasePlanner {
 public:
  explicit LiquibasePlanner(Planner& planner) : planner_(planner) {}

  void run() {
    read_all();
    find_includes();
    const std::vector<std::string> roots = root_changelogs();
    if (roots.empty()) {
      for (const auto& [file, log] : logs_) visit(file);
      note_other_roots();
    } else {
      for (const std::string& root : roots) visit(root);
      for (const auto& [file, log] : logs_) {
        if (!visited_.contains(file)) {
          planner_.ignore(file, "no changelog includes it from `" + some_names(roots) + "`");
        }
      }
    }
    std::vector<LayoutProblem> problems;
    resolve_references(problems);
    for (LayoutProblem& problem : problems) {
      planner_.problem(problem.kind, problem.path, problem.message, problem.related_path,
                       problem.range);
    }
  }

 private:
  void read_all() {
    for (const std::string& file : files_below(planner_.files(), planner_.folder(), is_sql)) {
      const std::string path = planner_.folder().file(file);
      const std::string* text = planner_.files().text(path);
      if (text == nullptr) {
        planner_.problem(Kind::kUnreadable, path, planner_.files().read_error(path)->message);
        continue;
      }
      Changelog log = read_changelog(*text, path);
      if (log.formatted) {
        for (LayoutProblem& problem : log.problems) {
          planner_.problem(problem.kind, problem.path, std::move(problem.message), "",
                           problem.range);
        }
        logs_.emplace(file, std::move(log));
      } else if (looks_numbered(path::file_name(file))) {
        planner_.problem(Kind::kBadMark, path,
                         "the file does not begin with `--liquibase formatted sql`, as the others "
                         "do; Liquibase sees no changesets in it");
      } else {
        planner_.ignore(file, "no `--liquibase formatted sql` on the first line");
      }
    }
  }

  /// The file or folder of an include, relative to the set's folder: next to the changelog where it
  /// says so, else below the changelog's folder or the nearest one above it that has the path,
  /// which stands for Liquibase's search path.
  std::optional<std::string> resolve(const std::string& from, const ChangelogInclude& include) {
    const std::string start(path::parent(planner_.folder().file(from)));
    std::string base = start;
    for (;;) {
      const std::string full = path::normalize(path::join(base, include.path));
      if (exists(full, include.all)) {
        return path::relative_to(full, planner_.folder().path);
      }
      const std::string above(path::parent(base));
      if (include.relative_to_changelog || above.empty() || above == base) return std::nullopt;
      base = above;
    }
  }

  bool exists(const std::string& full, bool folder) {
    const Folder& parent = planner_.files().folder(std::string(path::parent(full)));
    const std::string name(path::file_name(full));
    return folder ? full == planner_.folder().path ||
                        std::binary_search(parent.folders.begin(), parent.folders.end(), name)
                  : parent.has_file(name);
  }

  void find_includes() {
    for (const auto& [file, log] : logs_) {
      for (const ChangelogItem& item : log.items) {
        if (!item.include) continue;
        const auto target = resolve(file, *item.include);
        if (!target) {
          planner_.problem(Kind::kMissingFile, planner_.folder().file(file),
                           "there is no `" + item.include->path + "` to include", "",
                           item.include->range);
          continue;
        }
        std::vector<std::string>& targets = targets_[{file, item.include->range.begin}];
        targets = included_files(*target, *item.include);
        for (const std::string& included : targets) {
          if (included != file) included_.insert(included);
        }
      }
    }
  }

  std::vector<std::string> included_files(const std::string& target,
                                          const ChangelogInclude& include) const {
    if (!include.all) return {target};
    std::vector<std::string> out;
    const std::string prefix = target == "." ? "" : target + "/";
    for (const auto& [file, log] : logs_) {
      if (file.starts_with(prefix)) out.push_back(file);
    }
    return out;
  }

  /// The changelogs that include others and are included by none.
  std::vector<std::string> root_changelogs() const {
    std::vector<std::string> out;
    for (const auto& [file, log] : logs_) {
      if (log.has_includes() && !included_.contains(file)) out.push_back(file);
    }
    return out;
  }

  void visit(const std::string& file) {
    const auto log = logs_.find(file);
    if (log == logs_.end() || !visited_.insert(file).second) return;  // Liquibase reads a file once
    const std::string path = planner_.folder().file(file);
    planner_.also_reads(path);
    std::set<std::string> seen;
    for (const ChangelogItem& item : log->second.items) {
      if (item.include) {
        for (const std::string& target : targets_[{file, item.include->range.begin}]) visit(target);
        continue;
      }
      const Changeset& set = *item.changeset;
      if (!seen.insert(set.author + "\n" + set.id).second) {
        planner_.problem(Kind::kDuplicateVersion, path,
                         "changeset " + set.author + ":" + set.id +
                             " stands in this file twice, and Liquibase refuses to run",
                         path, set.mark);
      }
      if (!set.ignored) add(file, path, log->second, set);
    }
  }

  void add(const std::string& file, const std::string& path, const Changelog& log,
           const Changeset& set) {
    Draft draft = changeset_draft(file, path, log, set);
    Draft& added = planner_.add({}, "", "", "", "");
    added = std::move(draft);
    if (set.rollback_is) {
      references_.push_back({planner_.drafts().size() - 1, *set.rollback_is, set.mark});
    }
  }

  void resolve_references(std::vector<LayoutProblem>& problems) {
    for (const auto& [index, reference, mark] : references_) {
      Draft& draft = planner_.drafts()[index];
      const Draft* other = nullptr;
      for (const Draft& candidate : planner_.drafts()) {
        const bool same_file = reference.path.empty()
                                   ? candidate.up->path == draft.up->path
                                   : candidate.up->path.ends_with(reference.path);
        if (same_file && candidate.migration.version == reference.id &&
            candidate.migration.name == reference.author) {
          other = &candidate;
        }
      }
      if (other == nullptr) {
        problems.push_back({Kind::kMissingFile, draft.up->path, mark,
                            "the rollback names changeset " + reference.author + ":" +
                                reference.id + ", which is not there",
                            ""});
        continue;
      }
      draft.down = other->up;
    }
  }

  void note_other_roots() {
    for (const std::string& file : planner_.folder().files) {
      const std::string lower = ascii::lower(file);
      const bool changelog =
          lower.find("changelog") != std::string::npos || lower.find("master") != std::string::npos;
      const bool other = lower.ends_with(".xml") || lower.ends_with(".yaml") ||
                         lower.ends_with(".yml") || lower.ends_with(".json");
      if (changelog && other) {
        planner_.ignore(file,
                        "changelogs in XML, YAML and JSON are not read; the SQL files run in "
                        "the order of their paths here");
      }
    }
  }

  Planner& planner_;
  std::map<std::string, Changelog> logs_;  ///< by path below the set's folder
  std::map<std::pair<std::string, uint32_t>, std::vector<std::string>> targets_;
  std::set<std::string> included_;
  std::set<std::string> visited_;
  /// A rollback by another changeset: of which draft, by which, and the draft's own mark.
  struct Reference {
    size_t draft;
    Changeset::Reference by;
    ByteRange mark;
  };
  std::vector<Reference> references_;
};

}  // namespace

Draft changeset_draft(const std::string& file, const std::string& path, const Changelog& log,
                      const Changeset& set) {
  const auto script = [&](ByteRange range, const std::shared_ptr<const std::string>& unwrapped) {
    DraftScript out;
    out.path = path;
    out.no_transaction = !set.run_in_transaction;
    out.directive = set.transaction_directive;
    out.ready.emplace();
    out.ready->path = path;
    out.ready->range = range;
    out.ready->unwrapped = unwrapped;
    return out;
  };
  Draft draft;
  draft.migration.version = set.id;
  draft.migration.name = set.author;
  draft.migration.id = file + "::" + set.id + "::" + set.author;
  if (set.runs_again) draft.migration.kind = Migration::Kind::kRepeatable;
  draft.migration.one_way = set.declared_one_way;
  draft.dbms = set.dbms;
  draft.up = script(set.up, log.script);
  if (set.down) draft.down = script(*set.down, log.rollbacks);
  return draft;
}

void plan_liquibase(Planner& planner) { LiquibasePlanner(planner).run(); }

}  // namespace belay::project

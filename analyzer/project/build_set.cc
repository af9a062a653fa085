#include "analyzer/project/build_set.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/marks/marks.h"
#include "analyzer/project/text_lines.h"

namespace belay::project {
namespace {

/// sqlx looks for exactly these as the file's first bytes.
constexpr std::string_view kSqlxNoTransaction = "-- no-transaction";

Script marked_script(const MigrationSet& set, const std::string& path, const MarkedPart& part) {
  Script script;
  script.path = path;
  script.range = part.range;
  script.unwrapped = part.unwrapped;
  script.transaction = part.no_transaction ? TransactionHabit::kNone : set.transaction;
  if (part.no_transaction) script.transaction_directive = part.directive;
  return script;
}

/// Reads scripts for one set; a file that cannot be read is told once.
class Builder {
 public:
  Builder(ProjectFiles& files, MigrationSet& set) : files_(files), set_(set) {}

  void run(SetPlan plan) {
    set_.problems = std::move(plan.problems);
    for (Choice& choice : plan.choices) set_.choices.push_back(std::move(choice));
    for (std::string& file : plan.files) paths_.insert(std::move(file));
    size_t left_out = 0;
    for (Draft& draft : plan.drafts) {
      if (!draft.dbms.empty() && !runs_here(draft)) {
        ++left_out;
        continue;
      }
      set_.migrations.push_back(migration(std::move(draft)));
    }
    if (left_out > 0) {
      set_.choices.push_back(
          {"ignored", std::to_string(left_out) + (left_out == 1 ? " changeset" : " changesets"),
           "`dbms` names other databases than " +
               std::string(engine_display_name(set_.dialect.engine))});
    }
    make_ids_unique();
    set_.files.assign(paths_.begin(), paths_.end());
    sort_problems(set_.problems);
  }

 private:
  bool runs_here(const Draft& draft) const { return runs_on(draft.dbms, set_.dialect.engine); }

  const std::string* text(const std::string& path) {
    paths_.insert(path);
    const std::string* text = files_.text(path);
    if (text == nullptr && unreadable_.insert(path).second) {
      const Error* error = files_.read_error(path);
      std::string message = error->message;
      if (!error->hint.empty()) message += " (" + error->hint + ")";
      set_.problems.push_back(
          {LayoutProblem::Kind::kUnreadable, path, {0, 0}, std::move(message), ""});
    }
    return text;
  }

  Migration migration(Draft draft) {
    Migration out = std::move(draft.migration);
    if (draft.up && !draft.down && !draft.up->ready &&
        is_marked_file(set_.layout, draft.up->path)) {
      const std::string* content = text(draft.up->path);
      apply_marks(set_, out, draft.up->path, content != nullptr ? *content : "");
      if (content == nullptr) forget_marks_of(draft.up->path);
      return out;
    }
    if (draft.up) out.up = script(std::move(*draft.up));
    if (draft.down) out.down = script(std::move(*draft.down));
    return out;
  }

  /// A file that could not be read has no wrong marks.
  void forget_marks_of(const std::string& path) {
    std::erase_if(set_.problems, [&](const LayoutProblem& problem) {
      return problem.path == path && problem.kind == LayoutProblem::Kind::kBadMark;
    });
  }

  Script script(DraftScript draft) {
    Script out;
    if (draft.ready) {
      paths_.insert(draft.path);
      out = std::move(*draft.ready);
      out.transaction = set_.transaction;
    } else {
      const std::string* content = text(draft.path);
      out = whole_script(set_, draft.path, content != nullptr ? *content : std::string_view());
    }
    if (draft.no_transaction) {
      out.transaction = TransactionHabit::kNone;
      out.transaction_directive = draft.directive;
      out.directive_path = std::move(draft.directive_path);
    }
    return out;
  }

  void make_ids_unique() {
    std::set<std::string> seen;
    for (Migration& migration : set_.migrations) {
      const std::string id = migration.id;
      for (int n = 2; !seen.insert(migration.id).second; ++n) {
        migration.id = id + "#" + std::to_string(n);
      }
    }
  }

  ProjectFiles& files_;
  MigrationSet& set_;
  std::set<std::string> paths_;
  std::set<std::string> unreadable_;
};

}  // namespace

void build_set(ProjectFiles& files, SetPlan plan, MigrationSet& set) {
  Builder(files, set).run(std::move(plan));
}

Script whole_script(const MigrationSet& set, const std::string& path, std::string_view text) {
  Script script;
  script.path = path;
  script.range = {content_begin(text), static_cast<uint32_t>(text.size())};
  script.transaction = set.transaction;
  if (set.layout == Layout::kSqlx && text.starts_with(kSqlxNoTransaction)) {
    script.transaction = TransactionHabit::kNone;
    script.transaction_directive = {0, static_cast<uint32_t>(kSqlxNoTransaction.size())};
  }
  return script;
}

bool is_marked_file(Layout layout, const std::string& path) {
  // node-pg-migrate alone also reads pairs of files.
  const bool half = path.ends_with(".up.sql") || path.ends_with(".down.sql");
  return has_marks(layout) && !(half && layout == Layout::kNodePgMigrate);
}

void apply_marks(MigrationSet& set, Migration& migration, const std::string& path,
                 std::string_view text) {
  MarkedFile file = read_marks(set.layout, text, path);
  const auto size = static_cast<uint32_t>(text.size());
  // Without an up the migration still has to know its file, so that it is found after an edit.
  migration.up = marked_script(set, path, file.up.value_or(MarkedPart{{size, size}, {}, {}, {}}));
  migration.down.reset();
  if (file.down) migration.down = marked_script(set, path, *file.down);
  for (LayoutProblem& problem : file.problems) set.problems.push_back(std::move(problem));
}

void sort_problems(std::vector<LayoutProblem>& problems) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const LayoutProblem& a, const LayoutProblem& b) {
                     return std::tie(a.path, a.range) < std::tie(b.path, b.range);
                   });
}

std::string_view layout_problem_name(LayoutProblem::Kind kind) {
  switch (kind) {
    case LayoutProblem::Kind::kBadFileName: return "bad-file-name";
    case LayoutProblem::Kind::kDuplicateVersion: return "duplicate-version";
    case LayoutProblem::Kind::kDownWithoutUp: return "down-without-up";
    case LayoutProblem::Kind::kBadMark: return "bad-mark";
    case LayoutProblem::Kind::kMissingSemicolon: return "missing-semicolon";
    case LayoutProblem::Kind::kMissingFile: return "missing-file";
    case LayoutProblem::Kind::kUnreadable: return "unreadable";
    case LayoutProblem::Kind::kReadInPart: return "read-in-part";
    case LayoutProblem::Kind::kBadDependency: return "bad-dependency";
  }
  return "";
}

}  // namespace belay::project

// A recipe says what the steps are; here they become files, and nothing is believed of them: the
// project is read with them in it, the downs are generated from what is found then, and it is read
// once more with these. What does not lead to the same schema, or keeps the finding, is refused.

#include "workbench/split/split_migration.h"

#include <algorithm>

#include "analyzer/rules/settings.h"
#include "analyzer/schema/compare.h"
#include "support/overlay_file_system.h"
#include "workbench/down_place.h"
#include "workbench/generate_down.h"
#include "workbench/new_migration.h"

namespace belay::workbench {
namespace {

using project::Direction;
using project::Layout;
using project::Migration;

Error cannot_split(std::string why, const std::string& where) {
  return {"the statement cannot be split: " + std::move(why), where, ""};
}

/// Where the up goes in a new file that holds both directions.
constexpr std::string_view kGap = "\n\n\n";

/// What the layout's runner has to read to open no transaction around the up; none where Belay
/// knows no such mark for it, or where it opens none anyway.
struct NoTransaction {
  std::string first_line = {};     ///< of the file
  std::string before = {};         ///< a part of the text as `belay new` writes it ...
  std::string after = {};          ///< ... and what it becomes
  std::string beside_suffix = {};  ///< a file beside it: the up's path with this, ...
  std::string beside_name = {};    ///< ... or of this name in its folder
  std::string beside_text = {};
};
NoTransaction no_transaction_mark(Layout layout) {
  switch (layout) {
    case Layout::kSqlx: return {.first_line = "-- no-transaction\n"};
    case Layout::kGoose: return {.first_line = "-- +goose NO TRANSACTION\n"};
    case Layout::kDbmate:
      return {.before = "-- migrate:up\n", .after = "-- migrate:up transaction:false\n"};
    case Layout::kSqlMigrate:
      return {.before = "-- +migrate Up\n", .after = "-- +migrate Up notransaction\n"};
    case Layout::kFlyway:
      return {.beside_suffix = ".conf", .beside_text = "executeInTransaction=false\n"};
    case Layout::kDiesel:
      return {.beside_name = "metadata.toml", .beside_text = "run_in_transaction = false\n"};
    default: return {};
  }
}

class Splitter {
 public:
  Splitter(const FileSystem& files, const AnalyzedSet& set, const SplitRequest& request,
           SafeSteps steps)
      : overlay_(files),
        set_(set),
        location_(set.set->migrations[request.migration]),
        request_(request),
        steps_(std::move(steps)) {}

  Result<SplitMigration> run() {
    out_.title = steps_.title;
    BELAY_TRY(change_up());
    BELAY_TRY(change_down());
    for (const SafeSteps::Step& step : steps_.later) BELAY_TRY(add_up(step));
    Result<Workspace> first = analyzed();
    if (!first) return std::move(first).error();
    if (has_downs_) BELAY_TRY(add_downs(*first->snapshot()));
    Result<Workspace> last = analyzed();
    if (!last) return std::move(last).error();
    BELAY_TRY(check(*last->snapshot()));
    return std::move(out_);
  }

 private:
  /// Puts edits of a file of the migration into the result and into the view of the files.
  void change(const std::string& path, const Document& before, TextEdit edit) {
    // Both directions may stand in one file: what is done to it is done at once.
    auto file = std::find_if(out_.changed.begin(), out_.changed.end(),
                             [&](const SplitMigration::ChangedFile& f) { return f.path == path; });
    if (file == out_.changed.end()) file = out_.changed.insert(file, {path, {}});
    file->edits.push_back(std::move(edit));
    overlay_.put(path, apply_edits(before.text(), file->edits));
  }

  /// The statement with its semicolon; with its line where nothing is put in its place.
  static TextEdit replacement(std::string_view text, const sql::ScriptStatement& statement,
                              std::string with) {
    ByteRange range = {statement.range.begin, std::max(statement.end, statement.range.end)};
    if (!with.empty()) return {range, std::move(with)};
    while (range.begin > 0 && (text[range.begin - 1] == ' ' || text[range.begin - 1] == '\t')) {
      --range.begin;
    }
    const bool begins_line = range.begin == 0 || text[range.begin - 1] == '\n';
    if (begins_line && text.substr(range.end, 2) == "\r\n") range.end += 2;
    if (begins_line && text.substr(range.end, 1) == "\n") range.end += 1;
    return {range, ""};
  }

  /// Line ends as the file has them.
  static std::string in_line_ends_of(std::string_view text, std::string with) {
    if (text.find("\r\n") == std::string_view::npos) return with;
    for (size_t at = 0; (at = with.find('\n', at)) != std::string::npos; at += 2) {
      with.insert(at, 1, '\r');
    }
    return with;
  }

  Result<void> change_up() {
    const AnalyzedScript& up = *set_.script(request_.migration, Direction::kUp);
    if (location_.up->unwrapped != nullptr) {
      return cannot_split("its script is no plain part of the file", location_.id);
    }
    const std::string form = in_layout_form_of_up(steps_.here);
    change(location_.up->path, up.document,
           replacement(up.document.text(), up.parsed->statements[request_.statement],
                       in_line_ends_of(up.document.text(), form)));
    return {};
  }

  /// Statements with semicolons inside, as functions have, between the layout's marks. Without what
  /// the layout puts around a whole script.
  std::string in_layout_form_of_up(const std::string& script) const {
    const Layout layout = set_.set->layout;
    if (layout != Layout::kGoose && layout != Layout::kSqlMigrate) return script;
    return in_layout_form(layout, set_.set->dialect, script);
  }

  Result<void> change_down() {
    const AnalyzedScript* down = set_.script(request_.migration, Direction::kDown);
    if (down == nullptr || steps_.is_undone_by == nullptr) return {};
    bool has_statements = false;
    for (const sql::ScriptStatement& s : down->parsed->statements) {
      if (s.parsed == nullptr) continue;
      has_statements = true;
      if (s.parsed->operations.size() != 1) continue;
      if (!steps_.is_undone_by(s.parsed->operations.front())) continue;
      if (location_.down->unwrapped != nullptr) break;
      change(
          location_.down->path, down->document,
          replacement(down->document.text(), s,
                      in_line_ends_of(down->document.text(), in_layout_form_of_up(steps_.undo))));
      return {};
    }
    if (!has_statements || !steps_.needs_undo) return {};
    return cannot_split("its down has nothing that takes it back", location_.id);
  }

  Result<void> add_up(const SafeSteps::Step& step) {
    NewMigrationRequest request;
    request.path = set_.set->directory;
    request.load = request_.load;
    request.name = step.name;
    request.now = request_.now;
    Result<NewMigration> planned = plan_new_migration(overlay_, request);
    if (!planned) return std::move(planned).error();
    const bool appends = std::any_of(planned->files.begin(), planned->files.end(),
                                     [](const NewFile& file) { return file.appended; });
    if (appends || planned->files.empty()) {
      return cannot_split("the layout keeps its migrations in a list", planned->layout);
    }
    const NewFile& file = planned->files.front();
    if (overlay_.exists(file.path)) return cannot_split("the file is there already", file.path);
    has_downs_ = planned->files.size() > 1 || file.text.find(kGap) != std::string::npos;
    std::string text = filled(file.text, step.script);
    if (!step.in_transaction) mark_no_transaction(file.path, text);
    put_new(file.path, std::move(text));
    ups_.push_back(file.path);
    return {};
  }

  /// The file as `belay new` writes it, with the script where its up stands.
  std::string filled(std::string text, const std::string& script) const {
    const std::string form = in_layout_form_of_up(script);
    const size_t gap = text.find(kGap);
    if (gap == std::string::npos) return form;
    text.replace(gap, kGap.size(), "\n" + form + "\n");
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
  }

  void mark_no_transaction(const std::string& path, std::string& text) {
    const NoTransaction mark = no_transaction_mark(set_.set->layout);
    text.insert(0, mark.first_line);
    const size_t at = mark.before.empty() ? std::string::npos : text.find(mark.before);
    if (at != std::string::npos) text.replace(at, mark.before.size(), mark.after);
    if (!mark.beside_suffix.empty()) put_new(path + mark.beside_suffix, mark.beside_text);
    if (!mark.beside_name.empty()) {
      put_new(path::join(path::parent(path), mark.beside_name), mark.beside_text);
    }
  }

  void put_new(const std::string& path, std::string text) {
    overlay_.put(path, text);
    for (SplitMigration::CreatedFile& file : out_.created) {
      if (file.path != path) continue;
      file.text = std::move(text);
      return;
    }
    out_.created.push_back({path, std::move(text)});
  }

  /// The history with all that was written so far.
  Result<Workspace> analyzed() const {
    Result<LoadedProject> loaded = load_project(overlay_, set_.set->directory, request_.load);
    if (!loaded) return std::move(loaded).error();
    const rules::Settings settings(loaded->project.config);
    for (project::MigrationSet& set : loaded->project.sets) {
      const bool is_same =
          set.directory == set_.set->directory && set.dialect.engine == set_.set->dialect.engine;
      if (!is_same) continue;
      return Workspace(std::move(set), loaded->texts, settings, sql::Recovery::kExact);
    }
    return cannot_split("its history is not found again", set_.set->directory);
  }

  Result<void> add_downs(const AnalyzedSet& with_ups) {
    for (uint32_t i = 0; i < with_ups.migrations.size(); ++i) {
      const Migration& migration = with_ups.set->migrations[i];
      if (!migration.up || std::find(ups_.begin(), ups_.end(), migration.up->path) == ups_.end()) {
        continue;
      }
      Result<GeneratedDownFile> down = generate_down(with_ups, i, {});
      if (!down) return std::move(down).error();
      if (down->path.empty() || down->new_text.empty()) {
        return cannot_split("a step has no place for its down", migration.id);
      }
      put_new(down->path, down->new_text);
    }
    return {};
  }

  Result<void> check(const AnalyzedSet& after) const {
    if (after.set->migrations.size() != set_.set->migrations.size() + steps_.later.size()) {
      return cannot_split("its steps are not all found again", location_.id);
    }
    for (const schema::Change& change : schema::compare(end_of(set_), end_of(after))) {
      if (change.order_only && steps_.may_reorder) continue;
      return cannot_split("another schema would come of it: " + change.to_string(), location_.id);
    }
    const auto position = index_of(after, location_.up->path);
    if (!position) return cannot_split("the migration is not found again", location_.id);
    if (count(after, *position) >= count(set_, request_.migration)) {
      return cannot_split("the finding would stay", location_.id);
    }
    BELAY_TRY(check_own_down(after, *position));
    for (const std::string& up : ups_) {
      const auto step = index_of(after, up);
      if (!step) return cannot_split("a step is not found again", up);
      BELAY_TRY(check_step(after, *step));
    }
    return {};
  }

  static const schema::Schema& end_of(const AnalyzedSet& set) {
    for (size_t i = set.migrations.size(); i-- > 0;) {
      if (set.set->migrations[i].kind == Migration::Kind::kVersioned) {
        return set.migrations[i]->after;
      }
    }
    return set.migrations.back()->after;
  }

  static std::optional<uint32_t> index_of(const AnalyzedSet& set, const std::string& up) {
    for (uint32_t i = 0; i < set.set->migrations.size(); ++i) {
      const Migration& migration = set.set->migrations[i];
      if (migration.up && migration.up->path == up) return i;
    }
    return std::nullopt;
  }

  /// How often the rule that is to be content has found something in a migration's up.
  size_t count(const AnalyzedSet& set, uint32_t migration) const {
    const AnalyzedScript* up = set.script(migration, Direction::kUp);
    if (up == nullptr) return 0;
    const auto& findings = up->result->findings;
    return static_cast<size_t>(std::count_if(
        findings.begin(), findings.end(), [&](const Finding& f) { return f.rule == steps_.rule; }));
  }

  /// A down that took the migration back must still do so.
  Result<void> check_own_down(const AnalyzedSet& after, uint32_t migration) const {
    const auto fails = [](rollback::Verdict verdict) {
      return verdict == rollback::Verdict::kDownFailed || verdict == rollback::Verdict::kDiffers;
    };
    const rollback::Verdict before = set_.migrations[request_.migration]->reversibility.verdict;
    if (fails(before) || !fails(after.migrations[migration]->reversibility.verdict)) return {};
    return cannot_split("the down would no longer take the migration back: " +
                            after.migrations[migration]->reversibility.reason,
                        location_.id);
  }

  Result<void> check_step(const AnalyzedSet& after, uint32_t migration) const {
    const std::string& id = after.set->migrations[migration].id;
    if (count(after, migration) > 0) return cannot_split("the finding would move to a step", id);
    for (const auto direction : {Direction::kUp, Direction::kDown}) {
      const AnalyzedScript* script = after.script(migration, direction);
      if (script == nullptr) continue;
      for (const Finding& f : script->result->findings) {
        const bool fails = f.rule == "syntax-error" || f.rule == "bad-batch-mark" ||
                           f.rule == "down-fails" || f.rule == "concurrently-in-transaction";
        if (fails) return cannot_split(f.message, id);
      }
      for (const auto& step : script->result->trace.steps) {
        if (step.failure) return cannot_split("a step would fail", id);
      }
    }
    return {};
  }

  OverlayFileSystem overlay_;
  const AnalyzedSet& set_;
  const Migration& location_;
  const SplitRequest& request_;
  const SafeSteps steps_;
  bool has_downs_ = false;
  std::vector<std::string> ups_;  ///< of the new migrations
  SplitMigration out_;
};

}  // namespace

Result<SplitMigration> split_migration(const FileSystem& files, const AnalyzedSet& set,
                                       const SplitRequest& request) {
  std::optional<SafeSteps> steps = safe_steps(set, request.migration, request.statement);
  const Migration& location = set.set->migrations[request.migration];
  if (!steps || location.kind != Migration::Kind::kVersioned) {
    return cannot_split("there is no recipe for it", location.id);
  }
  return Splitter(files, set, request, *std::move(steps)).run();
}

}  // namespace belay::workbench

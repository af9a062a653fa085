// A history is analysed in order, because each migration is judged against the schema that the ones
// before it left. After an edit, the migrations before the edited one stay as they are. The edited
// one is linted again. Then the difference between the schema that it left before and leaves now
// decides how far the edit reaches: a later migration whose scripts mention nothing of it keeps its
// findings, and its schemas are patched instead of replayed.

#include "analyzer/workspace.h"

#include <algorithm>
#include <set>

#include "analyzer/reach.h"
#include "analyzer/run_time_parts.h"
#include "analyzer/written_finding.h"
#include "support/ascii.h"

namespace belay {
namespace {

using project::Direction;

/// The text that a script's statements are read from.
std::string_view text_of(const project::Script& location, const Document& document) {
  return location.unwrapped != nullptr ? std::string_view(*location.unwrapped) : document.text();
}

/// No part of the history itself, which goes on as if it were not there: what stands for all
/// versions up to its own on an empty database, and what is no migration.
bool stands_alone(const project::Migration& migration) {
  using Kind = project::Migration::Kind;
  return migration.kind == Kind::kBaseline || migration.kind == Kind::kOutside;
}

/// Whether a migration of a program has kept its place in the history.
bool is_in_the_same_place(const project::Migration& before, const project::Migration& now) {
  const auto dependencies = [](const project::Migration& m) {
    std::vector<std::string> out;
    if (m.declaration == nullptr) return out;
    for (const auto& dependency : m.declaration->dependencies) out.push_back(dependency.version);
    return out;
  };
  return before.version == now.version && before.kind == now.kind &&
         dependencies(before) == dependencies(now);
}

/// What reading a program's source brings up.
bool is_of_reading(project::LayoutProblem::Kind kind) {
  using Kind = project::LayoutProblem::Kind;
  return kind == Kind::kReadInPart || kind == Kind::kUnreadable;
}

/// The verdict on a migration that has an up; without one there is nothing to undo.
rollback::Reversibility reversibility_of(const AnalyzedMigration& migration,
                                         const project::Migration& declared) {
  if (!migration.up) return {};
  rollback::ReversibilityInput input{migration.before,      migration.after, &migration.after_down,
                                     run_of(*migration.up), std::nullopt,    declared.one_way};
  input.down_throws = declared.declaration != nullptr && declared.declaration->down_throws;
  if (migration.down) input.down = run_of(*migration.down);
  return rollback::judge(input);
}

std::shared_ptr<const ScriptIndex> index_of(const project::MigrationSet& set) {
  auto out = std::make_shared<ScriptIndex>();
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    const project::Migration& m = set.migrations[i];
    if (m.up) (*out)[m.up->file()].push_back({i, Direction::kUp});
    if (m.down) (*out)[m.down->file()].push_back({i, Direction::kDown});
  }
  return out;
}

}  // namespace

rollback::Run run_of(const AnalyzedScript& script) {
  rollback::Run out;
  out.script = script.parsed.get();
  for (const rules::ScriptTrace::Step& step : script.result->trace.steps) {
    out.steps.push_back(
        {step.statement, step.operation, step.session.in_transaction, &step.losses, &step.failure});
  }
  return out;
}

rollback::Risk greatest_risk(const AnalyzedScript& script) {
  rollback::Risk out = rollback::Risk::kLow;
  for (const rules::ScriptTrace::Step& step : script.result->trace.steps) {
    out = rollback::worse(out, rollback::risk_of(step.effect, step.losses));
  }
  return out;
}

const AnalyzedScript* AnalyzedSet::script(uint32_t migration, Direction direction) const {
  const AnalyzedMigration& m = *migrations[migration];
  const std::optional<AnalyzedScript>& script = direction == Direction::kUp ? m.up : m.down;
  return script ? &*script : nullptr;
}

std::span<const ScriptPlace> AnalyzedSet::scripts_in(std::string_view path) const {
  const auto found = files->find(path);
  return found == files->end() ? std::span<const ScriptPlace>() : found->second;
}

const Document* AnalyzedSet::source_of(std::string_view path) const {
  const std::span<const ScriptPlace> scripts = scripts_in(path);
  if (scripts.empty()) return nullptr;
  return &script(scripts.front().migration, scripts.front().direction)->source;
}

std::span<const Finding> AnalyzedSet::findings_in(std::string_view path) const {
  const auto first = std::partition_point(findings.begin(), findings.end(),
                                          [&](const Finding& f) { return f.place.path < path; });
  const auto last = std::partition_point(first, findings.end(),
                                         [&](const Finding& f) { return f.place.path == path; });
  return {first, last};
}

rules::ScriptContext AnalyzedSet::context(uint32_t migration, Direction direction) const {
  const project::Migration& m = set->migrations[migration];
  const project::Script& location = direction == Direction::kUp ? *m.up : *m.down;
  const AnalyzedScript* analyzed = script(migration, direction);
  return {*set,
          m,
          migration,
          direction,
          location,
          text_of(location, analyzed->document),
          *analyzed->parsed};
}

Workspace::Workspace(project::MigrationSet set, const std::map<std::string, Document>& texts,
                     rules::Settings settings, sql::Recovery recovery)
    : settings_(std::move(settings)), recovery_(recovery), documents_(texts) {
  auto out = std::make_shared<AnalyzedSet>();
  auto shared = std::make_shared<const project::MigrationSet>(std::move(set));
  out->set = shared;
  out->files = index_of(*shared);
  schema::Schema schema(shared->dialect);
  for (uint32_t i = 0; i < shared->migrations.size(); ++i) {
    const bool alone = stands_alone(shared->migrations[i]);
    out->migrations.push_back(analyze(*shared, i, alone ? schema::Schema(shared->dialect) : schema,
                                      nullptr, nullptr, nullptr));
    if (!alone) schema = out->migrations.back()->after;
  }
  finish(*out);
  current_ = std::move(out);
}

void Workspace::finish(AnalyzedSet& set) const {
  rules::HistoryContext history{*set.set, {}};
  history.migrations.reserve(set.migrations.size());
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    const AnalyzedMigration& m = *set.migrations[i];
    const auto script = [&](Direction direction) {
      return set.script(i, direction) == nullptr
                 ? std::nullopt
                 : std::optional<rules::ScriptContext>(set.context(i, direction));
    };
    history.migrations.push_back({m.before, m.after, m.after_down, script(Direction::kUp),
                                  script(Direction::kDown), m.reversibility});
  }
  rules::HistoryResult result = rules::lint_history(history, settings_);
  set.findings = std::move(result.findings);
  write_findings(set.findings, *set.set, documents_);
  std::stable_sort(set.findings.begin(), set.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.place.path < b.place.path; });
  set.suppressed = result.suppressed;
}

Document Workspace::document_of(const std::string& path) const {
  const auto found = documents_.find(path);
  return found == documents_.end() ? Document() : found->second;
}

AnalyzedScript Workspace::read_script(const project::MigrationSet& set, uint32_t index,
                                      Direction direction, const AnalyzedScript* previous,
                                      const std::string* changed_path,
                                      const Document* changed) const {
  const project::Migration& migration = set.migrations[index];
  const project::Script& location = direction == Direction::kUp ? *migration.up : *migration.down;
  AnalyzedScript out;
  const bool is_changed = changed_path != nullptr && location.path == *changed_path;
  if (previous != nullptr && !is_changed) {
    out.document = previous->document;
    out.source = previous->source;
    out.sources = previous->sources;
    out.parsed = previous->parsed;
    return out;
  }
  out.document = is_changed && changed != nullptr ? *changed : document_of(location.path);
  out.source = location.sources == nullptr ? out.document : document_of(location.file());
  out.sources = location.sources;
  // A statement with marks is not what its text alone says: of a program all is parsed anew.
  const bool anew = previous == nullptr || location.sources != nullptr;
  sql::ParsedScript parsed =
      sql::parse_script(text_of(location, out.document), location.range, set.dialect, recovery_,
                        anew ? nullptr : previous->parsed.get());
  mark_run_time_parts(parsed, location.run_time, text_of(location, out.document),
                      set.dialect.engine);
  out.parsed = std::make_shared<const sql::ParsedScript>(std::move(parsed));
  return out;
}

std::shared_ptr<const AnalyzedMigration> Workspace::analyze(
    const project::MigrationSet& set, uint32_t index, const schema::Schema& before,
    const AnalyzedMigration* previous, const std::string* changed_path, const Document* changed) {
  const project::Migration& migration = set.migrations[index];
  const auto earlier = [&](const std::optional<AnalyzedScript> AnalyzedMigration::*script) {
    return previous != nullptr && previous->*script ? &*(previous->*script) : nullptr;
  };
  const auto context_of = [&](const AnalyzedScript& script, Direction direction) {
    const project::Script& location = direction == Direction::kUp ? *migration.up : *migration.down;
    return rules::ScriptContext{set,           migration, index,
                                direction,     location,  text_of(location, script.document),
                                *script.parsed};
  };
  auto out = std::make_shared<AnalyzedMigration>(
      AnalyzedMigration{before, before, before, std::nullopt, std::nullopt, {}});
  std::optional<rules::ScriptContext> up;
  std::optional<rules::ScriptContext> down;
  auto up_result = std::make_shared<rules::ScriptResult>();
  auto down_result = std::make_shared<rules::ScriptResult>();
  if (migration.up) {
    out->up = read_script(set, index, Direction::kUp, earlier(&AnalyzedMigration::up), changed_path,
                          changed);
    up.emplace(context_of(*out->up, Direction::kUp));
    *up_result = rules::lint_script(*up, out->after, settings_);
    out->up->result = up_result;
    ++scripts_linted_;
  }
  out->after_down = out->after;
  if (migration.down) {
    out->down = read_script(set, index, Direction::kDown, earlier(&AnalyzedMigration::down),
                            changed_path, changed);
    down.emplace(context_of(*out->down, Direction::kDown));
    *down_result = rules::lint_script(*down, out->after_down, settings_);
    out->down->result = down_result;
    ++scripts_linted_;
  }
  if (previous != nullptr) {
    // Much of what was made anew is as it was.
    out->after.share_equal(previous->after);
    out->after_down.share_equal(previous->after_down);
  }
  out->reversibility = reversibility_of(*out, migration);
  if (up) {
    rules::lint_migration(
        {*up, down ? &*down : nullptr, up_result->trace, down ? &down_result->trace : nullptr,
         out->before, out->after, out->after_down, out->reversibility},
        settings_, *up_result, down ? down_result.get() : nullptr);
    rules::finish_script(*up, settings_, *up_result);
    write_findings(up_result->findings, set, documents_);
  }
  if (down) {
    rules::finish_script(*down, settings_, *down_result);
    write_findings(down_result->findings, set, documents_);
  }
  return out;
}

bool Workspace::update(const std::string& path, const Document& document) {
  if (!edit(path, document)) return false;
  const size_t edited = scripts_linted_;
  catch_up();
  scripts_linted_ += edited;
  return true;
}

bool Workspace::edit(const std::string& path, const Document& document) {
  project::MigrationSet set = *current_->set;
  if (!project::reread(set, path, document.text())) return false;
  if (set.migrations.size() != current_->set->migrations.size()) return false;
  documents_[path] = document;
  std::vector<uint32_t> edited;
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    if (set.migrations[i].stands_in(path)) edited.push_back(i);
  }
  replace(std::move(set), edited, &path, &document);
  return true;
}

void Workspace::replace(project::MigrationSet set, const std::vector<uint32_t>& edited,
                        const std::string* changed_path, const Document* changed) {
  scripts_linted_ = 0;
  auto out = std::make_shared<AnalyzedSet>();
  auto shared = std::make_shared<const project::MigrationSet>(std::move(set));
  out->set = shared;
  const bool same_scripts = std::all_of(edited.begin(), edited.end(), [&](const uint32_t i) {
    const project::Migration& old = current_->set->migrations[i];
    const project::Migration& now = shared->migrations[i];
    return old.up.has_value() == now.up.has_value() && old.down.has_value() == now.down.has_value();
  });
  out->files = same_scripts ? current_->files : index_of(*shared);
  out->migrations = current_->migrations;
  for (const uint32_t i : edited) {
    const std::shared_ptr<const AnalyzedMigration> old = out->migrations[i];
    const AnalyzedMigration* previous = changed_path == nullptr ? nullptr : old.get();
    out->migrations[i] = analyze(*shared, i, old->before, previous, changed_path, changed);
  }
  finish(*out);
  if (settled_ == nullptr) settled_ = current_;
  current_ = std::move(out);
}

bool Workspace::edit_source(SourceUpdate update) {
  project::MigrationSet set = *current_->set;
  std::map<std::string, project::Migration*> now;
  for (project::Migration& migration : update.woven.migrations) now[migration.id] = &migration;
  if (now.size() != update.woven.migrations.size()) return false;
  std::vector<uint32_t> edited;
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    project::Migration& old = set.migrations[i];
    if (!old.stands_in(update.path)) continue;
    const auto found = now.find(old.id);
    if (found == now.end() || !is_in_the_same_place(old, *found->second)) return false;
    old = std::move(*found->second);
    now.erase(found);
    edited.push_back(i);
  }
  if (!now.empty()) return false;
  set.index_sources();
  std::erase_if(set.problems, [&](const project::LayoutProblem& problem) {
    return problem.path == update.path && is_of_reading(problem.kind);
  });
  for (project::LayoutProblem& problem : update.problems) {
    set.problems.push_back(std::move(problem));
  }
  documents_[update.path] = update.source;
  for (auto& [path, text] : update.woven.texts) documents_[path] = Document(std::move(text));
  replace(std::move(set), edited, nullptr, nullptr);
  return true;
}

bool Workspace::catch_up() {
  scripts_linted_ = 0;
  if (settled_ == nullptr) return false;
  auto out = std::make_shared<AnalyzedSet>();
  out->set = current_->set;
  out->files = current_->files;
  out->migrations.reserve(current_->migrations.size());
  Reach reach;
  schema::Schema latest(out->set->dialect);
  for (uint32_t i = 0; i < current_->migrations.size(); ++i) {
    const auto& settled = settled_->migrations[i];
    const auto& now = current_->migrations[i];
    if (stands_alone(out->set->migrations[i])) {
      out->migrations.push_back(now);
      continue;
    }
    const bool edited = now != settled;
    const bool reached = !reach.nothing();
    const bool touched = reached && (edited || reach.touches(*now));
    const schema::Schema before = latest;
    if (!reached) {
      out->migrations.push_back(now);
    } else if (touched) {
      out->migrations.push_back(analyze(*out->set, i, before, now.get(), nullptr, nullptr));
    } else {
      // The same findings; what differs before it differs in the same way behind it.
      auto patched = std::make_shared<AnalyzedMigration>(*now);
      for (const std::string& key : reach.keys()) {
        patched->before.copy_relation(key, before);
        patched->after.copy_relation(key, before);
        patched->after_down.copy_relation(key, before);
      }
      out->migrations.push_back(std::move(patched));
    }
    latest = out->migrations.back()->after;
    if (edited || touched) reach.go_on(settled->after, latest);
  }
  settled_.reset();
  if (out->migrations == current_->migrations) return false;
  finish(*out);
  current_ = std::move(out);
  return true;
}

}  // namespace belay

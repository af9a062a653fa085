// The down is generated from the schemas, put where the layout wants it, and then read back from
// there: the whole history is analysed again with the new text in its place. What is said of it is
// the verdict of that reading, whatever the generator believes.

#include "workbench/generate_down.h"

#include <algorithm>

#include "analyzer/rollback/generate/generate.h"
#include "analyzer/rollback/generate/keep_data.h"
#include "analyzer/rollback/trial.h"
#include "support/overlay_file_system.h"
#include "workbench/cpp/cpp_down.h"
#include "workbench/down_place.h"

namespace belay::workbench {
namespace {

using project::Direction;
using rollback::Verdict;

std::vector<const sql::ParsedScript*> ups_until(const AnalyzedSet& set, uint32_t migration) {
  std::vector<const sql::ParsedScript*> out;
  for (uint32_t i = 0; i <= migration; ++i) {
    const AnalyzedScript* up = set.script(i, Direction::kUp);
    out.push_back(up == nullptr ? nullptr : up->parsed.get());
  }
  return out;
}

bool has_statements(const AnalyzedScript* script) {
  return script != nullptr &&
         std::any_of(script->parsed->statements.begin(), script->parsed->statements.end(),
                     [](const sql::ScriptStatement& s) { return s.parsed != nullptr; });
}

/// The schema behind the down that is there.
schema::Schema after_down(const AnalyzedMigration& m, uint32_t migration) {
  schema::Replay replay(m.after);
  const auto& statements = m.down->parsed->statements;
  for (uint32_t s = 0; s < statements.size(); ++s) {
    if (statements[s].parsed == nullptr) continue;
    for (size_t o = 0; o < statements[s].parsed->operations.size(); ++o) {
      replay.apply(*statements[s].parsed, o, {2 * migration + 1, s});
    }
  }
  return std::move(replay).take();
}

std::vector<rollback::DataLoss> lost_by_up(const AnalyzedMigration& m) {
  std::vector<rollback::DataLoss> out;
  for (const rollback::Loss& loss : m.reversibility.lost_by_up) {
    const auto same = [&](const rollback::DataLoss& l) {
      return l.kind == loss.what.kind && l.table == loss.what.table && l.column == loss.what.column;
    };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(loss.what);
  }
  return out;
}

void place_in_class(GeneratedDownFile& out, const project::Migration& migration,
                    const AnalyzedScript& up, const std::string& script, const AnalyzedSet& set) {
  Result<TextEdit> edit = cpp_down_edit(migration, up, script, set.set->dialect);
  if (!edit) {
    out.no_place = edit.error().message + ": " + edit.error().hint;
    return;
  }
  out.path = migration.declaration->place.path;
  out.printed = edit->new_text;
  out.new_text = apply_edits(up.source.text(), std::vector<TextEdit>{*edit});
  out.edit = *std::move(edit);
}

/// The text of the file with the down in it, and what of it is new.
void place(GeneratedDownFile& out, const AnalyzedSet& set, uint32_t migration,
           const std::string& script) {
  const project::Migration& location = set.set->migrations[migration];
  const AnalyzedScript* up = set.script(migration, Direction::kUp);
  const AnalyzedScript* down = set.script(migration, Direction::kDown);
  if (location.declaration != nullptr) return place_in_class(out, location, *up, script, set);
  DownPlace place = down_place(*set.set, location, up->document.text());
  std::string body = in_layout_form(set.set->layout, set.set->dialect, script);
  out.path = place.path;
  out.no_place = place.no_place;
  out.printed = place.mark + body;
  if (place.path.empty()) return;
  std::string before;
  if (place.in_up_file) {
    before = std::string(up->document.text());
  } else if (down != nullptr) {
    before = std::string(down->document.text());
    place.offset = static_cast<uint32_t>(before.size());
  } else {
    out.new_text = out.printed;
    return;
  }
  // What stands before it must end: with its line, and with its last statement.
  std::string start;
  std::string added = out.printed;
  if (has_statements(down) && !down->parsed->statements.back().terminated) {
    start += ";";
    // The semicolon goes right behind the statement, unless a comment stands there.
    const uint32_t end = down->parsed->statements.back().range.end;
    if (before.find_first_not_of(" \t\r\n", end) == std::string::npos) {
      place.offset = end;
      if (end < before.size() && added.ends_with('\n')) added.pop_back();
    }
  }
  const std::string_view head = std::string_view(before).substr(0, place.offset);
  if (!head.empty() && head.back() != '\n') start += "\n";
  if (!place.mark.empty()) start += "\n";
  std::string end;
  if (place.offset < before.size() && place.in_up_file) end = "\n";
  out.edit = TextEdit{{place.offset, place.offset}, start + added + end};
  out.new_text = apply_edits(before, std::vector<TextEdit>{*out.edit});
}

Error refusal(std::string message, std::string where, std::string hint) {
  return {std::move(message), std::move(where), std::move(hint)};
}

void add_notes(GeneratedDownFile& out, const AnalyzedMigration& m) {
  for (const rollback::DataLoss& loss : lost_by_up(m)) {
    out.notes.push_back("the up destroys " + loss.to_string() + ": only a snapshot brings it back");
  }
}

bool is_called(const project::Migration& migration, const std::string& name) {
  const bool is_class = migration.declaration != nullptr && migration.declaration->name == name;
  return migration.id == name || migration.version == name || is_class;
}

/// The one that is called `name` among those in a file, or else the only one there; none where
/// there is none. Errors: there are several.
Result<std::optional<uint32_t>> migration_in(const project::MigrationSet& set,
                                             const std::string& path, const std::string& name) {
  std::optional<uint32_t> found;
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    const project::Migration& migration = set.migrations[i];
    if (migration.kind == project::Migration::Kind::kOutside || !migration.stands_in(path) ||
        (!name.empty() && !is_called(migration, name))) {
      continue;
    }
    if (found) {
      return refusal(
          "several migrations stand here: " + set.migrations[*found].id + ", " + migration.id, path,
          "--migration tells which one is meant");
    }
    found = i;
  }
  return found;
}

}  // namespace

Result<GeneratedDownFile> generate_down(const AnalyzedSet& set, uint32_t migration,
                                        const GenerateDownOptions& options) {
  const AnalyzedMigration& m = *set.migrations[migration];
  const project::Migration& location = set.set->migrations[migration];
  if (!m.up) return refusal("there is no up to undo", location.id, {});
  const Engine engine = set.set->dialect.engine;
  if (engine != Engine::kPostgres && engine != Engine::kSqlite) {
    return refusal("downs are generated for PostgreSQL and SQLite only", location.id, {});
  }
  GeneratedDownFile out;
  out.id = location.id;
  out.has_down = has_statements(set.script(migration, Direction::kDown));
  if (options.complete && !out.has_down) {
    return refusal("there is no down to complete", location.id, "generate a whole one");
  }
  std::vector<const sql::ParsedScript*> ups = ups_until(set, migration);
  const std::vector<rollback::DataLoss> lost = lost_by_up(m);
  const schema::Schema start = options.complete ? after_down(m, migration) : m.after;
  const bool in_transaction = !m.up->result->trace.steps.empty() &&
                              m.up->result->trace.steps.front().session.in_transaction;
  rollback::GeneratedDown generated;
  if (options.keep_data) {
    const rollback::KeptPair pair =
        rollback::keep_data({m.before, *m.up->parsed, ups, migration, in_transaction});
    out.up = pair.up;
    generated = pair.down;
    out.reversibility = pair.reversibility;
    for (const std::string& note : pair.notes) out.notes.push_back(note);
  } else {
    generated = rollback::generate_down({m.before, start, ups, lost});
    std::string whole = generated.text;
    if (options.complete) {
      const AnalyzedScript& down = *m.down;
      const project::Script& place = *location.down;
      const std::string_view text =
          place.unwrapped != nullptr ? std::string_view(*place.unwrapped) : down.document.text();
      const bool ended = down.parsed->statements.back().terminated;
      whole = std::string(place.range.of(text)) + (ended ? "\n" : ";\n") + generated.text;
    }
    out.reversibility =
        rollback::try_down({m.before, m.after, run_of(*m.up), migration, in_transaction}, whole);
    add_notes(out, m);
  }
  out.script = generated.text;
  out.nothing_to_do = generated.text.empty();
  if (out.nothing_to_do) out.script = "-- The migration changes nothing in the schema.\n";
  if (options.complete && out.nothing_to_do) out.script.clear();
  for (const std::string& what : generated.not_restored)
    out.notes.push_back("not restored: " + what);
  place(out, set, migration, out.script);
  if (out.has_down && !options.complete) {  // it would stand there twice
    out.new_text.clear();
    out.edit.reset();
  }
  return out;
}

Result<GeneratedDownFile> generate_down(const FileSystem& files, const std::string& path,
                                        const LoadOptions& load,
                                        const GenerateDownOptions& options) {
  const std::string absolute = path::absolute(path);
  Result<LoadedProject> loaded = load_project(files, absolute, load);
  if (!loaded) return std::move(loaded).error();
  if (loaded->config.has_errors())
    return refusal("the configuration has mistakes in it", loaded->config.path,
                   "`belay lint` names them");
  const rules::Settings settings(loaded->project.config);
  for (project::MigrationSet& set : loaded->project.sets) {
    const Workspace workspace(std::move(set), loaded->texts, settings, sql::Recovery::kExact);
    const AnalyzedSet& analyzed = *workspace.snapshot();
    const Result<std::optional<uint32_t>> found =
        migration_in(*analyzed.set, absolute, options.migration);
    if (!found) return found.error();
    if (!*found) continue;
    Result<GeneratedDownFile> out = generate_down(analyzed, **found, options);
    const bool readable = out && !options.keep_data && !out->path.empty() && !out->new_text.empty();
    if (!readable) return out;
    // Read it back from its place.
    const rollback::Reversibility believed = std::move(out->reversibility);
    out->reversibility = {};
    out->reversibility.reason = "the layout does not find the down in " + out->path;
    out->reversibility.lost_by_up = believed.lost_by_up;
    OverlayFileSystem overlay(files);
    overlay.put(out->path, out->new_text);
    Result<LoadedProject> again = load_project(overlay, absolute, load);
    if (!again) return std::move(again).error();
    for (project::MigrationSet& set_again : again->project.sets) {
      const Workspace read(std::move(set_again), again->texts, settings, sql::Recovery::kExact);
      for (size_t i = 0; i < read.snapshot()->migrations.size(); ++i) {
        const project::Migration& location = read.snapshot()->set->migrations[i];
        if (location.id != out->id || !location.stands_in(absolute)) continue;
        out->reversibility = read.snapshot()->migrations[i]->reversibility;
      }
    }
    return out;
  }
  if (options.migration.empty()) return refusal("no migration stands here", path, {});
  return refusal("no migration `" + options.migration + "` stands here", path,
                 "name its version, or what it is called");
}

}  // namespace belay::workbench

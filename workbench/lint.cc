#include "workbench/lint.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "support/counted.h"

namespace belay::workbench {
namespace {

/// Functions of programs, which are no migrations.
size_t functions_in(const project::MigrationSet& set) {
  return static_cast<size_t>(std::count_if(
      set.migrations.begin(), set.migrations.end(),
      [](const project::Migration& m) { return m.kind == project::Migration::Kind::kOutside; }));
}

/// Gathers the findings of histories, file by file. Files below the working directory are named
/// from there, as people and other tools name them.
class Collector {
 public:
  Collector() : here_(path::absolute(".")) {}

  /// Only findings in `only` count, unless it is empty.
  void add(const AnalyzedSet& set, const std::map<std::string, Document>& texts,
           const std::string& only) {
    const size_t functions = functions_in(*set.set);
    result_.functions += functions;
    result_.migrations += set.migrations.size() - functions;
    if (only.empty()) result_.suppressed += set.suppressed;
    for (const Finding& f : set.findings) add(f, texts, only);
    for (uint32_t i = 0; i < set.migrations.size(); ++i) {
      for (const auto direction : {project::Direction::kUp, project::Direction::kDown}) {
        const AnalyzedScript* script = set.script(i, direction);
        if (script == nullptr) continue;
        const std::string& path = set.context(i, direction).location.file();
        if (!only.empty() && path != only) continue;
        checked_.insert(path);
        count(*script);
        for (const Finding& f : script->result->findings) add(f, texts, only);
      }
    }
  }

  void add_choices(const std::vector<project::Choice>& choices) {
    result_.choices.insert(result_.choices.end(), choices.begin(), choices.end());
  }

  LintResult& result() { return result_; }

  LintResult finish() && {
    result_.files_checked = checked_.size();
    for (auto& [path, file] : files_) {
      std::stable_sort(
          file.findings.begin(), file.findings.end(),
          [](const Finding& a, const Finding& b) { return a.place.range < b.place.range; });
      result_.files.push_back(std::move(file));
    }
    return std::move(result_);
  }

 private:
  void count(const AnalyzedScript& script) {
    result_.suppressed += script.result->suppressed;
    for (const sql::ScriptStatement& s : script.parsed->statements) {
      ++result_.statements;
      // What stands behind a condition is checked, though its effect is not certain.
      const bool unknown =
          s.parsed == nullptr ||
          (!s.parsed->operations.empty() &&
           std::all_of(s.parsed->operations.begin(), s.parsed->operations.end(),
                       [](const sql::Operation& o) {
                         return o.as<sql::Unknown>() != nullptr || o.as<sql::DoBlock>() != nullptr;
                       }));
      result_.statements_unknown += unknown ? 1 : 0;
    }
  }

  void add(const Finding& finding, const std::map<std::string, Document>& texts,
           const std::string& only) {
    if (!only.empty() && finding.place.path != only) return;
    LintedFile& file = files_[finding.place.path];
    if (file.path.empty()) {
      file.path = path::relative_to(finding.place.path, here_);
      const auto text = texts.find(finding.place.path);
      if (text != texts.end()) file.document = text->second;
    }
    // Histories of several dialects may share a file.
    const ByteRange range = finding.place.range;
    if (!told_[finding.place.path]
             .emplace(range.begin, range.end, finding.rule, finding.message)
             .second) {
      return;
    }
    Finding& shown = file.findings.emplace_back(finding);
    shown.place.path = file.path;
    for (RelatedPlace& r : shown.related) r.place.path = path::relative_to(r.place.path, here_);
    for (Fix& fix : shown.fixes) fix.path = path::relative_to(fix.path, here_);
  }

  std::string here_;
  LintResult result_;
  std::map<std::string, LintedFile> files_;
  /// What has been told of each file.
  std::map<std::string, std::set<std::tuple<uint32_t, uint32_t, std::string_view, std::string>>>
      told_;
  std::set<std::string> checked_;
};

}  // namespace

size_t LintResult::count(Severity severity) const {
  size_t out = 0;
  for (const LintedFile& file : files) {
    out += static_cast<size_t>(
        std::count_if(file.findings.begin(), file.findings.end(),
                      [&](const Finding& f) { return f.severity == severity; }));
  }
  return out;
}

Severity LintResult::worst() const {
  Severity out = Severity::kOff;
  for (const LintedFile& file : files) {
    for (const Finding& f : file.findings) out = std::max(out, f.severity);
  }
  return out;
}

namespace {

/// Which history the choices behind this one are about.
project::Choice history_choice(const project::MigrationSet& set) {
  const size_t functions = functions_in(set);
  return {"history", path::relative_to(set.directory, path::absolute(".")),
          counted(set.migrations.size() - functions, "migration") +
              (functions == 0 ? "" : " and " + counted(functions, "function")) + " for " +
              std::string(engine_display_name(set.dialect.engine))};
}

}  // namespace

Result<LintResult> lint(const FileSystem& files, const LintOptions& options) {
  Collector collector;
  std::set<std::string> reported_configs;
  for (const std::string& path : options.paths) {
    Result<LoadedProject> loaded = load_project(files, path, options.load);
    if (!loaded) return std::move(loaded).error();
    const bool failed = loaded->config.has_errors();
    if (!loaded->config.path.empty() && reported_configs.insert(loaded->config.path).second) {
      collector.result().configs.push_back(std::move(loaded->config));
    }
    if (failed) continue;
    collector.add_choices(loaded->project.choices);
    const rules::Settings settings(loaded->project.config);
    const std::string only = files.is_directory(path) ? "" : path::absolute(path);
    for (project::MigrationSet& set : loaded->project.sets) {
      collector.add_choices({history_choice(set)});
      collector.add_choices(set.choices);
      const Workspace workspace(std::move(set), loaded->texts, settings, sql::Recovery::kExact);
      collector.add(*workspace.snapshot(), loaded->texts, only);
    }
  }
  return std::move(collector).finish();
}

}  // namespace belay::workbench

#include "lsp/file_reports.h"

#include <algorithm>
#include <utility>

#include "lsp/features/diagnostics.h"
#include "lsp/protocol/feature_results.h"
#include "support/hash.h"

namespace belay::lsp {
namespace {

using project::Direction;

/// A file that is not open, and what edits of others have brought up there.
struct ClosedFile {
  AnalyzedDocument document;
  std::vector<const Finding*> findings;
};

/// Histories of several dialects may share a file, and often agree on it.
bool is_told(const ClosedFile& file, const Finding& finding) {
  return std::any_of(file.findings.begin(), file.findings.end(), [&](const Finding* told) {
    return told->rule == finding.rule && told->place.range == finding.place.range &&
           told->message == finding.message;
  });
}

bool is_same_finding(const Finding& a, const Finding& b) {
  return a.rule == b.rule && a.severity == b.severity && a.place == b.place &&
         a.message == b.message;
}

void add_files_of(const AnalyzedSet& set, std::set<std::string>& out) {
  for (const auto& [file, scripts] : *set.files) out.insert(file);
  for (const Finding& finding : set.findings) out.insert(finding.place.path);
}

/// The files of which `now` may tell something else than `before`, of the same migrations.
void add_differences(const AnalyzedSet& before, const AnalyzedSet& now,
                     std::set<std::string>& out) {
  for (uint32_t i = 0; i < now.migrations.size(); ++i) {
    for (const Direction direction : {Direction::kUp, Direction::kDown}) {
      const AnalyzedScript* script = now.script(i, direction);
      const AnalyzedScript* old = before.script(i, direction);
      if (script == nullptr || (old != nullptr && old->result == script->result)) continue;
      out.insert(now.context(i, direction).location.file());
    }
  }
  const bool agree = std::equal(before.findings.begin(), before.findings.end(),
                                now.findings.begin(), now.findings.end(), is_same_finding);
  if (agree) return;
  for (const AnalyzedSet* set : {&before, &now}) {
    for (const Finding& finding : set->findings) out.insert(finding.place.path);
  }
}

FileReports::Report report_of(std::string diagnostics) {
  const uint64_t id = hash_bytes(diagnostics);
  return {std::move(diagnostics), id};
}

}  // namespace

FileReports::Reports FileReports::brought_up(const Projects& projects) const {
  std::map<std::string, ClosedFile> files;
  const auto file = [&](const std::string& path) -> ClosedFile& {
    ClosedFile& out = files[path];
    if (out.document.path.empty()) out.document = projects.look_at(path);
    return out;
  };
  for (const auto& history : projects.histories()) {
    const std::shared_ptr<const AnalyzedSet>& now = history->workspace->snapshot();
    for (uint32_t i = 0; i < now->migrations.size(); ++i) {
      for (const Direction direction : {Direction::kUp, Direction::kDown}) {
        for (const Finding* f : history->brought_up->findings(*now, i, direction)) {
          if (projects.open_files().contains(f->place.path)) continue;
          ClosedFile& closed = file(f->place.path);
          if (!is_told(closed, *f)) closed.findings.push_back(f);
        }
      }
    }
  }
  for (const std::string& path : projects.failed_files()) {
    if (!projects.open_files().contains(path)) file(path);
  }
  Reports out;
  for (const auto& [path, config] : projects.configs()) {
    if (projects.open_files().contains(path) || config->problems.empty()) continue;
    out[path] =
        report_of(diagnostics_json(config_diagnostics(*config, client_.column_unit), client_));
  }
  for (const auto& [path, closed] : files) {
    const FeatureInput input{closed.document, projects.open_files(), client_.column_unit};
    std::vector<Diagnostic> found = run_failures(input);
    for (const Finding* finding : closed.findings) found.push_back(diagnostic_of(input, *finding));
    if (!found.empty()) out[path] = report_of(diagnostics_json(found, client_));
  }
  return out;
}

/// Looks at histories as they were seen last and are now: what they share has not changed.
FileReports::Paths FileReports::changed_files(const Projects& projects) {
  Paths out = std::exchange(others_, {});
  for (const auto& [path, config] : projects.configs()) others_.insert(path);
  others_.merge(projects.failed_files());
  out.insert(others_.begin(), others_.end());
  for (Seen& seen : seen_) seen.is_there = false;
  for (const auto& history : projects.histories()) {
    const std::shared_ptr<const AnalyzedSet>& now = history->workspace->snapshot();
    const auto before = std::find_if(seen_.begin(), seen_.end(), [&](const Seen& seen) {
      return !seen.is_there && seen.set->files == now->files;
    });
    if (before == seen_.end()) {
      add_files_of(*now, out);
      seen_.push_back({now, true});
      continue;
    }
    if (before->set != now) add_differences(*before->set, *now, out);
    *before = {now, true};
  }
  for (const Seen& seen : seen_) {
    if (!seen.is_there) add_files_of(*seen.set, out);
  }
  std::erase_if(seen_, [](const Seen& seen) { return !seen.is_there; });
  return out;
}

std::string FileReports::diagnostics_of(const Projects& projects, const std::string& path) const {
  const AnalyzedDocument document = projects.look_at(path);
  return diagnostics_json(diagnostics({document, projects.open_files(), client_.column_unit}),
                          client_);
}

std::set<std::string> FileReports::update(const Projects& projects, Scope scope) {
  Paths changed;
  if (std::exchange(scope_, scope) != scope) {
    for (const auto& [path, report] : std::exchange(reports_, {})) changed.insert(path);
    seen_.clear();
  }
  if (scope == Scope::kBroughtUp) {
    Reports now = brought_up(projects);
    for (const Reports* side : {&reports_, &now}) {
      const Reports& other = side == &now ? reports_ : now;
      for (const auto& [path, report] : *side) {
        const auto found = other.find(path);
        if (found == other.end() || found->second.id != report.id) changed.insert(path);
      }
    }
    reports_ = std::move(now);
  } else {
    take_over_changes(projects, changed);
  }
  for (const std::string& path : std::exchange(again_, {})) {
    if (reports_.contains(path)) changed.insert(path);
  }
  return changed;
}

void FileReports::take_over_changes(const Projects& projects, Paths& changed) {
  for (const std::string& path : changed_files(projects)) {
    Report now = report_of(diagnostics_of(projects, path));
    const auto known = reports_.find(path);
    const bool has_any = now.diagnostics != "[]";
    if (known == reports_.end() ? !has_any : known->second.id == now.id) continue;
    changed.insert(path);
    if (has_any) {
      reports_[path] = std::move(now);
    } else {
      reports_.erase(known);
    }
  }
}

}  // namespace belay::lsp

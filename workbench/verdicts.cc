#include "workbench/verdicts.h"

#include <set>

namespace belay::workbench {
Result<VerdictResult> verdicts(const FileSystem& files, const std::vector<std::string>& paths,
                               const LoadOptions& options) {
  VerdictResult out;
  std::set<std::string> reported_configs;
  for (const std::string& path : paths) {
    Result<LoadedProject> loaded = load_project(files, path, options);
    if (!loaded) return std::move(loaded).error();
    const bool failed = loaded->config.has_errors();
    if (!loaded->config.path.empty() && reported_configs.insert(loaded->config.path).second) {
      out.configs.push_back(std::move(loaded->config));
    }
    if (failed) continue;
    const rules::Settings settings(loaded->project.config);
    const std::string only = files.is_directory(path) ? "" : path::absolute(path);
    for (project::MigrationSet& set : loaded->project.sets) {
      const Workspace workspace(std::move(set), loaded->texts, settings, sql::Recovery::kExact);
      const std::shared_ptr<const AnalyzedSet>& analyzed = workspace.snapshot();
      for (uint32_t i = 0; i < analyzed->migrations.size(); ++i) {
        if (!analyzed->migrations[i]->up) continue;
        if (!only.empty() && !analyzed->set->migrations[i].stands_in(only)) continue;
        out.migrations.push_back({analyzed, i});
      }
    }
  }
  return out;
}

}  // namespace belay::workbench

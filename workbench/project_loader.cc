#include "workbench/project_loader.h"

#include <algorithm>

#include "analyzer/rules/settings.h"
#include "workbench/cpp/cpp_sources.h"

namespace belay::workbench {

bool ConfigReport::has_errors() const {
  return std::any_of(problems.begin(), problems.end(), [](const project::ConfigProblem& p) {
    return p.severity == project::ConfigProblem::Severity::kError;
  });
}

Result<void> ConfigReport::check() const {
  for (const project::ConfigProblem& p : problems) {
    if (p.severity != project::ConfigProblem::Severity::kError) continue;
    const Position at = document.position_at(p.range.begin, ColumnUnit::kUtf32);
    return Error{p.message,
                 path + ":" + std::to_string(at.line + 1) + ":" + std::to_string(at.character + 1),
                 ""};
  }
  return {};
}

Result<LoadedProject> load_project(const FileSystem& files, const std::string& path,
                                   const LoadOptions& options) {
  LoadedProject out;
  project::Config config;
  const std::string directory =
      files.is_directory(path) ? path : std::string(path::parent(path::absolute(path)));
  out.config.path =
      options.config_path.empty() ? project::find_config(files, directory) : options.config_path;
  if (!out.config.path.empty()) {
    constexpr uint64_t kMaxConfigBytes = uint64_t{1} << 20U;
    Result<std::string> text = files.read(out.config.path, kMaxConfigBytes);
    if (!text) return std::move(text).error();
    project::ConfigReading reading =
        project::read_config(*text, out.config.path, rules::known_rules());
    config = std::move(reading.config);
    out.config.problems = std::move(reading.problems);
    out.config.document = Document(std::move(*text));
  }
  // A C++ source belongs to the history of its project, or stands alone.
  const bool is_cpp = options.cpp != nullptr && is_cpp_source(path);
  if (is_cpp && config.path.empty() && files.exists(path)) {
    out.project.root = path::parent(path::absolute(path));
    BELAY_TRY(add_cpp_sources(files, path, options, out));
    return out;
  }
  Result<project::Project> project =
      project::discover(files, is_cpp ? std::string(path::parent(config.path)) : path, config,
                        options.overrides, [&](const std::string& file, std::string text) {
                          out.texts.emplace(file, Document(std::move(text)));
                        });
  if (!project) return std::move(project).error();
  out.project = std::move(*project);
  if (options.cpp != nullptr) BELAY_TRY(add_cpp_sources(files, path, options, out));
  return out;
}

}  // namespace belay::workbench

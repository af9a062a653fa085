#include "workbench/environments.h"

#include "workbench/dot_env.h"

namespace belay::workbench {

Result<Environments> environments(const FileSystem& files, const SessionRequest& request) {
  const std::string& asked_for = request.load.overrides.environment;
  // What is asked for stands over the configuration's own default, which is to be told as well.
  LoadOptions load = request.load;
  load.overrides.environment.clear();
  const Result<LoadedProject> loaded = load_project(files, request.path, load);
  if (!loaded) return loaded.error();
  BELAY_TRY(loaded->config.check());
  const project::Config& config = loaded->project.config;
  if (config.path.empty()) {
    return Error{"there is no belay.toml, so there are no environments", request.path,
                 "add one with [environments.staging] and a url"};
  }
  const std::string directory(path::parent(path::absolute(config.path)));
  const DotEnv dot_env = read_dot_env(files, path::join(directory, ".env"));
  const auto lookup = with_dot_env(request.environment, dot_env);
  const Result<const project::Environment*> otherwise = chosen_environment(config, "", lookup);
  if (!otherwise) return otherwise.error();
  Environments out;
  out.config_path = config.path;
  if (*otherwise != nullptr) out.otherwise = (*otherwise)->name;
  const std::string& counts = asked_for.empty() ? out.otherwise : asked_for;
  for (const project::Environment& e : config.environments) {
    out.choices.push_back({e.name, e.effective_kind(), !e.url.empty(), e.name == counts});
  }
  return out;
}

}  // namespace belay::workbench

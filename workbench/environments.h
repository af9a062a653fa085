#pragma once

#include <string>
#include <vector>

#include <belay/result.h>

#include "workbench/sessions.h"

namespace belay::workbench {

/// An environment of belay.toml, for somebody who is to choose one.
struct EnvironmentChoice {
  std::string name;
  project::EnvironmentKind kind = project::EnvironmentKind::kDevelopment;
  bool has_database = false;
  bool counts = false;  ///< with what the request says
};

struct Environments {
  std::string config_path;
  std::vector<EnvironmentChoice> choices;  ///< in the order of the file
  /// What counts where nobody chooses; empty: `[database]` alone.
  std::string otherwise;
};

/// The environments that `request.load` may name. Opens no database. Errors: there is no
/// configuration, or it has mistakes.
Result<Environments> environments(const FileSystem& files, const SessionRequest& request);

}  // namespace belay::workbench

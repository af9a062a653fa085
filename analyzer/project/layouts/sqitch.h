#pragma once

#include <string>

#include "analyzer/project/project_files.h"

namespace belay::project {

/// What sqitch.conf says of a project, with sqitch's defaults. Paths are joined to the folder.
struct SqitchConfig {
  std::string path;  ///< of sqitch.conf, there or not
  std::string plan;
  std::string engine;  ///< as written: `pg`; empty where nothing is said
  std::string extension;
  std::string deploy;
  std::string revert;
  std::string reworked_deploy;
  std::string reworked_revert;
};

SqitchConfig read_sqitch_config(ProjectFiles& files, const std::string& directory);

}  // namespace belay::project

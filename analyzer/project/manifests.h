#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/project/project_files.h"

namespace belay::project {

struct ToolEvidence {
  Layout layout;
  std::string why;  ///< `` `go.mod` names github.com/golang-migrate/migrate ``
};

/// Which of the tools the nearest manifest above a folder names (`go.mod`, `Cargo.toml`,
/// `package.json`, `pom.xml`, Gradle's). None where it names none of them, or several.
std::optional<ToolEvidence> tool_in_manifests(ProjectFiles& files, const std::string& directory,
                                              const std::vector<Layout>& tools);

/// The engine that the configuration of a migration tool names: `dbconfig.yml` of sql-migrate,
/// `flyway.conf` and `flyway.toml`, `liquibase.properties`; at or above a folder.
struct EngineEvidence {
  std::string engine;  ///< as written: `sqlite3`, `oracle`
  std::string why;
};
std::optional<EngineEvidence> engine_in_tool_config(ProjectFiles& files,
                                                    const std::string& directory, Layout layout);

}  // namespace belay::project

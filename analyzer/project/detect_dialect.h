#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/project/project.h"
#include "analyzer/project/project_files.h"
#include "analyzer/text/dialect.h"

namespace belay::project {

/// What a person said of the dialect, in the configuration or over it.
struct StatedDialect {
  std::optional<Engine> engine;
  std::string engine_from;  ///< who said so
  std::optional<EngineVersion> version;
  std::string version_from;

  /// The version that counts for `engine`, with the reason.
  EngineVersion version_of(Engine engine, std::vector<Choice>& choices) const;
};
StatedDialect stated_dialect(const Config& config, const Overrides& overrides);

/// The engine of a set. Without a value the files are for an engine that Belay does not know, which
/// `why` names.
struct EngineGuess {
  std::optional<Engine> engine;
  std::string why;
};

/// The engine that the folder's own configuration, its name or the scripts speak of. `scripts`:
/// their paths, in order.
EngineGuess guess_engine(ProjectFiles& files, const std::string& directory, Layout layout,
                         const std::vector<std::string>& scripts);

/// The engine that the folder's name speaks of, or that of one above it and below the root; or that
/// the next folder above is called by.
struct FolderEngine {
  Engine engine;
  std::string name;
};
std::optional<FolderEngine> engine_in_path(const ProjectFiles& files, const std::string& directory);

}  // namespace belay::project

#pragma once

#include <functional>
#include <string>

#include "analyzer/project/project.h"

namespace belay::project {

/// A project as a person can check it: a line for each migration with its id, version, kind, and
/// the lines and habit of its scripts; then what is wrong, and what was decided and why. Paths are
/// shown below `root`. `text_of` returns a file's text.
std::string describe(const Project& project, const std::string& root,
                     const std::function<std::string(const std::string&)>& text_of);

/// The same for one set alone, without its choices.
std::string describe(const MigrationSet& set, const std::string& root,
                     const std::function<std::string(const std::string&)>& text_of);

}  // namespace belay::project

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <belay/url.h>

#include "support/file_system.h"

/// `.env` beside belay.toml: variables that the process's environment does not have.
namespace belay::workbench {

struct DotEnv {
  std::map<std::string, std::string> variables;
  /// Lines that cannot be read, a sentence each with its place. They never hold a value.
  std::vector<std::string> problems;
};

/// Reads `NAME=value` lines: `export` before the name, comments, values in single quotes (as they
/// stand) or double quotes (with \n \r \t \" \\ \$), and bare ones up to white space and `#`.
/// Nothing is replaced and no command is run: a value with `${`, `$(` or a backtick outside of
/// single quotes is a problem, because other tools would make something else of it. The last of two
/// lines counts.
DotEnv parse_dot_env(std::string_view text, const std::string& path);

/// Reads the file where it is there; one that cannot be read is a problem.
DotEnv read_dot_env(const FileSystem& files, const std::string& path);

/// Looks into `first`, then into the file's variables.
runtime::EnvironmentLookup with_dot_env(runtime::EnvironmentLookup first, const DotEnv& file);

}  // namespace belay::workbench

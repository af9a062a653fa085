#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <belay/result.h>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"

namespace belay::workbench {

struct LintOptions {
  /// Folders and files. Of a file's history all is read, but only the file itself is reported on.
  std::vector<std::string> paths;
  LoadOptions load;
};

/// What was found in one file.
struct LintedFile {
  std::string path;
  Document document;
  std::vector<Finding> findings;  ///< by place
};

struct LintResult {
  std::vector<ConfigReport> configs;  ///< of the configuration files that were read
  std::vector<LintedFile> files;      ///< those with findings, by path
  std::vector<project::Choice> choices;
  size_t files_checked = 0;
  size_t migrations = 0;
  size_t functions = 0;  ///< of programs, which run SQL outside of migrations
  size_t statements = 0;
  /// Statements whose effect is not known: they could not be parsed, or decide as they run.
  size_t statements_unknown = 0;
  size_t suppressed = 0;

  size_t count(Severity severity) const;
  /// The worst of all findings; kOff without any.
  Severity worst() const;
};

/// Lints what stands at the paths. Errors: a path that cannot be read, a configuration file that
/// cannot be read. Mistakes in a configuration file are in the result; nothing is linted under it.
Result<LintResult> lint(const FileSystem& files, const LintOptions& options);

}  // namespace belay::workbench

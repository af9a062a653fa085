#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>

#include "analyzer/project/project.h"
#include "analyzer/text/document.h"
#include "support/file_system.h"

namespace belay::workbench {

class CppSourceReader;

/// What is wrong with the configuration file, and its text to show where.
struct ConfigReport {
  std::string path;
  Document document;
  std::vector<project::ConfigProblem> problems;

  bool has_errors() const;
  /// The first of its mistakes, for what cannot go on with them.
  Result<void> check() const;
};

struct LoadOptions {
  /// The configuration file; empty: the nearest belay.toml at or above the path.
  std::string config_path;
  project::Overrides overrides;
  /// Who reads the project's C++ migrations; null: they are not read.
  std::shared_ptr<CppSourceReader> cpp;
  runtime::CancellationToken cancellation;
  /// Whether SQL outside of migrations is read where the project says nothing of C++.
  bool cpp_outside_unasked = true;
};

/// A project with the texts of its migrations.
struct LoadedProject {
  project::Project project;
  /// By path; of C++ sources that of the source, and those of the scripts in it.
  std::map<std::string, Document> texts;
  /// C++ sources that may hold migrations, sorted.
  std::vector<std::string> cpp_sources;
  ConfigReport config;
};

/// Reads the configuration that holds for `path` and finds the histories at and below it. Mistakes
/// in the configuration are told in `config`; the rest of it counts. Paths in the result are as
/// given: relative ones stay relative.
Result<LoadedProject> load_project(const FileSystem& files, const std::string& path,
                                   const LoadOptions& options);

}  // namespace belay::workbench

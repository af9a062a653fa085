#pragma once

#include <string>
#include <string_view>

#include <belay/result.h>

#include "analyzer/workspace.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/project_loader.h"

namespace belay::workbench {

/// Whether a file is a C or C++ source, by its name.
bool is_cpp_source(std::string_view path);

/// What a source says, as a history on `engine` takes it in: its migrations, the functions outside
/// of them, and what kept it from being read. `path`: as the project names it.
SourceUpdate source_update(const std::string& path, const Result<ReadSource>& read, Engine engine);

/// Reads the C++ sources of a project, and puts the migrations that they hold into its histories,
/// or into one of their own where it has none for their database. Sources are read where the
/// project says that it has C++ (`[cpp]` in belay.toml), where `path` is one, and where the folder
/// `path` holds no migrations of any other kind; SQL outside of migrations is read in the last two
/// cases, and where belay.toml asks for it. What keeps a source from being read is a problem of its
/// history. Errors: compile commands that cannot be read, a cancelled reading.
Result<void> add_cpp_sources(const FileSystem& files, const std::string& path,
                             const LoadOptions& options, LoadedProject& loaded);

}  // namespace belay::workbench

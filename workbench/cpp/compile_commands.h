#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

#include "support/file_system.h"

namespace belay::workbench {

/// What of a compiler's command line decides what a source means, without warnings, optimisation
/// and output.
struct CompileCommand {
  std::vector<std::string> arguments;
  std::string directory;  ///< where the compiler runs; empty: anywhere
};

/// How the sources of a project are compiled: its `compile_commands.json`, or the flags for all of
/// them in `compile_flags.txt`.
class CompileCommands {
 public:
  /// Looks where clangd does: in the folder, in `build` below it, and so on upwards. `configured`,
  /// where it is not empty, is the folder or file that is meant instead. Without any of them every
  /// source has no arguments. Errors: what is there cannot be read.
  static Result<CompileCommands> find(const FileSystem& files, const std::string& folder,
                                      const std::string& configured);

  /// The file that was found; empty where none was.
  const std::string& path() const { return path_; }
  /// Those that the file lists, absolute and sorted.
  std::vector<std::string> sources() const;
  /// Of a source that is not listed, a header for example, that of the one that lies nearest.
  CompileCommand command_for(const std::string& source) const;

 private:
  std::string path_;
  std::map<std::string, CompileCommand> commands_;
  CompileCommand for_all_;
};

/// The words of a command line as a POSIX shell splits it, without what it would replace.
std::vector<std::string> shell_words(std::string_view line);

}  // namespace belay::workbench

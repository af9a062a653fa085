#pragma once

#include <optional>
#include <string>

#include "analyzer/project/project.h"
#include "lsp/protocol/types.h"
#include "lsp/server_world.h"

namespace belay::lsp {

/// What goes along where an editor makes or renames a script of a history: the down beside an up.
/// None where the layout keeps no down in a file of its own, where the file is no up, and where the
/// down is there already.
std::optional<std::string> down_beside(const project::MigrationSet& set, const std::string& up,
                                       const FileSystem& files);
/// What the file of a new down begins with, as `belay new` writes it.
std::string new_down_text(const project::MigrationSet& set);

/// The requests and notifications about files that an editor makes and renames.
class FileOperations {
 public:
  explicit FileOperations(ServerWorld world);

 private:
  void will_create(const CreatedFiles& files, const Reply& reply) const;
  void will_rename(const std::vector<FileRename>& files, const Reply& reply) const;
  void files_changed(const std::vector<std::string>& uris) const;

  const ServerWorld world_;
};

}  // namespace belay::lsp

#include "runtime/session/state_directory.h"

#include "runtime/io/durable_file.h"
#include "support/file_system.h"

namespace belay::runtime {

Result<void> StateDirectory::create() const {
  const std::string parent(path::parent(path_));
  if (!parent.empty() && !file_exists(parent)) {
    return Error{"the directory of the database does not exist", parent, "make it first"};
  }
  BELAY_TRY(make_directory(path_));
  BELAY_TRY(make_directory(snapshots()));
  // Snapshots hold all the data: they must not find their way into a repository.
  const std::string ignore = path_ + "/.gitignore";
  if (!file_exists(ignore)) BELAY_TRY(write_file(ignore, "*\n"));
  return {};
}

}  // namespace belay::runtime

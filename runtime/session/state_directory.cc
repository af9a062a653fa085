#include "runtime/session/state_directory.h"

#include <cstddef>
#include <random>

#include "runtime/io/durable_file.h"
#include "support/file_system.h"

namespace belay::runtime {

Result<void> StateDirectory::create() const {
  const std::string parent(path::parent(path_));
  // Where the database is no file, its directory lies in one for all such databases.
  if (path::file_name(parent) == kSharedName) BELAY_TRY(make_directory(parent));
  if (!parent.empty() && !file_exists(parent)) {
    return Error{"the directory of the database does not exist", parent, "make it first"};
  }
  BELAY_TRY(make_directory(path_));
  return make_directory(snapshots());
}

Result<void> StateDirectory::keep_out_of_repositories() const {
  const std::string ignore = path_ + "/.gitignore";
  return file_exists(ignore) ? Result<void>() : write_file(ignore, "*\n");
}

Result<void> StateDirectory::make_reserve() const {
  constexpr size_t kReserve = size_t{64} << 10U;  // some dozens of records
  if (file_size(reserve()) == kReserve) return {};
  // Noise: a file system that compresses gives no space to zeros.
  std::minstd_rand noise;
  std::string bytes(kReserve, '\0');
  for (char& byte : bytes) byte = static_cast<char>(noise() >> 8U);
  return write_file(reserve(), bytes);
}

bool StateDirectory::give_reserve() const {
  return file_exists(reserve()) && remove_file(reserve()).ok();
}

}  // namespace belay::runtime

#include "runtime/session/state_directory.h"

#include <cstddef>
#include <random>

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

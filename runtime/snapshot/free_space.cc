#include "runtime/snapshot/free_space.h"

#include "runtime/io/durable_file.h"

namespace belay::runtime {
namespace {

std::string megabytes(uint64_t bytes) {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20U;
  return std::to_string((bytes + kMegabyte - 1) / kMegabyte) + " MB";
}

}  // namespace

Result<void> check_free_space(const std::string& directory, uint64_t needed, uint64_t margin) {
  Result<uint64_t> available = free_space(directory);
  if (!available) return std::move(available).error();
  if (*available >= needed && *available - needed >= margin) return {};
  return Error{"the snapshot needs " + megabytes(needed) + " and " + megabytes(margin) +
                   " are to stay free, but there are " + megabytes(*available),
               directory, "free some space, or put the state directory on another disk"};
}

}  // namespace belay::runtime

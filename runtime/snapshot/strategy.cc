#include "runtime/snapshot/strategy.h"

#include "runtime/io/durable_file.h"

namespace belay::runtime {

Result<void> SnapshotStrategy::discard_files(const SnapshotPlace& place) {
  for (const std::string& path :
       {place.unverified(), place.data(), place.manifest() + ".partial", place.manifest()}) {
    BELAY_TRY(remove_file(path));
  }
  return {};
}

}  // namespace belay::runtime

#include "runtime/snapshot/strategy.h"

#include "runtime/io/durable_file.h"

namespace belay::runtime {

Error SnapshotStrategy::nothing_changed(Error error) {
  error.message += "; the database was not changed";
  return error;
}

Result<Manifest> SnapshotStrategy::stage(const std::string& file, const SnapshotPlace& /*place*/,
                                         const TakeRequest& /*request*/) {
  return Error{"its snapshots are no files", file, "name the session that has taken it"};
}

Result<void> SnapshotStrategy::discard_files(const SnapshotPlace& place) {
  for (const std::string& path :
       {place.unverified(), place.data(), place.unverified(true), place.data(true),
        place.manifest() + ".partial", place.manifest()}) {
    BELAY_TRY(remove_file(path));
  }
  return {};
}

}  // namespace belay::runtime

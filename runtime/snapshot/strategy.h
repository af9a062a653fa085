#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/snapshot/manifest.h"

namespace belay::runtime {

/// Where a session's snapshot lies.
struct SnapshotPlace {
  std::string directory;
  std::string session;

  /// Of a copy as it is, or of a compressed one.
  std::string data(bool compressed = false) const {
    return directory + "/" + session + (compressed ? ".db.zst" : ".db");
  }
  /// The name of a copy that nobody has verified yet.
  std::string unverified(bool compressed = false) const { return data(compressed) + ".partial"; }
  std::string manifest() const { return directory + "/" + session + ".json"; }
};

struct TakeRequest {
  /// What the strategy does not find out itself: session, time, version, advice.
  Manifest header;
  uint64_t free_space_margin = 0;
  bool compress = false;  ///< where the strategy does not do so anyway
  std::string by;         ///< who opens the session
};

struct TakenSnapshot {
  Manifest manifest;
  ChangeMark mark;  ///< of the database at the moment that the snapshot shows
  std::vector<std::string> notes;
  bool announced = false;  ///< it bears the mark that `Driver::announce_session` would leave
};

struct RestoreOutcome {
  std::vector<std::string> notes;
};

/// One way to copy a database and to bring it back. Every function can be called again after it was
/// cut off at any point; what is trusted was verified.
class SnapshotStrategy {
 public:
  virtual ~SnapshotStrategy() = default;

  virtual std::string_view name() const = 0;
  /// Makes a verified snapshot with its manifest at `place`. After an error parts of it may be
  /// left, under names that `discard` knows.
  virtual Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) = 0;
  /// Makes a verified snapshot at `place` from a file: one of its own, or one that others have
  /// made. Errors: it is none that this strategy reads, or it is damaged; snapshots of this
  /// strategy are no files.
  virtual Result<Manifest> stage(const std::string& file, const SnapshotPlace& place,
                                 const TakeRequest& request);
  /// Whether its snapshots are files, which a restore leaves as they are.
  virtual bool is_file() const { return false; }
  /// Whether the snapshot is still what the manifest says: by its size, or by all of its bytes.
  virtual Result<void> check(const SnapshotPlace& place, const Manifest& manifest,
                             bool thorough) = 0;
  /// Brings the database back to the snapshot, all or nothing, and verifies it.
  virtual Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                         const Admit& admit) = 0;
  /// Whether the database holds exactly what the snapshot holds.
  virtual Result<bool> is_in_place(const Manifest& manifest) = 0;
  /// Puts right what a call that was cut off has left open or shut: others can use the database,
  /// and nobody the snapshot.
  virtual Result<void> settle(const SnapshotPlace& /*place*/) { return {}; }
  /// The half of that which is about the snapshot.
  virtual Result<void> shut(const SnapshotPlace& /*place*/) { return {}; }
  /// Removes all of a session's snapshot, verified or not.
  virtual Result<void> discard(const SnapshotPlace& place) { return discard_files(place); }

  /// The error of a restore that has left everything as it was.
  static Error nothing_changed(Error error);

 protected:
  static Result<void> discard_files(const SnapshotPlace& place);
};

}  // namespace belay::runtime

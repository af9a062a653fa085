#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace belay::runtime {

/// What a command is doing at the moment.
enum class Stage : uint8_t {
  kWaiting,    ///< for Belay's lock or for the database's
  kCopying,    ///< taking a snapshot; counts pages
  kVerifying,  ///< reading a snapshot or a database again; no counts
  kMigrating,  ///< running migrations; counts migrations
  kRestoring,  ///< putting a snapshot back; counts pages
  kBatching,   ///< running a statement in batches; counts rows
};

struct Progress {
  Stage stage = Stage::kWaiting;
  /// What it is about: a file, a migration, the holder of a lock.
  std::string subject;
  uint64_t done = 0;
  uint64_t total = 0;  ///< 0: not known
};

/// Called on the thread that runs the command, now and then; must not call into the runtime.
using ProgressCallback = std::function<void(const Progress&)>;

/// Asks a running command to stop. Copies share one flag; any thread, and a signal handler, may
/// cancel. The command undoes what it has begun and says that it was cancelled.
class CancellationToken {
 public:
  CancellationToken() : cancelled_(std::make_shared<std::atomic<bool>>(false)) {}

  void cancel() const { cancelled_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

}  // namespace belay::runtime

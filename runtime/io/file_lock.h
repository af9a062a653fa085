#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <belay/progress.h>
#include <belay/report.h>
#include <belay/result.h>

#include "runtime/io/unique_fd.h"

namespace belay::runtime {

/// A lock between processes on a file that exists for nothing else and is never removed. It ends
/// with the process that holds it, however that ends.
///
/// It is `flock`: unlike classic `fcntl` locks it belongs to the open file, so that two sessions in
/// one process exclude each other and closing another descriptor does not drop it; unlike open file
/// description locks it is there on every Unix. Linux carries it over NFS as a lock on the server,
/// and containers that share the directory share it. A file system without locks is an error.
class FileLock {
 public:
  struct Request {
    std::string command;
    std::chrono::milliseconds timeout{0};
    CancellationToken cancellation;
    ProgressCallback progress;
  };

  /// Waits by asking again and again: a waiter holds nothing that the holder could wait for.
  static Result<FileLock> acquire(const std::string& path, const Request& request);

  /// Whether somebody holds the lock now, and who. Takes the lock for a moment, shared, so that two
  /// who ask do not see each other. Makes no file.
  static std::optional<LockHolder> holder(const std::string& path);

  FileLock(FileLock&&) noexcept = default;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
};

}  // namespace belay::runtime

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <belay/result.h>

#include "tests/runtime/test_database.h"

namespace belay::testing {

/// A file system in memory, of a size of its own, that only this process and its children see.
class SmallDisk {
 public:
  ~SmallDisk();
  SmallDisk() = default;
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  Result<void> mount(const std::string& path, uint64_t bytes, uid_t owner);
  const std::string& path() const { return path_; }

  /// To the last byte.
  void fill() const;
  void make_room() const;

 private:
  std::string path_;  ///< empty: not mounted
};

/// Lets this process have small disks. Errors: it may not mount anything, or not hand a server to
/// somebody else.
Result<void> allow_small_disks();

/// A PostgreSQL server that syncs as one in use does, whose data lie on one small disk and its log
/// of writes on another; `shop.h` uses it from its start on. It may die: `settle` brings it back.
class SmallServer {
 public:
  /// Behind `allow_small_disks`.
  static Result<std::unique_ptr<SmallServer>> start(const std::string& programs);
  ~SmallServer();
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  const SmallDisk& data() const { return data_; }
  const SmallDisk& wal() const { return wal_; }
  /// For those who use the server.
  const SmallDisk& state() const { return state_; }

  /// The directory of its socket.
  const std::string& socket() const { return place_.path(); }

  /// Waits until it is there for all, starts it where it is gone. Returns how often it has stopped
  /// all its work in a panic since the last time.
  uint64_t settle();
  std::string log_tail() const;

 private:
  SmallServer() = default;
  Result<void> run(const char* const* arguments) const;
  Result<pid_t> spawn(const char* const* arguments) const;
  void start_server();
  bool is_gone();
  bool answers() const;

  TemporaryDirectory place_;
  std::string programs_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  SmallDisk data_;
  SmallDisk wal_;
  SmallDisk state_;
  pid_t server_ = -1;
  size_t seen_ = 0;  ///< bytes of the log that `settle` has judged
};

}  // namespace belay::testing

#pragma once

#include <string>
#include <string_view>

#include <belay/result.h>

#include "runtime/snapshot/strategy.h"

namespace belay::runtime {

/// The files of a database's sessions.
class StateDirectory {
 public:
  /// The folder in a project that holds the state of databases that are no files.
  static constexpr std::string_view kSharedName = ".belay";

  explicit StateDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string journal() const { return path_ + "/journal"; }
  std::string lock() const { return path_ + "/lock"; }
  std::string audit() const { return path_ + "/audit.log"; }
  std::string snapshots() const { return path_ + "/snapshots"; }
  std::string reserve() const { return path_ + "/reserve"; }
  SnapshotPlace snapshot(const std::string& session) const { return {snapshots(), session}; }

  /// Makes what is missing of the directory, for this user alone.
  Result<void> create() const;
  /// Snapshots hold all the data. The caller holds the lock.
  Result<void> keep_out_of_repositories() const;
  /// Occupies some space on the disk, for the journal to be written on where the disk is full.
  Result<void> make_reserve() const;
  /// Gives that space back; false where there is none.
  bool give_reserve() const;

 private:
  std::string path_;
};

}  // namespace belay::runtime

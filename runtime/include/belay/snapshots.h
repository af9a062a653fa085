#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/guard.h>
#include <belay/report.h>

/// Snapshots beyond the session that took them: which are there, which may go, and bringing one
/// back.
namespace belay::runtime {

struct StoredSnapshot {
  enum class State : uint8_t {
    kInUse,       ///< of the session that is open
    kKept,        ///< its session is over
    kDamaged,     ///< not there any more, or not what its manifest says; see `problem`
    kUnfinished,  ///< files without a manifest: whoever wrote them did not come to the end
  };
  std::string session;
  std::string taken_at;  ///< UTC, ISO 8601; empty for an unfinished one
  Guard guard = Guard::kDatabase;
  State state = State::kKept;
  SnapshotInfo info;
  std::string problem;
};
/// `in-use`, `kept`, `damaged`, `unfinished`.
std::string_view stored_state_name(StoredSnapshot::State state);

struct SnapshotsOptions {
  /// Read every snapshot whole and compare it with its manifest.
  bool verify = false;
};

struct SnapshotsReport : Report {
  std::vector<StoredSnapshot> snapshots;  ///< the newest first
  /// The sessions whose snapshots were removed.
  std::vector<std::string> removed;
  uint64_t bytes_freed = 0;

  bool sound() const;
};

struct PruneOptions {
  /// How many good ones stay, the newest; at least 1. Each is read whole before it counts as good.
  size_t keep = 1;
  /// Of the others only those that are older go; empty: all of them.
  std::optional<std::chrono::seconds> older_than;
  /// Instead: the snapshots of these sessions, the last one too. A person has named them.
  std::vector<std::string> sessions;
};

struct RestoreOptions {
  /// A kept snapshot, by its session or its file; or a file that others have made: a SQLite
  /// database, an archive of `pg_dump --format=custom`.
  std::string source;
};

/// What has replaced the content of the database within a session.
struct ReplaceReport : Report {
  std::string session;
  std::string source;  ///< empty: the database was emptied
  uint64_t tables = 0;
  uint64_t rows = 0;
  ForeignWrites foreign_writes;  ///< what others had written since the begin
};

}  // namespace belay::runtime

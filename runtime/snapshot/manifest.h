#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <belay/guard.h>
#include <belay/report.h>

#include "runtime/drivers/driver.h"
#include "runtime/io/json.h"

namespace belay::runtime {

/// What is known about a snapshot: written beside it once it was verified, before it gets its name.
struct Manifest {
  static constexpr int kFormat = 3;
  /// Also read; it knows no compressed copies.
  static constexpr int kOldestFormat = 2;

  std::string session;
  std::string taken_at;
  std::string database;
  std::string strategy;
  /// Where the copy is, in words or as a path; empty where there was no database to copy.
  std::string location;
  bool existed = true;      ///< false: there was no database, and a rollback removes what is there
  bool compressed = false;  ///< the copy's file, by zstd, where the strategy leaves that open
  uint64_t bytes = 0;       ///< of the copy's file
  std::string checksum;     ///< of the copy's file, as `file_checksum` has it
  std::string digest;       ///< of the content, as `Driver::digest` computes it
  std::string schema_fingerprint;
  RowCounts rows;  ///< of the tables that it holds
  /// Tables of before that it does not hold, as the engine writes their names in full: a restore
  /// leaves them alone.
  std::vector<std::string> left_alone;
  std::string engine_version;
  std::string belay_version;
  Guard guard = Guard::kDatabase;  ///< what it protects
  GuardAdvice advice;
  /// What only the strategy that took it reads: page size, journal mode.
  Json details;

  uint64_t total_rows() const;
  /// What a report says of the snapshot. Whether it is there and verified is the caller's to know.
  SnapshotInfo info() const;
};

Json to_json(const Manifest& manifest);
/// Errors: it is none, or one of a format that this version does not know.
Result<Manifest> manifest_from_json(const Json& json, const std::string& path);
Result<Manifest> read_manifest(const std::string& path);

Json to_json(const RowCounts& counts);
RowCounts row_counts_from_json(const Json& json);

/// The names of tables whose number of rows differs, for a message.
std::string row_difference(const RowCounts& expected, const RowCounts& found);

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace belay::runtime {

/// SQL text and where it was written, so that an error can name its place.
struct Script {
  std::string sql;
  /// The file; empty where the text has none.
  std::string path;
  /// The place of the first byte of `sql` in that file: bytes from 0, lines from 1. The text begins
  /// at the start of a line.
  uint32_t offset = 0;
  uint32_t line = 1;
};

/// One migration as it is handed to a session. The order of a list is the order in which it runs.
struct MigrationScript {
  /// Unique within its history: `0042`, `20240131120000`.
  std::string version;
  std::string name;
  /// What people call it: `0042_split_name`. Empty: version and name are shown.
  std::string id;
  /// Tells histories apart that share one database; empty where there is one.
  std::string history;
  Script up;
  std::optional<Script> down;
  /// Whether the script may run in one transaction. False where its author says that it must not.
  bool transaction = true;

  /// `id`, or version and name.
  std::string display_name() const;
  /// SHA-256 of the up script in hexadecimal. A byte order mark and the kind of line ends do not
  /// count, so that a checkout on another system is the same migration.
  std::string checksum() const;
};

}  // namespace belay::runtime

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/report.h>

namespace belay::runtime {

/// The table `belay_migrations` in the target database: one row for each migration that was ever
/// begun. The statements are written so that PostgreSQL and MySQL understand them too.
class Ledger {
 public:
  static constexpr std::string_view kTable = "belay_migrations";

  /// All entries by position; empty without the table. Errors: the table is not Belay's.
  static Result<std::vector<LedgerEntry>> read(Connection& connection);

  /// Makes the table where it is missing, within the caller's transaction.
  static Result<void> create(Connection& connection);

  /// Writes an entry as a whole, in place of one with its history and version. Its position is
  /// given where it is 0: behind all others.
  static Result<void> put(Connection& connection, const LedgerEntry& entry);

  /// How far a migration that runs statement by statement has come.
  static Result<void> note_progress(Connection& connection, const LedgerEntry& entry);
};

/// The entry of a migration; nullptr where there is none.
const LedgerEntry* find_entry(const std::vector<LedgerEntry>& entries, std::string_view history,
                              std::string_view version);

}  // namespace belay::runtime

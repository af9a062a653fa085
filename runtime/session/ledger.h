#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/report.h>

namespace belay::runtime {

/// Another tool's history table that follows the ledger.
struct KeptTable {
  std::string tool;
  std::string table;  ///< on PostgreSQL with its schema

  friend bool operator==(const KeptTable&, const KeptTable&) = default;
};

/// The table `belay_migrations` in the target database: one row for each migration that was ever
/// begun. The statements are written so that PostgreSQL and MySQL understand them too.
class Ledger {
 public:
  static constexpr std::string_view kTable = "belay_migrations";

  /// All entries by position; empty without the table. Errors: the table is not Belay's.
  static Result<std::vector<LedgerEntry>> read(Connection& connection);

  /// Makes the table where it is missing, and adds what an older Belay's lacks, within the caller's
  /// transaction.
  static Result<void> create(Connection& connection);

  /// Waits, in the caller's transaction, until nobody else is about to write a row.
  static Result<void> wait_for_writers(Connection& connection);

  /// A position behind all other entries.
  static constexpr int64_t kLast = -1;

  /// Writes an entry as a whole, in place of one with its history and version. With the position 0
  /// it keeps the place that it has, or gets the last one.
  static Result<void> put(Connection& connection, const LedgerEntry& entry);

  static Result<void> remove(Connection& connection, const LedgerEntry& entry);

  /// The table that is kept in sync, which a row without a version remembers: in the database, so
  /// that it holds for whoever runs Belay on it, and so that a Belay that does not know of it stops
  /// at that row's state. Empty: there is none.
  static Result<std::optional<KeptTable>> kept_table(Connection& connection);
  static Result<void> keep(Connection& connection, const KeptTable& kept);
  static Result<void> stop_keeping(Connection& connection);

  /// How far a migration that runs statement by statement has come.
  static Result<void> note_progress(Connection& connection, const LedgerEntry& entry);
};

/// Keeps others from writing to a table, whose name is written as SQL takes it, until the caller's
/// transaction ends; readers are let be. SQLite has locked all there is when one begins.
Result<void> keep_writers_out(Connection& connection, const std::string& table);

/// Whether the migration's up has run to its end and nothing of it was taken back.
bool is_applied(const LedgerEntry* entry);

/// Whether some of the statements of its up or of its down have run, and stay.
bool is_half(const LedgerEntry& entry);

/// Of the entry: the script that is there by half, or that ran last.
Direction direction_of(const LedgerEntry& entry);

/// The entry of a migration; nullptr where there is none.
const LedgerEntry* find_entry(std::span<const LedgerEntry> entries, std::string_view history,
                              std::string_view version);
/// The migration that an entry is about; nullptr where it is not among them.
const MigrationScript* find_migration(std::span<const MigrationScript> migrations,
                                      const LedgerEntry& entry);

}  // namespace belay::runtime

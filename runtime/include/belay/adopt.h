#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <belay/report.h>

/// Taking over from another tool: what its history table says was applied goes into Belay's ledger,
/// so that nothing is run a second time. Where it is asked for, the ledger goes into their table
/// from then on, so that the other tool can still be used.
namespace belay::runtime {

struct AdoptOptions {
  /// `golang-migrate`, `dbmate`, `goose`, `diesel`, `sqlx`, `flyway`, `prisma`, `node-pg-migrate`
  /// or `sqitch`; empty: the one whose table is found.
  std::string tool;
  /// Which one is meant where several tables are found; empty: that is refused.
  std::string preferred_tool;
  /// The table, where it has another name than the tool gives it.
  std::string table;
  /// Every later change of the ledger is written to their table, too, in the same transaction.
  bool keep_in_sync = false;
  /// Their table is left alone from now on. Nothing is adopted.
  bool stop_sync = false;
  /// Only say what would be written.
  bool dry_run = false;
};

/// What becomes of one migration.
struct AdoptedMigration {
  enum class Outcome : uint8_t {
    kAdopted,    ///< written to the ledger (in a dry run: it would be)
    kKnown,      ///< the ledger has it as applied already, and is left as it is
    kPending,    ///< the tool has not applied it
    kTakenBack,  ///< of a table that is kept in sync: the tool has taken it back since
  };
  std::string history;
  std::string version;
  std::string display_name;
  Outcome outcome = Outcome::kPending;
  std::string their_version;  ///< as their table writes it; empty for a pending one
  std::string applied_at;     ///< UTC, ISO 8601; empty where they do not know
};

struct AdoptReport : Report {
  std::string tool;
  std::string table;
  bool dry_run = false;
  bool in_sync = false;  ///< their table is kept in sync from now on, or has been before
  /// What the ledger has as applied and their table had not: it has now, where it is kept in sync.
  std::vector<std::string> noted;
  /// All that were handed in, in their order.
  std::vector<AdoptedMigration> migrations;
  /// Versions in their table that no migration belongs to.
  std::vector<std::string> without_file;
  /// Pending ones that stand before an applied one, by name.
  std::vector<std::string> late;
  std::string session;  ///< under which the audit log has it; empty where nothing was written
};

/// The names that `AdoptOptions::tool` understands.
std::vector<std::string> adoptable_tools();

}  // namespace belay::runtime

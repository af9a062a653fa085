#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/drivers/driver.h"
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/ledger.h"

namespace belay::runtime {

/// Another tool's history table that is kept in sync: each change of the ledger is written to it in
/// the same transaction, as the tool itself would have written it. The ledger decides; where the
/// tool has changed its table meanwhile, nothing runs until a person has said what counts.
class KeptHistory {
 public:
  /// The one that the ledger remembers; nullptr where there is none.
  static Result<std::unique_ptr<KeptHistory>> find(Connection& database);
  /// Its table under its full name, so that it is found whatever a script does to the connection.
  static Result<KeptTable> full_name(Connection& database, const ForeignHistory& history);

  std::string_view tool() const { return history_->tool(); }
  const std::string& table() const { return history_->table(); }
  /// `goose_db_version of goose`.
  std::string name() const { return table() + " of " + std::string(tool()); }

  /// Where it says something else than the ledger. Errors: the table is gone, or is another.
  Result<std::vector<std::string>> differences(Connection& database,
                                               std::span<const MigrationScript> migrations,
                                               std::span<const LedgerEntry> ledger) const;
  /// What a report tells of the one that the ledger remembers; empty where there is none.
  static Result<std::optional<KeptInSync>> report(Connection& database,
                                                  std::span<const MigrationScript> migrations,
                                                  std::span<const LedgerEntry> ledger);
  /// Refuses where there are differences.
  Result<void> check(Connection& database, std::span<const MigrationScript> migrations,
                     std::span<const LedgerEntry> ledger) const;
  /// The same in a transaction that is about to change it, and that keeps other writers out.
  Result<void> check_locked(Connection& database,
                            std::span<const MigrationScript> migrations) const;

  /// Makes it say what the ledger now says of a migration. Without a duration nothing was run.
  Result<void> follow(Connection& database, const MigrationScript& migration,
                      std::optional<int64_t> duration_ms) const;
  Result<void> accept_text(Connection& database, const MigrationScript& migration) const {
    return history_->accept_text(database, migration);
  }
  /// Its rows are Belay's own work.
  void leave_out(const Connection& database, RowCounts& rows) const;

 private:
  explicit KeptHistory(std::unique_ptr<ForeignHistory> history) : history_(std::move(history)) {}

  std::unique_ptr<ForeignHistory> history_;
};

}  // namespace belay::runtime

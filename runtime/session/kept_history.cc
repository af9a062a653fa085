#include "runtime/session/kept_history.h"

#include <utility>

#include "runtime/session/foreign_history/parts.h"
#include "runtime/session/words.h"

namespace belay::runtime {

Result<std::unique_ptr<KeptHistory>> KeptHistory::find(Connection& database) {
  Result<std::optional<KeptTable>> kept = Ledger::kept_table(database);
  if (!kept) return std::move(kept).error();
  if (!*kept) return std::unique_ptr<KeptHistory>();
  std::unique_ptr<ForeignHistory> history = foreign_history((*kept)->tool, (*kept)->table);
  if (history == nullptr) {
    return Error{
        "the ledger is kept in sync with `" + (*kept)->tool + "`, which this Belay does not know",
        (*kept)->table, "use the version that wrote it"};
  }
  return std::unique_ptr<KeptHistory>(new KeptHistory(std::move(history)));
}

Result<KeptTable> KeptHistory::full_name(Connection& database, const ForeignHistory& history) {
  KeptTable kept{std::string(history.tool()), history.table()};
  if (database.engine() != Engine::kPostgres) return kept;
  const Value name = foreign::quoted_name(database, kept.table);
  Result<Rows> rows = database.query(
      "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = "
      "pg_catalog.to_regclass(?)",
      {&name, 1});
  if (!rows) return std::move(rows).error();
  kept.table = rows->text();
  return kept;
}

Result<std::vector<std::string>> KeptHistory::differences(
    Connection& database, std::span<const MigrationScript> migrations,
    std::span<const LedgerEntry> ledger) const {
  Result<bool> there = history_->is_there(database);
  if (!there) return std::move(there).error();
  if (!*there) return std::vector<std::string>{"it is gone, or is no longer as the tool makes it"};
  Result<ForeignRecords> records = history_->read(database);
  if (!records) return std::move(records).error();
  return history_->differences(*records, migrations, ledger);
}

Result<std::optional<KeptInSync>> KeptHistory::report(Connection& database,
                                                      std::span<const MigrationScript> migrations,
                                                      std::span<const LedgerEntry> ledger) {
  Result<std::unique_ptr<KeptHistory>> kept = find(database);
  if (!kept) return std::move(kept).error();
  if (*kept == nullptr) return std::optional<KeptInSync>();
  Result<std::vector<std::string>> found = (*kept)->differences(database, migrations, ledger);
  if (!found) return std::move(found).error();
  return std::optional(
      KeptInSync{std::string((*kept)->tool()), (*kept)->table(), *std::move(found)});
}

Result<void> KeptHistory::check(Connection& database, std::span<const MigrationScript> migrations,
                                std::span<const LedgerEntry> ledger) const {
  Result<std::vector<std::string>> found = differences(database, migrations, ledger);
  if (!found) return std::move(found).error();
  if (found->empty()) return {};
  return Error{"the table " + name() + " is kept in sync, and others have changed it: " +
                   some_of(*found) + "; nothing was changed",
               table(),
               "`adopt` takes over what " + std::string(tool()) +
                   " has done since; `adopt --stop-sync` leaves its table alone from now on"};
}

Result<void> KeptHistory::check_locked(Connection& database,
                                       std::span<const MigrationScript> migrations) const {
  BELAY_TRY(keep_writers_out(database, foreign::quoted_name(database, table())));
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
  if (!ledger) return std::move(ledger).error();
  return check(database, migrations, *ledger);
}

Result<void> KeptHistory::follow(Connection& database, const MigrationScript& migration,
                                 std::optional<int64_t> duration_ms) const {
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
  if (!ledger) return std::move(ledger).error();
  const LedgerEntry* entry = find_entry(*ledger, migration.history, migration.version);
  ForeignChange change;
  change.migration = &migration;
  change.state = foreign_state(entry);
  change.executed = duration_ms.has_value();
  change.duration_ms = duration_ms.value_or(0);
  if (entry != nullptr) change.error = entry->error;
  change.ledger = *ledger;
  return history_->set(database, change);
}

void KeptHistory::leave_out(const Connection& database, RowCounts& rows) const {
  rows.erase(table());
  const size_t dot = table().find('.');
  if (dot == std::string::npos) return;
  // What stands in the schema that is searched first goes by its bare name.
  const std::string bare = table().substr(dot + 1);
  const std::string schema = foreign::quoted_name(database, table().substr(0, dot));
  if (database.own_table(bare) == schema + "." + bare) rows.erase(bare);
}

}  // namespace belay::runtime

#include "runtime/session/ledger_edit.h"

#include <memory>
#include <utility>

namespace belay::runtime {
namespace {

Json to_json(const std::vector<RowEdit>& edits) {
  Json out = Json::array();
  for (const RowEdit& edit : edits) {
    out.push_back({{"history", edit.entry.history},
                   {"version", edit.entry.version},
                   {"name", edit.entry.name},
                   {"removed", edit.remove},
                   {"state", edit.remove ? "" : state_name(edit.entry.state)}});
  }
  return out;
}

/// The table that is kept in sync gets what a row of the ledger says from now on.
Result<void> follow(const MigrationBatch& batch, Connection& database, const RowEdit& edit) {
  const KeptHistory* kept = batch.kept();
  // A failure that has left no trace has left none there.
  if (kept == nullptr || (edit.remove && foreign_state(&edit.entry) == ForeignState::kPending)) {
    return {};
  }
  const MigrationScript* migration = find_migration(batch.migrations(), edit.entry);
  if (migration == nullptr) {
    return Error{"the table " + kept->name() +
                     " is kept in sync, and without the file of version " + edit.entry.version +
                     " nothing can be written to it; nothing was changed",
                 kept->table(), "bring the file back, or run `adopt --stop-sync` first"};
  }
  if (edit.accepts_text) return kept->accept_text(database, *migration);
  return kept->follow(database, *migration, std::nullopt);
}

/// Under the lock that keeps writers out; ends with a commit.
Result<void> write(Command& command, const MigrationBatch& batch, Connection& database,
                   ForeignWatch& watch, std::vector<RowEdit>& edits) {
  BELAY_TRY(watch.look());
  Result<ChangeMark> mark = command.driver().mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(command.record(event::kLedgerEdit, {{"edits", to_json(edits)}, {"mark", mark->data}}));
  BELAY_TRY(Ledger::create(database));
  if (batch.kept() != nullptr && batch.kept_agrees()) {
    BELAY_TRY(batch.kept()->check_locked(database, batch.migrations()));
  }
  for (RowEdit& edit : edits) {
    edit.entry.session = command.state().id;
    BELAY_TRY(edit.remove ? Ledger::remove(database, edit.entry)
                          : Ledger::put(database, edit.entry));
    BELAY_TRY(follow(batch, database, edit));
  }
  return database.commit();
}

}  // namespace

Result<void> edit_ledger(Command& command, MigrationBatch& batch, std::vector<RowEdit> edits) {
  return batch.run_with([&](ForeignWatch& watch) -> Result<void> {
    Result<std::unique_ptr<Connection>> connection =
        command.driver().connect(Driver::Purpose::kSession, /*create=*/false);
    if (!connection) return std::move(connection).error();
    Connection& database = **connection;
    BELAY_TRY(database.begin());
    Result<void> written = write(command, batch, database, watch, edits);
    (void)database.roll_back();
    Json data = {{"done", written.ok()}};
    if (database.execute("BEGIN")) {
      if (Result<ChangeMark> mark = command.driver().mark(database)) data["mark"] = mark->data;
      (void)database.roll_back();
    }
    // Where not even the announcement could be written, there is nothing to follow it.
    if (!command.state().ledger_edits.empty()) {
      BELAY_TRY(command.record(event::kLedgerEdited, std::move(data)));
    }
    if (!written) return written;
    return watch.adopt(*std::move(connection));
  });
}

}  // namespace belay::runtime

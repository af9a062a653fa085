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

/// Under the lock that keeps writers out; ends with a commit.
Result<void> write(Command& command, Connection& database, ForeignWatch& watch,
                   std::vector<RowEdit>& edits) {
  BELAY_TRY(watch.look());
  Result<ChangeMark> mark = command.driver().mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(command.record(event::kLedgerEdit, {{"edits", to_json(edits)}, {"mark", mark->data}}));
  BELAY_TRY(Ledger::create(database));
  for (RowEdit& edit : edits) {
    edit.entry.session = command.state().id;
    BELAY_TRY(edit.remove ? Ledger::remove(database, edit.entry)
                          : Ledger::put(database, edit.entry));
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
    Result<void> written = write(command, database, watch, edits);
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

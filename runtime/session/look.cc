#include "runtime/session/look.h"

#include <utility>

namespace belay::runtime {

Result<Look> look_at(const SessionOptions& options) {
  Result<Target> target = find_target(options);
  if (!target) return std::move(target).error();
  Look look{*std::move(target), nullptr, {}};
  Result<Driver::Presence> presence = look.driver().presence();
  if (!presence) return std::move(presence).error();
  if (*presence == Driver::Presence::kAbsent) return look;
  Result<std::unique_ptr<Connection>> connection =
      look.driver().connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  look.database = *std::move(connection);
  BELAY_TRY(look.database->execute("BEGIN"));
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(*look.database);
  if (!ledger) return std::move(ledger).error();
  look.ledger = *std::move(ledger);
  return look;
}

Result<SessionState> state_of(const StateDirectory& files) {
  Result<Journal::Content> content = Journal::read(files.journal());
  if (!content) return std::move(content).error();
  return fold_journal(content->records, files.journal());
}

}  // namespace belay::runtime

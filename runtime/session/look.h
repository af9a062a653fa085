#pragma once

#include <memory>
#include <vector>

#include "runtime/session/command.h"
#include "runtime/session/ledger.h"

namespace belay::runtime {

/// One state of a database, for commands that only read.
struct Look {
  Target target;
  /// In a transaction, so that all that is asked is of one moment; nullptr without a database.
  std::unique_ptr<Connection> database;
  std::vector<LedgerEntry> ledger;

  const Driver& driver() const { return *target.driver; }
};

/// Errors: the database cannot be read.
Result<Look> look_at(const SessionOptions& options);

/// What the journal tells now. Takes no lock.
Result<SessionState> state_of(const StateDirectory& files);

}  // namespace belay::runtime

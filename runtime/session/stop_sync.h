#pragma once

#include <memory>

#include <belay/adopt.h>

#include "runtime/session/command.h"

namespace belay::runtime {

/// The command `adopt`, behind which no session is open. Errors: one is.
Result<std::unique_ptr<Command>> open_adopt(const SessionOptions& session);

/// `adopt --stop-sync`: the ledger forgets the table that was kept in sync, which stays as it is.
Result<AdoptReport> stop_sync(const SessionOptions& session, const AdoptOptions& options);

}  // namespace belay::runtime

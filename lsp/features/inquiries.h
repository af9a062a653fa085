#pragma once

#include "lsp/features/session_plan.h"
#include "workbench/environments.h"

/// The commands that only look: what is told in a line, and the page with all of it.
namespace belay::lsp {

/// Whether `inquire` or `tell_environments` answers it. `kStatus` is told with the session's plans,
/// which look at the same.
bool is_inquiry(SessionCommand command);

/// Asks the database. `disk`: what is not saved is told of, since what stands there is what counts.
SessionOutcome inquire(const SessionOrder& order, const workbench::SessionTarget& target,
                       const FileSystem& disk);

/// The environments that can be chosen, which are those of belay.toml.
SessionOutcome tell_environments(const Result<workbench::Environments>& environments);

}  // namespace belay::lsp

#pragma once

#include "lsp/features/session_plan.h"

/// Of the commands that change a database those that look after one: the ways back, another
/// content, the snapshots that are kept.
namespace belay::lsp {

SessionPlan plan_upkeep(const SessionOrder& order, const workbench::SessionTarget& target,
                        const runtime::StatusReport& status, const FileSystem& disk);

SessionOutcome run_upkeep(const SessionOrder& order, const SessionPlan& plan,
                          const workbench::SessionTarget& target);

}  // namespace belay::lsp

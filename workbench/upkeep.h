#pragma once

#include <string>
#include <vector>

#include <belay/result.h>
#include <belay/session.h>

#include "workbench/sessions.h"

/// What looks after a database's migrations once they are applied: going back, and putting right.
namespace belay::workbench {

struct DownRequest {
  size_t steps = 1;
  /// Instead of `steps`: the newest version that stays; 0: none.
  std::string to;
  /// Versions that a person has typed, because taking them back loses something.
  std::vector<std::string> confirmed;
  bool beyond_window = false;
  bool allow_unguarded = false;
};

/// The plan without what it costs: quick, whatever the size of the database.
Result<runtime::PlanReport> pending(const SessionTarget& target);

Result<runtime::DownPlanReport> plan_down(const SessionTarget& target, const DownRequest& request);
/// What takes back that migration, given by its version or id, and all that were applied after it:
/// for a person who stands before what is to go, and not before what is to stay. Errors: it is not
/// applied, or the ledger's order is not clear.
Result<DownRequest> down_through(const SessionTarget& target, const runtime::StatusReport& status,
                                 const std::string& migration);

Result<runtime::DownReport> down(const SessionTarget& target, const DownRequest& request);
Result<runtime::DownReport> redo(const SessionTarget& target, const DownRequest& request);

Result<runtime::HistoryReport> history(const SessionTarget& target);
Result<runtime::CheckReport> check(const SessionTarget& target);
Result<runtime::VerifySchemaReport> verify_schema(const SessionTarget& target);
Result<runtime::BaselineReport> baseline(const SessionTarget& target, const std::string& version);
/// Replaces the database's content within a session: the one that is open, or one that it opens.
Result<runtime::ReplaceReport> restore(const SessionTarget& target, const std::string& source);
Result<runtime::SnapshotsReport> snapshots(const SessionTarget& target, bool verify);
Result<runtime::SnapshotsReport> prune_snapshots(const SessionTarget& target,
                                                 const runtime::PruneOptions& options);

/// The database emptied, and all migrations applied to it, within a session.
struct Fresh {
  std::string session;
  runtime::ApplyReport applied;
};
/// Errors: the environment is none for development, a session is open.
Result<Fresh> fresh(const SessionTarget& target);
/// What `fresh` would refuse, before anybody is asked.
Result<void> check_fresh(const SessionTarget& target);

Result<runtime::RepairReport> plan_repair(const SessionTarget& target,
                                          const runtime::RepairOptions& options);
Result<runtime::RepairReport> repair(const SessionTarget& target,
                                     const runtime::RepairOptions& options);

}  // namespace belay::workbench

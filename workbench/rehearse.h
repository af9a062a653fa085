#pragma once

#include <cstdint>
#include <string>

#include <belay/report.h>
#include <belay/result.h>

#include "workbench/sessions.h"

namespace belay::workbench {

/// What pending migrations did to a copy of the database, which is gone again.
struct RehearsalReport : runtime::Report {
  runtime::ApplyReport applied;  ///< on the copy, with each statement measured
  uint64_t copied_bytes = 0;
  int64_t copy_ms = 0;  ///< how long copying took, verification included

  bool well() const { return !applied.failed && !applied.cancelled; }
};

/// Copies the database, runs what `apply` would on the copy, measures each statement, and throws
/// the copy away, whatever happens. The database itself is only read; while it is copied nobody can
/// write to it. Errors: there is no database, it cannot be copied, the migrations cannot be run as
/// they are, cancelled.
Result<RehearsalReport> rehearse(const SessionTarget& target, const ApplyRequest& request);

/// `1.2 s`, `35 ms`, `0.4 ms`.
std::string duration_text(int64_t microseconds);

}  // namespace belay::workbench

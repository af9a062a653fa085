#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <belay/result.h>
#include <belay/session.h>

#include "workbench/sessions.h"

namespace belay::workbench {

/// What a migration does to one table or other relation, over all of its statements.
struct PlannedLock {
  std::string relation;
  std::string mode;    ///< the strongest, as the engine names it; empty: none
  std::string blocks;  ///< who waits meanwhile: `reads and writes`; empty: nobody
  bool rewrite = false;
  bool scan = false;
  bool builds_index = false;
  bool is_new = false;  ///< made by the same script
};

struct PlannedLoss {
  std::string what;
  std::string table;
  std::string column;  ///< empty where it is about rows
};

/// What running a migration takes, from the live sizes of the tables that it works through.
struct Estimate {
  std::optional<int64_t> milliseconds;
  std::optional<uint64_t> bytes;  ///< to be written, at most so many at once
  /// On what it rests, or why it is not known.
  std::string basis;
};

/// What analysis tells of a pending migration.
struct PlannedCost {
  std::string risk;      ///< `low`, `medium`, `high`, `unknown`
  std::string category;  ///< `safe`, `caution`, `dangerous`, `unknown`
  std::string verdict;   ///< on its down, as `belay verdict` has it
  std::string verdict_reason;
  std::vector<PlannedLoss> losses;
  std::vector<PlannedLock> locks;
  std::vector<std::string> unknown;                  ///< what could not be told, and why
  runtime::Guard guard = runtime::Guard::kDatabase;  ///< the cheapest that suffices for it
  std::string guard_reason;
  /// Of a migration in C++: the source, with its line, that all but the guard was read from; empty:
  /// none was read.
  std::string read_from;
  Estimate estimate;
};

struct ProjectPlan {
  /// With the facts about each migration, for people.
  runtime::PlanReport report;
  std::vector<PlannedCost> costs;          ///< one for each of `report.pending`
  std::optional<uint64_t> snapshot_bytes;  ///< that a `begin` would copy; empty: not known
};

/// `under a second`, `about 40 s`, `about 12 minutes`.
std::string time_text(int64_t milliseconds);

/// What an apply would do to the database, and what it costs. Writes nothing.
Result<ProjectPlan> plan(const SessionTarget& target);

}  // namespace belay::workbench

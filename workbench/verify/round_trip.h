#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>

#include "analyzer/rollback/verdict.h"
#include "workbench/verify/catalog.h"
#include "workbench/verify/contents.h"
#include "workbench/verify/engine.h"
#include "workbench/verify/generated_rows.h"
#include "workbench/verify/script_run.h"

namespace belay::workbench {

/// The scripts of a migration.
struct RoundTripScripts {
  RunnableScript up;
  std::optional<RunnableScript> down;
};

/// What happened when a migration went up, down, and up again.
struct RoundTrip {
  RunOutcome up;
  std::optional<RunOutcome> down;  ///< none: there is no down, or the up failed
  std::optional<RunOutcome> reup;  ///< none: the down failed or is missing
  /// Empty where the up failed, so that there was nothing to take back.
  std::optional<rollback::Verdict> verdict;
  /// The schema before the up against the one after the down.
  std::vector<Difference> differences;
  /// The schema after the first up against the one after the second.
  std::vector<Difference> reup_differences;
  std::vector<DataLoss> lost;   ///< of what was there before the up
  std::vector<DataLoss> added;  ///< rows that the down has left
  FilledTables filled;
  /// What the up says of the generated rows; all else is then told of a run without them.
  std::optional<runtime::DatabaseError> up_error_on_rows;
  /// The down runs to its end where the tables are empty.
  bool down_fails_on_rows = false;
};

/// Runs a migration up, down and up again on copies of `start`, which stays as it is and which
/// nobody may be connected to. `rows`: how many rows to make up for each table beforehand.
/// Errors: the databases themselves fail, not a script.
Result<RoundTrip> run_round_trip(ScratchEngine& engine, const ScratchDatabase& start,
                                 const RoundTripScripts& scripts, uint32_t rows);

}  // namespace belay::workbench

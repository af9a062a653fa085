#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/project/project.h"
#include "analyzer/rollback/data_loss.h"
#include "analyzer/rollback/verdict.h"
#include "analyzer/schema/compare.h"
#include "analyzer/schema/replay.h"

/// Whether a migration's down undoes its up: both are replayed, and the schema behind them is
/// compared with the one before.
namespace belay::rollback {

/// One operation of a script as it was replayed.
struct RunStep {
  uint32_t statement = 0;
  uint32_t operation = 0;
  bool in_transaction = false;  ///< for sure
  const std::vector<DataLoss>* losses = nullptr;
  const std::optional<schema::Failure>* failure = nullptr;
};

/// A script from its first operation to its last.
struct Run {
  const sql::ParsedScript* script = nullptr;
  std::vector<RunStep> steps;
};

/// A place in one of the two scripts.
struct RunPlace {
  project::Direction direction = project::Direction::kUp;
  uint32_t statement = 0;
};

struct Loss {
  DataLoss what;
  RunPlace place;
  /// The down destroys what can only have been written since the up: its own table or column.
  bool written_since = false;
};

struct Reversibility {
  Verdict verdict = Verdict::kUnknown;
  /// Why, in a sentence without a full stop.
  std::string reason;
  /// Where the down fails, or what cannot be known; none for other verdicts.
  std::optional<RunPlace> place;
  /// Of a down that fails: the statement of it behind which the failing one would run. None where
  /// another order does not help.
  std::optional<uint32_t> runs_behind;
  /// The down may stop before its end, whatever the verdict says of a schema behind it.
  bool down_may_stop = false;
  /// What is not as it was before the up.
  std::vector<schema::Change> differences;
  std::vector<Loss> lost_by_up;
  std::vector<Loss> lost_by_down;

  /// What was there before the up and is gone behind the down; null where nothing is.
  const Loss* lasting_loss() const;
};

struct ReversibilityInput {
  const schema::Schema& before;
  const schema::Schema& after_up;
  const schema::Schema* after_down = nullptr;
  Run up;
  std::optional<Run> down;
  /// The layout or its author says that there is no way back.
  bool one_way = false;
  /// The down is a program that throws whatever happens.
  bool down_throws = false;
};

/// Whether the operation leaves schema and rows as they are: a SELECT, a setting, BEGIN.
bool changes_nothing(const sql::Operation& operation);

/// Never says `restored` of what it cannot follow to the end.
Reversibility judge(const ReversibilityInput& input);

}  // namespace belay::rollback

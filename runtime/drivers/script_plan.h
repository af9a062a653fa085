#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/text/batch_mark.h"

namespace belay::runtime {

/// A statement of a script, by its bytes, and how it gets on with transactions.
struct PlannedStatement {
  enum class Kind : uint8_t {
    kOrdinary,
    kBare,   ///< must run outside any transaction
    kBegin,  ///< the script opens a transaction of its own
    kCommit,
    kRollback,
    kSavepoint,
    kBatch,  ///< many transactions, each for some of its rows
  };
  uint32_t begin = 0;
  uint32_t end = 0;
  Kind kind = Kind::kOrdinary;
  /// Sets up the connection rather than the database, so it has to run again when an interrupted
  /// script goes on.
  bool sets_connection = false;
  /// Locks rows alone, as its first word tells, and so keeps nobody out of a table.
  bool locks_rows = false;
  /// For kBatch.
  std::optional<BatchMark> batch;
};

/// What a statement does to the rows of a whole table, as far as its words tell.
struct TableEffect {
  enum class Kind : uint8_t { kTakesRows, kDrops, kRenames };
  Kind kind = Kind::kTakesRows;
  std::string table;     ///< folded as the engine folds names
  std::string new_name;  ///< for kRenames

  friend bool operator==(const TableEffect&, const TableEffect&) = default;
};

/// How a script will be run.
struct ScriptPlan {
  /// All of `body` in one transaction of ours, `before` and `after` around it. Else statement by
  /// statement, all of them in `body`.
  bool one_transaction = true;
  std::vector<PlannedStatement> before;
  std::vector<PlannedStatement> body;
  std::vector<PlannedStatement> after;
  std::vector<TableEffect> effects;
  /// What was decided about the script, a sentence each.
  std::vector<std::string> notes;
  /// What the script reaches that no snapshot of this database brings back.
  std::vector<std::string> beyond_guard;

  /// Whether one of its statements does.
  bool runs_in_batches() const;

  uint32_t size() const {
    return static_cast<uint32_t>(before.size() + body.size() + after.size());
  }
};

}  // namespace belay::runtime

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <belay/connection.h>

/// Work on all rows of a large table, some thousand at a time, each batch in a transaction of its
/// own. Pages by key and not by OFFSET, so that it does not matter whether the work changes what
/// rows it is meant for.
///
/// A row is done exactly once if its key is there from the start to the end: batches hold keys that
/// come one behind the other in the engine's order, up to the largest key of the start. Rows that
/// others insert meanwhile are done where their batch is still to come, and otherwise are not: the
/// program that inserts them has to write them as they are to be.
namespace belay::runtime {

/// Rows whose keys lie between two keys, both of which belong to the batch.
struct Batch {
  /// From PostgreSQL as text, which the server reads as the key's type wherever it is given back.
  Value first;
  Value last;
  uint64_t rows = 0;    ///< with these keys, when the batch was cut
  uint64_t number = 0;  ///< from 1, those of earlier runs included
  /// Where a later run may go on: see `BatchOptions::resume`.
  std::string position;
};

struct BatchOptions {
  /// As SQL names it: `users`, `app.users`, `"Odd name"`.
  std::string table;
  /// A column that is unique by itself and holds no NULL.
  std::string key;
  /// Rows in a batch. 10,000 take most updates some hundred milliseconds, for which others wait.
  uint64_t size = 10'000;
  /// Between two batches, for others, and for replicas to catch up.
  std::chrono::milliseconds pause{0};
  /// `Batch::position` of the last batch that was committed: goes on behind it, up to the key that
  /// was the last one at the start. Empty: begins at the first key.
  std::string resume;
  /// Called when a batch has been committed.
  std::function<void(const Batch&)> on_commit;
  CancellationToken cancellation;
};

/// Does the work on a batch, in its transaction, which it must not end. Whoever wants to go on
/// after a crash stores the batch's position here, so that both are committed or neither. An error
/// takes the batch back and ends the run.
using BatchWork = std::function<Result<void>(Connection& connection, const Batch& batch)>;

/// What this run did, without earlier ones.
struct BatchesReport {
  uint64_t batches = 0;
  uint64_t rows = 0;
};

/// Runs `work` on each batch. The connection must not be in a transaction. Errors: the table or its
/// key are not fit for it; the position is of another table or key; what the database or `work`
/// said; `cancelled`. The batches before stay.
Result<BatchesReport> run_in_batches(Connection& connection, const BatchOptions& options,
                                     const BatchWork& work);

/// Errors: the table is not there or is none, has no such column, or the column is not unique by
/// itself, holds NULL, or is of a type whose text cannot be kept.
Result<void> check_batch_key(Connection& connection, const std::string& table,
                             const std::string& key);

}  // namespace belay::runtime

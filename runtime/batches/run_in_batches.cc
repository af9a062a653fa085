// A batch is cut in the transaction in which it is worked on: the next keys behind the last one, as
// many as fit. The database keeps nothing between two batches, so that an index on the key is all
// that it needs, and a death between them costs nothing.
#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include <belay/batches.h>

#include "runtime/batches/key.h"
#include "runtime/batches/position.h"

namespace belay::runtime {
namespace {

bool is_null(const Value& value) { return std::holds_alternative<std::nullptr_t>(value); }

class BatchRunner {
 public:
  BatchRunner(Connection& connection, const BatchOptions& options, const BatchWork& work)
      : connection_(connection), options_(options), work_(work) {}

  Result<BatchesReport> run() {
    BELAY_TRY(check());
    for (;;) {
      if (options_.cancellation.cancelled()) return cancelled();
      Result<bool> more = run_one();
      if (!more) return std::move(more).error();
      if (!*more) return report_;
      BELAY_TRY(pause());
    }
  }

 private:
  Result<void> check() {
    if (connection_.in_transaction()) {
      return Error{"batches are committed one by one, and the connection is in a transaction", "",
                   "end the transaction first"};
    }
    if (options_.size == 0) return Error{"a batch of 0 rows has no end", "", "name 1 or more"};
    Result<BatchKey> key = find_batch_key(connection_, options_.table, options_.key);
    if (!key) return std::move(key).error();
    key_ = *std::move(key);
    position_.table = options_.table;
    position_.key = options_.key;
    if (options_.resume.empty()) return {};
    std::optional<BatchPosition> before = BatchPosition::read(options_.resume);
    if (!before || before->table != options_.table || before->key != options_.key) {
      return Error{"the position to go on from is not one of the key " + options_.key + " of " +
                       options_.table,
                   "", ""};
    }
    position_ = *std::move(before);
    return {};
  }

  static Error cancelled() { return {"cancelled", "", ""}; }

  /// The next batch in a transaction; false where there is none behind it.
  Result<bool> run_one() {
    BELAY_TRY(connection_.begin());
    Result<bool> more = work_on_next();
    if (!more) (void)connection_.roll_back();
    return more;
  }

  Result<bool> work_on_next() {
    BatchPosition next = position_;
    Result<Batch> batch = cut(next);
    if (!batch) return std::move(batch).error();
    if (batch->rows == 0) {
      BELAY_TRY(connection_.roll_back());
      return false;
    }
    BELAY_TRY(work_(connection_, *batch));
    if (!connection_.in_transaction()) {
      return Error{"the work on a batch has ended the transaction that it runs in", "", ""};
    }
    BELAY_TRY(connection_.commit());
    position_ = std::move(next);
    ++report_.batches;
    report_.rows += batch->rows;
    if (options_.on_commit) options_.on_commit(*batch);
    return batch->rows == options_.size;
  }

  /// The batch behind `position`, which is moved to its end. One without rows: there is none.
  Result<Batch> cut(BatchPosition& position) {
    Batch batch;
    if (is_null(position.end)) {
      Result<Rows> end = connection_.query(
          "SELECT " + key_.readable(key_.column) + " FROM " + key_.table + " AS t WHERE " +
          key_.column + " IS NOT NULL ORDER BY t." + key_.column + " DESC LIMIT 1");
      if (!end) return std::move(end).error();
      if (end->rows.empty()) return batch;
      position.end = end->rows[0][0];
    }
    Result<Rows> page = connection_.query(page_query(position), page_parameters(position));
    if (!page) return std::move(page).error();
    batch.rows = static_cast<uint64_t>(page->number(0, 2));
    if (batch.rows == 0) return batch;
    batch.first = page->rows[0][0];
    batch.last = position.last = page->rows[0][1];
    batch.number = ++position.batches;
    position.rows += batch.rows;
    batch.position = position.to_text();
    return batch;
  }

  static std::vector<Value> page_parameters(const BatchPosition& position) {
    if (is_null(position.last)) return {position.end};
    return {position.end, position.last};
  }

  /// The first key of the page, its last one, and how many there are. Names in ORDER BY are
  /// qualified: by itself a name is the column of the answer, whose order is that of texts.
  std::string page_query(const BatchPosition& position) const {
    const std::string& column = key_.column;
    const std::string key = key_.readable("k");
    const std::string behind = is_null(position.last) ? "" : " AND " + column + " > ?";
    return "WITH page AS (SELECT " + column + " AS k FROM " + key_.table + " AS t WHERE " + column +
           " <= ?" + behind + " ORDER BY t." + column + " LIMIT " + std::to_string(options_.size) +
           ") SELECT (SELECT " + key + " FROM page ORDER BY page.k LIMIT 1), (SELECT " + key +
           " FROM page ORDER BY page.k DESC LIMIT 1), (SELECT count(*) FROM page)";
  }

  Result<void> pause() const {
    constexpr std::chrono::milliseconds kSlice{20};
    for (auto left = options_.pause; left.count() > 0; left -= kSlice) {
      if (options_.cancellation.cancelled()) return cancelled();
      std::this_thread::sleep_for(std::min(left, kSlice));
    }
    return {};
  }

  Connection& connection_;
  const BatchOptions& options_;
  const BatchWork& work_;
  BatchKey key_;
  BatchPosition position_;
  BatchesReport report_;
};

}  // namespace

Result<BatchesReport> run_in_batches(Connection& connection, const BatchOptions& options,
                                     const BatchWork& work) {
  return BatchRunner(connection, options, work).run();
}

}  // namespace belay::runtime

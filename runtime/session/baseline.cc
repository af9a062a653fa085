#include "runtime/session/baseline.h"

namespace belay::runtime {
namespace {

std::string rows_text(uint64_t rows) {
  return std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

}  // namespace

Json to_json(const Baseline& baseline) {
  return {
      {"mark", baseline.mark.data}, {"digest", baseline.digest}, {"rows", to_json(baseline.rows)}};
}

Baseline baseline_from_json(const Json& json) {
  return {{at(json, "mark")}, text_at(json, "digest"), row_counts_from_json(at(json, "rows"))};
}

Result<Baseline> take_baseline(const Driver& driver, Connection& connection) {
  BELAY_TRY(connection.begin());
  Baseline baseline;
  const auto read = [&]() -> Result<void> {
    Result<ChangeMark> mark = driver.mark(connection);
    if (!mark) return std::move(mark).error();
    baseline.mark = *std::move(mark);
    Result<RowCounts> rows = driver.watched_rows(connection);
    if (!rows) return std::move(rows).error();
    baseline.rows = *std::move(rows);
    if (driver.marks_suffice(baseline.mark)) return {};
    Result<std::string> digest = driver.digest();
    if (!digest) return std::move(digest).error();
    baseline.digest = *std::move(digest);
    return {};
  };
  Result<void> done = read();
  BELAY_TRY(connection.roll_back());
  if (!done) return std::move(done).error();
  return baseline;
}

std::vector<std::string> describe_differences(const RowCounts& before, const RowCounts& after) {
  std::vector<std::string> out;
  for (const auto& [table, rows] : before) {
    const auto now = after.find(table);
    if (now == after.end()) {
      out.push_back(table + ": gone, with " + rows_text(rows));
    } else if (now->second > rows) {
      out.push_back(table + ": " + rows_text(now->second - rows) + " more");
    } else if (now->second < rows) {
      out.push_back(table + ": " + rows_text(rows - now->second) + " fewer");
    }
  }
  for (const auto& [table, rows] : after) {
    if (!before.contains(table)) out.push_back(table + ": new, with " + rows_text(rows));
  }
  return out;
}

Result<ForeignWrites> foreign_writes_since(const Driver& driver, Connection& connection,
                                           const Baseline& baseline, const ChangeMark& now,
                                           bool thorough) {
  using Certainty = ForeignWrites::Certainty;
  ForeignWrites writes;
  if (baseline.mark.data.is_null()) {
    return ForeignWrites{Certainty::kUnknown,
                         {"it cannot be told what, since the last command could "
                          "not look at the database at its end"}};
  }
  const std::optional<uint64_t> commits = driver.commits_between(baseline.mark, now);
  const bool sure = !thorough || driver.marks_suffice(now) || baseline.digest.empty();
  if (commits == 0U && sure) return writes;
  // A log that a power cut has brought back counts commits that are not new: the content decides.
  if (!baseline.digest.empty() && driver.digests_compare(baseline.mark, now)) {
    Result<std::string> digest = driver.digest();
    if (!digest) return std::move(digest).error();
    if (*digest == baseline.digest) return writes;
    writes.certainty = Certainty::kSome;
  } else {
    writes.certainty = commits ? Certainty::kSome : Certainty::kUnknown;
  }
  Result<RowCounts> rows = driver.watched_rows(connection);
  if (!rows) return std::move(rows).error();
  writes.details = describe_differences(baseline.rows, *rows);
  if (writes.details.empty() && writes.certainty == Certainty::kSome) {
    writes.details.emplace_back("changes that leave every table's number of rows as it was");
  }
  return writes;
}

}  // namespace belay::runtime

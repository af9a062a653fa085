#include <algorithm>
#include <utility>

#include "runtime/session/baseline.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

struct RecordedRows {
  std::string at;
  RowCounts rows;
};

/// The numbers of rows that the last run has left, by the journal of now or by those of before.
Result<RecordedRows> recorded_rows(const StateDirectory& files) {
  Result<Journal::Content> now = Journal::read(files.journal());
  if (!now) return std::move(now).error();
  Result<Journal::Content> before = read_audit_log(files.audit());
  if (!before) return std::move(before).error();
  RecordedRows out;
  for (const auto* content : {&*before, &*now}) {
    for (const JournalRecord& record : content->records) {
      if (record.event != event::kApplyDone && record.event != event::kSessionOpen) continue;
      const Json& rows = at(at(record.data, "baseline"), "rows");
      if (rows.is_object()) out = {record.at, row_counts_from_json(rows)};
    }
  }
  return out;
}

std::vector<RowChange> changes_between(const RowCounts& before, const RowCounts& now) {
  std::vector<RowChange> out;
  for (const auto& [table, rows] : before) {
    const auto found = now.find(table);
    if (found == now.end()) {
      out.push_back({table, rows, std::nullopt});
    } else if (found->second != rows) {
      out.push_back({table, rows, found->second});
    }
  }
  for (const auto& [table, rows] : now) {
    if (!before.contains(table)) out.push_back({table, std::nullopt, rows});
  }
  std::erase_if(out, [](const RowChange& change) { return change.table == Ledger::kTable; });
  return out;
}

class Check {
 public:
  Check(Look look, const CheckOptions& options) : look_(std::move(look)), options_(options) {}

  Result<CheckReport> run() {
    if (look_.database == nullptr) {
      return Error{"the database does not exist, so there is nothing to check",
                   look_.driver().name(), "check the URL"};
    }
    if (options_.integrity) BELAY_TRY(check_integrity());
    check_foreign_keys();
    BELAY_TRY(check_rows());
    tell();
    return std::move(report_);
  }

 private:
  Result<void> check_integrity() {
    Result<Integrity> integrity = look_.driver().integrity(*look_.database);
    if (!integrity) return std::move(integrity).error();
    report_.integrity_checked = integrity->checked;
    report_.integrity_problems = integrity->problems;
    return {};
  }

  void check_foreign_keys() {
    Result<ForeignKeyViolations> violations =
        look_.driver().foreign_key_violations(*look_.database);
    if (!violations) {
      report_.warnings.push_back("foreign keys could not be checked: " +
                                 violations.error().message);
      return;
    }
    report_.foreign_keys_checked = true;
    for (const auto& [line, times] : *violations) {
      report_.foreign_key_violations += times;
      constexpr size_t kExamples = 5;
      if (examples_.size() < kExamples) examples_.push_back(line);
    }
  }

  Result<void> check_rows() {
    Result<RowCounts> rows = look_.driver().row_counts(*look_.database);
    if (!rows) return std::move(rows).error();
    Result<RecordedRows> recorded = recorded_rows(look_.target.files);
    if (!recorded) return std::move(recorded).error();
    report_.rows_recorded_at = recorded->at;
    if (!recorded->at.empty()) report_.row_changes = changes_between(recorded->rows, *rows);
    return {};
  }

  void tell() {
    report_.headline = report_.sound() ? "No damage was found" : "The database is not sound";
    std::string integrity = report_.integrity_checked ? "sound" : "not checked";
    if (!report_.integrity_problems.empty()) integrity = listed(report_.integrity_problems);
    report_.facts.push_back({"Integrity", integrity});
    std::string keys =
        report_.foreign_keys_checked ? "every reference points to a row" : "not checked";
    if (report_.foreign_key_violations > 0) {
      keys = counted(report_.foreign_key_violations, "row") +
             " point to rows that do not exist: " + listed(examples_);
    }
    report_.facts.push_back({"Foreign keys", keys});
    report_.facts.push_back({"Rows", rows_text()});
  }

  std::string rows_text() const {
    if (report_.rows_recorded_at.empty()) return "no run has recorded any to compare with";
    if (report_.row_changes.empty()) return "as the last run left them";
    std::string out = "since the last run, at " + report_.rows_recorded_at + ":";
    for (const std::string& change : describe(report_.row_changes)) out += "\n" + change;
    return out;
  }

  Look look_;
  const CheckOptions& options_;
  std::vector<std::string> examples_;
  CheckReport report_;
};

}  // namespace

Result<CheckReport> Session::check(const CheckOptions& check_options) const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  return Check(*std::move(look), check_options).run();
}

}  // namespace belay::runtime

#include "workbench/run_report.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <set>

#include "analyzer/rollback/risk.h"
#include "analyzer/schema/compare.h"
#include "runtime/io/clock.h"

namespace belay::workbench {
namespace {

using Status = RunReport::Status;
using ChangeType = RunReport::ChangeType;
using Checks = RunReport::Checks;
using Backup = RunReport::Backup;
using How = schema::Change::How;
using Milliseconds = std::chrono::milliseconds;

/// A time as the runtime writes it, that much later; empty where it is none.
std::string later(const std::string& utc, int64_t ms) {
  std::tm parts{};
  const char* rest = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || rest[0] != '.') return {};
  const int64_t begun = std::atoi(rest + 1);
  return runtime::utc_text(std::chrono::system_clock::from_time_t(::timegm(&parts)) +
                           Milliseconds(begun + ms));
}

std::optional<uint64_t> peak_memory() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  constexpr uint64_t kKilobyte = 1024;  // Linux counts in these
  return static_cast<uint64_t>(usage.ru_maxrss) * kKilobyte;
}

bool writes_rows(const sql::Operation& operation) {
  return operation.as<sql::Insert>() != nullptr || operation.as<sql::Update>() != nullptr ||
         operation.as<sql::Delete>() != nullptr || operation.as<sql::Merge>() != nullptr ||
         operation.as<sql::Copy>() != nullptr || operation.as<sql::Truncate>() != nullptr;
}

std::string phrase(const schema::Change& change) {
  const std::string kind(sql::object_kind_name(change.kind));
  const bool column = change.kind == sql::ObjectKind::kColumn;
  std::string name = change.name;
  if (!change.table.empty()) {
    name = column ? change.table + "." + name : name + " of " + change.table;
  }
  if (change.how == How::kMissing || change.how == How::kExtra) return kind + " " + name;
  return change.to_string();
}

/// Gathers what belongs to a report of any command.
class Builder {
 public:
  Builder(const SessionTarget& target, const RunStart& start) : target_(target) {
    out_.command = start.command;
    out_.started_at = start.at;
    out_.ended_at = runtime::utc_now();
    out_.duration_ms = runtime::milliseconds_since_start() - start.clock_ms;
    out_.database = target.url;
    out_.environment = target.environment;
    out_.size_before = start.size;
    out_.size_after = target.session.database_size();
    out_.peak_memory_bytes = peak_memory();
  }

  RunReport failed(const Error& error) {
    out_.status = Status::kFailed;
    out_.error = out_.headline = error.to_string();
    return std::move(out_);
  }

  void take(const runtime::Report& report, const std::string& session) {
    out_.session = session;
    out_.headline = report.headline;
    out_.warnings = report.warnings;
    out_.notes = report.notes;
    for (const runtime::Recovery& recovery : report.recovered) {
      out_.notes.push_back("first, " + recovery.text);
    }
  }

  void take(const runtime::SnapshotInfo& info) {
    out_.backup = info.path.empty() ? Backup::kNothingThere : Backup::kCreated;
    if (info.path.empty()) return;
    RunReport::Snapshot& snapshot = out_.snapshot.emplace();
    snapshot.path = info.path;
    snapshot.strategy = info.strategy;
    snapshot.bytes = info.bytes;
    snapshot.rows = info.rows;
    snapshot.tables = info.tables;
    snapshot.verified = info.verified;
  }

  void take(const std::vector<runtime::MigrationReport>& migrations) {
    const bool known = std::all_of(migrations.begin(), migrations.end(), [&](const auto& m) {
      return analysis_of(target_, m.display_name) != nullptr;
    });
    out_.schema_known = known && !migrations.empty();
    out_.checks = migrations.empty() ? Checks::kNotMade : Checks::kPassed;
    for (const runtime::MigrationReport& migration : migrations) take_one(migration);
    count_rows();
    out_.change_type = change_type();
    recommend();
  }

  RunReport& out() { return out_; }

 private:
  void take_times(const runtime::MigrationReport& from) {
    out_.lock_wait_ms = out_.lock_wait_ms.value_or(0) + from.lock_wait_ms;
    int64_t longest = out_.lock_duration_ms.value_or(0);
    for (const runtime::HeldLock& lock : from.locks) {
      longest = std::max(longest, lock.duration_ms);
      if (lock.table.empty()) continue;
      RunReport::Table& table = table_of(lock.table);
      if (lock.duration_ms < table.lock_held_ms.value_or(0)) continue;
      table.lock_held_ms = lock.duration_ms;
      table.lock_taken = lock.mode;
    }
    out_.lock_duration_ms = longest;
    for (const runtime::SlowStatement& slow : from.slow) {
      out_.slow_statements.push_back(
          {from.display_name, slow.place.to_string(), slow.statement, slow.duration_ms});
    }
  }

  void take_one(const runtime::MigrationReport& from) {
    RunReport::Migration& to = out_.migrations.emplace_back();
    to.version = from.version;
    to.name = from.name;
    to.id = from.display_name;
    to.state = runtime::state_name(from.state);
    to.started_at = from.started_at;
    to.ended_at = later(from.started_at, from.duration_ms);
    to.duration_ms = from.duration_ms;
    to.succeeded = from.state == runtime::MigrationState::kDone;
    to.statements = from.statements;
    to.statements_done = from.statements_done;
    to.in_transaction = from.in_transaction;
    for (const runtime::BatchedStatement& batched : from.batched) {
      to.batches = to.batches.value_or(0) + batched.batches;
      to.rows_changed_in_batches = to.rows_changed_in_batches.value_or(0) + batched.changed;
    }
    if (from.error) to.error = from.error->to_error().to_string();
    take_checks(from);
    take_times(from);
    for (const runtime::RowChange& change : from.row_changes) {
      RunReport::Table& table = table_of(change.table);
      if (!counted_.contains(change.table)) table.rows_before = change.before;
      counted_.insert(change.table);
      table.rows_after = change.after;
    }
    for (const runtime::MigrationScript& script : target_.migrations) {
      const bool same = script.version == from.version && script.history == from.history;
      if (same && script.down) to.rollback_script = script.down->path;
    }
    if (const AnalyzedMigration* analysis = analysis_of(target_, from.display_name)) {
      take_analysis(*analysis, to);
    }
  }

  void take_checks(const runtime::MigrationReport& from) {
    using Kind = runtime::MigrationWarning::Kind;
    for (const runtime::MigrationWarning& warning : from.warnings) {
      if (warning.kind == Kind::kNotGuarded || warning.kind == Kind::kUnchecked) continue;
      out_.checks = Checks::kIssues;
      out_.issues.push_back(from.display_name + ": " + warning.message);
    }
  }

  void take_analysis(const AnalyzedMigration& analysis, RunReport::Migration& to) {
    to.reversibility = rollback::verdict_name(analysis.reversibility.verdict);
    if (!analysis.up) return;
    to.risk = rollback::risk_name(greatest_risk(*analysis.up));
    for (const rollback::Loss& loss : analysis.reversibility.lost_by_up) {
      to.data_loss.push_back(loss.what.to_string());
    }
    if (!to.succeeded) return;  // what it did not do is no change
    for (const schema::Change& change : schema::compare(analysis.before, analysis.after)) {
      auto& list = change.how == How::kExtra     ? out_.added
                   : change.how == How::kMissing ? out_.deleted
                                                 : out_.modified;
      list.push_back(phrase(change));
    }
    for (const rules::ScriptTrace::Step& step : analysis.up->result->trace.steps) {
      take_effect(step);
      const sql::ParsedStatement& statement =
          *analysis.up->parsed->statements[step.statement].parsed;
      if (writes_rows(statement.operations[step.operation])) writes_rows_ = true;
    }
  }

  void take_effect(const rules::ScriptTrace::Step& step) {
    if (!step.effect.unknown.empty()) out_.schema_known = false;
    for (const effects::RelationEffect& effect : step.effect.relations) {
      RunReport::Table& table = table_of(effect.relation);
      effects::LockMode& strongest = locks_[effect.relation];
      if (!effect.is_new && effect.lock > strongest) {
        strongest = effect.lock;
        table.lock = effects::lock_mode_name(effect.lock);
        table.blocks = effects::blocked_by(effect.lock);
      }
      table.rewritten = table.rewritten || (effect.rewrite && !effect.is_new);
      builds_index_ = builds_index_ || (effect.builds_index && !effect.is_new);
    }
  }

  RunReport::Table& table_of(const std::string& name) {
    const auto found = std::find_if(out_.tables.begin(), out_.tables.end(),
                                    [&](const auto& table) { return table.name == name; });
    if (found != out_.tables.end()) return *found;
    out_.tables.emplace_back().name = name;
    return out_.tables.back();
  }

  void count_rows() {
    if (out_.migrations.empty()) return;
    out_.rows_added = out_.rows_removed = 0;
    for (const RunReport::Table& table : out_.tables) {
      const auto before = static_cast<int64_t>(table.rows_before.value_or(0));
      const auto after = static_cast<int64_t>(table.rows_after.value_or(0));
      *out_.rows_added += std::max<int64_t>(after - before, 0);
      *out_.rows_removed += std::max<int64_t>(before - after, 0);
    }
  }

  ChangeType change_type() const {
    if (out_.migrations.empty()) return ChangeType::kNothing;
    if (!out_.schema_known) return ChangeType::kUnknown;
    const bool schema = !out_.added.empty() || !out_.modified.empty() || !out_.deleted.empty();
    const bool data = writes_rows_ || !counted_.empty();
    if (schema) return data ? ChangeType::kSchemaAndData : ChangeType::kSchema;
    return data ? ChangeType::kData : ChangeType::kNothing;
  }

  void recommend() {
    for (const RunReport::Table& table : out_.tables) {
      if (!table.rewritten) continue;
      out_.monitoring.push_back("the size of " + table.name +
                                " and the space on its disk: all of it was written anew");
    }
    if (builds_index_) {
      out_.monitoring.emplace_back("the plans of the queries that the new indexes are meant for");
    }
    if (!out_.deleted.empty() || !out_.modified.empty()) {
      out_.monitoring.emplace_back(
          "errors of programs that still expect the schema as it was before");
    }
    if (out_.checks == Checks::kIssues) {
      out_.monitoring.emplace_back("the tables that a check warns of, before the session is ended");
    }
  }

  const SessionTarget& target_;
  RunReport out_;
  std::set<std::string> counted_;
  std::map<std::string, effects::LockMode> locks_;
  bool writes_rows_ = false;
  bool builds_index_ = false;
};

}  // namespace

RunStart start_run(const SessionTarget& target, std::string command) {
  return {std::move(command), runtime::utc_now(), runtime::milliseconds_since_start(),
          target.session.database_size()};
}

std::optional<double> RunReport::error_rate() const {
  if (migrations.empty()) return std::nullopt;
  const auto bad = std::count_if(migrations.begin(), migrations.end(),
                                 [](const Migration& m) { return !m.succeeded; });
  return static_cast<double>(bad) / static_cast<double>(migrations.size());
}

std::optional<int64_t> RunReport::size_delta() const {
  if (!size_before || !size_after) return std::nullopt;
  return static_cast<int64_t>(*size_after) - static_cast<int64_t>(*size_before);
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::kSucceeded: return "succeeded";
    case Status::kPartial: return "partial";
    case Status::kFailed: return "failed";
  }
  return "";
}

std::string_view change_type_name(ChangeType type) {
  switch (type) {
    case ChangeType::kUnknown: return "";
    case ChangeType::kNothing: return "nothing";
    case ChangeType::kSchema: return "schema";
    case ChangeType::kData: return "data";
    case ChangeType::kSchemaAndData: return "schema and data";
  }
  return "";
}

std::string_view checks_name(Checks checks) {
  switch (checks) {
    case Checks::kNotMade: return "";
    case Checks::kPassed: return "passed";
    case Checks::kIssues: return "issues-found";
  }
  return "";
}

std::string_view backup_name(Backup backup) {
  switch (backup) {
    case Backup::kNone: return "none";
    case Backup::kNothingThere: return "nothing-there";
    case Backup::kCreated: return "created";
    case Backup::kKept: return "kept";
    case Backup::kDropped: return "dropped";
    case Backup::kFailed: return "failed";
  }
  return "";
}

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::BeginReport>& result) {
  Builder builder(target, start);
  if (!result) {
    builder.out().backup = Backup::kFailed;
    return builder.failed(result.error());
  }
  builder.take(*result, result->session);
  builder.take(result->snapshot);
  return std::move(builder.out());
}

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::ApplyReport>& result) {
  Builder builder(target, start);
  if (!result) return builder.failed(result.error());
  builder.take(*result, result->session);
  if (result->snapshot) builder.take(*result->snapshot);
  builder.take(result->migrations);
  RunReport& out = builder.out();
  out.pending = result->pending;
  if (result->failed || result->cancelled) {
    const bool stays =
        std::any_of(result->migrations.begin(), result->migrations.end(),
                    [](const runtime::MigrationReport& m) {
                      return m.state == runtime::MigrationState::kDone || m.is_partial();
                    });
    out.status = stays ? Status::kPartial : Status::kFailed;
    out.error = result->headline;
  }
  return std::move(out);
}

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<CheckedApply>& result) {
  if (!result) {
    return report_run(target, start, Result<runtime::ApplyReport>(result.error()));
  }
  RunReport out = report_run(target, start, Result<runtime::ApplyReport>(result->applied));
  for (const runtime::ValidationResult& validation : result->validations) {
    if (validation.passed) continue;
    out.checks = Checks::kIssues;
    out.issues.push_back("the validation `" + validation.name + "` failed: " + validation.message);
  }
  if (result->health) {
    out.health_checks = result->health->attempts;
    out.health_failures = result->health->attempts - (result->health->passed ? 1 : 0);
  }
  if (result->well()) return out;
  if (out.status == Status::kSucceeded) out.status = Status::kPartial;
  if (out.error.empty()) out.error = result->failure;
  if (result->rollback_error) {
    out.warnings.push_back("it was to be rolled back, and could not be: " +
                           result->rollback_error->to_string());
  }
  if (!result->rolled_back) return out;
  out.status = Status::kFailed;
  out.headline = result->rolled_back->headline + ", because " + result->failure;
  out.backup = Backup::kDropped;
  out.rollback_tested = !result->rolled_back->database_removed;
  return out;
}

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::CommitReport>& result) {
  Builder builder(target, start);
  if (!result) return builder.failed(result.error());
  builder.take(*result, result->session);
  builder.out().backup = Backup::kDropped;
  if (!result->kept_snapshot.empty()) {
    builder.out().backup = Backup::kKept;
    builder.out().snapshot.emplace().path = result->kept_snapshot;
  }
  return std::move(builder.out());
}

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::RollbackReport>& result) {
  Builder builder(target, start);
  if (!result) return builder.failed(result.error());
  builder.take(*result, result->session);
  builder.out().backup = Backup::kDropped;
  builder.out().rollback_tested = !result->database_removed;
  return std::move(builder.out());
}

}  // namespace belay::workbench

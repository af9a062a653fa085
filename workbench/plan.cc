// The plan joins what the database tells (which migrations are pending, how large its tables are)
// with what the analysis of their scripts tells (what they lock, rewrite and destroy).
#include "workbench/plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analyzer/rollback/risk.h"
#include "support/ascii.h"
#include "support/counted.h"
#include "workbench/down_advice.h"
#include "workbench/guard_advice.h"

namespace belay::workbench {
namespace {

using Step = rules::ScriptTrace::Step;

// Rates of an ordinary server with a solid disk and others on it. They make an estimate, no
// promise.
constexpr uint64_t kMegabyte = uint64_t{1} << 20U;
constexpr uint64_t kWrittenPerSecond = 50 * kMegabyte;
constexpr uint64_t kReadPerSecond = 200 * kMegabyte;

class LiveSizes {
 public:
  explicit LiveSizes(const std::vector<runtime::TableSize>& tables) {
    for (const runtime::TableSize& table : tables) sizes_[ascii::lower(table.table)] = &table;
  }

  /// nullptr where the database has no such table yet.
  const runtime::TableSize* find(const std::string& relation) const {
    const std::string name = ascii::lower(relation);
    const auto found = sizes_.find(name);
    if (found != sizes_.end()) return found->second;
    const auto bare = sizes_.find(name.substr(name.rfind('.') + 1));
    return bare == sizes_.end() ? nullptr : bare->second;
  }

 private:
  std::map<std::string, const runtime::TableSize*> sizes_;
};

const sql::Operation& operation_of(const AnalyzedScript& script, const Step& step) {
  return script.parsed->statements[step.statement].parsed->operations[step.operation];
}

/// A statement whose cost follows from rows that nobody can count without running it.
std::string uncountable(const sql::Operation& operation) {
  if (const auto* insert = operation.as<sql::Insert>()) {
    return insert->value_rows ? "" : "how many rows an INSERT from a query writes";
  }
  if (const auto* update = operation.as<sql::Update>(); update != nullptr && update->where) {
    return "how many rows an UPDATE with a condition writes";
  }
  if (const auto* removal = operation.as<sql::Delete>(); removal != nullptr && removal->where) {
    return "how many rows a DELETE with a condition takes";
  }
  return operation.as<sql::Merge>() == nullptr ? "" : "how many rows a MERGE writes";
}

/// Whether a statement works through every row and writes it.
bool writes_every_row(const sql::Operation& operation) {
  const auto* update = operation.as<sql::Update>();
  const auto* removal = operation.as<sql::Delete>();
  return (update != nullptr && !update->where) || (removal != nullptr && !removal->where);
}

class Cost {
 public:
  Cost(const AnalyzedMigration& migration, const runtime::PlannedMigration& planned,
       const LiveSizes& sizes)
      : migration_(migration), planned_(planned), sizes_(sizes) {}

  PlannedCost run() {
    const rollback::Reversibility& r = migration_.reversibility;
    out_.risk = rollback::risk_name(greatest_risk(*migration_.up));
    out_.category = rollback::category_name(rollback::category_of(r));
    out_.verdict = rollback::verdict_name(r.verdict);
    out_.verdict_reason = r.reason;
    for (const Step& step : migration_.up->result->trace.steps) add(step);
    choose_guard();
    estimate();
    return std::move(out_);
  }

 private:
  void add(const Step& step) {
    const sql::Operation& operation = operation_of(*migration_.up, step);
    for (const rollback::DataLoss& loss : step.losses) {
      out_.losses.push_back({loss.to_string(), loss.table, loss.column});
    }
    for (const effects::RelationEffect& effect : step.effect.relations) {
      add_lock(effect);
      add_work(effect, operation);
    }
    if (!step.effect.unknown.empty()) add_unknown(step.effect.unknown);
    if (std::string what = uncountable(operation); !what.empty()) uncounted_.insert(what);
  }

  void add_unknown(const std::string& what) {
    if (std::find(out_.unknown.begin(), out_.unknown.end(), what) == out_.unknown.end()) {
      out_.unknown.push_back(what);
    }
  }

  void add_lock(const effects::RelationEffect& effect) {
    auto found = std::find_if(out_.locks.begin(), out_.locks.end(), [&](const PlannedLock& lock) {
      return lock.relation == effect.relation;
    });
    if (found == out_.locks.end()) {
      found = out_.locks.insert(out_.locks.end(), PlannedLock{});
      found->relation = effect.relation;
      found->is_new = effect.is_new;
    }
    effects::LockMode& strongest = modes_[effect.relation];
    strongest = std::max(strongest, effect.lock);
    found->mode = effects::lock_mode_name(strongest);
    found->is_new = found->is_new && effect.is_new;
    found->blocks = found->is_new ? "" : effects::blocked_by(strongest);
    found->rewrite |= effect.rewrite;
    found->scan |= effect.scan;
    found->builds_index |= effect.builds_index;
  }

  /// The bytes that are read and written, by the table's size of now.
  void add_work(const effects::RelationEffect& effect, const sql::Operation& operation) {
    const bool writes = effect.rewrite || effect.builds_index || writes_every_row(operation);
    if (effect.is_new || (!writes && !effect.scan)) return;
    if (operation.as<sql::DropTable>() != nullptr) return;  // its pages are freed, not read
    const runtime::TableSize* size = sizes_.find(effect.relation);
    if (size == nullptr) return;  // an earlier pending migration makes it
    if (!size->bytes) {
      uncounted_.insert("how large " + effect.relation + " is");
      return;
    }
    read_ += *size->bytes;
    if (!writes) return;
    written_ += *size->bytes;
    space_ = std::max(space_, *size->bytes);
  }

  void choose_guard() {
    const runtime::GuardAdvice advice = guard_advice(*migration_.up);
    out_.guard = advice.guard;
    out_.guard_reason = advice.reason;
  }

  void estimate() {
    Estimate& out = out_.estimate;
    if (!out_.unknown.empty()) uncounted_.insert(out_.unknown.begin(), out_.unknown.end());
    if (!uncounted_.empty()) {
      out.basis =
          "not known is " + *uncounted_.begin() + (uncounted_.size() > 1 ? ", and more" : "");
      return;
    }
    constexpr uint64_t kMilliseconds = 1000;
    out.milliseconds = static_cast<int64_t>(written_ * kMilliseconds / kWrittenPerSecond +
                                            read_ * kMilliseconds / kReadPerSecond);
    out.bytes = space_;
    out.basis = read_ == 0
                    ? "it works through no table that has rows now; waiting for locks comes on top"
                    : "from the live tables' sizes, at 200 MB read and 50 MB written a second; "
                      "waiting for locks comes on top";
  }

  const AnalyzedMigration& migration_;
  const runtime::PlannedMigration& planned_;
  const LiveSizes& sizes_;
  PlannedCost out_;
  std::map<std::string, effects::LockMode> modes_;
  std::set<std::string> uncounted_;
  uint64_t read_ = 0;
  uint64_t written_ = 0;
  uint64_t space_ = 0;
};

/// Of a migration in C++, which nobody has read.
PlannedCost cost_of_program(const runtime::MigrationScript& script) {
  PlannedCost out;
  out.risk = out.category = "unknown";
  DeclaredDown down = declared_down(script);
  out.verdict = std::move(down.verdict);
  out.verdict_reason = std::move(down.reason);
  out.unknown = {"what it does, which is C++"};
  out.guard_reason =
      script.up_touches ? script.up_touches->reason : "nobody can tell what it touches";
  out.estimate.basis = "it is C++";
  return out;
}

/// Of a migration in C++ whose source was read: the program alone tells what may be left unguarded.
void take_from_program(const runtime::MigrationScript& script, const AnalyzedScript& source,
                       PlannedCost& cost) {
  const PlannedCost of_program = cost_of_program(script);
  cost.guard = of_program.guard;
  cost.guard_reason = of_program.guard_reason;
  const Place& place = source.sources->anchor();
  cost.read_from = path::relative_to(place.path, path::absolute(".")) + ":" +
                   std::to_string(source.source.lines().line_of(place.range.begin) + 1);
}

std::string size_text(uint64_t bytes) {
  constexpr uint64_t kKilobyte = 1024;
  if (bytes < kKilobyte) return counted(bytes, "byte");
  return bytes < kMegabyte ? std::to_string(bytes / kKilobyte) + " kB"
                           : std::to_string(bytes / kMegabyte) + " MB";
}

std::string lock_text(const PlannedLock& lock) {
  std::string out = (lock.mode.empty() ? "no lock" : lock.mode) + " on " + lock.relation;
  if (lock.is_new) {
    out += " (new in this migration)";
  } else if (!lock.blocks.empty()) {
    out += " (" + lock.blocks + " wait)";
  }
  if (lock.rewrite) out += ", rewritten";
  if (lock.scan) out += ", scanned";
  if (lock.builds_index && !lock.rewrite) out += ", index built";
  return out;
}

std::string describe(const runtime::PlannedMigration& m, const PlannedCost& cost) {
  std::string out = counted(m.statements, "statement") +
                    (m.in_transaction ? " in one transaction" : ", one by one") + "; risk " +
                    cost.risk + ", " + cost.category;
  if (m.out_of_order) out += "; out of order";
  if (m.resume_at > 0) out += "; goes on behind statement " + std::to_string(m.resume_at);
  if (!cost.read_from.empty()) {
    out += "\nread from " + cost.read_from + "; the program may have been built from another text";
  }
  for (const PlannedLoss& loss : cost.losses) out += "\ndestroys " + loss.what;
  for (const PlannedLock& lock : cost.locks) out += "\n" + lock_text(lock);
  for (const std::string& what : cost.unknown) out += "\nnot known: " + what;
  out += "\ndown: " + cost.verdict;
  if (!cost.verdict_reason.empty()) out += ", " + cost.verdict_reason;
  out += "\nguard that suffices: " + std::string(runtime::guard_name(cost.guard)) + ", " +
         cost.guard_reason;
  const Estimate& estimate = cost.estimate;
  out += estimate.milliseconds ? "\nestimate: " + time_text(*estimate.milliseconds) + ", " +
                                     size_text(*estimate.bytes) + " more space; "
                               : "\nestimate: unknown; ";
  out += estimate.basis;
  if (m.problem) out += "\ncannot be run: " + m.problem->to_string();
  return out;
}

/// By the guard; empty where a size is not known.
std::optional<uint64_t> snapshot_bytes(const runtime::PlanReport& report,
                                       const std::optional<runtime::GuardAdvice>& advice,
                                       const LiveSizes& sizes) {
  if (report.guard.guard == runtime::Guard::kTransaction) return 0;
  if (report.guard.guard != runtime::Guard::kTables || !advice) return report.database_bytes;
  uint64_t bytes = 0;
  for (const std::string& table : advice->tables) {
    const runtime::TableSize* size = sizes.find(table);
    if (size == nullptr) continue;  // a pending migration makes it
    if (!size->bytes) return std::nullopt;
    bytes += *size->bytes;
  }
  return bytes;
}

}  // namespace

std::string time_text(int64_t milliseconds) {
  constexpr int64_t kSecond = 1000;
  if (milliseconds < kSecond) return "under a second";
  constexpr int64_t kMinute = 60 * kSecond;
  if (milliseconds < 2 * kMinute) return "about " + std::to_string(milliseconds / kSecond) + " s";
  return "about " + std::to_string(milliseconds / kMinute) + " minutes";
}

Result<ProjectPlan> plan(const SessionTarget& target) {
  BELAY_TRY(check_migrations(target));
  runtime::PlanOptions options;
  options.advice = advice_on_pending(target);
  Result<runtime::PlanReport> report = target.session.plan(target.migrations, options);
  if (!report) return std::move(report).error();
  ProjectPlan out{*std::move(report), {}, {}};
  const LiveSizes sizes(out.report.tables);
  for (const runtime::PlannedMigration& planned : out.report.pending) {
    const AnalyzedMigration* analyzed = analysis_of(target, planned.display_name);
    PlannedCost& cost = out.costs.emplace_back();
    const runtime::MigrationScript* script = script_called(target, planned.display_name);
    if (analyzed != nullptr && analyzed->up) {
      cost = Cost(*analyzed, planned, sizes).run();
      if (script != nullptr && script->up.is_program()) {
        take_from_program(*script, *analyzed->up, cost);
      }
    } else if (script != nullptr) {
      cost = cost_of_program(*script);
    }
    out.report.facts.push_back({planned.display_name, describe(planned, cost)});
  }
  out.snapshot_bytes = snapshot_bytes(out.report, options.advice, sizes);
  if (out.snapshot_bytes && !out.report.pending.empty() && !out.report.session_open) {
    const uint64_t bytes = *out.snapshot_bytes;
    out.report.facts.push_back(
        {"Snapshot", "`begin` copies " + (bytes == 0 ? "nothing" : size_text(bytes))});
  }
  note_problems(target, out.report);
  return out;
}

}  // namespace belay::workbench

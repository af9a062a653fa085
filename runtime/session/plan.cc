// The plan says what an apply would do and refuses nothing: what would stop an apply is told with
// the rest, so that a person sees all of it at once.
#include <algorithm>
#include <set>
#include <utility>

#include "runtime/session/apply_plan.h"
#include "runtime/session/batch_checks.h"
#include "runtime/session/drift.h"
#include "runtime/session/kept_history.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

class Plan {
 public:
  Plan(const SessionOptions& session_options, Look look,
       std::span<const MigrationScript> migrations, const PlanOptions& options)
      : session_options_(session_options),
        look_(std::move(look)),
        migrations_(migrations),
        options_(options) {}

  Result<PlanReport> run() {
    BELAY_TRY(look_at_session());
    BELAY_TRY(look_at_database());
    compare();
    for (const MigrationScript& migration : migrations_) add(migration);
    mark_out_of_order();
    find_obstacles();
    tell();
    return std::move(report_);
  }

 private:
  Result<void> look_at_session() {
    Result<SessionState> state = state_of(look_.target.files);
    if (!state) return std::move(state).error();
    report_.session_open = state->guarded && (state->phase == SessionState::Phase::kOpen ||
                                              state->phase == SessionState::Phase::kApplying);
    return {};
  }

  Result<void> look_at_database() {
    report_.database_exists = look_.database != nullptr;
    find_guard();
    if (look_.database == nullptr) {
      report_.drift.reason = "the database does not exist yet";
      return {};
    }
    Connection& database = *look_.database;
    Result<std::string> fingerprint = look_.driver().schema_fingerprint(database);
    if (!fingerprint) return std::move(fingerprint).error();
    report_.drift = drift_of(look_.ledger, *fingerprint);
    Result<std::optional<KeptInSync>> kept =
        KeptHistory::report(database, migrations_, look_.ledger);
    if (!kept) return std::move(kept).error();
    if (*kept && !(*kept)->differences.empty()) {
      report_.obstacles.push_back("others have changed " + (*kept)->table +
                                  ", which is kept in sync: " + some_of((*kept)->differences));
    }
    return options_.sizes ? read_sizes(database) : Result<void>();
  }

  void find_guard() {
    const Result<ChosenGuard> chosen = look_.driver().choose_guard(options_.advice, nullptr);
    if (!chosen) {
      report_.guard.reason = "cannot be taken: " + chosen.error().message;
      report_.obstacles.push_back("a `begin` would be refused: " + chosen.error().message);
      return;
    }
    report_.guard.guard = chosen->guard;
    report_.guard.reason =
        !report_.database_exists ? "there is no database yet; a rollback removes it again"
        : chosen->guard == Guard::kTransaction
            ? "nothing is copied: what is pending only makes something new, which a rollback drops"
        : chosen->guard == Guard::kTables
            ? "a copy of the tables that are touched; nothing else is"
            : "a copy of the whole database brings back whatever a migration does";
    for (const std::string& reason : chosen->reasons) report_.guard.reason += "; " + reason;
  }

  Result<void> read_sizes(Connection& database) {
    Result<TableSizes> sizes = look_.driver().table_sizes(database);
    if (!sizes) return std::move(sizes).error();
    for (const auto& [table, size] : *sizes) {
      if (table == Ledger::kTable) continue;
      report_.tables.push_back({table, size.rows, size.bytes});
    }
    Result<std::optional<uint64_t>> bytes = look_.driver().database_bytes(database);
    if (!bytes) return std::move(bytes).error();
    report_.database_bytes = *bytes;
    return {};
  }

  void compare() {
    const HistoryView view =
        compare_history(migrations_, look_.ledger, look_.driver().url().engine);
    report_.edited = view.edited;
    report_.comments_edited = view.comments_edited;
    report_.missing = view.missing;
    report_.half_taken_back = view.half_taken_back;
    report_.half_applied = view.missing_half;
    missing_half_ = view.missing_half;
  }

  void add(const MigrationScript& migration) {
    const LedgerEntry* entry = find_entry(look_.ledger, migration.history, migration.version);
    if (is_applied(entry)) {
      ++report_.applied;
      last_applied_ = report_.pending.size();
      return;
    }
    const bool half = entry != nullptr && is_half(*entry);
    if (half && direction_of(*entry) == Direction::kDown) return;
    PlannedMigration& planned = report_.pending.emplace_back();
    planned.history = migration.history;
    planned.version = migration.version;
    planned.name = migration.name;
    planned.display_name = migration.display_name();
    planned.path = migration.up.path;
    planned.has_down = migration.down.has_value();
    if (half) report_.half_applied.push_back(planned.display_name);
    Result<MigrationJob> job = plan_job(look_.driver(), migration, Direction::kUp);
    Result<void> resumed = job && half ? resume_job(*entry, *job) : Result<void>();
    if (!job || !resumed) {
      planned.problem = job ? resumed.error() : job.error();
      return;
    }
    jobs_.push_back(*job);
    if (look_.database != nullptr) {
      if (Result<void> keys = check_batch_keys(*look_.database, jobs_); !keys) {
        planned.problem = std::move(keys).error();
        return;
      }
    }
    planned.statements = job->plan.size();
    planned.in_transaction = job->plan.one_transaction;
    planned.resume_at = job->resume_at;
    planned.notes = job->plan.notes;
    planned.beyond_guard = job->plan.beyond_guard;
  }

  void mark_out_of_order() {
    for (size_t i = 0; i < last_applied_; ++i) report_.pending[i].out_of_order = true;
  }

  void find_obstacles() {
    std::vector<std::string>& out = report_.obstacles;
    if (const Result<void> list = check_list(migrations_); !list) {
      out.push_back(list.error().to_string());
    }
    if (!report_.edited.empty()) {
      out.push_back("applied migrations were edited since: " + listed(report_.edited));
    }
    if (!report_.half_taken_back.empty()) {
      out.push_back("taken back in part: " + listed(report_.half_taken_back));
    }
    if (!missing_half_.empty()) {
      out.push_back("applied in part, but not among the migrations: " + listed(missing_half_));
    }
    for (const PlannedMigration& planned : report_.pending) {
      if (planned.problem)
        out.push_back(planned.display_name + ": " + planned.problem->to_string());
    }
  }

  void tell() {
    const size_t pending = report_.pending.size();
    report_.headline = pending == 0 ? std::string("Nothing is pending")
                                    : counted(pending, "migration") +
                                          (pending == 1 ? " is pending" : " are pending");
    if (!report_.obstacles.empty()) report_.headline += ", and `apply` would refuse to run";
    report_.facts.push_back(
        {"Database", look_.driver().name() + (report_.database_exists ? "" : ", not there yet")});
    report_.facts.push_back({"Applied", counted(report_.applied, "migration")});
    report_.facts.push_back(
        {"Drift", std::string(drift_name(report_.drift.state)) + ": " + report_.drift.reason});
    report_.facts.push_back(
        {"Guard", std::string(guard_name(report_.guard.guard)) + ": " + report_.guard.reason});
    for (const std::string& obstacle : report_.obstacles) report_.warnings.push_back(obstacle);
    if (report_.drift.state == SchemaDrift::State::kDrifted) {
      report_.warnings.push_back(report_.drift.reason);
    }
    if (!report_.missing.empty()) {
      report_.notes.push_back("applied, but not among the migrations: " + some_of(report_.missing));
    }
    if (!report_.comments_edited.empty()) {
      report_.notes.push_back("only their comments or their layout were edited since: " +
                              some_of(report_.comments_edited));
    }
    const Advice advice(session_options_);
    if (pending == 0) return;
    report_.next_steps = report_.session_open ? advice.with_session(static_cast<uint32_t>(pending))
                                              : advice.without_session();
  }

  const SessionOptions& session_options_;
  Look look_;
  std::span<const MigrationScript> migrations_;
  const PlanOptions& options_;
  std::vector<MigrationJob> jobs_;
  std::vector<std::string> missing_half_;
  size_t last_applied_ = 0;  ///< so many pending ones stand before the last applied one
  PlanReport report_;
};

}  // namespace

Result<PlanReport> Session::plan(std::span<const MigrationScript> migrations,
                                 const PlanOptions& plan_options) const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  return Plan(options_, *std::move(look), migrations, plan_options).run();
}

}  // namespace belay::runtime

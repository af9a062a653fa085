// A dry run does what an apply would, in one transaction over all that is pending, and takes it
// back. No journal and no ledger: a death in the middle is a transaction that the engine undoes, as
// it undoes anybody's. What one transaction cannot hold is not tried, nor is what comes behind it,
// since it would run on a schema that it was not written for.
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/heard_statements.h"
#include "runtime/session/look.h"
#include "runtime/session/migration_checks.h"
#include "runtime/session/program_connection.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

class DryRun {
 public:
  DryRun(Command& command, std::span<const MigrationScript> migrations, const ApplyOptions& options)
      : command_(command), driver_(command.driver()), migrations_(migrations), options_(options) {}

  Result<DryRunReport> run() {
    BELAY_TRY(check_session());
    BELAY_TRY(connect());
    BELAY_TRY(connection_->begin());
    Result<void> tried = try_all();
    // Whatever came of it, nothing of it stays.
    BELAY_TRY(connection_->roll_back());
    BELAY_TRY(tried);
    tell();
    return std::move(report_);
  }

 private:
  Result<void> check_session() const {
    using Phase = SessionState::Phase;
    const SessionState& state = command_.state();
    if (state.phase == Phase::kNone || state.phase == Phase::kClosed ||
        (state.phase == Phase::kOpen && state.guarded)) {
      return {};
    }
    return command_.refuse(
        "an earlier command was interrupted and has to be settled first",
        "`" + Advice(command_.options()).command(Action::kStatus) + "` tells what it was");
  }

  Result<void> connect() {
    Result<Driver::Presence> presence = driver_.presence();
    if (!presence) return std::move(presence).error();
    if (*presence == Driver::Presence::kAbsent) {
      return command_.refuse("the database does not exist yet, so there is nothing to try it on",
                             "`" + command_.options().program +
                                 " verify` runs migrations on a database that it throws away");
    }
    Result<std::unique_ptr<Connection>> connection =
        driver_.connect(Driver::Purpose::kSession, /*create=*/false);
    if (!connection) return std::move(connection).error();
    connection_ = *std::move(connection);
    return {};
  }

  Result<void> try_all() {
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(*connection_);
    if (!ledger) return std::move(ledger).error();
    Result<ApplyPlan> plan = plan_apply(driver_, migrations_, *ledger);
    if (!plan) return std::move(plan).error();
    BELAY_TRY(keep_what_is_wanted(migrations_, options_, *plan));
    report_.notes = plan->notes;
    std::string behind;
    for (size_t i = 0; i < plan->jobs.size(); ++i) {
      const MigrationJob& job = plan->jobs[i];
      const std::string name = job.migration->display_name();
      if (!behind.empty()) {
        report_.not_tried.push_back({name, "it comes behind " + behind});
        continue;
      }
      Result<std::string> why = why_not(job);
      if (!why) return std::move(why).error();
      if (!why->empty()) {
        report_.not_tried.push_back({name, *std::move(why)});
        behind = name;
        continue;
      }
      command_.progress(Stage::kMigrating, name, i, plan->jobs.size());
      BELAY_TRY(try_one(job));
      if (report_.failed) behind = name;
    }
    return {};
  }

  /// Why a job cannot be tried in a transaction that others share; empty where it can.
  Result<std::string> why_not(const MigrationJob& job) {
    if (!job.plan.one_transaction) {
      return std::string(job.plan.runs_in_batches()
                             ? "it runs in batches, each of which is committed"
                             : "it cannot run in one transaction");
    }
    for (const PlannedStatement& setting : job.plan.before) {
      Result<bool> holds = driver_.is_in_force(*connection_, job.script(), setting);
      if (!holds) return std::move(holds).error();
      if (*holds) continue;
      const std::string& sql = job.script().sql;
      return "`" + sql.substr(setting.begin, setting.end - setting.begin) +
             "` cannot be run inside a transaction";
    }
    return std::string();
  }

  Result<void> try_one(const MigrationJob& job) {
    MigrationReport& tried = report_.migrations.emplace_back();
    tried.history = job.migration->history;
    tried.version = job.migration->version;
    tried.name = job.migration->name;
    tried.display_name = job.migration->display_name();
    tried.statements = job.plan.size();
    tried.notes = job.plan.notes;
    for (const std::string& what : job.plan.beyond_guard) {
      tried.warnings.push_back({MigrationWarning::Kind::kNotGuarded, "", what});
    }
    const int64_t started = milliseconds_since_start();
    Result<DatabaseFacts> before = read_facts(driver_, *connection_, options_.check_foreign_keys);
    if (!before) return std::move(before).error();
    Result<void> ran = run_body(job);
    if (!ran) return fail(ran.error(), tried);
    Result<DatabaseFacts> after = read_facts(driver_, *connection_, options_.check_foreign_keys);
    if (!after) return std::move(after).error();
    compare_facts(*before, *after, effects_, command_.state().manifest.advice, tried);
    tried.statements_done = tried.statements;
    tried.duration_ms = milliseconds_since_start() - started;
    tried.state = MigrationState::kDone;
    return {};
  }

  Result<void> run_body(const MigrationJob& job) {
    effects_ = job.plan.effects;
    if (job.script().program) {
      HeardStatements heard(driver_);
      ProgramConnection connection(*connection_, /*in_transaction=*/true, [&](const auto& ran) {
        if (ran.succeeded) heard.hear(ran.sql, effects_);
        return Result<void>();
      });
      BELAY_TRY(job.script().program(connection));
      return driver_.check_deferred(*connection_);
    }
    for (const PlannedStatement& statement : job.plan.body) {
      BELAY_TRY(connection_->run(job.script(), statement.begin, statement.end));
    }
    if (connection_->in_transaction()) return driver_.check_deferred(*connection_);
    return Error{"the script has ended the transaction it runs in", job.script().path, ""};
  }

  Result<void> fail(const Error& error, MigrationReport& tried) {
    report_.failed = true;
    tried.state = MigrationState::kFailed;
    tried.error = failure_of(connection_.get(), error);
    report_.cancelled = tried.error->cancelled;
    return {};
  }

  void tell() {
    report_.headline = headline();
    for (const MigrationReport& migration : report_.migrations) {
      tell_migration(migration, "Would be applied", report_);
    }
    for (const NotTried& left : report_.not_tried) {
      report_.facts.push_back({"Not tried", left.display_name + ": " + left.why});
    }
    command_.report_to(report_);
  }

  std::string headline() const {
    const char* const kNothing = "; nothing of it has stayed";
    if (report_.cancelled) return std::string("The dry run was cancelled") + kNothing;
    if (report_.failed) {
      const MigrationReport& failed = report_.migrations.back();
      return failed.display_name + " would fail: " + failed.error->to_error().to_string() +
             kNothing;
    }
    const std::string left =
        report_.not_tried.empty()
            ? std::string()
            : ", " + std::to_string(report_.not_tried.size()) + " could not be tried";
    if (report_.migrations.empty()) {
      return left.empty() ? "There is nothing to apply" : "Nothing was tried" + left;
    }
    return counted(report_.migrations.size(), "migration") + " ran in a dry run" + left + kNothing;
  }

  Command& command_;
  const Driver& driver_;
  std::span<const MigrationScript> migrations_;
  const ApplyOptions& options_;
  std::unique_ptr<Connection> connection_;
  DryRunReport report_;
  std::vector<TableEffect> effects_;  ///< of the migration that is tried
};

}  // namespace

Result<DryRunReport> Session::dry_run(std::span<const MigrationScript> migrations,
                                      const ApplyOptions& apply_options) const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "dry run", /*create=*/false);
  if (!opened) return std::move(opened).error();
  return DryRun(**opened, migrations, apply_options).run();
}

}  // namespace belay::runtime

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/session/command.h"
#include "runtime/session/down_plan.h"
#include "runtime/session/look.h"
#include "runtime/session/migration_batch.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

class Down {
 public:
  Down(Command& command, std::span<const MigrationScript> migrations, const DownOptions& options,
       bool again)
      : command_(command),
        migrations_(migrations),
        options_(options),
        again_(again),
        batch_(command, options) {}

  Result<DownReport> run() {
    BELAY_TRY(batch_.check_session());
    Result<std::vector<LedgerEntry>> ledger = batch_.look(migrations_);
    if (!ledger) return std::move(ledger).error();
    Result<RowCounts> rows = look_at_rows();
    if (!rows) return std::move(rows).error();
    Result<DownPlan> plan = plan_down(
        {command_.driver(), migrations_, *ledger, *rows, command_.options().program}, options_);
    if (!plan) return std::move(plan).error();
    plan_ = *std::move(plan);
    BELAY_TRY(check_confirmed(plan_, options_));
    if (again_) BELAY_TRY(add_ups());
    if (!plan_.jobs.empty()) BELAY_TRY(batch_.run(plan_.jobs));
    tell();
    return std::move(report_);
  }

 private:
  /// Of one moment.
  Result<RowCounts> look_at_rows() {
    Connection* database = batch_.connection();
    if (database == nullptr) return RowCounts{};
    BELAY_TRY(database->execute("BEGIN"));
    Result<RowCounts> rows = command_.driver().row_counts(*database);
    BELAY_TRY(database->roll_back());
    return rows;
  }

  /// What was taken back last is applied first.
  Result<void> add_ups() {
    const size_t downs = plan_.jobs.size();
    for (size_t i = downs; i > 0; --i) {
      Result<MigrationJob> job =
          plan_job(command_.driver(), *plan_.jobs[i - 1].migration, Direction::kUp);
      if (!job) return std::move(job).error();
      plan_.jobs.push_back(*std::move(job));
    }
    return {};
  }

  void tell() {
    batch_.fill(report_);
    report_.notes = plan_.notes;
    report_.stays = plan_.stays;
    report_.items = plan_.items;
    const size_t back = count(MigrationState::kRolledBack);
    const size_t applied = count(MigrationState::kDone);
    report_.headline = headline(back, applied);
    batch_.tell(report_);
    report_.next_steps =
        batch_.next_steps(report_, static_cast<uint32_t>(plan_.pending + back - applied));
  }

  size_t count(MigrationState state) const {
    return static_cast<size_t>(
        std::count_if(report_.migrations.begin(), report_.migrations.end(),
                      [state](const MigrationReport& m) { return m.state == state; }));
  }

  std::string headline(size_t back, size_t applied) const {
    if (report_.failed) return MigrationBatch::failure(report_);
    const std::string rope = MigrationBatch::rope(report_);
    if (report_.migrations.empty()) {
      return (report_.cancelled ? "Cancelled before anything was taken back"
                                : "There is nothing to take back") +
             (report_.snapshot ? rope : std::string());
    }
    std::string text = (report_.cancelled ? "Cancelled; " : "") + counted(back, "migration") +
                       (back == 1 ? " was" : " were") + " taken back";
    if (again_) {
      text += applied == back ? " and applied again"
                              : ", " + std::to_string(applied) + " of them applied again";
    } else if (!report_.cancelled) {
      text += plan_.stays.empty() ? "; none stays applied" : "; " + plan_.stays + " stays applied";
    }
    return text + rope;
  }

  Command& command_;
  std::span<const MigrationScript> migrations_;
  const DownOptions& options_;
  bool again_;
  MigrationBatch batch_;
  DownPlan plan_;
  DownReport report_;
};

Result<DownReport> run_down(const SessionOptions& session_options, const char* name,
                            std::span<const MigrationScript> migrations,
                            const DownOptions& options) {
  Result<std::unique_ptr<Command>> opened =
      Command::open(session_options, name, /*create=*/options.allow_unguarded);
  if (!opened) return std::move(opened).error();
  BELAY_TRY((*opened)->recover(/*force=*/false));
  const bool again = (*opened)->name() == "redo";
  return Down(**opened, migrations, options, again).run();
}

std::string headline_of(const DownPlan& plan) {
  if (plan.items.empty()) return "There is nothing to take back";
  const size_t asked = static_cast<size_t>(
      std::count_if(plan.items.begin(), plan.items.end(),
                    [](const DownItem& item) { return item.needs_confirmation; }));
  return counted(plan.items.size(), "migration") + " would be taken back" +
         (asked == 0 ? std::string()
                     : ", " + std::to_string(asked) + " of them only where " +
                           (asked == 1 ? "its version is" : "their versions are") + " typed");
}

}  // namespace

Result<DownReport> Session::down(std::span<const MigrationScript> migrations,
                                 const DownOptions& down_options) const {
  return run_down(options_, "down", migrations, down_options);
}

Result<DownReport> Session::redo(std::span<const MigrationScript> migrations,
                                 const DownOptions& down_options) const {
  return run_down(options_, "redo", migrations, down_options);
}

Result<DownPlanReport> Session::plan_down(std::span<const MigrationScript> migrations,
                                          const DownOptions& down_options) const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  RowCounts rows;
  if (look->database != nullptr) {
    Result<RowCounts> now = look->driver().row_counts(*look->database);
    if (!now) return std::move(now).error();
    rows = *std::move(now);
  }
  Result<DownPlan> plan = runtime::plan_down(
      {look->driver(), migrations, look->ledger, rows, options_.program}, down_options);
  if (!plan) return std::move(plan).error();
  DownPlanReport report;
  report.headline = headline_of(*plan);
  if (!plan->items.empty()) report.facts = describe(*plan);
  report.notes = plan->notes;
  report.stays = plan->stays;
  report.items = plan->items;
  report.estimated_ms = estimated_duration(*plan);
  return report;
}

}  // namespace belay::runtime

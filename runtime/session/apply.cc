#include <algorithm>
#include <utility>

#include "runtime/session/apply_plan.h"
#include "runtime/session/command.h"
#include "runtime/session/migration_batch.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

class Apply {
 public:
  Apply(Command& command, std::span<const MigrationScript> migrations, const ApplyOptions& options)
      : migrations_(migrations),
        options_(options),
        driver_(command.driver()),
        batch_(command, options) {}

  Result<ApplyReport> run() {
    BELAY_TRY(batch_.check_session());
    BELAY_TRY(decide());
    if (!plan_.jobs.empty()) BELAY_TRY(batch_.run(plan_.jobs));
    tell();
    return std::move(report_);
  }

 private:
  Result<void> decide() {
    Result<std::vector<LedgerEntry>> ledger = batch_.look(migrations_);
    if (!ledger) return std::move(ledger).error();
    Result<ApplyPlan> plan = plan_apply(driver_, migrations_, *ledger);
    if (!plan) return std::move(plan).error();
    plan_ = *std::move(plan);
    report_.notes = plan_.notes;
    report_.pending = static_cast<uint32_t>(plan_.jobs.size());
    return keep_what_is_wanted(migrations_, options_, plan_);
  }

  void tell() {
    batch_.fill(report_);
    report_.pending -= applied();
    report_.headline = headline();
    batch_.tell(report_);
    if (report_.pending > 0) report_.facts.push_back({"Pending", some_of(pending_names())});
    report_.next_steps = batch_.next_steps(report_, report_.pending);
  }

  uint32_t applied() const {
    return static_cast<uint32_t>(
        std::count_if(report_.migrations.begin(), report_.migrations.end(),
                      [](const MigrationReport& m) { return m.state == MigrationState::kDone; }));
  }

  /// What was pending before and was not applied now.
  std::vector<std::string> pending_names() const {
    std::vector<std::string> out = plan_.pending;
    std::erase_if(out, [&](const std::string& name) {
      return std::any_of(report_.migrations.begin(), report_.migrations.end(),
                         [&](const MigrationReport& migration) {
                           return migration.state == MigrationState::kDone &&
                                  migration.display_name == name;
                         });
    });
    return out;
  }

  std::string headline() const {
    const std::string rope = MigrationBatch::rope(report_);
    if (report_.failed) return MigrationBatch::failure(report_);
    if (report_.migrations.empty()) {
      return (report_.cancelled     ? "Cancelled before anything was applied"
              : report_.pending > 0 ? "None of what is pending was asked for"
                                    : "There is nothing to apply") +
             (report_.snapshot ? rope : std::string());
    }
    return (report_.cancelled ? "Cancelled; " : "") + counted(applied(), "migration") +
           (applied() == 1 ? " was" : " were") + " applied" + rope;
  }

  std::span<const MigrationScript> migrations_;
  const ApplyOptions& options_;
  const Driver& driver_;
  MigrationBatch batch_;
  ApplyPlan plan_;
  ApplyReport report_;
};

}  // namespace

Result<ApplyReport> Session::apply(std::span<const MigrationScript> migrations,
                                   const ApplyOptions& apply_options) const {
  Result<std::unique_ptr<Command>> opened =
      Command::open(options_, "apply", /*create=*/apply_options.allow_unguarded);
  if (!opened) return std::move(opened).error();
  BELAY_TRY((*opened)->recover(/*force=*/false));
  return Apply(**opened, migrations, apply_options).run();
}

}  // namespace belay::runtime

#include "lsp/features/inquiries.h"

#include <utility>

#include "lsp/features/report_markdown.h"
#include "lsp/features/risk.h"
#include "lsp/features/session_words.h"
#include "workbench/doctor.h"
#include "workbench/plan.h"

namespace belay::lsp {
namespace {

using runtime::StoredSnapshot;
using workbench::SessionTarget;

/// What is told: a line, and what may be a loss. The rest stands on the page.
template <class Report>
SessionOutcome answer(std::string_view title, const SessionTarget& target,
                      const Result<Report>& report, bool well = true) {
  if (!report) {
    SessionOutcome failed = outcome_of(report);
    failed.notice.text = with_place(target, std::move(failed.notice.text));
    return failed;
  }
  const std::string place = workbench::place_of(target);
  std::string text = place + ": " + report->headline + ".";
  for (const std::string& warning : report->warnings) text += "\nWarning: " + warning + ".";
  SessionOutcome out;
  out.done = true;
  out.notice = {well ? MessageType::kInfo : MessageType::kWarning, std::move(text)};
  out.report = report_markdown(title, place, *report);
  return out;
}

LiveSizes sizes_of(const workbench::ProjectPlan& plan) {
  LiveSizes out;
  for (const runtime::TableSize& table : plan.report.tables) out.rows[table.table] = table.rows;
  for (size_t i = 0; i < plan.report.pending.size() && i < plan.costs.size(); ++i) {
    const std::optional<int64_t>& time = plan.costs[i].estimate.milliseconds;
    if (time) out.estimates[plan.report.pending[i].version] = workbench::time_text(*time);
  }
  return out;
}

SessionOutcome tell_plan(const SessionOrder& order, const SessionTarget& target,
                         const FileSystem& disk) {
  Result<workbench::ProjectPlan> planned = workbench::plan(target);
  if (!planned) return answer("Plan", target, Result<runtime::PlanReport>(planned.error()));
  runtime::PlanReport& report = planned->report;
  std::vector<std::string> files;
  for (const runtime::MigrationScript& m : target.migrations) files.push_back(m.up.path);
  if (const std::string file = unsaved_file(order, disk, files); !file.empty()) {
    report.warnings.insert(report.warnings.begin(),
                           file + " has changes that are not saved; this is the plan without them");
  }
  const bool well = report.obstacles.empty();
  LiveSizes sizes = sizes_of(*planned);
  SessionOutcome out = answer("Plan", target, Result<runtime::PlanReport>(std::move(report)), well);
  out.sizes = std::move(sizes);
  return out;
}

SessionOutcome tell_diagnosis(const SessionTarget& target) {
  const Result<runtime::DiagnosisReport> report = workbench::diagnose(target);
  return answer("Doctor", target, report, report && report->sound());
}

SessionOutcome tell_check(const SessionTarget& target) {
  const Result<runtime::CheckReport> report = workbench::check(target);
  return answer("Check of the data", target, report, report && report->sound());
}

SessionOutcome tell_schema(const SessionTarget& target) {
  const Result<runtime::VerifySchemaReport> report = workbench::verify_schema(target);
  const bool drifted = report && report->drift.state == runtime::SchemaDrift::State::kDrifted;
  return answer("Check of the schema", target, report, !drifted);
}

SessionOutcome tell_ledger_problems(const SessionTarget& target) {
  const Result<runtime::RepairReport> report = workbench::plan_repair(target, {});
  return answer("Problems of the ledger", target, report, report && report->problems.empty());
}

SessionOutcome tell_snapshots(const SessionTarget& target) {
  const Result<runtime::SnapshotsReport> report = workbench::snapshots(target, /*verify=*/false);
  SessionOutcome out = answer("Snapshots", target, report, report && report->sound());
  if (!report) return out;
  std::vector<Choice>& choices = out.choices.emplace();
  for (const StoredSnapshot& snapshot : report->snapshots) {
    if (snapshot.state == StoredSnapshot::State::kInUse) continue;
    std::string text(runtime::stored_state_name(snapshot.state));
    if (!snapshot.taken_at.empty()) text += ", taken " + snapshot.taken_at;
    choices.push_back({snapshot.session, std::move(text), false});
  }
  return out;
}

}  // namespace

bool is_inquiry(SessionCommand command) {
  switch (command) {
    case SessionCommand::kPlan:
    case SessionCommand::kDoctor:
    case SessionCommand::kCheck:
    case SessionCommand::kVerifySchema:
    case SessionCommand::kLedgerProblems:
    case SessionCommand::kSnapshots:
    case SessionCommand::kEnvironments: return true;
    default: return false;
  }
}

SessionOutcome inquire(const SessionOrder& order, const SessionTarget& target,
                       const FileSystem& disk) {
  switch (order.command) {
    case SessionCommand::kPlan: return tell_plan(order, target, disk);
    case SessionCommand::kDoctor: return tell_diagnosis(target);
    case SessionCommand::kCheck: return tell_check(target);
    case SessionCommand::kVerifySchema: return tell_schema(target);
    case SessionCommand::kLedgerProblems: return tell_ledger_problems(target);
    case SessionCommand::kSnapshots: return tell_snapshots(target);
    default: return {};
  }
}

SessionOutcome tell_environments(const Result<workbench::Environments>& environments) {
  SessionOutcome out;
  if (!environments) {
    out.notice = {MessageType::kError, message_of(environments.error())};
    return out;
  }
  out.done = true;
  std::vector<std::string> names;
  std::vector<Choice>& choices = out.choices.emplace();
  for (const workbench::EnvironmentChoice& e : environments->choices) {
    std::string text(project::environment_kind_name(e.kind));
    if (!e.has_database) text += ", no database";
    if (e.name == environments->otherwise) text += ", the project's default";
    names.push_back(e.name + " (" + text + (e.counts ? ", counts now" : "") + ")");
    choices.push_back({e.name, std::move(text), e.counts});
  }
  out.notice.text = names.empty() ? environments->config_path + " has no environments"
                                  : "Environments: " + enumerated(names, names.size());
  out.notice.text += ".";
  return out;
}

}  // namespace belay::lsp

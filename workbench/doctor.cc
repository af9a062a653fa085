#include "workbench/doctor.h"

#include <utility>

#include "support/counted.h"

namespace belay::workbench {
namespace {

using Level = runtime::Finding::Level;

void add(runtime::DiagnosisReport& report, runtime::Finding finding) {
  std::string label = finding.topic + (finding.level == Level::kProblem ? " (!!)" : "");
  std::string text = finding.text;
  if (!finding.hint.empty()) text += "\n" + finding.hint;
  report.facts.push_back({std::move(label), std::move(text)});
  report.findings.push_back(std::move(finding));
}

}  // namespace

Result<runtime::DiagnosisReport> diagnose(const SessionTarget& target) {
  Result<runtime::DiagnosisReport> report = target.session.diagnose();
  if (!report) return report;
  if (target.migrations_problem) {
    add(*report, {Level::kProblem, "migrations", target.migrations_problem->to_string(),
                  target.migrations_problem->hint});
    report->headline += "; the project's migrations cannot be run as they are";
  } else {
    add(*report, {Level::kGood, "migrations",
                  counted(target.migrations.size(), "migration") + " in " + target.history + " (" +
                      target.layout + ")",
                  ""});
  }
  for (const std::string& problem : target.env_problems) {
    add(*report, {Level::kWarning, ".env", problem, ""});
  }
  for (const std::string& hook : target.hooks) add(*report, {Level::kNote, "hooks", hook, ""});
  return report;
}

}  // namespace belay::workbench

#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

void print_repair(const workbench::SessionTarget& target, const runtime::RepairReport& report,
                  bool json) {
  if (!json) return print_report(report);
  Json problems = Json::array();
  for (const runtime::LedgerProblem& problem : report.problems) {
    problems.push_back({{"kind", runtime::problem_name(problem.kind)},
                        {"version", problem.version},
                        {"id", problem.display_name},
                        {"message", problem.message},
                        {"remedy", problem.remedy}});
  }
  Json out = {{"database", target.url},
              {"problems", std::move(problems)},
              {"changes", report.changes},
              {"changed", report.changed}};
  add_report(out, report);
  print_json(out);
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  runtime::RepairOptions options;
  options.mark_applied = arguments.values("--mark-applied");
  options.mark_pending = arguments.values("--mark-pending");
  options.accept_checksum = arguments.values("--accept-checksum");
  const bool json = wants_json(arguments);
  const bool agreed = arguments.has("--yes");
  const Result<runtime::RepairReport> plan = workbench::plan_repair(*target, options);
  if (!plan) return fail(plan.error(), kFindings);
  if (plan->changes.empty() || !agreed) {
    print_repair(*target, *plan, json);
    if (plan->changes.empty()) return plan->problems.empty() ? kClean : kFindings;
    if (json || !confirm("Change the ledger so?")) {
      if (json) return kFindings;
      return fail({"nothing was changed: it was not confirmed", "",
                   "answer yes, or pass --yes where no person can be asked"},
                  kFindings);
    }
  }
  const Result<runtime::RepairReport> report = workbench::repair(*target, options);
  if (!report) return fail(report.error(), kFindings);
  print_repair(*target, *report, json);
  return kClean;
}

}  // namespace

Command repair_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--mark-applied",
                     "A version that is applied in part, and was finished by hand",
                     Kind::kRepeated});
  options.push_back({"--mark-pending", "A version that is applied in part, and was undone by hand",
                     Kind::kRepeated});
  options.push_back({"--accept-checksum",
                     "A version whose text was edited since it was applied, and does the same",
                     Kind::kRepeated});
  options.push_back({"--yes", "Do not ask"});
  options.push_back(format_option());
  return {"repair", "Tell what is wrong with the ledger, and put it right where that is agreed to",
          std::move(options), run};
}

}  // namespace belay::cli

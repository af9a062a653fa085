#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::PlanReport> plan = workbench::pending(*target);
  if (!plan) return fail(plan.error(), kFindings);
  if (wants_json(arguments)) {
    Json pending = Json::array();
    for (const runtime::PlannedMigration& m : plan->pending) {
      pending.push_back({{"version", m.version},
                         {"name", m.name},
                         {"id", m.display_name},
                         {"path", text_or_null(m.path)},
                         {"out_of_order", m.out_of_order}});
    }
    print_json({{"database", target->url}, {"pending", std::move(pending)}});
    return kClean;
  }
  runtime::Report report;
  report.headline = plan->headline;
  for (const runtime::PlannedMigration& m : plan->pending) {
    report.facts.push_back({m.display_name, m.out_of_order ? "out of order" : m.path});
  }
  report.warnings = plan->obstacles;
  print_report(report);
  return kClean;
}

}  // namespace

Command pending_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"pending", "List the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

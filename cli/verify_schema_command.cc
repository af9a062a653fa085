#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::VerifySchemaReport> report = workbench::verify_schema(*target);
  if (!report) return fail(report.error(), kFindings);
  if (wants_json(arguments)) {
    Json out = {{"database", target->url}, {"drift", drift_json(report->drift)}};
    add_report(out, *report);
    print_json(out);
  } else {
    print_report(*report);
  }
  return report->drift.state == runtime::SchemaDrift::State::kDrifted ? kFindings : kClean;
}

}  // namespace

Command verify_schema_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"verify-schema", "Tell whether the schema is still the one that the last run left",
          std::move(options), run};
}

}  // namespace belay::cli

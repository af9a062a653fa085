#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/doctor.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::DiagnosisReport> report = workbench::diagnose(*target);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  const int code = report->sound() ? kClean : kFindings;
  if (!wants_json(arguments)) {
    print_report(*report);
    return code;
  }
  Json findings = Json::array();
  for (const runtime::Finding& finding : report->findings) {
    findings.push_back({{"level", runtime::level_name(finding.level)},
                        {"topic", finding.topic},
                        {"text", finding.text},
                        {"hint", text_or_null(finding.hint)}});
  }
  Json out = {
      {"database", target->url}, {"sound", report->sound()}, {"findings", std::move(findings)}};
  add_report(out, *report);
  print_json(out);
  return code;
}

}  // namespace

Command doctor_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"doctor", "Look whether sessions can work here: connection, rights, space, settings",
          std::move(options), run};
}

}  // namespace belay::cli

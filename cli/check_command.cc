#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::CheckReport> report = workbench::check(*target);
  if (!report) return fail(report.error(), kFindings);
  const int code = report->sound() ? kClean : kFindings;
  if (!wants_json(arguments)) {
    print_report(*report);
    return code;
  }
  Json out = {{"database", target->url},
              {"sound", report->sound()},
              {"integrity_checked", report->integrity_checked},
              {"integrity_problems", report->integrity_problems},
              {"foreign_keys_checked", report->foreign_keys_checked},
              {"foreign_key_violations",
               report->foreign_keys_checked ? Json(report->foreign_key_violations) : Json()},
              {"rows_recorded_at", text_or_null(report->rows_recorded_at)},
              {"row_changes",
               report->rows_recorded_at.empty() ? Json() : row_changes_json(report->row_changes)}};
  add_report(out, *report);
  print_json(out);
  return code;
}

}  // namespace

Command check_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"check", "Look for damage, for broken references and for rows that came or went",
          std::move(options), run};
}

}  // namespace belay::cli

#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

Json event_json(const runtime::HistoryEvent& event) {
  return {{"at", event.at},
          {"kind", runtime::history_kind_name(event.kind)},
          {"by", text_or_null(event.by)},
          {"session", text_or_null(event.session)},
          {"command", text_or_null(event.command)},
          {"version", text_or_null(event.version)},
          {"id", text_or_null(event.name)},
          {"direction",
           event.version.empty() ? Json() : Json(runtime::direction_name(event.direction))},
          {"duration_ms", value_or_null(event.duration_ms)},
          {"text", text_or_null(event.text)}};
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::HistoryReport> report = workbench::history(*target);
  if (!report) return fail(report.error(), kFindings);
  if (!wants_json(arguments)) {
    print_report(*report);
    return kClean;
  }
  Json events = Json::array();
  for (const runtime::HistoryEvent& event : report->events) events.push_back(event_json(event));
  Json out = {{"database", target->url},
              {"events", std::move(events)},
              {"ledger", ledger_json(report->ledger)}};
  add_report(out, *report);
  print_json(out);
  return kClean;
}

}  // namespace

Command history_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"history", "Tell what was applied and taken back: when, by whom, how long it took",
          std::move(options), run};
}

}  // namespace belay::cli

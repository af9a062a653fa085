#include "cli/down_support.h"

#include <algorithm>
#include <iostream>

#include "cli/report/session_json.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using workbench::DownRequest;

Result<DownRequest> request_of(const Arguments& arguments) {
  DownRequest request;
  if (arguments.has("--to") && arguments.has("--steps")) {
    return Error{"--to and --steps say different things", "", "name one of them"};
  }
  Result<size_t> steps = count_of(arguments, "--steps", 1);
  if (!steps) return std::move(steps).error();
  request.steps = *steps;
  request.to = arguments.value("--to");
  request.confirmed = arguments.values("--confirm");
  request.beyond_window = arguments.has("--beyond-window");
  return request;
}

bool is_confirmed(const DownRequest& request, const runtime::DownItem& item) {
  return std::any_of(
      request.confirmed.begin(), request.confirmed.end(),
      [&](const std::string& name) { return name == item.version || name == item.display_name; });
}

/// Has a person type the version of each migration that loses something. False: one was not typed.
bool ask(const runtime::DownPlanReport& plan, const DownWork& work, DownRequest& request) {
  for (const runtime::DownItem& item : plan.items) {
    if (!item.needs_confirmation || is_confirmed(request, item)) continue;
    if (!can_ask()) continue;  // the command itself refuses, and tells why
    const std::string question = "To " + std::string(work.verb) + " " + item.display_name +
                                 ", type its version, " + item.version + ":";
    if (!confirm_typed(question, item.version)) return false;
    request.confirmed.push_back(item.version);
  }
  return true;
}

int show_plan(const workbench::SessionTarget& target, const runtime::DownPlanReport& plan,
              bool json) {
  if (!json) {
    print_report(plan);
    return kClean;
  }
  Json out = {{"database", target.url},
              {"dry_run", true},
              {"stays", text_or_null(plan.stays)},
              {"items", down_items_json(plan.items)},
              {"estimated_ms", value_or_null(plan.estimated_ms)}};
  add_report(out, plan);
  print_json(out);
  return kClean;
}

int show_report(const workbench::SessionTarget& target, const runtime::DownReport& report,
                bool json) {
  if (json) {
    Json out = {{"database", target.url},
                {"dry_run", false},
                {"stays", text_or_null(report.stays)},
                {"items", down_items_json(report.items)}};
    out.update(run_json(report));
    print_json(out);
  } else {
    print_report(report);
  }
  return report.failed || report.cancelled ? kFindings : kClean;
}

}  // namespace

std::vector<OptionSpec> down_options(bool with_target) {
  std::vector<OptionSpec> options = with_permission(session_options());
  if (with_target) {
    options.push_back({"--to",
                       "The newest version that stays applied, itself not taken back; 0 takes back "
                       "all of them",
                       Kind::kValue});
  }
  options.push_back({"--steps", "How many of the newest to take back (default: 1)", Kind::kValue});
  options.push_back({"--dry-run", "Show the plan and do nothing"});
  options.push_back({"--confirm",
                     "A version that may be taken back although that loses something; may be given "
                     "again for others",
                     Kind::kRepeated});
  options.push_back(
      {"--beyond-window", "Take back what was applied longer ago than [runtime] rollback_window"});
  add_unguarded_option(options);
  options.push_back(format_option());
  return options;
}

int run_down(const Arguments& arguments, const DownWork& work) {
  Result<DownRequest> request = request_of(arguments);
  if (!request) return fail(request.error(), kUsage);
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const bool json = wants_json(arguments);
  const Result<runtime::DownPlanReport> plan = workbench::plan_down(*target, *request);
  clear_progress();
  if (!plan) return fail(plan.error(), kFindings);
  if (arguments.has("--dry-run")) return show_plan(*target, *plan, json);
  if (can_ask() && !json) print_report(*plan);
  if (!ask(*plan, work, *request)) {
    return fail({"nothing was taken back: the version was not typed", "", ""}, kFindings);
  }
  workbench::RunFacts run = workbench::down_facts(*target, std::string(work.command), *plan);
  run.guarded = !arguments.has("--without-snapshot");
  const Result<void> confirmed = confirm_run(arguments, run);
  if (!confirmed) return fail(confirmed.error(), kFindings);
  Result<bool> unguarded = may_run_unguarded(arguments, *target);
  if (!unguarded) return fail(unguarded.error(), kFindings);
  request->allow_unguarded = *unguarded;
  const Result<runtime::DownReport> report = work.run(*target, *request);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  const int code = show_report(*target, *report, json);
  if (code != kClean && report->snapshot && !json) offer_rollback(arguments);
  return code;
}

}  // namespace belay::cli

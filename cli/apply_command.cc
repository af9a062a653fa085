#include "cli/report/session_json.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

/// Runs what is pending in a transaction that is taken back.
int dry_run(const workbench::SessionTarget& target, const workbench::ApplyRequest& request,
            bool json) {
  const Result<runtime::DryRunReport> report = workbench::dry_run(target, request);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  const int code = report->failed || report->cancelled ? kFindings : kClean;
  if (!json) {
    print_report(*report);
    return code;
  }
  Json migrations = Json::array();
  for (const runtime::MigrationReport& m : report->migrations) {
    migrations.push_back(migration_json(m));
  }
  Json left = Json::array();
  for (const runtime::NotTried& n : report->not_tried) {
    left.push_back({{"id", n.display_name}, {"why", n.why}});
  }
  Json out = {{"database", target.url},
              {"dry_run", true},
              {"failed", report->failed},
              {"cancelled", report->cancelled},
              {"migrations", std::move(migrations)},
              {"not_tried", std::move(left)}};
  add_report(out, *report);
  print_json(out);
  return code;
}

int run(const Arguments& arguments) {
  const Result<size_t> steps = count_of(arguments, "--steps", 0);
  if (!steps) return fail(steps.error(), kUsage);
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  workbench::ApplyRequest request;
  request.to = arguments.value("--to");
  request.limit = *steps;
  const bool json = wants_json(arguments);
  if (arguments.has("--dry-run")) return dry_run(*target, request, json);
  Result<bool> unguarded = may_run_unguarded(arguments, *target);
  if (!unguarded) return fail(unguarded.error(), kFindings);
  request.allow_unguarded = *unguarded;
  const Result<runtime::ApplyReport> report = workbench::apply(*target, request);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  if (json) {
    Json out = {{"database", target->url}, {"dry_run", false}, {"pending", report->pending}};
    out.update(run_json(*report));
    print_json(out);
  } else {
    print_report(*report);
  }
  if (!report->failed && !report->cancelled) return kClean;
  if (report->snapshot && !json) offer_rollback(arguments);
  return kFindings;
}

}  // namespace

Command apply_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(
      {"--to", "The last version to apply, it included (default: all)", Kind::kValue});
  options.push_back({"--steps", "Apply at most so many (default: all)", Kind::kValue});
  options.push_back({"--dry-run",
                     "Run them in one transaction that is taken back; needs no session, and "
                     "nothing of it stays"});
  add_unguarded_options(options);
  options.push_back(format_option());
  return {"apply", "Apply the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

#include <iostream>

#include "cli/report/session_json.h"
#include "cli/run_outputs.h"
#include "cli/session_support.h"
#include "workbench/checked_apply.h"

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

/// Without a session there is no snapshot: only a person may want that, and has to say so. What
/// else has to be confirmed depends on the environment.
Result<void> confirm_apply(const Arguments& arguments, const workbench::SessionTarget& target,
                           const workbench::ApplyRequest& request) {
  if (!request.allow_unguarded && !may_have_to_confirm(arguments, target)) return {};
  const Result<runtime::StatusReport> status = workbench::status(target);
  if (!status) return status.error();
  return confirm_run(arguments, workbench::apply_facts(target, *status, request));
}

project::OnFailure on_failure(const Arguments& arguments, const workbench::SessionTarget& target) {
  return arguments.has("--rollback-on-failure") ? project::OnFailure::kRollback
                                                : target.session_config.on_failure;
}

int tell_json(const workbench::SessionTarget& target, const workbench::CheckedApply& report) {
  Json out = {{"database", target.url}, {"dry_run", false}, {"pending", report.applied.pending}};
  out.update(run_json(report.applied));
  out["failure"] = text_or_null(report.failure);
  out["rolled_back"] = report.rolled_back.has_value();
  print_json(out);
  return report.well() && !report.applied.cancelled ? kClean : kFindings;
}

/// Prints how it went; where it did not go well, what was done about it, or asks.
int tell(const Arguments& arguments, const workbench::CheckedApply& report,
         project::OnFailure on_failure) {
  print_report(report.applied);
  if (report.rolled_back) {
    std::cout << '\n';
    print_report(*report.rolled_back);
  } else if (report.rollback_error) {
    fail(*report.rollback_error, kFindings);
  } else if ((!report.well() || report.applied.cancelled) && report.applied.snapshot &&
             on_failure == project::OnFailure::kAsk) {
    offer_rollback(arguments);
  }
  return report.well() && !report.applied.cancelled ? kClean : kFindings;
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
  request.allow_unguarded = arguments.has("--without-snapshot");
  const Result<void> confirmed = confirm_apply(arguments, *target, request);
  if (!confirmed) return fail(confirmed.error(), kFindings);
  Result<RunOutputs> outputs = RunOutputs::from(arguments);
  if (!outputs) return fail(outputs.error(), kUsage);
  outputs->start(*target, "apply");
  const project::OnFailure wanted = on_failure(arguments, *target);
  const Result<workbench::CheckedApply> report = workbench::apply_checked(*target, request, wanted);
  outputs->write(*target, report);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  return json ? tell_json(*target, *report) : tell(arguments, *report, wanted);
}

}  // namespace

Command apply_command() {
  std::vector<OptionSpec> options = with_permission(with_run_outputs(session_options()));
  options.push_back(
      {"--to", "The last version to apply, it included (default: all)", Kind::kValue});
  options.push_back({"--steps", "Apply at most so many (default: all)", Kind::kValue});
  options.push_back({"--dry-run",
                     "Run them in one transaction that is taken back; needs no session, and "
                     "nothing of it stays"});
  add_unguarded_option(options);
  options.push_back(
      {"--rollback-on-failure",
       "Roll the session back where a migration, a validation or the health check fails"});
  options.push_back(format_option());
  return {"apply", "Apply the migrations that the database has not seen", std::move(options), run};
}

}  // namespace belay::cli

#include "workbench/checked_apply.h"

#include <thread>

#include "workbench/hooks.h"

namespace belay::workbench {
namespace {

HealthCheck check_health(const SessionTarget& target) {
  const project::SessionConfig& config = target.session_config;
  const Result<Hook> hook = read_hook(config.health, "health");
  const std::chrono::seconds timeout(config.health_timeout);
  HealthCheck out;
  while (out.attempts < config.health_attempts) {
    // A second lets a service that has just been told to restart come up.
    if (out.attempts > 0) std::this_thread::sleep_for(std::chrono::seconds(1));
    ++out.attempts;
    Result<void> well = !hook ? Result<void>(hook.error())
                        : hook->url.empty()
                            ? run_program(hook->command, {}, target.directory, timeout)
                            : http_request("GET", hook->url, "", timeout);
    out.passed = well.ok();
    if (out.passed) return out;
    out.message = well.error().to_string();
  }
  return out;
}

Result<void> validate(const SessionTarget& target, CheckedApply& out) {
  std::vector<runtime::ValidationQuery> queries;
  for (const project::ValidationQuery& query : target.session_config.validations) {
    queries.push_back({query.name, query.sql});
  }
  Result<std::vector<runtime::ValidationResult>> results = target.session.validate(queries);
  if (!results) return std::move(results).error();
  out.validations = *std::move(results);
  for (const runtime::ValidationResult& result : out.validations) {
    if (result.passed) continue;
    if (out.failure.empty()) {
      out.failure = "the validation `" + result.name + "` failed: " + result.message;
    }
    out.applied.warnings.push_back("the validation `" + result.name +
                                   "` failed: " + result.message);
  }
  return {};
}

/// Whether what was applied is as it should be.
void check(const SessionTarget& target, CheckedApply& out) {
  if (const Result<void> asked = validate(target, out); !asked) {
    out.failure = "the validations could not be asked: " + asked.error().to_string();
    out.applied.warnings.push_back(out.failure);
  }
  if (!out.failure.empty() || target.session_config.health.empty()) return;
  out.health = check_health(target);
  if (out.health->passed) return;
  out.failure = "the health check failed " + std::to_string(out.health->attempts) +
                (out.health->attempts == 1 ? " time: " : " times: ") + out.health->message;
  out.applied.warnings.push_back(out.failure);
}

}  // namespace

Result<CheckedApply> apply_checked(const SessionTarget& target, const ApplyRequest& request,
                                   project::OnFailure on_failure) {
  Result<runtime::ApplyReport> applied = apply(target, request);
  if (!applied) return std::move(applied).error();
  CheckedApply out;
  out.applied = *std::move(applied);
  if (out.applied.failed) {
    out.failure = out.applied.migrations.back().display_name + " failed";
  } else if (out.applied.cancelled) {
    return out;  // a person stopped it, and decides what comes next
  } else if (!out.applied.migrations.empty()) {
    check(target, out);
  }
  const bool cancelled = out.applied.cancelled;
  if (out.well() || cancelled || on_failure != project::OnFailure::kRollback) return out;
  if (!out.applied.snapshot) return out;  // there is nothing to go back to
  Result<runtime::RollbackReport> back = rollback(target, /*discard_foreign_writes=*/false);
  if (!back) {
    out.rollback_error = std::move(back).error();
    return out;
  }
  out.rolled_back = *std::move(back);
  out.rolled_back->notes.insert(out.rolled_back->notes.begin(),
                                "it was rolled back by itself, because " + out.failure);
  return out;
}

}  // namespace belay::workbench

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workbench/sessions.h"

/// Apply, then ask whether all is well, and go back by itself where it is not and that was wished
/// for.
namespace belay::workbench {

struct HealthCheck {
  uint32_t attempts = 0;
  bool passed = false;
  std::string message;  ///< of the last attempt that failed
};

struct CheckedApply {
  runtime::ApplyReport applied;
  std::vector<runtime::ValidationResult> validations;
  std::optional<HealthCheck> health;  ///< empty where none is configured, or nothing was applied
  /// Why it is not well, in a sentence; empty where it is.
  std::string failure;
  /// What brought everything back, where that was to be done.
  std::optional<runtime::RollbackReport> rolled_back;
  std::optional<Error> rollback_error;

  bool well() const { return failure.empty(); }
};

/// Applies, then runs the validations and the health check of belay.toml where migrations were
/// applied and none failed. With `OnFailure::kRollback` a failure of any of them in an open session
/// rolls it back; others' writes keep it from that, as they keep a person.
Result<CheckedApply> apply_checked(const SessionTarget& target, const ApplyRequest& request,
                                   project::OnFailure on_failure);

}  // namespace belay::workbench

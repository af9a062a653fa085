#pragma once

#include <cstddef>
#include <vector>

#include "analyzer/project/config.h"
#include "analyzer/rules/finding.h"

namespace belay::rules {

/// What belay.toml says of the rules, with the rules' own defaults filled in.
class Settings {
 public:
  /// Everything as the rules propose it.
  Settings();
  explicit Settings(const project::Config& config);

  /// kOff: the rule is not run.
  Severity severity(size_t rule) const { return severities_[rule]; }
  /// The runner sets lock_timeout by itself, or the role has one.
  bool lock_timeout_set_by_runner() const { return lock_timeout_set_by_runner_; }

 private:
  std::vector<Severity> severities_;  ///< by the rules' numbers
  bool lock_timeout_set_by_runner_ = false;
};

/// What belay.toml may say of each rule, for `project::read_config`.
std::vector<project::KnownRule> known_rules();

}  // namespace belay::rules

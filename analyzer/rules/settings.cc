#include "analyzer/rules/settings.h"

#include "analyzer/rules/rule.h"

namespace belay::rules {

Settings::Settings() {
  for (const Rule& rule : all_rules()) severities_.push_back(rule.descriptor->severity);
}

Settings::Settings(const project::Config& config) : Settings() {
  lock_timeout_set_by_runner_ = config.lock_timeout_set_by_runner;
  for (const auto& [id, setting] : config.rules) {
    const std::optional<size_t> index = rule_index(id);
    if (!index || !setting.severity) continue;  // read_config has told of unknown rules
    if (all_rules()[*index].descriptor->always_on) continue;
    severities_[*index] = severity_from_name(*setting.severity).value_or(severities_[*index]);
  }
}

std::vector<project::KnownRule> known_rules() {
  std::vector<project::KnownRule> out;
  for (const Rule& rule : all_rules()) {
    out.push_back({rule.id(), {}});
  }
  return out;
}

}  // namespace belay::rules

#pragma once

#include <string>
#include <vector>

#include "analyzer/rollback/risk.h"
#include "lsp/features/feature_input.h"

namespace belay::lsp {

/// What can go wrong when a script runs, as far as it is known.
struct ScriptRisk {
  rollback::Risk risk = rollback::Risk::kLow;
  /// What is lost, each once: `the values of users.phone`.
  std::vector<std::string> losses;
};
ScriptRisk risk_of(const AnalyzedScript& script);

/// `risk high · loses the values of users.phone`, with at most a few of the losses.
std::string risk_line(const ScriptRisk& risk);

/// The losses and costs of a migration's up script, statement by statement, for a message.
std::string risk_details(const std::string& migration, const AnalyzedScript& script);

/// `a`, `a and b`, `a, b and 3 more`.
std::string enumerated(const std::vector<std::string>& items, size_t most);

}  // namespace belay::lsp

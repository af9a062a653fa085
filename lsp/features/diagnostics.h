#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// The page of a rule, for people.
std::string rule_page(std::string_view rule);

/// A finding in a text, known again: it is made of the statement and not of its place, so that
/// edits elsewhere leave it as it is.
uint64_t identity_of(const Finding& finding, std::string_view text);

/// The statements at which runs have stopped.
std::vector<Diagnostic> run_failures(const FeatureInput& input);

/// Applied migrations whose statements are other ones than those that ran.
std::vector<Diagnostic> changed_after_apply(const FeatureInput& input);

/// What is known to be wrong with the document: where a run has stopped, findings, or the mistakes
/// of a belay.toml.
std::vector<Diagnostic> diagnostics(const FeatureInput& input);

/// One of them. It has no `id`: that counts repetitions, and so is known for a whole list alone.
Diagnostic diagnostic_of(const FeatureInput& input, const Finding& finding);

/// The mistakes in a configuration file, which need not be open.
std::vector<Diagnostic> config_diagnostics(const workbench::ConfigReport& config, ColumnUnit unit);

}  // namespace belay::lsp

#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What can be done about the findings in the range, or about those that the client names: their
/// fixes, the first one preferred; comments that silence them, with a reason to be filled in; the
/// page of their rule.
std::vector<CodeAction> code_actions(const FeatureInput& input, const CodeActionParams& params);

}  // namespace belay::lsp

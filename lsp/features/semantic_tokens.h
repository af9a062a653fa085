#pragma once

#include <optional>
#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/semantic_tokens.h"

namespace belay::lsp {

/// What each word of SQL is: in files of SQL, and in the literals of C++ sources, where only bytes
/// that stand there as they are in the SQL are covered. `within`: those that touch it; none: all.
std::vector<SemanticToken> semantic_tokens(const FeatureInput& input,
                                           const std::optional<PositionRange>& within);

}  // namespace belay::lsp

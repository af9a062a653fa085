#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What a selection at a place grows to, from the inside out, each wholly within the next: token,
/// item of a list, clause, parentheses, statement, script, document. Never empty.
std::vector<PositionRange> selection_ranges(const FeatureInput& input, Position position);

}  // namespace belay::lsp

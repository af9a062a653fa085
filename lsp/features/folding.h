#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What an editor can fold, by lines: statements, bodies of functions, what stands between BEGIN
/// and its end, blocks of comments, the up and the down of a file that holds both. Nothing in C++
/// sources, which have a server of their own for that.
std::vector<FoldingRange> folding_ranges(const FeatureInput& input);

/// The comments of a SQL document, in order.
std::vector<ByteRange> comments_of(const FeatureInput& input);

}  // namespace belay::lsp

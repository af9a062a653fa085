#pragma once

#include <optional>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What the statement at a place does, what it costs, and what is lost; on a script's first one the
/// verdict, too. None where no statement stands. `markdown`: else plain text.
std::optional<Hover> hover(const FeatureInput& input, Position position, bool markdown);

}  // namespace belay::lsp

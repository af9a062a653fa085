#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/features/live_sizes.h"
#include "lsp/protocol/inlay_hint.h"

namespace belay::lsp {

enum class ShownHints : uint8_t {
  kOff,
  kRisky,  ///< where somebody waits for it, or it goes through every row
  kAll,
};

struct InlayHintOptions {
  ShownHints shown = ShownHints::kRisky;
  LiveSizesByHistory sizes;
};

/// At statements what they lock and rewrite, with the rows of the table and the time that it takes
/// where a plan has told them. Those within `range`.
std::vector<InlayHint> inlay_hints(const FeatureInput& input, PositionRange range,
                                   const InlayHintOptions& options);

/// `off`, `risky`, `all`; anything else is `risky`.
ShownHints shown_hints(std::string_view setting);

}  // namespace belay::lsp

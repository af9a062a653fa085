#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// Where a migration's script in that direction begins; none where it has none.
std::optional<Location> script_location(const FeatureInput& input, const HistoryView& history,
                                        uint32_t migration, project::Direction direction);

/// The script of each history that a place belongs to; what stands before the first one is its.
std::vector<DocumentScript> scripts_at(const FeatureInput& input, Position position);

/// The other scripts of those at a place, each once: the down of an up, the up of a down.
std::vector<Location> counterparts(const FeatureInput& input, Position position);

}  // namespace belay::lsp

#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyzer/names/history.h"
#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// An object that is named at a place, and the history that knows it.
struct NamedObject {
  const HistoryView* view = nullptr;
  std::shared_ptr<const names::History> history;
  names::Occurrence here;
};

/// What is named at a place, in each history of the document.
std::vector<NamedObject> objects_at(const FeatureInput& input, Position position);

/// The script that names it.
const project::Script& script_of(const HistoryView& view, const names::Occurrence& one);

/// Where it is named; none where the text is not known.
std::optional<Location> location_of(const FeatureInput& input, const HistoryView& view,
                                    const names::Occurrence& one);

}  // namespace belay::lsp

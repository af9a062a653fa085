#pragma once

#include <string>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/features/session_view.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// A name that can be changed, and where it stands.
struct RenamedPlace {
  PositionRange range;
  std::string name;  ///< without quotes
};

/// Whether the name at a place can be changed at all, or why not: only one that a migration gives
/// which is not applied. Where nothing is known of that, one that a migration of this document
/// gives.
Result<RenamedPlace> prepare_rename(const FeatureInput& input, Position position,
                                    const SessionViews& sessions);

/// The edits that give it another name: everywhere in its history, or an error that says what
/// stands in the way. The history with these edits was replayed: nothing fails in it that did not
/// fail before.
Result<WorkspaceEdit> rename(const FeatureInput& input, Position position,
                             const std::string& new_name, const SessionViews& sessions);

}  // namespace belay::lsp

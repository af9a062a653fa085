#pragma once

#include <vector>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What can be done about the down of the migration at the range's start: write it where there is
/// none, complete one that leaves a difference. Without their edits, which `down_edit` finds.
std::vector<CodeAction> down_actions(const FeatureInput& input, const CodeActionParams& params);

/// The edit of such an action, made from the texts as the editor has them. Errors: the migration is
/// not there any more, or there is nothing to write.
Result<WorkspaceEdit> down_edit(const FeatureInput& input, const CodeActionData& params);
/// The same for a migration of the document by its id, empty: its only one; written where it has no
/// down, else completed.
Result<WorkspaceEdit> down_edit(const FeatureInput& input, const std::string& migration);

}  // namespace belay::lsp

#pragma once

#include <vector>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// The fixes of several findings at once: of one rule, where the range touches a finding of it, and
/// of all (`source.fixAll.belay`). Nothing where a statement of the document cannot be read.
/// Without their edits, which `fix_all_edit` finds.
std::vector<CodeAction> fix_all_actions(const FeatureInput& input, const CodeActionParams& params);

/// The edit of such an action. Errors: there is nothing to fix any more.
Result<WorkspaceEdit> fix_all_edit(const FeatureInput& input, const CodeActionData& params);

}  // namespace belay::lsp

#pragma once

#include <string_view>
#include <vector>

#include "lsp/analyzed_document.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// The migrations of histories, and what they make or rename, by name: those that hold the query's
/// letters in its order, the nearest first. At most as many as a person looks through.
std::vector<WorkspaceSymbol> workspace_symbols(const std::vector<HistoryView>& histories,
                                               const OpenFiles& open, ColumnUnit unit,
                                               std::string_view query);

}  // namespace belay::lsp

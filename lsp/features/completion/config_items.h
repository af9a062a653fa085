#pragma once

#include <optional>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/completion.h"

namespace belay::lsp {

/// What may stand at a cursor in a belay.toml: tables, keys and values of the settings that there
/// are, from the table that also checks them, and the rules.
std::optional<CompletionList> config_completion(const Document& open, uint32_t cursor,
                                                ColumnUnit unit, bool snippets);

}  // namespace belay::lsp

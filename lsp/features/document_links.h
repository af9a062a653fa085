#pragma once

#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What can be followed with a click: files of the history that comments name, rules that comments
/// silence, files that a script includes, and what belay.toml names of the project's files.
std::vector<DocumentLink> document_links(const FeatureInput& input);

}  // namespace belay::lsp

#pragma once

#include <optional>
#include <string>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/completion.h"

namespace belay::lsp {

/// What the client can show.
struct CompletionOptions {
  bool snippets = false;
  /// Offer names alone: nobody has asked but for a space.
  bool names_only = false;
};

/// What may stand at a place: in SQL the objects of the schema as it is before the statement that
/// is being typed, keywords and safe forms; in a comment that asks for silence the rules; in
/// belay.toml its settings and their values. None where nothing is to be offered.
std::optional<CompletionList> completion(const FeatureInput& input, Position position,
                                         const CompletionOptions& options);

/// The documentation of an item that was offered there: Markdown, or plain text; empty for none.
std::string completion_documentation(const FeatureInput& input, const CompletionItemData& data,
                                     bool markdown);

}  // namespace belay::lsp

#pragma once

#include <optional>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/completion.h"

namespace belay::lsp {

/// What may stand at a cursor in a comment: the words of Belay's own comments, and the rules that
/// one may silence. None where the comment is of another kind.
std::optional<CompletionList> comment_completion(const Document& open, ByteRange comment,
                                                 uint32_t cursor, ColumnUnit unit);

}  // namespace belay::lsp

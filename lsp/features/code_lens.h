#pragma once

#include <vector>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/features/session_view.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

struct CodeLensOptions {
  /// False where the workspace is not trusted: then nothing is offered that touches a database.
  bool session_commands = true;
  SessionViews sessions;
  /// The client asks for texts when it shows them: those that take work come without.
  bool texts_later = false;
};

/// Over each migration's up script its risk, the verdict on it, the way to its down, and the
/// commands of a session that make sense now; over its down the verdict and the way back.
std::vector<CodeLens> code_lenses(const FeatureInput& input, const CodeLensOptions& options);

/// The lens with its text. Errors: its migration is not there any more.
Result<CodeLens> resolved_lens(const FeatureInput& input, CodeLens lens);

}  // namespace belay::lsp

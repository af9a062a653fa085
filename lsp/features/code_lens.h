#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// How far a history's session is, after the last command that this server ran on it.
struct SessionView {
  bool open = false;
  /// Versions of the migrations that are applied.
  std::set<std::string> applied;
};

/// By the folders of histories. What is missing is not known: nothing looks into a database until a
/// person runs a command.
using SessionViews = std::map<std::string, SessionView>;

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

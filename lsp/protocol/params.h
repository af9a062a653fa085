#pragma once

#include <string>
#include <vector>

#include <belay/result.h>

#include "lsp/protocol/types.h"
#include "lsp/transport/json.h"

namespace belay::lsp {

/// Reads the parameters of a message; the error says what is missing or of the wrong type.
/// Instantiated for the structures of `types.h` that come in.
template <class Params>
Result<Params> read_params(const Json& params);

/// The title of the action that was chosen in a `window/showMessageRequest`; empty for none.
std::string read_chosen_action(const Json& result);

}  // namespace belay::lsp

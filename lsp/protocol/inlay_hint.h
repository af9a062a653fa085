#pragma once

#include <string>
#include <vector>

#include "lsp/protocol/types.h"

namespace belay::lsp {

struct InlayHint {
  Position position;
  std::string label;
  std::string tooltip;
};

std::string inlay_hints_json(const std::vector<InlayHint>& hints);

}  // namespace belay::lsp

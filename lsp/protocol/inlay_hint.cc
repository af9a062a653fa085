#include "lsp/protocol/inlay_hint.h"

#include "lsp/protocol/write_values.h"

namespace belay::lsp {

std::string inlay_hints_json(const std::vector<InlayHint>& hints) {
  return written([&](JsonWriter& w) {
    write_array(w, hints, [&](const InlayHint& hint) {
      w.begin_object();
      w.key("position");
      write(w, hint.position);
      w.member("label", hint.label);
      w.member("tooltip", hint.tooltip);
      w.member("paddingLeft", true);
      w.end_object();
    });
  });
}

}  // namespace belay::lsp

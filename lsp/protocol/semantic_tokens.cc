#include "lsp/protocol/semantic_tokens.h"

#include "lsp/protocol/write_values.h"

namespace belay::lsp {

std::string semantic_tokens_json(const std::vector<SemanticToken>& tokens) {
  return written_object([&](JsonWriter& w) {
    w.key("data");
    w.begin_array();
    Position last;
    for (const SemanticToken& token : tokens) {
      const Position at = token.range.start;
      const bool same_line = at.line == last.line;
      w.number(at.line - last.line);
      w.number(same_line ? at.character - last.character : at.character);
      w.number(token.range.end.character - at.character);
      w.number(static_cast<uint8_t>(token.type));
      w.number(token.modifiers);
      last = at;
    }
    w.end_array();
  });
}

}  // namespace belay::lsp

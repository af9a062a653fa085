#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What a token is, by its number in the legend: the protocol's own names, so that every theme has
/// a colour for each.
enum class SemanticTokenType : uint8_t {
  kKeyword,
  kTable,
  kColumn,
  kType,
  kFunction,
  kObject,  ///< an index or a constraint
  kString,
  kNumber,
  kComment,
  kParameter,
  kOperator,
};
inline constexpr std::array<std::string_view, 11> kSemanticTokenTypes = {
    "keyword", "class",  "property", "type",      "function", "variable",
    "string",  "number", "comment",  "parameter", "operator"};

/// Bits, by the places of their names in the legend.
inline constexpr std::array<std::string_view, 2> kSemanticTokenModifiers = {"declaration",
                                                                            "defaultLibrary"};
inline constexpr uint8_t kDeclaration = 1;
inline constexpr uint8_t kDefaultLibrary = 2;

/// A token on one line.
struct SemanticToken {
  PositionRange range;
  SemanticTokenType type = SemanticTokenType::kKeyword;
  uint8_t modifiers = 0;
};

/// `tokens` in the order of the text, without overlaps.
std::string semantic_tokens_json(const std::vector<SemanticToken>& tokens);

}  // namespace belay::lsp

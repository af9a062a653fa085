#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/text/range.h"

namespace belay {

enum class TokenKind : uint8_t {
  kWord,        ///< an unquoted name or keyword
  kQuotedName,  ///< "x", `x` or [x], as the dialect quotes names
  kString,      ///< 'x', E'x', $tag$x$tag$, X'00', N'x', U&'x'
  kNumber,
  kParameter,  ///< ?, ?1, $1, :name, @name, ${name}, {{ name }}
  kOperator,   ///< any run of operator characters that the dialect reads as one
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kSemicolon,
  kDot,
  kUnterminated,  ///< a string, quoted name or comment that the text ends in
  kStray,         ///< a byte that begins no token: a control character, ill-formed UTF-8, NUL
};

/// One token of a SQL text. Comments and white space are none.
struct Token {
  TokenKind kind = TokenKind::kStray;
  ByteRange range;

  bool is(TokenKind other) const { return kind == other; }
};

}  // namespace belay

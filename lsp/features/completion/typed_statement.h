#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/name.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/token.h"

namespace belay::lsp {

/// The statement that a person is typing, which as a rule cannot be parsed yet: tokens on either
/// side of the cursor. Borrows the text.
struct TypedStatement {
  enum class Place : uint8_t {
    kCode,
    kComment,
    kLiteral,  ///< within a string, a number or a parameter
  };

  std::string_view text;
  Engine engine = Engine::kPostgres;
  Place place = Place::kCode;
  std::vector<Token> before;  ///< without the word at the cursor
  std::vector<Token> after;
  /// The name or keyword that ends at the cursor, with the quote that it begins with; empty where
  /// none does.
  ByteRange word;
  /// The whole of it, also what stands behind the cursor.
  ByteRange whole_word;
  bool quoted = false;  ///< `word` begins with a quote
  ByteRange comment;    ///< with its marks, where the cursor stands in one

  std::string_view of(const Token& token) const { return token.range.of(text); }
};

/// `gap`: where the text behind the statement before begins; `end`: where this one ends.
TypedStatement typed_statement(std::string_view text, Engine engine, uint32_t gap, uint32_t end,
                               uint32_t cursor);

/// A name token as the engine compares it.
std::string folded_name(std::string_view written, const Token& token, Engine engine);

}  // namespace belay::lsp

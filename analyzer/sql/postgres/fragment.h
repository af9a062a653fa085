#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/sql/postgres/builder.h"
#include "analyzer/sql/postgres/source_text.h"
#include "analyzer/sql/statement.h"

namespace belay::sql::postgres {

/// A text from a statement's quotes, cut into tokens. Borrows statement and source.
struct Code {
  Code(std::string_view outer, const SourceText& inner, int bodies_around);

  std::string_view statement;
  const SourceText& source;
  std::vector<Token> tokens;  ///< with ranges in `source`
  std::vector<Token> places;  ///< the same with ranges in the statement
  int depth;                  ///< how many bodies are around this one

  size_t count() const { return tokens.size(); }
  std::string_view text(size_t i) const { return tokens[i].range.of(source.text()); }
  bool is(size_t i, TokenKind kind) const { return i < count() && tokens[i].is(kind); }
  bool is_word(size_t i, std::string_view word) const;
  bool is_any_word(size_t i, std::initializer_list<std::string_view> words) const;
  bool is_operator(size_t i, std::string_view op) const;
  /// The place in the statement; where the text ends for what lies behind it.
  ByteRange place(size_t i) const;
  ByteRange place(TokenSpan span) const;
  /// The token behind the bracket that closes the one at `open`.
  size_t behind_bracket(size_t open) const;
};

/// A part of a code that is parsed as a statement of its own.
struct Fragment {
  TokenSpan span;
  /// Written before it: `SELECT ` makes an expression a statement.
  std::string_view prefix;
  /// A part that is left out: PL/pgSQL's INTO.
  TokenSpan left_out;
};

struct ParsedFragment {
  std::vector<Operation> operations;
  std::optional<Problem> problem;
};

/// Sees the tree of a fragment while it lives.
using TreeVisitor = std::function<void(const Node* statement, const Places& places)>;

/// Parses a fragment with PostgreSQL's grammar. Where it cannot be read, its operation is an
/// `Unknown` and the problem says why.
ParsedFragment parse_fragment(const Code& code, const Fragment& fragment,
                              const TreeVisitor& visit = nullptr);

}  // namespace belay::sql::postgres

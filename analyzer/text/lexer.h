#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/text/dialect.h"
#include "analyzer/text/token.h"

namespace belay {

/// What distinguishes the dialects at the level of characters. Sources: PostgreSQL manual 4.1,
/// sqlite.org/lang.html (tokenize.c), MySQL reference manual 9.1 to 9.7.
struct LexicalRules {
  bool nested_comments = false;                ///< PostgreSQL: /* /* */ */
  bool carriage_return_ends_comments = false;  ///< PostgreSQL: a lone CR ends a `--` comment
  bool hash_comments = false;                  ///< MySQL: # to the end of the line
  bool dash_comment_needs_space = false;  ///< MySQL: `--` begins a comment only before white space
  bool executable_comments = false;       ///< MySQL: the text of /*!40000 ... */ is SQL
  bool backslash_escapes = false;         ///< MySQL: in every string; PostgreSQL only in E''
  bool dollar_quotes = false;             ///< PostgreSQL: $tag$ ... $tag$
  bool backtick_names = false;            ///< MySQL, SQLite
  bool bracket_names = false;             ///< SQLite: [x]
  bool double_quoted_strings = false;     ///< MySQL: "x" is a string
  bool prefixed_strings = false;          ///< PostgreSQL: E'', B'', X'', N'', U&''
  bool question_parameters = false;       ///< SQLite, MySQL: ? and ?1
  bool question_operators = false;        ///< PostgreSQL: ? and ?| belong to operators
};

LexicalRules lexical_rules(Engine engine);

/// Cuts a SQL text into tokens, one at a time, from left to right. Never fails: what is no token
/// comes as `kStray`, what does not end as `kUnterminated`. Reads each byte a small, constant
/// number of times. Borrows the text.
///
/// `${name}` and `{{ name }}`, which several runners replace before they run a script, are read as
/// one `kParameter`, or as part of the word that they touch.
class Lexer {
 public:
  Lexer(std::string_view text, Engine engine, uint32_t offset = 0);

  /// The next token. At the end of the text the token's range is empty and lies at the end.
  Token next();
  bool at_end(const Token& token) const { return token.range.begin == text_.size(); }

  /// Goes on at `offset`, which the caller knows to lie between tokens.
  void seek(uint32_t offset) { at_ = offset; }
  uint32_t offset() const { return at_; }

  /// Comments passed so far, in order. The caller may clear the list.
  std::vector<ByteRange>& comments() { return comments_; }

 private:
  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool skip_space_and_comments(Token& unterminated);
  bool skip_block_comment();
  void skip_line();
  Token finish(TokenKind kind, uint32_t begin) const { return {kind, {begin, at_}}; }
  Token quoted(uint32_t begin, char quote, TokenKind kind, bool backslash);
  Token dollar(uint32_t begin);
  Token number(uint32_t begin);
  Token word(uint32_t begin);
  Token operator_run(uint32_t begin);
  bool skip_placeholder();

  std::string_view text_;
  LexicalRules rules_;
  uint32_t at_;
  uint32_t executable_comment_depth_ = 0;
  std::vector<ByteRange> comments_;
};

}  // namespace belay

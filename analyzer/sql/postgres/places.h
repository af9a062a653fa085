#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/sql/postgres/source_text.h"
#include "analyzer/text/token.h"

namespace belay::sql::postgres {

/// A run of a statement's tokens, by index: [first, last).
struct TokenSpan {
  size_t first = 0;
  size_t last = 0;

  bool empty() const { return first >= last; }
  size_t size() const { return empty() ? 0 : last - first; }
};

/// Finds places in a statement from its tokens. PostgreSQL's tree says where a node begins, never
/// where it ends, and nothing at all of most names; the tokens know both. Borrows text and tokens.
class Places {
 public:
  Places(std::string_view text, std::span<const Token> tokens, uint32_t base)
      : text_(text), tokens_(tokens), base_(base) {}
  /// For a text that was taken out of the quotes of `text`: the tokens are those of `text`, the
  /// tree's locations are those of `source`, counted from `origin` in it.
  Places(std::string_view text, std::span<const Token> tokens, const SourceText* source,
         int64_t origin)
      : text_(text), tokens_(tokens), base_(0), source_(source), origin_(origin) {}

  std::string_view text() const { return text_; }
  TokenSpan all() const { return {0, tokens_.size()}; }
  size_t count() const { return tokens_.size(); }

  TokenKind kind(size_t index) const { return tokens_[index].kind; }
  ByteRange range(size_t index) const {
    const ByteRange r = tokens_[index].range;
    return {r.begin - base_, r.end - base_};
  }
  /// From the first token to the last; empty for an empty span.
  ByteRange range(TokenSpan span) const {
    if (span.empty()) return {};
    return {range(span.first).begin, range(span.last - 1).end};
  }
  std::string_view token_text(size_t index) const { return range(index).of(text_); }
  /// Whether the token is this keyword, in any case. False for quoted names.
  bool is_word(size_t index, std::string_view word) const;
  bool is(size_t index, TokenKind kind) const {
    return index < tokens_.size() && tokens_[index].kind == kind;
  }

  /// The first token at or behind a byte; count() where there is none. Negative locations, which
  /// PostgreSQL gives for "unknown", count as none.
  size_t at(int location) const;

  /// The first token of `span` that is `word` outside brackets; span.last where there is none.
  size_t find_word(TokenSpan span, std::string_view word) const;
  /// The first token of a kind outside brackets; span.last where there is none.
  size_t find_kind(TokenSpan span, TokenKind kind) const;

  /// `span` cut at its commas outside brackets.
  std::vector<TokenSpan> split_at_commas(TokenSpan span) const;
  /// What stands between the bracket at `open` and its counterpart, or the end of the statement.
  TokenSpan inside_brackets(size_t open) const;
  /// The contents of the first pair of round brackets of `span`; empty without one.
  TokenSpan first_brackets(TokenSpan span) const;

  /// The name that begins at a token: `a`, `a.b`, `a.b.c`.
  TokenSpan dotted_name(size_t first) const;
  /// The name's last part.
  ByteRange last_part(TokenSpan dotted) const {
    return dotted.empty() ? ByteRange{} : range(dotted.last - 1);
  }

  /// `span` without its first tokens while they are among `words`.
  TokenSpan skip_words(TokenSpan span, std::initializer_list<std::string_view> words) const;
  /// `span` without its first token if that is among `words`.
  TokenSpan skip_word(TokenSpan span, std::initializer_list<std::string_view> words) const;
  /// The token behind IF EXISTS or IF NOT EXISTS where one begins at `first`; else `first`.
  size_t skip_if_exists(size_t first) const;
  /// From a token up to a comma, or to a bracket that was opened before it.
  TokenSpan until_comma(size_t first) const;
  /// `span` up to the first of `words` outside brackets, or to a bracket that was opened before it.
  TokenSpan before_words(TokenSpan span, std::initializer_list<std::string_view> words) const;

 private:
  std::string_view text_;
  std::span<const Token> tokens_;
  uint32_t base_;
  const SourceText* source_ = nullptr;
  int64_t origin_ = 0;
};

}  // namespace belay::sql::postgres

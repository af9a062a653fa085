#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lsp/features/completion/expectation.h"
#include "support/ascii.h"

namespace belay::lsp {

/// In capitals, as `Expectation::keywords`.
using KeywordList = std::vector<std::string_view>;

/// Whether a word is one of several, in any case.
inline bool is_any(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view one) { return ascii::equal_ignoring_case(one, word); });
}

/// Reads a part of the tokens from left to right. At its end what may follow is asked.
class Phrase {
 public:
  Phrase(const TypedStatement& of, std::vector<Token> tokens)
      : of_(of), tokens_(std::move(tokens)) {}

  bool end() const { return at_ >= tokens_.size(); }
  size_t at() const { return at_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view peek() const { return end() ? std::string_view() : of_.of(tokens_[at_]); }
  bool is(std::string_view word) const {
    return !end() && tokens_[at_].is(TokenKind::kWord) && ascii::equal_ignoring_case(peek(), word);
  }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  bool take(TokenKind kind) {
    if (end() || !tokens_[at_].is(kind)) return false;
    ++at_;
    return true;
  }
  /// Those that are there, in this order.
  void skip(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) take(word);
  }
  void advance() { ++at_; }

  bool at_name() const {
    return !end() && (tokens_[at_].is(TokenKind::kWord) || tokens_[at_].is(TokenKind::kQuotedName));
  }
  std::string name() {
    if (!at_name()) return {};
    const Token& token = tokens_[at_++];
    return folded_name(of_.of(token), token, of_.engine);
  }
  TableReference qualified() {
    TableReference out;
    out.name = name();
    while (take(TokenKind::kDot)) {
      out.schema = std::move(out.name);
      out.name = name();
    }
    return out;
  }
  /// What is left, from the last comma outside of parentheses on.
  Phrase last_item() const {
    size_t begin = at_;
    int depth = 0;
    for (size_t i = at_; i < tokens_.size(); ++i) {
      if (tokens_[i].is(TokenKind::kLeftParen)) ++depth;
      if (tokens_[i].is(TokenKind::kRightParen)) --depth;
      if (tokens_[i].is(TokenKind::kComma) && depth == 0) begin = i + 1;
    }
    return {of_,
            std::vector<Token>(tokens_.begin() + static_cast<ptrdiff_t>(begin), tokens_.end())};
  }
  bool has_open_paren() const {
    int depth = 0;
    for (size_t i = at_; i < tokens_.size(); ++i) {
      if (tokens_[i].is(TokenKind::kLeftParen)) ++depth;
      if (tokens_[i].is(TokenKind::kRightParen)) --depth;
    }
    return depth > 0;
  }

 private:
  const TypedStatement& of_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace belay::lsp

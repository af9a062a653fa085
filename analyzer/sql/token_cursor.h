#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "analyzer/text/range.h"

namespace belay::sql {

/// A token as a dialect's grammar sees it. `Symbol` is the dialect's enumeration of keywords,
/// operators and literals; it has a `kEnd`. The range counts from the statement's first byte.
template <class Symbol>
struct Lexeme {
  Symbol symbol;
  ByteRange range;
};

/// Walks over a statement's lexemes from left to right, for parsers by recursive descent. Borrows
/// text and lexemes; the last lexeme must be `Symbol::kEnd`, with an empty range at the text's end.
/// The cursor never passes it.
template <class Symbol>
class TokenCursor {
 public:
  TokenCursor(std::string_view text, std::span<const Lexeme<Symbol>> lexemes)
      : text_(text), first_(lexemes.data()), at_(first_), last_(first_ + lexemes.size() - 1) {}

  const Lexeme<Symbol>& here() const { return *at_; }
  Symbol symbol() const { return at_->symbol; }
  bool is(Symbol symbol) const { return at_->symbol == symbol; }
  bool at_end() const { return at_ == last_; }
  /// The symbol `count` lexemes ahead; `kEnd` behind the end.
  Symbol ahead(ptrdiff_t count) const {
    return last_ - at_ > count ? at_[count].symbol : last_->symbol;
  }

  ByteRange range() const { return at_->range; }
  uint32_t begin() const { return at_->range.begin; }
  std::string_view text() const { return at_->range.of(text_); }
  std::string_view source() const { return text_; }
  size_t index() const { return static_cast<size_t>(at_ - first_); }

  /// From `begin` to the end of the lexeme that was passed last.
  ByteRange since(uint32_t begin) const {
    return at_ == first_ ? ByteRange{begin, begin} : ByteRange{begin, at_[-1].range.end};
  }

  /// Passes a lexeme and returns it.
  const Lexeme<Symbol>& take() {
    const Lexeme<Symbol>& taken = *at_;
    if (at_ != last_) ++at_;
    return taken;
  }
  bool accept(Symbol symbol) {
    if (at_->symbol != symbol || at_ == last_) return false;
    ++at_;
    return true;
  }

 private:
  std::string_view text_;
  const Lexeme<Symbol>* first_;
  const Lexeme<Symbol>* at_;
  const Lexeme<Symbol>* last_;
};

}  // namespace belay::sql

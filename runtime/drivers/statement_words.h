#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::runtime {

/// Words and names of a statement, by index; empty past its end.
class Words {
 public:
  Words(std::string_view text, std::span<const Token> tokens) : text_(text), tokens_(tokens) {}

  size_t size() const { return tokens_.size(); }
  std::string_view operator[](size_t i) const {
    return i < tokens_.size() ? tokens_[i].range.of(text_) : std::string_view();
  }
  bool are(size_t i, std::initializer_list<std::string_view> words) const {
    return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
      return ascii::equal_ignoring_case((*this)[i++], word);
    });
  }

  /// The table named at `i`, folded, without quotes and without its schema. Moves `i` behind it.
  std::string name(size_t& i) const {
    std::string out = folded(i++);
    while (i < size() && tokens_[i].is(TokenKind::kDot)) {
      out = folded(i + 1);
      i += 2;
    }
    return out;
  }

 private:
  std::string folded(size_t i) const {
    if (i >= tokens_.size()) return {};
    std::string_view text = (*this)[i];
    if (tokens_[i].is(TokenKind::kWord) || text.size() < 2) return ascii::lower(text);
    const char quote = text.front() == '[' ? ']' : text.front();
    text = text.substr(1, text.size() - 2);
    std::string out;
    for (size_t k = 0; k < text.size(); ++k) {
      out += text[k];
      if (text[k] == quote && k + 1 < text.size() && text[k + 1] == quote) ++k;
    }
    return ascii::lower(out);
  }

  std::string_view text_;
  std::span<const Token> tokens_;
};

inline bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [word](std::string_view w) { return ascii::equal_ignoring_case(word, w); });
}

}  // namespace belay::runtime

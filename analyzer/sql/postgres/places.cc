#include "analyzer/sql/postgres/places.h"

#include <algorithm>

#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

int depth_change(TokenKind kind) {
  switch (kind) {
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket: return 1;
    case TokenKind::kRightParen:
    case TokenKind::kRightBracket: return -1;
    default: return 0;
  }
}

}  // namespace

bool Places::is_word(size_t index, std::string_view word) const {
  return is(index, TokenKind::kWord) && ascii::equal_ignoring_case(token_text(index), word);
}

size_t Places::at(int location) const {
  if (location < 0) return count();
  const uint32_t offset =
      source_ == nullptr
          ? static_cast<uint32_t>(location) + base_
          : source_->begin(static_cast<uint32_t>(std::max<int64_t>(origin_ + location, 0)));
  const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                      [](const Token& t, uint32_t o) { return t.range.begin < o; });
  return static_cast<size_t>(found - tokens_.begin());
}

size_t Places::find_word(TokenSpan span, std::string_view word) const {
  int depth = 0;
  for (size_t i = span.first; i < span.last; ++i) {
    if (depth == 0 && is_word(i, word)) return i;
    depth += depth_change(kind(i));
  }
  return span.last;
}

size_t Places::find_kind(TokenSpan span, TokenKind wanted) const {
  int depth = 0;
  for (size_t i = span.first; i < span.last; ++i) {
    if (depth == 0 && kind(i) == wanted) return i;
    depth += depth_change(kind(i));
  }
  return span.last;
}

std::vector<TokenSpan> Places::split_at_commas(TokenSpan span) const {
  std::vector<TokenSpan> parts;
  if (span.empty()) return parts;
  int depth = 0;
  size_t first = span.first;
  for (size_t i = span.first; i < span.last; ++i) {
    depth += depth_change(kind(i));
    if (depth == 0 && kind(i) == TokenKind::kComma) {
      parts.push_back({first, i});
      first = i + 1;
    }
  }
  parts.push_back({first, span.last});
  return parts;
}

TokenSpan Places::inside_brackets(size_t open) const {
  int depth = 0;
  for (size_t i = open; i < count(); ++i) {
    depth += depth_change(kind(i));
    if (depth == 0) return {open + 1, i};
  }
  return {open + 1, count()};
}

TokenSpan Places::first_brackets(TokenSpan span) const {
  const size_t open = find_kind(span, TokenKind::kLeftParen);
  return open < span.last ? inside_brackets(open) : TokenSpan{};
}

TokenSpan Places::dotted_name(size_t first) const {
  if (first >= count()) return {};
  size_t last = first + 1;
  while (last + 1 < count() && kind(last) == TokenKind::kDot) last += 2;
  return {first, last};
}

TokenSpan Places::skip_words(TokenSpan span, std::initializer_list<std::string_view> words) const {
  while (!span.empty() && std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return is_word(span.first, word);
  })) {
    ++span.first;
  }
  return span;
}

TokenSpan Places::skip_word(TokenSpan span, std::initializer_list<std::string_view> words) const {
  const bool found = !span.empty() && std::any_of(words.begin(), words.end(), [&](auto word) {
    return is_word(span.first, word);
  });
  return {span.first + (found ? 1 : 0), span.last};
}

TokenSpan Places::until_comma(size_t first) const {
  int depth = 0;
  size_t last = first;
  for (; last < count(); ++last) {
    if (depth == 0 && kind(last) == TokenKind::kComma) break;
    depth += depth_change(kind(last));
    if (depth < 0) break;
  }
  return {first, last};
}

size_t Places::skip_if_exists(size_t first) const {
  if (!is_word(first, "if")) return first;
  const size_t next = is_word(first + 1, "not") ? first + 2 : first + 1;
  return is_word(next, "exists") ? next + 1 : first;
}

TokenSpan Places::before_words(TokenSpan span,
                               std::initializer_list<std::string_view> words) const {
  int depth = 0;
  for (size_t i = span.first; i < span.last; ++i) {
    depth += depth_change(kind(i));
    if (depth < 0) span.last = i;
  }
  for (std::string_view word : words) span.last = find_word(span, word);
  return span;
}

}  // namespace belay::sql::postgres

#include "analyzer/sql/postgres/source_text.h"

#include <algorithm>

namespace belay::sql::postgres {
namespace {

/// What a backslash and a letter stand for in E''; 0 for what takes more than the letter.
char simple_escape(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u':
    case 'U':
    case 'x': return '\0';
    default: return letter >= '0' && letter <= '7' ? '\0' : letter;
  }
}

}  // namespace

void SourceText::append(std::string_view text, uint32_t at) {
  if (text.empty()) {
    // An empty text has a place, too, as long as nothing else gives it one.
    if (pieces_.empty()) pieces_.push_back({0, {at, at}, false});
    return;
  }
  if (!pieces_.empty() && text_.empty()) pieces_.clear();
  const auto size = static_cast<uint32_t>(text.size());
  if (!pieces_.empty() && !pieces_.back().spelled && pieces_.back().place.end == at) {
    pieces_.back().place.end += size;
  } else {
    pieces_.push_back({static_cast<uint32_t>(text_.size()), {at, at + size}, false});
  }
  text_ += text;
}

void SourceText::append_spelled(std::string_view text, ByteRange place) {
  if (text.empty()) return append(text, place.begin);
  if (!pieces_.empty() && text_.empty()) pieces_.clear();
  pieces_.push_back({static_cast<uint32_t>(text_.size()), place, true});
  text_ += text;
}

bool SourceText::append_string(std::string_view token, uint32_t at) {
  if (token.starts_with('$')) {
    const size_t tag = token.find('$', 1);
    if (tag == std::string_view::npos || token.size() < 2 * (tag + 1)) return false;
    const size_t open = tag + 1;
    append(token.substr(open, token.size() - 2 * open), at + static_cast<uint32_t>(open));
    return true;
  }
  const bool escapes = token.starts_with('e') || token.starts_with('E');
  const size_t open = escapes ? 1 : 0;
  if (token.size() < open + 2 || token[open] != '\'' || token.back() != '\'') return false;
  const std::string_view inner = token.substr(open + 1, token.size() - open - 2);
  const auto inner_at = at + static_cast<uint32_t>(open) + 1;
  if (escapes) return append_escaped(inner, inner_at);
  size_t from = 0;
  for (size_t quote = inner.find('\''); quote != std::string_view::npos;
       quote = inner.find('\'', from)) {
    append(inner.substr(from, quote - from), inner_at + static_cast<uint32_t>(from));
    const auto place = inner_at + static_cast<uint32_t>(quote);
    append_spelled("'", {place, place + 2});
    from = quote + 2;
  }
  append(inner.substr(std::min(from, inner.size())), inner_at + static_cast<uint32_t>(from));
  return true;
}

bool SourceText::append_escaped(std::string_view inner, uint32_t at) {
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') continue;
    if (i + 1 >= inner.size() || simple_escape(inner[i + 1]) == '\0') return false;
    ++i;
  }
  size_t from = 0;
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\' && inner[i] != '\'') continue;
    append(inner.substr(from, i - from), at + static_cast<uint32_t>(from));
    const char c = inner[i] == '\'' ? '\'' : simple_escape(inner[i + 1]);
    const auto place = at + static_cast<uint32_t>(i);
    append_spelled({&c, 1}, {place, place + 2});
    ++i;
    from = i + 1;
  }
  append(inner.substr(std::min(from, inner.size())), at + static_cast<uint32_t>(from));
  return true;
}

/// The last piece that begins at or before `at`.
const SourceText::Piece* SourceText::piece_of(uint32_t at) const {
  const auto behind = std::upper_bound(pieces_.begin(), pieces_.end(), at,
                                       [](uint32_t a, const Piece& p) { return a < p.at; });
  return behind == pieces_.begin() ? nullptr : &behind[-1];
}

uint32_t SourceText::begin(uint32_t at) const {
  const Piece* piece = piece_of(at);
  if (piece == nullptr) return 0;
  const bool at_end = at >= text_.size();
  const uint32_t in_parent = piece->spelled ? (at_end ? piece->place.end : piece->place.begin)
                                            : piece->place.begin + (at - piece->at);
  return parent_ == nullptr ? in_parent : parent_->begin(in_parent);
}

uint32_t SourceText::end(uint32_t at) const {
  if (at == 0) return begin(0);
  const Piece* piece = piece_of(at - 1);
  if (piece == nullptr) return 0;
  const uint32_t in_parent =
      piece->spelled ? piece->place.end : piece->place.begin + (at - piece->at);
  return parent_ == nullptr ? in_parent : parent_->end(in_parent);
}

}  // namespace belay::sql::postgres

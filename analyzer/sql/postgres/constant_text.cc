#include "analyzer/sql/postgres/constant_text.h"

#include <algorithm>
#include <array>

#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

/// Brackets and calls within each other; deeper ones are not followed.
constexpr int kMaxCalls = 20;

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

/// quote_literal(): text with a backslash becomes E''.
std::string as_literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return doubled(text, '\'');
  std::string escaped;
  for (const char c : text) escaped.append(c == '\\' ? 2 : 1, c);
  return "E" + doubled(escaped, '\'');
}

/// quote_ident() leaves a name alone that needs no quotes. Quoting more names than it does changes
/// nothing of what they mean, and so no list of keywords is needed here.
std::string as_identifier(std::string_view text) { return doubled(text, '"'); }

class Evaluator {
 public:
  explicit Evaluator(const Code& code) : code_(code) {}

  /// term || term || ... in `span`; false for what is not constant.
  bool text(TokenSpan span, SourceText& out, int depth = 0) {
    if (span.empty() || depth > kMaxCalls) return false;
    size_t at = span.first;
    for (;;) {
      if (!term(at, span.last, out, depth)) return false;
      if (at == span.last) return true;
      if (!code_.is_operator(at, "||") || ++at >= span.last) return false;
    }
  }

 private:
  bool term(size_t& at, size_t last, SourceText& out, int depth) {
    if (at >= last) return false;
    if (code_.is(at, TokenKind::kString)) {
      if (!out.append_string(code_.text(at), code_.tokens[at].range.begin)) return false;
      ++at;
      return !code_.is(at, TokenKind::kString) || at >= last;  // joined over a line end
    }
    const bool bracket = code_.is(at, TokenKind::kLeftParen);
    const bool call = code_.is(at, TokenKind::kWord) && code_.is(at + 1, TokenKind::kLeftParen);
    if (!bracket && !call) return false;
    const size_t open = bracket ? at : at + 1;
    const size_t behind = code_.behind_bracket(open);
    if (behind > last || !code_.is(behind - 1, TokenKind::kRightParen)) return false;
    const TokenSpan inside = {open + 1, behind - 1};
    const size_t function = at;
    at = behind;
    if (bracket) return text(inside, out, depth + 1);
    return call_of(function, inside, out, depth + 1);
  }

  bool call_of(size_t function, TokenSpan inside, SourceText& out, int depth) {
    const std::vector<TokenSpan> arguments = split(inside);
    if (code_.is_word(function, "format")) return format(arguments, out, depth);
    const bool identifier = code_.is_word(function, "quote_ident");
    if (!identifier && !code_.is_word(function, "quote_literal")) return false;
    std::string value;
    if (arguments.size() != 1 || !plain(arguments[0], value, depth)) return false;
    const ByteRange place = {code_.tokens[function].range.begin,
                             code_.tokens[inside.last].range.end};
    out.append_spelled(identifier ? as_identifier(value) : as_literal(value), place);
    return true;
  }

  bool format(const std::vector<TokenSpan>& arguments, SourceText& out, int depth) {
    // Only a literal's characters have places of their own.
    if (arguments.empty() || arguments[0].size() != 1) return false;
    const size_t token = arguments[0].first;
    SourceText pattern(nullptr);
    if (!code_.is(token, TokenKind::kString) ||
        !pattern.append_string(code_.text(token), code_.tokens[token].range.begin)) {
      return false;
    }
    const std::string& text = pattern.text();
    size_t next = 1;
    for (size_t i = 0; i < text.size(); ++i) {
      const auto at = static_cast<uint32_t>(i);
      const ByteRange one = pattern.range({at, at + 1});
      if (text[i] != '%') {
        one.size() == 1 ? out.append({&text[i], 1}, one.begin)
                        : out.append_spelled({&text[i], 1}, one);
        continue;
      }
      if (++i >= text.size()) return false;
      const ByteRange both = pattern.range({at, at + 2});
      if (text[i] == '%') {
        out.append_spelled("%", both);
        continue;
      }
      std::string value;
      if (next >= arguments.size() || !plain(arguments[next++], value, depth)) return false;
      switch (text[i]) {
        case 'I': out.append_spelled(as_identifier(value), both); break;
        case 'L': out.append_spelled(as_literal(value), both); break;
        case 's': out.append_spelled(value, both); break;
        default: return false;
      }
    }
    return true;
  }

  /// An argument's value, without places.
  bool plain(TokenSpan span, std::string& out, int depth) {
    SourceText value(nullptr);
    if (!text(span, value, depth + 1)) return false;
    out = value.text();
    return true;
  }

  std::vector<TokenSpan> split(TokenSpan span) const {
    std::vector<TokenSpan> out;
    size_t first = span.first;
    for (size_t i = span.first; i < span.last; ++i) {
      if (code_.is(i, TokenKind::kLeftParen) || code_.is(i, TokenKind::kLeftBracket)) {
        i = code_.behind_bracket(i) - 1;
      } else if (code_.is(i, TokenKind::kComma)) {
        out.push_back({first, i});
        first = i + 1;
      }
    }
    out.push_back({first, span.last});
    return out;
  }

  const Code& code_;
};

}  // namespace

std::optional<SourceText> constant_text(const Code& code, TokenSpan span) {
  std::optional<SourceText> out(std::in_place, &code.source);
  if (!Evaluator(code).text(span, *out)) return std::nullopt;
  return out;
}

}  // namespace belay::sql::postgres

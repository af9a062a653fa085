#include "analyzer/text/lexer.h"

#include <algorithm>
#include <array>

#include "support/ascii.h"

namespace belay {
namespace {

enum CharClass : uint8_t {
  kOther,
  kSpace,
  kNameStart,  // letters, underscore, and every byte of a multi-byte character
  kDigit,
  kOperatorChar,
};

constexpr std::array<CharClass, 256> make_classes() {
  std::array<CharClass, 256> classes = {};
  for (int c = 0; c < 256; ++c) {
    const char ch = static_cast<char>(c);
    if (ascii::is_space(ch) && ch != '\v') {  // no engine's lexer skips a vertical tab
      classes[c] = kSpace;
    } else if (ascii::is_letter(ch) || ch == '_' || c >= 0x80) {
      classes[c] = kNameStart;
    } else if (ascii::is_digit(ch)) {
      classes[c] = kDigit;
    } else if (std::string_view("+-*/<>=~!@#%^&|`?:").find(ch) != std::string_view::npos) {
      classes[c] = kOperatorChar;
    }
  }
  return classes;
}

constexpr std::array<CharClass, 256> kClasses = make_classes();

CharClass class_of(char c) { return kClasses[static_cast<uint8_t>(c)]; }

bool continues_name(char c) {
  const CharClass cls = class_of(c);
  return cls == kNameStart || cls == kDigit || c == '$';
}

/// What SQLite and MySQL read as one operator, longest first within a first character.
constexpr std::array<std::string_view, 16> kLongOperators = {"->>", "<=>", "->", "||", "<<", ">>",
                                                             "<=",  ">=",  "<>", "==", "!=", "&&",
                                                             ":=",  "::",  "@@", "!>"};

}  // namespace

LexicalRules lexical_rules(Engine engine) {
  LexicalRules rules;
  switch (engine) {
    case Engine::kPostgres:
      rules.nested_comments = true;
      rules.carriage_return_ends_comments = true;
      rules.dollar_quotes = true;
      rules.prefixed_strings = true;
      rules.question_operators = true;
      break;
    case Engine::kSqlite:
      rules.backtick_names = true;
      rules.bracket_names = true;
      rules.question_parameters = true;
      break;
    case Engine::kMysql:
    case Engine::kMariadb:
      rules.hash_comments = true;
      rules.dash_comment_needs_space = true;
      rules.executable_comments = true;
      rules.backslash_escapes = true;
      rules.backtick_names = true;
      rules.double_quoted_strings = true;
      rules.question_parameters = true;
      break;
  }
  return rules;
}

Lexer::Lexer(std::string_view text, Engine engine, uint32_t offset)
    : text_(text), rules_(lexical_rules(engine)), at_(offset) {}

void Lexer::skip_line() {
  const size_t end = rules_.carriage_return_ends_comments ? text_.find_first_of("\r\n", at_)
                                                          : text_.find('\n', at_);
  at_ = static_cast<uint32_t>(end == std::string_view::npos ? text_.size() : end);
}

/// Passes a block comment that begins here. False where the text ends in it.
bool Lexer::skip_block_comment() {
  int depth = 0;
  while (at_ < text_.size()) {
    if (peek() == '*' && peek(1) == '/') {
      at_ += 2;
      if (--depth == 0) return true;
    } else if (peek() == '/' && peek(1) == '*' && (depth == 0 || rules_.nested_comments)) {
      at_ += 2;
      ++depth;
    } else {
      ++at_;
    }
  }
  return false;
}

/// False where a comment does not end; `unterminated` is then that comment.
bool Lexer::skip_space_and_comments(Token& unterminated) {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (class_of(c) == kSpace) {
      ++at_;
      continue;
    }
    const uint32_t begin = at_;
    const bool dashes =
        c == '-' && peek(1) == '-' &&
        (!rules_.dash_comment_needs_space || at_ + 2 >= text_.size() || peek(2) <= ' ');
    if (dashes || (c == '#' && rules_.hash_comments)) {
      skip_line();
    } else if (c == '/' && peek(1) == '*') {
      const uint32_t bang = peek(2) == 'M' ? 3 : 2;
      if (rules_.executable_comments && peek(bang) == '!') {
        at_ += bang + 1;
        while (ascii::is_digit(peek())) ++at_;
        ++executable_comment_depth_;
        continue;
      }
      if (!skip_block_comment()) {
        unterminated = finish(TokenKind::kUnterminated, begin);
        return false;
      }
    } else if (executable_comment_depth_ > 0 && c == '*' && peek(1) == '/') {
      at_ += 2;
      --executable_comment_depth_;
      continue;
    } else {
      return true;
    }
    comments_.push_back({begin, at_});
  }
  return true;
}

/// A quoted token whose opening quote lies at `at_`. The quote doubled stands for itself.
Token Lexer::quoted(uint32_t begin, char quote, TokenKind kind, bool backslash) {
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '\\' && backslash) {
      at_ = std::min<uint32_t>(at_ + 1, static_cast<uint32_t>(text_.size()));
    } else if (c == quote) {
      if (peek() != quote || at_ >= text_.size()) return finish(kind, begin);
      ++at_;
    }
  }
  return finish(TokenKind::kUnterminated, begin);
}

/// `$tag$ ... $tag$`, `$1`, or `${name}`; a lone `$` is stray.
Token Lexer::dollar(uint32_t begin) {
  if (skip_placeholder()) return finish(TokenKind::kParameter, begin);
  ++at_;
  if (ascii::is_digit(peek())) {
    while (ascii::is_digit(peek())) ++at_;
    return finish(TokenKind::kParameter, begin);
  }
  if (!rules_.dollar_quotes) {
    if (!continues_name(peek())) return finish(TokenKind::kStray, begin);
    while (continues_name(peek())) ++at_;
    return finish(TokenKind::kParameter, begin);
  }
  uint32_t end = at_;
  while (end < text_.size() && continues_name(text_[end]) && text_[end] != '$') ++end;
  if (end >= text_.size() || text_[end] != '$') return finish(TokenKind::kStray, begin);
  const std::string_view tag = text_.substr(begin, end + 1 - begin);
  const size_t close = text_.find(tag, end + 1);
  if (close == std::string_view::npos) {
    at_ = static_cast<uint32_t>(text_.size());
    return finish(TokenKind::kUnterminated, begin);
  }
  at_ = static_cast<uint32_t>(close + tag.size());
  return finish(TokenKind::kString, begin);
}

Token Lexer::number(uint32_t begin) {
  if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
    at_ += 2;
    while (class_of(peek()) == kDigit || ascii::is_letter(peek())) ++at_;
    return finish(TokenKind::kNumber, begin);
  }
  while (ascii::is_digit(peek())) ++at_;
  if (peek() == '.' && peek(1) != '.') {  // 1..2 is a range in PL/pgSQL
    ++at_;
    while (ascii::is_digit(peek())) ++at_;
  }
  if (peek() == 'e' || peek() == 'E') {
    const uint32_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if (ascii::is_digit(peek(1 + sign))) {
      at_ += 1 + sign;
      while (ascii::is_digit(peek())) ++at_;
    }
  }
  return finish(TokenKind::kNumber, begin);
}

/// Passes `${...}` or `{{...}}` if one begins here and ends on the same line.
bool Lexer::skip_placeholder() {
  std::string_view close;
  if (peek() == '$' && peek(1) == '{') {
    close = "}";
  } else if (peek() == '{' && peek(1) == '{') {
    close = "}}";
  } else {
    return false;
  }
  const size_t line_end = std::min(text_.find('\n', at_), text_.size());
  const size_t end = text_.substr(0, line_end).find(close, at_ + 2);
  if (end == std::string_view::npos) return false;
  at_ = static_cast<uint32_t>(end + close.size());
  return true;
}

Token Lexer::word(uint32_t begin) {
  const char first = text_[at_];
  if (peek(1) == '\'' || (peek(1) == '&' && (first == 'u' || first == 'U'))) {
    const char prefix = ascii::to_lower(first);
    if (prefix == 'u' && rules_.prefixed_strings && (peek(2) == '\'' || peek(2) == '"')) {
      const char quote = peek(2);
      at_ += 2;
      return quoted(begin, quote, quote == '"' ? TokenKind::kQuotedName : TokenKind::kString,
                    false);
    }
    const bool is_prefix =
        prefix == 'x' || (prefix == 'e' && rules_.prefixed_strings) ||
        ((prefix == 'b' || prefix == 'n') && (rules_.prefixed_strings || rules_.backslash_escapes));
    if (is_prefix && peek(1) == '\'') {
      ++at_;
      return quoted(begin, '\'', TokenKind::kString, prefix == 'e' || rules_.backslash_escapes);
    }
  }
  for (;;) {
    while (at_ < text_.size() && continues_name(text_[at_]) &&
           !(text_[at_] == '$' && peek(1) == '{')) {
      ++at_;
    }
    if (!skip_placeholder()) return finish(TokenKind::kWord, begin);
  }
}

Token Lexer::operator_run(uint32_t begin) {
  if (!rules_.question_operators) {
    const std::string_view rest = text_.substr(at_);
    const auto* match = std::find_if(kLongOperators.begin(), kLongOperators.end(),
                                     [&](std::string_view op) { return rest.starts_with(op); });
    at_ += match == kLongOperators.end() ? 1 : static_cast<uint32_t>(match->size());
    return finish(TokenKind::kOperator, begin);
  }
  if (text_[at_] == ':') {  // `:=` and `::`; elsewhere a colon is no part of an operator
    at_ += peek(1) == ':' || peek(1) == '=' ? 2 : 1;
    return finish(TokenKind::kOperator, begin);
  }
  bool may_end_in_sign = false;
  while (class_of(peek()) == kOperatorChar && peek() != ':') {
    if ((peek() == '-' && peek(1) == '-') || (peek() == '/' && peek(1) == '*')) break;
    may_end_in_sign |= std::string_view("~!@#%^&|`?").find(peek()) != std::string_view::npos;
    ++at_;
  }
  // PostgreSQL manual 4.1.3: an operator ends in + or - only where it also has one of the above.
  while (!may_end_in_sign && at_ - begin > 1 && (text_[at_ - 1] == '+' || text_[at_ - 1] == '-')) {
    --at_;
  }
  return finish(TokenKind::kOperator, begin);
}

Token Lexer::next() {
  Token unterminated;
  if (!skip_space_and_comments(unterminated)) return unterminated;
  const uint32_t begin = at_;
  if (at_ >= text_.size()) return finish(TokenKind::kStray, begin);
  const char c = text_[at_];
  const auto single = [&](TokenKind kind) {
    ++at_;
    return finish(kind, begin);
  };
  switch (c) {
    case '(': return single(TokenKind::kLeftParen);
    case ')': return single(TokenKind::kRightParen);
    case ',': return single(TokenKind::kComma);
    case ';': return single(TokenKind::kSemicolon);
    case ']': return single(TokenKind::kRightBracket);
    case '\'': return quoted(begin, '\'', TokenKind::kString, rules_.backslash_escapes);
    case '$': return dollar(begin);
    case '"':
      return quoted(begin, '"',
                    rules_.double_quoted_strings ? TokenKind::kString : TokenKind::kQuotedName,
                    rules_.double_quoted_strings && rules_.backslash_escapes);
    case '`':
      if (rules_.backtick_names) return quoted(begin, '`', TokenKind::kQuotedName, false);
      break;
    case '[':
      if (rules_.bracket_names) {
        const size_t close = text_.find(']', at_);
        at_ = static_cast<uint32_t>(close == std::string_view::npos ? text_.size() : close + 1);
        return finish(
            close == std::string_view::npos ? TokenKind::kUnterminated : TokenKind::kQuotedName,
            begin);
      }
      return single(TokenKind::kLeftBracket);
    case '{':
      if (skip_placeholder()) {
        if (continues_name(peek())) word(begin);
        return finish(TokenKind::kParameter, begin);
      }
      return single(TokenKind::kStray);
    case '.':
      if (ascii::is_digit(peek(1))) return number(begin);
      if (peek(1) == '.') {
        at_ += 2;
        return finish(TokenKind::kOperator, begin);
      }
      return single(TokenKind::kDot);
    case '?':
      if (rules_.question_parameters) {
        ++at_;
        while (ascii::is_digit(peek())) ++at_;
        return finish(TokenKind::kParameter, begin);
      }
      break;
    case ':':
    case '@':
      if (rules_.question_parameters && class_of(peek(1)) == kNameStart) {
        ++at_;
        while (continues_name(peek())) ++at_;
        return finish(TokenKind::kParameter, begin);
      }
      break;
    default: break;
  }
  switch (class_of(c)) {
    case kNameStart: return word(begin);
    case kDigit: return number(begin);
    case kOperatorChar: return operator_run(begin);
    default: return single(TokenKind::kStray);
  }
}

}  // namespace belay

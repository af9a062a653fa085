#include <algorithm>
#include <array>

#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::rollback {
namespace {

/// Words that a bracket follows without being the arguments of a call.
bool is_keyword_before_bracket(std::string_view word) {
  constexpr std::array<std::string_view, 24> kWords = {
      "and",  "as",     "between", "by",    "case",   "check", "else",  "exists",
      "from", "in",     "include", "is",    "like",   "not",   "on",    "or",
      "over", "select", "then",    "using", "values", "when",  "where", "with"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool joins_left(const Token& token, std::string_view text) {
  switch (token.kind) {
    case TokenKind::kRightParen:
    case TokenKind::kRightBracket:
    case TokenKind::kLeftBracket:
    case TokenKind::kComma:
    case TokenKind::kDot:
    case TokenKind::kSemicolon: return true;
    case TokenKind::kOperator: return text == "::";
    default: return false;
  }
}

bool joins_right(const Token& token, std::string_view text) {
  switch (token.kind) {
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kDot: return true;
    case TokenKind::kOperator: return text == "::";
    default: return false;
  }
}

bool is_call(const Token& previous, std::string_view text) {
  return previous.kind == TokenKind::kQuotedName ||
         (previous.kind == TokenKind::kWord && !is_keyword_before_bracket(ascii::lower(text)));
}

}  // namespace

std::string tidy(std::string_view normal_text, Engine engine) {
  std::string out;
  Lexer lexer(normal_text, engine);
  Token previous;
  std::string_view before;
  bool first = true;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const std::string_view text = token.range.of(normal_text);
    const bool call = token.kind == TokenKind::kLeftParen && !first && is_call(previous, before);
    const bool joined = first || joins_left(token, text) || joins_right(previous, before) || call;
    if (!joined) out += ' ';
    out += text;
    previous = token;
    before = text;
    first = false;
  }
  return out;
}

std::string_view schema_of(std::string_view key) { return key.substr(0, key.find('.')); }
std::string_view bare_name(std::string_view key) { return key.substr(key.find('.') + 1); }

}  // namespace belay::rollback

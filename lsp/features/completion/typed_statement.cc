#include "lsp/features/completion/typed_statement.h"

#include <algorithm>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

bool begins_name_quote(std::string_view token, Engine engine) {
  if (token.empty()) return false;
  const LexicalRules rules = lexical_rules(engine);
  return (token[0] == '"' && !rules.double_quoted_strings) ||
         (token[0] == '`' && rules.backtick_names) || (token[0] == '[' && rules.bracket_names);
}

bool is_comment(std::string_view token) {
  return token.starts_with("/*") || token.starts_with("--");
}

/// Whether the cursor stands in a comment: behind the mark of one that goes to the line's end, and
/// before the end of one that has an end.
bool is_in_comment(std::string_view text, ByteRange comment, uint32_t cursor) {
  const bool closed = comment.of(text).ends_with("*/");
  return comment.begin < cursor && (closed ? cursor < comment.end : cursor <= comment.end);
}

/// What the token at the cursor makes of the place.
void take_token_at_cursor(TypedStatement& out, const Token& token, uint32_t cursor) {
  const std::string_view written = out.of(token);
  const bool open_name =
      token.is(TokenKind::kUnterminated) && begins_name_quote(written, out.engine);
  if (token.is(TokenKind::kWord) || token.is(TokenKind::kQuotedName) || open_name) {
    // Behind the quote that ends a name the name is over.
    if (token.is(TokenKind::kQuotedName) && cursor == token.range.end) {
      out.before.push_back(token);
      return;
    }
    out.word = {token.range.begin, cursor};
    out.whole_word = open_name ? out.word : token.range;
    out.quoted = !token.is(TokenKind::kWord);
    return;
  }
  if (token.is(TokenKind::kUnterminated) && is_comment(written)) {
    out.place = TypedStatement::Place::kComment;
    out.comment = token.range;
    return;
  }
  const bool is_string = token.is(TokenKind::kString);
  if (is_string && cursor == token.range.end) {
    out.before.push_back(token);
  } else {
    out.place = TypedStatement::Place::kLiteral;
  }
}

bool holds_cursor(const Token& token, uint32_t cursor) {
  switch (token.kind) {
    case TokenKind::kWord:
    case TokenKind::kQuotedName:
    case TokenKind::kString:
    case TokenKind::kNumber:
    case TokenKind::kParameter:
    case TokenKind::kUnterminated: return token.range.begin < cursor && cursor <= token.range.end;
    default: return false;
  }
}

}  // namespace

TypedStatement typed_statement(std::string_view text, Engine engine, uint32_t gap, uint32_t end,
                               uint32_t cursor) {
  TypedStatement out;
  out.text = text.substr(0, std::max(end, cursor));
  out.engine = engine;
  out.word = out.whole_word = {cursor, cursor};
  Lexer lexer(out.text, engine, gap);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (token.range.end < cursor || (token.range.end == cursor && !holds_cursor(token, cursor))) {
      out.before.push_back(token);
    } else if (holds_cursor(token, cursor)) {
      take_token_at_cursor(out, token, cursor);
    } else {
      out.after.push_back(token);
    }
  }
  for (const ByteRange comment : lexer.comments()) {
    if (!is_in_comment(text, comment, cursor)) continue;
    out.place = TypedStatement::Place::kComment;
    out.comment = comment;
  }
  return out;
}

std::string folded_name(std::string_view written, const Token& token, Engine engine) {
  if (token.is(TokenKind::kWord)) return ascii::lower(written);
  std::string out;
  const char quote = written.empty() ? '"' : written[0] == '[' ? ']' : written[0];
  for (size_t i = 1; i < written.size(); ++i) {
    if (written[i] == quote) {
      if (i + 1 >= written.size() || written[i + 1] != quote) break;
      ++i;
    }
    out += written[i];
  }
  return engine == Engine::kPostgres ? out : ascii::lower(out);
}

}  // namespace belay::lsp

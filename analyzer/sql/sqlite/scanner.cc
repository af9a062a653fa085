#include "analyzer/sql/sqlite/scanner.h"

#include <algorithm>

#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A byte that SQLite takes into a name, and that may not touch a number.
bool is_name_byte(char c) { return ascii::is_word(c) || c == '$' || ascii::is_foreign(c); }

bool is_hex_digit(char c) {
  return ascii::is_digit(c) || (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'f');
}

bool begins_placeholder(std::string_view token) {
  return token.starts_with("${") || token.starts_with("{{");
}

/// `x'0aff'`: pairs of hexadecimal digits.
bool is_blob(std::string_view token) {
  const std::string_view digits = token.substr(2, token.size() - 3);
  return digits.size() % 2 == 0 && std::all_of(digits.begin(), digits.end(), is_hex_digit);
}

/// The size of the `0x1f` at the front, which has at least one digit; 0 where there is none.
uint32_t hexadecimal_size(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || ascii::to_lower(text[1]) != 'x') return 0;
  const auto* end = std::find_if_not(text.begin() + 2, text.end(), is_hex_digit);
  return end == text.begin() + 2 ? 0 : static_cast<uint32_t>(end - text.begin());
}

/// `1_000`: SQLite 3.46 and later allow single underscores between digits.
bool has_separated_digits(std::string_view run) {
  for (size_t i = 0; i < run.size(); ++i) {
    if (ascii::is_digit(run[i])) continue;
    const bool between = i > 0 && i + 1 < run.size() && run[i] == '_' &&
                         ascii::is_digit(run[i - 1]) && ascii::is_digit(run[i + 1]);
    if (!between) return false;
  }
  return true;
}

Symbol one_character_operator(char c) {
  switch (c) {
    case '+': return Symbol::kPlus;
    case '-': return Symbol::kMinus;
    case '*': return Symbol::kStar;
    case '/': return Symbol::kSlash;
    case '%': return Symbol::kPercent;
    case '&': return Symbol::kBitAnd;
    case '|': return Symbol::kBitOr;
    case '~': return Symbol::kBitNot;
    case '<': return Symbol::kLess;
    case '>': return Symbol::kGreater;
    case '=': return Symbol::kEqual;
    case '.': return Symbol::kDot;
    default: return Symbol::kIllegal;
  }
}

Symbol two_character_operator(char first, char second) {
  switch (first) {
    case '<':
      if (second == '=') return Symbol::kLessEqual;
      if (second == '<') return Symbol::kShiftLeft;
      return second == '>' ? Symbol::kNotEqual : Symbol::kIllegal;
    case '>':
      if (second == '=') return Symbol::kGreaterEqual;
      return second == '>' ? Symbol::kShiftRight : Symbol::kIllegal;
    case '=': return second == '=' ? Symbol::kEqual : Symbol::kIllegal;
    case '!': return second == '=' ? Symbol::kNotEqual : Symbol::kIllegal;
    case '|': return second == '|' ? Symbol::kConcat : Symbol::kIllegal;
    case '-': return second == '>' ? Symbol::kArrow : Symbol::kIllegal;
    default: return Symbol::kIllegal;
  }
}

/// One pass over the tokens.
class Scanner {
 public:
  Scanner(std::string_view text, std::span<const Token> tokens, uint32_t base)
      : text_(text),
        tokens_(tokens),
        base_(base),
        may_hold_placeholders_(text.find('{') != std::string_view::npos) {
    out_.reserve(tokens.size() + 2);
  }

  std::vector<SqliteLexeme> scan() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) token(tokens_[at_].kind, range_of(at_));
    const auto end = static_cast<uint32_t>(text_.size());
    add(Symbol::kEnd, {end, end});
    for (const size_t index : undecided_) decide(index);
    return std::move(out_);
  }

 private:
  ByteRange range_of(size_t index) const {
    const ByteRange r = tokens_[index].range;
    return {r.begin - base_, r.end - base_};
  }
  void add(Symbol symbol, ByteRange range) { out_.push_back({symbol, range}); }

  void token(TokenKind kind, ByteRange range) {
    switch (kind) {
      case TokenKind::kWord: return word(range);
      case TokenKind::kQuotedName: return add(Symbol::kId, range);
      case TokenKind::kString: return string(range);
      case TokenKind::kNumber: return number(range);
      case TokenKind::kParameter: return parameter(range);
      case TokenKind::kOperator: return operators(range);
      case TokenKind::kLeftParen: return add(Symbol::kLeftParen, range);
      case TokenKind::kRightParen: return add(Symbol::kRightParen, range);
      case TokenKind::kComma: return add(Symbol::kComma, range);
      case TokenKind::kSemicolon: return add(Symbol::kSemicolon, range);
      case TokenKind::kDot: return add(Symbol::kDot, range);
      case TokenKind::kUnterminated: return unterminated(range);
      case TokenKind::kLeftBracket:
      case TokenKind::kRightBracket:
      case TokenKind::kStray: return add(Symbol::kIllegal, range);
    }
  }

  void word(ByteRange range) {
    std::string_view written = range.of(text_);
    if (written.starts_with(kByteOrderMark)) {  // white space for SQLite
      range.begin += static_cast<uint32_t>(kByteOrderMark.size());
      if (range.empty()) return;
      written = range.of(text_);
    }
    if (may_hold_placeholders_ && written.find('{') != std::string_view::npos) {
      return add(Symbol::kPlaceholder, range);
    }
    const Symbol symbol = keyword_symbol(written);
    if (symbol == Symbol::kFilter || symbol == Symbol::kOver || symbol == Symbol::kWindow) {
      undecided_.push_back(out_.size());
    }
    add(symbol, range);
  }

  void string(ByteRange range) {
    const std::string_view written = range.of(text_);
    if (written.front() == '\'') return add(Symbol::kString, range);
    add(is_blob(written) ? Symbol::kBlob : Symbol::kIllegal, range);
  }

  /// The end of the run of name bytes at `offset`.
  uint32_t name_end(uint32_t offset) const {
    while (offset < text_.size() && is_name_byte(text_[offset])) ++offset;
    return offset;
  }
  /// Leaves out the tokens that begin before `offset`.
  void skip_to(uint32_t offset) {
    while (at_ + 1 < tokens_.size() && range_of(at_ + 1).begin < offset) ++at_;
  }

  void number(ByteRange range) {
    const ByteRange run = {range.begin, name_end(range.end)};
    const std::string_view written = run.of(text_);
    const uint32_t hexadecimal = hexadecimal_size(written);
    const bool is_bare_prefix = written.size() > 1 && ascii::to_lower(written[1]) == 'x';
    const bool is_whole = run.end == range.end && !is_bare_prefix;
    skip_to(run.end);
    if (hexadecimal > 0) {  // the one number that a name may touch
      const uint32_t middle = run.begin + hexadecimal;
      add(Symbol::kNumber, {run.begin, middle});
      if (middle < run.end) word({middle, run.end});
    } else if (is_whole || has_separated_digits(written)) {
      add(Symbol::kNumber, run);
    } else {
      add(Symbol::kIllegal, run);
    }
  }

  void parameter(ByteRange range) {
    if (!begins_placeholder(range.of(text_))) return add(Symbol::kVariable, range);
    // ${schema}_name: the runner will make one name of it.
    while (at_ + 1 < tokens_.size() && range_of(at_ + 1).begin == range.end &&
           (tokens_[at_ + 1].is(TokenKind::kWord) || tokens_[at_ + 1].is(TokenKind::kParameter))) {
      range.end = range_of(++at_).end;
    }
    add(Symbol::kPlaceholder, range);
  }

  /// What the lexer reads as one operator can be several for SQLite: `<=>`, `&&`.
  void operators(ByteRange range) {
    while (!range.empty()) range.begin = one_operator(range);
  }
  /// Adds the operator at the front of `range` and returns where it ends.
  uint32_t one_operator(ByteRange range) {
    const std::string_view written = range.of(text_);
    const auto taken = [&](Symbol symbol, uint32_t size) {
      add(symbol, {range.begin, range.begin + size});
      return range.begin + size;
    };
    if (written == "->>") return taken(Symbol::kArrow, 3);
    if (written.size() > 1) {
      const Symbol symbol = two_character_operator(written[0], written[1]);
      if (symbol != Symbol::kIllegal) return taken(symbol, 2);
    }
    const char c = written[0];
    if (written.size() == 1 && (c == ':' || c == '@' || c == '#')) {  // :1, #x
      const uint32_t end = name_end(range.end);
      skip_to(end);
      taken(end > range.end ? Symbol::kVariable : Symbol::kIllegal, end - range.begin);
      return range.end;
    }
    return taken(one_character_operator(c), 1);
  }

  /// A comment may end with the text; a string or a name may not.
  void unterminated(ByteRange range) {
    const std::string_view written = range.of(text_);
    if (!written.starts_with("/*")) return add(Symbol::kIllegal, range);
    if (written.size() > 2) return;
    add(Symbol::kSlash, {range.begin, range.begin + 1});
    add(Symbol::kStar, {range.begin + 1, range.end});
  }

  Symbol symbol_at(size_t index) const {
    return index < out_.size() ? out_[index].symbol : Symbol::kEnd;
  }

  /// FILTER, OVER and WINDOW are keywords only in their places, as SQLite's tokenizer sees them.
  void decide(size_t index) {
    const Symbol next = symbol_at(index + 1);
    const bool behind_bracket = index > 0 && out_[index - 1].symbol == Symbol::kRightParen;
    bool keyword = false;
    switch (out_[index].symbol) {
      case Symbol::kFilter: keyword = behind_bracket && next == Symbol::kLeftParen; break;
      case Symbol::kOver:
        keyword = behind_bracket && (next == Symbol::kLeftParen || may_name_window(next));
        break;
      default: keyword = may_name_window(next) && symbol_at(index + 2) == Symbol::kAs;
    }
    if (!keyword) out_[index].symbol = Symbol::kId;
  }
  static bool may_name_window(Symbol s) {
    return (is_name(s) && s != Symbol::kIndexed) || s == Symbol::kOver || s == Symbol::kWindow;
  }

  std::string_view text_;
  std::span<const Token> tokens_;
  uint32_t base_;
  bool may_hold_placeholders_;
  size_t at_ = 0;
  std::vector<SqliteLexeme> out_;
  std::vector<size_t> undecided_;
};

}  // namespace

std::vector<SqliteLexeme> scan(std::string_view text, std::span<const Token> tokens,
                               uint32_t token_base) {
  return Scanner(text, tokens, token_base).scan();
}

bool is_truth_value(std::string_view written) {
  return ascii::equal_ignoring_case(written, "true") ||
         ascii::equal_ignoring_case(written, "false");
}

std::string unquoted(std::string_view written) {
  if (written.size() < 2) return std::string(written);
  char quote = written.front();
  if (quote != '\'' && quote != '"' && quote != '`' && quote != '[') return std::string(written);
  if (quote == '[') quote = ']';
  const std::string_view inner = written.substr(1, written.size() - 2);
  std::string out;
  out.reserve(inner.size());
  for (size_t i = 0; i < inner.size(); ++i) {
    out.push_back(inner[i]);
    if (inner[i] == quote && i + 1 < inner.size() && inner[i + 1] == quote) ++i;
  }
  return out;
}

std::string folded(std::string_view written) {
  const char first = written.empty() ? '\0' : written.front();
  if (first == '\'' || first == '"' || first == '`' || first == '[') {
    return ascii::lower(unquoted(written));
  }
  return ascii::lower(written);
}

}  // namespace belay::sql::sqlite

#include "analyzer/text/splitter.h"

#include <algorithm>

#include "support/ascii.h"

namespace belay {
namespace {

using ascii::equal_ignoring_case;

bool is_mysql(Engine engine) { return engine == Engine::kMysql || engine == Engine::kMariadb; }

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> candidates) {
  return std::any_of(candidates.begin(), candidates.end(), [&](std::string_view candidate) {
    return equal_ignoring_case(word, candidate);
  });
}

/// How many words may stand between CREATE and the kind of object (OR REPLACE, TEMP, DEFINER = x).
constexpr uint32_t kWordsBeforeKind = 6;

}  // namespace

Splitter::Splitter(std::string_view text, ByteRange range, Engine engine)
    : text_(text.substr(0, range.end)), engine_(engine), lexer_(text_, engine, range.begin) {}

bool Splitter::starts_line(uint32_t offset) const {
  while (offset > 0 && ascii::is_blank(text_[offset - 1])) --offset;
  return offset == 0 || text_[offset - 1] == '\n' || text_[offset - 1] == '\r';
}

uint32_t Splitter::line_end(uint32_t offset) const {
  return static_cast<uint32_t>(std::min(text_.find_first_of("\r\n", offset), text_.size()));
}

/// A line for the shell that begins with `first`, while no statement is open.
bool Splitter::client_command(const Token& first, Segment& segment) {
  const uint32_t begin = first.range.begin;
  const std::string_view word = first.range.of(text_);
  bool is_command = false;
  switch (engine_) {
    case Engine::kPostgres: is_command = word == "\\"; break;
    case Engine::kSqlite: is_command = first.is(TokenKind::kDot) && starts_line(begin); break;
    default: is_command = equal_ignoring_case(word, "delimiter") && starts_line(begin);
  }
  if (!is_command) return false;
  uint32_t end = line_end(begin);
  if (is_mysql(engine_)) {
    delimiter_ = ascii::trim(text_.substr(first.range.end, end - first.range.end));
    if (delimiter_ == ";") delimiter_.clear();
  }
  lexer_.seek(end);
  while (end > begin && ascii::is_space(text_[end - 1])) --end;
  segment = {SegmentKind::kClientCommand, {begin, end}, end, true, {}};
  return true;
}

/// The rows behind COPY ... FROM stdin: from the next line up to a line that is `\.`.
bool Splitter::copy_data(Segment& segment) {
  expect_copy_data_ = false;
  const size_t newline = text_.find('\n', lexer_.offset());
  if (newline == std::string_view::npos) return false;
  const auto begin = static_cast<uint32_t>(newline + 1);
  uint32_t line = begin;
  uint32_t end = static_cast<uint32_t>(text_.size());
  while (line < text_.size()) {
    const uint32_t stop = line_end(line);
    const bool last = text_.substr(line, stop - line) == "\\.";
    const size_t next = text_.find('\n', stop);
    line = static_cast<uint32_t>(next == std::string_view::npos ? text_.size() : next + 1);
    if (last) {
      end = stop;
      break;
    }
  }
  lexer_.seek(end);
  if (begin >= end) return false;
  segment = {SegmentKind::kCopyData, {begin, end}, end, true, {}};
  return true;
}

bool Splitter::at_delimiter(const Token& token) const {
  if (delimiter_.empty()) return token.is(TokenKind::kSemicolon);
  return text_.substr(token.range.begin).starts_with(delimiter_);
}

/// Whether `word`, the statement's word number `index`, is the kind of object that CREATE makes,
/// and one whose body may hold semicolons.
bool Splitter::names_object_with_body(std::string_view word, uint32_t index,
                                      std::string_view previous) const {
  switch (engine_) {
    case Engine::kPostgres:
      return (index == 1 || equal_ignoring_case(previous, "replace")) &&
             is_any_of(word, {"function", "procedure", "rule"});
    case Engine::kSqlite:
      return (index == 1 || is_any_of(previous, {"temp", "temporary"})) &&
             equal_ignoring_case(word, "trigger");
    default: return is_any_of(word, {"trigger", "procedure", "function", "event"});
  }
}

void Splitter::note_word(std::string_view word) {
  Shape& s = shape_;
  const uint32_t index = s.words++;
  const std::string_view previous = s.previous_word;
  s.previous_word = word;
  if (index == 0) {
    s.create = equal_ignoring_case(word, "create");
    s.copy = engine_ == Engine::kPostgres && equal_ignoring_case(word, "copy");
    return;
  }
  if (s.copy) {
    s.copy_from_stdin |=
        equal_ignoring_case(word, "stdin") && equal_ignoring_case(previous, "from");
    return;
  }
  if (!s.create && !s.has_body) return;
  if (!s.has_body) {
    s.has_body = names_object_with_body(word, index, previous);
    s.create = index < kWordsBeforeKind && !is_any_of(word, {"table", "index", "view", "database"});
    return;
  }
  switch (engine_) {
    case Engine::kPostgres:
      if (equal_ignoring_case(word, "atomic") && equal_ignoring_case(previous, "begin")) {
        s.in_body = true;
        s.blocks = 1;
      } else if (s.in_body && equal_ignoring_case(word, "case")) {
        ++s.blocks;
      } else if (s.in_body && equal_ignoring_case(word, "end") && s.blocks > 0) {
        --s.blocks;
      }
      break;
    case Engine::kSqlite:
      if (!s.in_body && equal_ignoring_case(word, "begin")) {
        s.in_body = true;
      } else if (s.in_body && s.after_semicolon && equal_ignoring_case(word, "end")) {
        s.in_body = false;  // as sqlite3_complete() decides: END right behind a semicolon
      }
      break;
    default: {
      const bool after_end = equal_ignoring_case(previous, "end");
      if (equal_ignoring_case(word, "begin")) {
        ++s.blocks;
      } else if (equal_ignoring_case(word, "case")) {
        if (!after_end) ++s.blocks;
      } else if (after_end && is_any_of(word, {"if", "loop", "while", "repeat"})) {
        ++s.blocks;  // END IF closes what was not counted
      } else if (equal_ignoring_case(word, "end") && s.blocks > 0) {
        --s.blocks;
      }
    }
  }
}

/// Whether a semicolon at this point belongs to the statement.
bool Splitter::semicolon_is_inside() {
  if (!delimiter_.empty()) return true;
  if (!shape_.has_body) return false;
  switch (engine_) {
    case Engine::kPostgres: return shape_.blocks > 0 || depth_ > 0;
    case Engine::kSqlite: return shape_.in_body;
    default: return shape_.blocks > 0;
  }
}

bool Splitter::next(Segment& segment) {
  if (expect_copy_data_ && copy_data(segment)) return true;
  tokens_.clear();
  shape_ = {};
  depth_ = 0;
  const auto close = [&](uint32_t end, bool terminated) {
    segment = {SegmentKind::kStatement,
               {tokens_.front().range.begin, tokens_.back().range.end},
               end,
               terminated,
               tokens_};
    expect_copy_data_ = terminated && shape_.copy_from_stdin;
    return true;
  };
  for (;;) {
    Token token = lexer_.next();
    if (lexer_.at_end(token)) {
      return !tokens_.empty() && close(static_cast<uint32_t>(text_.size()), false);
    }
    if (tokens_.empty() && client_command(token, segment)) return true;
    if (!delimiter_.empty()) {
      // The delimiter may touch a word: END$$.
      const size_t cut = token.range.of(text_).find(delimiter_);
      if (cut != std::string_view::npos && cut > 0) {
        token.range.end = token.range.begin + static_cast<uint32_t>(cut);
        lexer_.seek(token.range.end);
      }
    }
    if (at_delimiter(token) && !(token.is(TokenKind::kSemicolon) && semicolon_is_inside())) {
      const uint32_t size = delimiter_.empty() ? 1 : static_cast<uint32_t>(delimiter_.size());
      lexer_.seek(token.range.begin + size);
      if (tokens_.empty()) continue;
      return close(token.range.begin + size, true);
    }
    if (engine_ == Engine::kPostgres && token.is(TokenKind::kStray) &&
        text_[token.range.begin] == '\\') {
      lexer_.seek(token.range.begin);  // psql takes a command in the middle of a statement, too
      return close(token.range.begin, true);
    }
    tokens_.push_back(token);
    switch (token.kind) {
      case TokenKind::kWord: note_word(token.range.of(text_)); break;
      case TokenKind::kLeftParen: ++depth_; break;
      case TokenKind::kRightParen: depth_ -= depth_ > 0 ? 1 : 0; break;
      default: break;
    }
    if (!token.is(TokenKind::kWord)) shape_.previous_word = {};
    shape_.after_semicolon = token.is(TokenKind::kSemicolon);
  }
}

}  // namespace belay

#include "analyzer/sql/script.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "analyzer/text/splitter.h"
#include "support/ascii.h"

namespace belay::sql {
namespace {

/// Finds parsed statements of an earlier version of the script by their text. Most edits leave all
/// statements but one alone and in order, so the neighbour of the last hit is tried first.
class Reuse {
 public:
  explicit Reuse(const ParsedScript* previous) : previous_(previous) {}

  StatementPtr find(std::string_view text) {
    if (previous_ == nullptr) return nullptr;
    if (const StatementPtr& p = at(next_); p != nullptr && p->text == text) {
      ++next_;
      return p;
    }
    if (by_text_.empty()) {
      for (size_t i = 0; i < previous_->statements.size(); ++i) {
        if (const StatementPtr& p = at(i); p != nullptr) by_text_.emplace(p->text, i);
      }
    }
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    next_ = found->second + 1;
    return at(found->second);
  }

 private:
  const StatementPtr& at(size_t index) const {
    static const StatementPtr kNone;
    return index < previous_->statements.size() ? previous_->statements[index].parsed : kNone;
  }

  const ParsedScript* previous_;
  size_t next_ = 0;
  std::unordered_map<std::string_view, size_t> by_text_;
};

class ScriptParser {
 public:
  ScriptParser(std::string_view text, ByteRange range, const Dialect& dialect, Recovery recovery,
               const ParsedScript* previous)
      : text_(text), range_(range), dialect_(dialect), recovery_(recovery), reuse_(previous) {}

  ParsedScript run() {
    uint32_t from = range_.begin;
    while (from < range_.end) from = split_from(from);
    return std::move(out_);
  }

 private:
  /// Goes on from an offset until the end, or until a broken quote makes it necessary to start
  /// anew; returns where.
  uint32_t split_from(uint32_t from) {
    Splitter splitter(text_, {from, range_.end}, dialect_.engine);
    Segment segment;
    while (splitter.next(segment)) {
      if (segment.kind == SegmentKind::kCopyData) continue;
      if (segment.kind == SegmentKind::kClientCommand) {
        out_.statements.push_back({segment.range, segment.end, true, nullptr});
        continue;
      }
      if (const std::optional<size_t> quote = broken_quote(segment)) {
        keep_comments(splitter.comments());
        return end_broken_quote(segment, *quote);
      }
      statement(segment);
    }
    keep_comments(splitter.comments());
    return range_.end;
  }

  void keep_comments(const std::vector<ByteRange>& comments) {
    for (ByteRange comment : comments) {
      const std::string_view written = comment.of(text_);
      if (written.find("belay:") != std::string_view::npos) {
        out_.directives.push_back(comment);
      } else if (!out_.irreversible && ascii::contains_ignoring_case(written, "irreversible")) {
        out_.irreversible = comment;
      }
    }
  }

  void add(ByteRange range, uint32_t end, bool terminated, StatementPtr parsed) {
    out_.statements.push_back({range, end, terminated, std::move(parsed)});
  }

  void statement(const Segment& segment) {
    StatementPtr statement = parsed(segment);
    if (recovery_ == Recovery::kGenerous && !statement->problems.empty() &&
        split_at_missing_semicolons(segment)) {
      return;
    }
    add(segment.range, segment.end, segment.terminated, std::move(statement));
  }

  /// The token of a quote whose end was forgotten: the one that the text ends in, or one that goes
  /// over a line that begins like a statement, in a statement that cannot be parsed. The end of
  /// such a one is in truth the beginning of the next quote.
  std::optional<size_t> broken_quote(const Segment& segment) {
    if (recovery_ != Recovery::kGenerous) return std::nullopt;
    const std::span<const Token> tokens = segment.tokens;
    const bool open = tokens.back().is(TokenKind::kUnterminated);
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (!holds_line_like_statement(tokens[i])) continue;
      const bool broken = open || !parsed(segment)->problems.empty();
      return broken ? std::optional(i) : std::nullopt;
    }
    return open ? std::optional(tokens.size() - 1) : std::nullopt;
  }

  /// Whether a string or quoted name goes over the beginning of a line that reads as a statement's.
  bool holds_line_like_statement(const Token& token) const {
    if (!token.is(TokenKind::kString) && !token.is(TokenKind::kQuotedName)) return false;
    const std::string_view text = token.range.of(text_);
    if (text.starts_with('$')) return false;  // bodies of functions hold statements
    for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      const size_t word = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
      const size_t end = std::min(text.find_first_of(" \t\r\n", word), text.size());
      if (is_first_word(text.substr(word, end - word))) return true;
    }
    return false;
  }

  StatementPtr parsed(const Segment& segment) {
    const std::string_view text = segment.range.of(text_);
    const StatementPtr known = reuse_.find(text);
    return known != nullptr ? known
                            : parse_statement(text, segment.tokens, segment.range.begin, dialect_);
  }

  /// A quote or comment that does not end is taken to end with its line.
  uint32_t end_broken_quote(const Segment& segment, size_t quote_token) {
    const uint32_t begin = segment.range.begin;
    const uint32_t quote = segment.tokens[quote_token].range.begin;
    const auto line_end =
        static_cast<uint32_t>(std::min<size_t>(text_.find_first_of("\r\n", quote), range_.end));
    const std::string_view text = text_.substr(begin, line_end - begin);
    const std::span<const Token> tokens = segment.tokens.first(quote_token + 1);
    std::vector<Token> kept(tokens.begin(), tokens.end());
    kept.back() = {TokenKind::kUnterminated, {quote, line_end}};
    StatementPtr parsed = reuse_.find(text);
    if (parsed == nullptr) parsed = parse_statement(text, kept, begin, dialect_);
    add({begin, line_end}, line_end, false, std::move(parsed));
    return line_end;
  }

  bool begins_line(uint32_t offset) const {
    while (offset > 0 && ascii::is_blank(text_[offset - 1])) --offset;
    return offset == 0 || text_[offset - 1] == '\n' || text_[offset - 1] == '\r';
  }

  static bool is_first_word(std::string_view word) {
    static constexpr std::array<std::string_view, 13> kFirstWords = {
        "create",  "alter", "drop",   "insert", "update", "delete", "truncate",
        "comment", "grant", "revoke", "begin",  "commit", "select"};
    return std::any_of(kFirstWords.begin(), kFirstWords.end(), [&](std::string_view first) {
      return ascii::equal_ignoring_case(first, word);
    });
  }

  bool begins_statement(const Token& token) const {
    return token.is(TokenKind::kWord) && begins_line(token.range.begin) &&
           is_first_word(token.range.of(text_));
  }

  /// Cuts a statement that cannot be parsed where lines begin like statements, and keeps the cut if
  /// that makes at least one piece readable.
  bool split_at_missing_semicolons(const Segment& segment) {
    struct Piece {
      ByteRange range;
      StatementPtr parsed;
    };
    std::vector<Piece> pieces;
    bool any_readable = false;
    const std::span<const Token> tokens = segment.tokens;
    size_t first = 0;
    for (size_t i = 1; i <= tokens.size(); ++i) {
      if (i < tokens.size() && !begins_statement(tokens[i])) continue;
      const ByteRange range = {tokens[first].range.begin, tokens[i - 1].range.end};
      StatementPtr parsed = reuse_.find(range.of(text_));
      if (parsed == nullptr) {
        parsed = parse_statement(range.of(text_), tokens.subspan(first, i - first), range.begin,
                                 dialect_);
      }
      any_readable |= parsed->problems.empty();
      pieces.push_back({range, std::move(parsed)});
      first = i;
    }
    if (pieces.size() < 2 || !any_readable) return false;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const bool last = i + 1 == pieces.size();
      add(pieces[i].range, last ? segment.end : pieces[i].range.end, last && segment.terminated,
          std::move(pieces[i].parsed));
    }
    return true;
  }

  std::string_view text_;
  ByteRange range_;
  const Dialect& dialect_;
  Recovery recovery_;
  Reuse reuse_;
  ParsedScript out_;
};

}  // namespace

ParsedScript parse_script(std::string_view text, ByteRange range, const Dialect& dialect,
                          Recovery recovery, const ParsedScript* previous) {
  range.end = std::min(range.end, static_cast<uint32_t>(text.size()));
  return ScriptParser(text, range, dialect, recovery, previous).run();
}

}  // namespace belay::sql

#include "lsp/features/selection.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/text/lexer.h"
#include "lsp/features/folding.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

/// Words that begin a part of a statement, wherever they stand.
constexpr std::array<std::string_view, 22> kClauses = {
    "select", "from",  "where", "group",     "having", "order",     "limit", "offset",
    "values", "set",   "using", "returning", "on",     "join",      "union", "add",
    "drop",   "alter", "with",  "default",   "check",  "references"};

/// The tokens of a statement as nested groups, for one place in it.
class Nesting {
 public:
  Nesting(std::string_view text, ByteRange statement, Engine engine) : text_(text) {
    Lexer lexer(text.substr(0, statement.end), engine, statement.begin);
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      tokens_.push_back(token);
    }
    match();
  }

  /// From the inside out; the statement itself is not among them.
  std::vector<ByteRange> around(uint32_t offset) const {
    std::vector<ByteRange> out;
    std::optional<size_t> at = token_at(offset);
    if (at) out.push_back(tokens_[*at].range);
    std::optional<size_t> group = at ? group_of(*at) : group_around(offset);
    while (true) {
      const size_t low = group ? *group + 1 : 0;
      const size_t high = group ? partner_[*group] : tokens_.size();
      if (at) add_parts(*at, low, high, out);
      if (!group) return out;
      if (low < high) out.push_back({tokens_[low].range.begin, tokens_[high - 1].range.end});
      out.push_back({tokens_[*group].range.begin,
                     high < tokens_.size() ? tokens_[high].range.end : tokens_.back().range.end});
      at = group;
      group = group_of(*group);
    }
  }

 private:
  static bool opens(const Token& t) {
    return t.is(TokenKind::kLeftParen) || t.is(TokenKind::kLeftBracket);
  }
  static bool closes(const Token& t) {
    return t.is(TokenKind::kRightParen) || t.is(TokenKind::kRightBracket);
  }

  void match() {
    partner_.assign(tokens_.size(), tokens_.size());
    parent_.assign(tokens_.size(), std::nullopt);
    std::vector<size_t> open;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (closes(tokens_[i]) && !open.empty()) {
        partner_[open.back()] = i;
        partner_[i] = open.back();
        open.pop_back();
      }
      if (!open.empty()) parent_[i] = open.back();
      if (opens(tokens_[i])) open.push_back(i);
    }
  }

  /// The token that holds the byte, or else the one that ends there.
  std::optional<size_t> token_at(uint32_t offset) const {
    std::optional<size_t> out;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].range.contains(offset)) return i;
      if (tokens_[i].range.end == offset) out = i;
    }
    return out;
  }
  std::optional<size_t> group_of(size_t token) const { return parent_[token]; }
  std::optional<size_t> group_around(uint32_t offset) const {
    std::optional<size_t> out;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const bool is_around =
          opens(tokens_[i]) && tokens_[i].range.end <= offset &&
          (partner_[i] == tokens_.size() || offset <= tokens_[partner_[i]].range.begin);
      if (is_around) out = i;
    }
    return out;
  }

  bool begins_clause(size_t token) const {
    if (!tokens_[token].is(TokenKind::kWord)) return false;
    const std::string word = ascii::lower(tokens_[token].range.of(text_));
    return std::find(kClauses.begin(), kClauses.end(), word) != kClauses.end();
  }

  /// The item of a list and the clause that a token belongs to, among its neighbours in one group.
  void add_parts(size_t at, size_t low, size_t high, std::vector<ByteRange>& out) const {
    // A closing parenthesis belongs to what it closes.
    if (closes(tokens_[at]) && partner_[at] < at) at = partner_[at];
    size_t clause = at;
    while (clause > low && !begins_clause(clause)) clause = previous(clause);
    size_t end = next(at);
    while (end < high && !begins_clause(end)) end = next(end);
    size_t first = at;
    while (first > clause && !tokens_[previous(first)].is(TokenKind::kComma) &&
           !(previous(first) == clause && begins_clause(clause))) {
      first = previous(first);
    }
    size_t last = at;
    while (next(last) < end && !tokens_[next(last)].is(TokenKind::kComma)) last = next(last);
    const bool is_item = !tokens_[at].is(TokenKind::kComma) && !begins_clause(at);
    if (is_item) out.push_back(covering(first, last));
    if (end > clause) out.push_back({tokens_[clause].range.begin, tokens_[end - 1].range.end});
  }
  ByteRange covering(size_t first, size_t last) const {
    return {tokens_[first].range.begin, tokens_[next(last) - 1].range.end};
  }
  /// The neighbour in the same group: what is in parentheses is passed over.
  size_t next(size_t token) const {
    return opens(tokens_[token]) ? std::min(partner_[token] + 1, tokens_.size()) : token + 1;
  }
  size_t previous(size_t token) const {
    const size_t before = token - 1;
    return closes(tokens_[before]) && partner_[before] < before ? partner_[before] : before;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<size_t> partner_;  ///< of parentheses; the number of tokens: there is none
  std::vector<std::optional<size_t>> parent_;
};

void add_statement(const sql::ParsedScript& script, std::string_view text, Engine engine,
                   uint32_t offset, std::vector<ByteRange>& out) {
  for (const sql::ScriptStatement& statement : script.statements) {
    if (offset < statement.range.begin || offset > std::max(statement.end, statement.range.end)) {
      continue;
    }
    if (offset <= statement.range.end && statement.parsed != nullptr) {
      for (ByteRange range : Nesting(text, statement.range, engine).around(offset)) {
        out.push_back(range);
      }
    }
    out.push_back(statement.range);
    out.push_back({statement.range.begin, statement.end});
    return;
  }
}

}  // namespace

std::vector<PositionRange> selection_ranges(const FeatureInput& input, Position position) {
  const uint32_t offset = input.text().offset_at(position, input.unit);
  const auto size = static_cast<uint32_t>(input.text().text().size());
  std::vector<ByteRange> found;
  for (const ByteRange comment : comments_of(input)) {
    if (comment.begin <= offset && offset <= comment.end) found.push_back(comment);
  }
  if (!is_program(input.document)) {
    for (const DocumentScript& script : scripts_in(input.document)) {
      const ByteRange range = script.location().range;
      if (offset < range.begin || offset > range.end) continue;
      add_statement(*script.analyzed().parsed, script.analyzed().document.text(),
                    script.history->set->set->dialect.engine, offset, found);
      found.push_back(range);
    }
  }
  found.push_back({0, size});
  std::vector<PositionRange> out;
  ByteRange last = {offset, offset};
  for (const ByteRange range : found) {
    if (range == last || !range.contains(last)) continue;
    out.push_back(input.positions(range));
    last = range;
  }
  if (out.empty()) out.push_back({position, position});
  return out;
}

}  // namespace belay::lsp

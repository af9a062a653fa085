// Words are told apart by the tokens of the dialect; what a name means is known from the names of
// the history. A token that goes over several lines is cut, since most editors take no others; in
// C++ it is also cut where the literal holds an escape sequence or ends.

#include "lsp/features/semantic_tokens.h"

#include <algorithm>
#include <map>

#include "analyzer/text/lexer.h"
#include "lsp/features/edited_text.h"
#include "lsp/features/names.h"
#include "lsp/features/sql_words.h"

namespace belay::lsp {
namespace {

struct Meaning {
  SemanticTokenType type = SemanticTokenType::kKeyword;
  uint8_t modifiers = 0;
};

Meaning meaning_of(const names::Mention& mention) {
  const bool makes = mention.role == names::Role::kMakes || mention.role == names::Role::kNames;
  const uint8_t modifiers = makes ? kDeclaration : 0;
  switch (mention.object.kind) {
    case names::Kind::kRelation: return {SemanticTokenType::kTable, modifiers};
    case names::Kind::kColumn: return {SemanticTokenType::kColumn, modifiers};
    case names::Kind::kType: return {SemanticTokenType::kType, modifiers};
    case names::Kind::kFunction: return {SemanticTokenType::kFunction, modifiers};
    case names::Kind::kIndex:
    case names::Kind::kConstraint: break;
  }
  return {SemanticTokenType::kObject, modifiers};
}

class Painter {
 public:
  Painter(const FeatureInput& input, const DocumentScript& script,
          const std::optional<ByteRange>& within, std::vector<SemanticToken>& out)
      : input_(input),
        now_(open_text(input)),
        edited_(input.text().text(), now_.text()),
        script_(script),
        within_(within),
        out_(out) {
    for (const names::Occurrence& one : history_of(*script.history)->all()) {
      if (one.migration != script.migration || one.direction != script.direction) continue;
      names_.emplace(one.mention.range.begin, meaning_of(one.mention));
    }
  }

  void run() {
    const std::string_view text = script_.analyzed().document.text();
    const bool in_file = script_.location().sources == nullptr;
    const ByteRange whole =
        in_file ? script_.location().range : ByteRange{0, static_cast<uint32_t>(text.size())};
    const std::string_view part = text.substr(0, whole.end);
    Lexer lexer(part, engine(), whole.begin);
    std::vector<std::pair<ByteRange, Meaning>> found;
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      const std::string_view written = token.range.of(part);
      if (const auto what = meaning(token, written, part)) found.emplace_back(token.range, *what);
    }
    for (const ByteRange comment : lexer.comments()) {
      found.push_back({comment, {SemanticTokenType::kComment, 0}});
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [range, what] : found) paint(range, what);
  }

 private:
  Engine engine() const { return script_.history->set->set->dialect.engine; }

  std::optional<Meaning> meaning(const Token& token, std::string_view written,
                                 std::string_view text) const {
    switch (token.kind) {
      case TokenKind::kWord:
      case TokenKind::kQuotedName: {
        const auto named = names_.find(token.range.begin);
        if (named != names_.end()) return named->second;
        if (!token.is(TokenKind::kWord)) return std::nullopt;
        const bool behind_dot = token.range.begin > 0 && text[token.range.begin - 1] == '.';
        if (behind_dot) return std::nullopt;
        if (is_builtin_type(engine(), written)) {
          return Meaning{SemanticTokenType::kType, kDefaultLibrary};
        }
        if (is_sql_keyword(written)) return Meaning{SemanticTokenType::kKeyword, 0};
        const size_t behind = text.find_first_not_of(" \t", token.range.end);
        const bool is_call = behind != std::string_view::npos && text[behind] == '(';
        if (is_call) return Meaning{SemanticTokenType::kFunction, 0};
        return std::nullopt;
      }
      case TokenKind::kString: return Meaning{SemanticTokenType::kString, 0};
      case TokenKind::kNumber: return Meaning{SemanticTokenType::kNumber, 0};
      case TokenKind::kParameter: return Meaning{SemanticTokenType::kParameter, 0};
      case TokenKind::kOperator: return Meaning{SemanticTokenType::kOperator, 0};
      default: return std::nullopt;
    }
  }

  void paint(ByteRange range, Meaning what) {
    const std::shared_ptr<const SourceMap>& sources = script_.location().sources;
    if (sources == nullptr) return paint_lines(range, what);
    // Runs of bytes that stand in the literal as they are in the SQL.
    for (uint32_t at = range.begin; at < range.end;) {
      const SourceMap::Piece* piece = sources->piece_at(at);
      if (piece == nullptr) {
        ++at;
        continue;
      }
      const uint32_t end = std::min(range.end, piece->text.end);
      if (piece->is_byte_by_byte() && sources->file(*piece) == input_.document.path) {
        const uint32_t from = piece->source.begin + (at - piece->text.begin);
        paint_lines({from, from + (end - at)}, what);
      }
      at = std::max(end, at + 1);
    }
  }

  /// `known`: of the document as it was analysed.
  void paint_lines(ByteRange known, Meaning what) {
    const std::optional<ByteRange> now = edited_.now(known);
    if (!now || (within_ && !now->overlaps(*within_))) return;
    const ByteRange range = *now;
    const Document& text = now_;
    const uint32_t first = text.lines().line_of(range.begin);
    const uint32_t last = text.lines().line_of(range.end - 1);
    for (uint32_t line = first; line <= last; ++line) {
      const ByteRange whole = text.lines().line_range(text.text(), line);
      const ByteRange part = {std::max(whole.begin, range.begin), std::min(whole.end, range.end)};
      if (part.begin < part.end) {
        out_.push_back({text.positions_of(part, input_.unit), what.type, what.modifiers});
      }
    }
  }

  const FeatureInput& input_;
  const Document& now_;
  const EditedText edited_;
  const DocumentScript& script_;
  const std::optional<ByteRange>& within_;
  std::vector<SemanticToken>& out_;
  std::map<uint32_t, Meaning> names_;  ///< by the byte of the script that they begin at
};

}  // namespace

std::vector<SemanticToken> semantic_tokens(const FeatureInput& input,
                                           const std::optional<PositionRange>& within) {
  std::optional<ByteRange> bytes;
  if (within) {
    const Document& now = open_text(input);
    bytes = now.lines().range_of(now.text(), *within, input.unit);
  }
  std::vector<SemanticToken> out;
  for (const DocumentScript& script : scripts_in(input.document)) {
    Painter(input, script, bytes, out).run();
  }
  std::stable_sort(out.begin(), out.end(), [](const SemanticToken& a, const SemanticToken& b) {
    return a.range.start < b.range.start;
  });
  // Histories of several dialects, and scripts of several engines, may share their text.
  std::vector<SemanticToken> distinct;
  for (const SemanticToken& token : out) {
    if (distinct.empty() || distinct.back().range.end <= token.range.start) {
      distinct.push_back(token);
    }
  }
  return distinct;
}

}  // namespace belay::lsp

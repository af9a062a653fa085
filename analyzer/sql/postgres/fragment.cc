#include "analyzer/sql/postgres/fragment.h"

#include <algorithm>

#include "analyzer/sql/postgres/bodies.h"
#include "analyzer/sql/postgres/raw_parse.h"
#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::sql::postgres {

Code::Code(std::string_view outer, const SourceText& inner, int bodies_around)
    : statement(outer), source(inner), depth(bodies_around) {
  Lexer lexer(source.text(), Engine::kPostgres);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    tokens.push_back(token);
    places.push_back({token.kind, source.range(token.range)});
  }
}

bool Code::is_word(size_t i, std::string_view word) const {
  return is(i, TokenKind::kWord) && ascii::equal_ignoring_case(text(i), word);
}

bool Code::is_any_word(size_t i, std::initializer_list<std::string_view> words) const {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return is_word(i, word); });
}

bool Code::is_operator(size_t i, std::string_view op) const {
  return is(i, TokenKind::kOperator) && text(i) == op;
}

ByteRange Code::place(size_t i) const {
  if (i < count()) return places[i].range;
  const uint32_t end = source.end(static_cast<uint32_t>(source.text().size()));
  return {end, end};
}

ByteRange Code::place(TokenSpan span) const {
  if (span.empty()) return {place(span.first).begin, place(span.first).begin};
  return {place(span.first).begin, place(span.last - 1).end};
}

size_t Code::behind_bracket(size_t open) const {
  int open_brackets = 0;
  for (size_t i = open; i < count(); ++i) {
    const TokenKind kind = tokens[i].kind;
    if (kind == TokenKind::kLeftParen || kind == TokenKind::kLeftBracket) ++open_brackets;
    if (kind == TokenKind::kRightParen || kind == TokenKind::kRightBracket) --open_brackets;
    if (open_brackets == 0) return i + 1;
  }
  return count();
}

namespace {

/// A fragment's text for the grammar, and its tokens.
struct FragmentText {
  FragmentText(const Code& code, const Fragment& f) : sql(f.prefix) {
    const uint32_t begin = code.tokens[f.span.first].range.begin;
    const uint32_t end = code.tokens[f.span.last - 1].range.end;
    origin = static_cast<int64_t>(begin) - static_cast<int64_t>(f.prefix.size());
    sql.append(code.source.text(), begin, end - begin);
    for (size_t i = f.span.first; i < f.span.last; ++i) {
      if (f.left_out.first <= i && i < f.left_out.last) {
        const ByteRange range = code.tokens[i].range;
        sql.replace(static_cast<size_t>(range.begin - origin), range.size(), range.size(), ' ');
        continue;
      }
      tokens.push_back(code.tokens[i]);
      places.push_back(code.places[i]);
    }
  }

  std::string sql;
  int64_t origin;  ///< where the text begins in the source
  std::vector<Token> tokens;
  std::vector<Token> places;
};

Problem fragment_problem(const PgQueryError& error, const FragmentText& text, const Code& code,
                         const Places& places, ByteRange whole) {
  Problem problem{whole, error.message};
  if (error.cursorpos <= 0) return problem;
  const auto byte = static_cast<int>(byte_of_character(text.sql, error.cursorpos));
  const auto at = static_cast<uint32_t>(std::max<int64_t>(text.origin + byte, 0));
  const uint32_t begin = code.source.begin(at);
  const size_t token = places.at(byte);
  if (static_cast<size_t>(byte) >= text.sql.size()) {
    problem.range = {whole.end, whole.end};
  } else if (token < places.count() && places.range(token).begin == begin) {
    problem.range = places.range(token);
  } else {
    problem.range = {begin, std::max(begin, code.source.end(at + 1))};
  }
  return problem;
}

bool read_tree(const std::string& sql, const Places& places, const TreeVisitor& visit,
               ParsedFragment& out, std::vector<QuotedBody>& bodies,
               const std::function<Problem(const PgQueryError&)>& problem) {
  const RawParse parsed(sql);
  parsed.throw_if_out_of_memory();
  if (parsed.error() != nullptr) {
    if (!out.problem) out.problem = problem(*parsed.error());
    return false;
  }
  out.problem.reset();
  Builder builder(places);
  for (const auto* raw : elements<RawStmt>(parsed.tree())) {
    builder.statement(raw->stmt);
    if (visit) visit(raw->stmt, places);
  }
  out.operations = std::move(builder.operations());
  bodies = std::move(builder.bodies());
  return true;
}

}  // namespace

ParsedFragment parse_fragment(const Code& code, const Fragment& fragment,
                              const TreeVisitor& visit) {
  ParsedFragment out;
  const ByteRange whole = code.place(fragment.span);
  const auto unreadable = [&] { out.operations = {{whole, Unknown{"it cannot be parsed"}}}; };
  if (fragment.span.empty()) {
    out.problem = Problem{whole, "an expression or a statement is missing"};
    unreadable();
    return out;
  }
  FragmentText text(code, fragment);
  if (const size_t nul = text.sql.find('\0'); nul != std::string::npos) {
    const auto at = static_cast<uint32_t>(text.origin + static_cast<int64_t>(nul));
    out.problem = Problem{code.source.range({at, at + 1}), "NUL byte in the statement"};
    unreadable();
    return out;
  }
  const Places places(code.statement, text.places, &code.source, text.origin);
  std::vector<QuotedBody> bodies;
  const auto problem = [&](const PgQueryError& error) {
    return fragment_problem(error, text, code, places, whole);
  };
  if (!read_tree(text.sql, places, visit, out, bodies, problem) &&
      !(replace_placeholders(text.sql, text.tokens, text.origin) &&
        read_tree(text.sql, places, visit, out, bodies, problem))) {
    unreadable();
  } else if (!bodies.empty()) {
    read_nested_bodies(code, text.tokens, out.operations, bodies);
  }
  return out;
}

}  // namespace belay::sql::postgres

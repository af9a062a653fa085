// PL/pgSQL's statements without statements in them, and the walk over tokens.

#include <algorithm>
#include <array>

#include "analyzer/sql/postgres/constant_text.h"
#include "analyzer/sql/postgres/plpgsql_parser.h"
#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

std::string literal_of(const Code& code, size_t token) {
  SourceText text(nullptr);
  if (code.is(token, TokenKind::kString)) text.append_string(code.text(token), 0);
  return text.text();
}

}  // namespace

// --- tokens -----------------------------------------------------------------------------------

void PlpgsqlParser::problem(ByteRange range, std::string message) {
  body_.problems.push_back({range, std::move(message)});
}

/// What stands here does not belong here. The rest of the body has no structure then.
void PlpgsqlParser::fail_here() {
  if (failed_) return;
  failed_ = true;
  if (!body_.problems.empty()) return;  // a part that cannot be read is what it comes from
  const bool at_end = at_ >= code_.count();
  problem(code_.place(at_),
          at_end ? "syntax error at end of input"
                 : "syntax error at or near \"" + std::string(code_.text(at_)) + '"');
}

bool PlpgsqlParser::accept(std::string_view word) {
  if (failed_ || !is(word)) return false;
  ++at_;
  return true;
}

bool PlpgsqlParser::expect(std::string_view word) {
  if (accept(word)) return true;
  fail_here();
  return false;
}

void PlpgsqlParser::semicolon() {
  if (!code_.is(at_, TokenKind::kSemicolon)) return fail_here();
  ++at_;
}

size_t PlpgsqlParser::find(size_t from, Words words) const {
  int brackets = 0;
  for (size_t i = from; i < code_.count(); ++i) {
    switch (code_.tokens[i].kind) {
      case TokenKind::kSemicolon: return i;
      case TokenKind::kLeftParen:
      case TokenKind::kLeftBracket: ++brackets; break;
      case TokenKind::kRightParen:
      case TokenKind::kRightBracket:
        if (--brackets < 0) return i;
        break;
      case TokenKind::kWord:
        if (brackets == 0 && code_.is_any_word(i, words)) return i;
        break;
      default: break;
    }
  }
  return code_.count();
}

TokenSpan PlpgsqlParser::until(Words words) {
  const TokenSpan out = {at_, find(at_, words)};
  at_ = out.last;
  if (!code_.is_any_word(at_, words)) fail_here();
  return out;
}

/// Behind `a`, `a.b[1].c` or `$1`.
size_t PlpgsqlParser::behind_target(size_t first) const {
  size_t i = first;
  if (!code_.is(i, TokenKind::kWord) && !code_.is(i, TokenKind::kQuotedName) &&
      !code_.is(i, TokenKind::kParameter)) {
    return first;
  }
  ++i;
  for (;;) {
    if (code_.is(i, TokenKind::kDot)) {
      i += 2;
    } else if (code_.is(i, TokenKind::kLeftBracket)) {
      i = code_.behind_bracket(i);
    } else {
      return i;
    }
  }
}

bool PlpgsqlParser::is_assignment(size_t first) const {
  const size_t behind = behind_target(first);
  return behind > first && (code_.is_operator(behind, ":=") || code_.is_operator(behind, "="));
}

/// A name as PL/pgSQL compares it.
std::string PlpgsqlParser::variable(size_t token) const {
  if (token >= code_.count()) return "";
  const std::string_view text = code_.text(token);
  if (!code_.is(token, TokenKind::kQuotedName)) return ascii::lower(text);
  return std::string(text.substr(1, text.size() - 2));
}

// --- expressions ------------------------------------------------------------------------------

void PlpgsqlParser::expression(TokenSpan span, Step& out, const TreeVisitor& visit) {
  if (!failed_) add_fragment(code_, {span, "SELECT ", {}}, body_, out, visit);
}

void PlpgsqlParser::expressions(TokenSpan span, Step& out) {
  if (!span.empty()) expression(span, out);  // the commas are the target list's
}

// --- statements -------------------------------------------------------------------------------

Step PlpgsqlParser::plain_step() {
  const size_t first = at_;
  Step out;
  if (is_assignment(at_)) {
    assignment(out);
  } else if (!word_step(out)) {
    sql_step(out);
  }
  out.range = code_.place(TokenSpan{first, std::max(at_, first)});
  return out;
}

bool PlpgsqlParser::word_step(Step& out) {
  if (accept("null")) {
    out.kind = Step::Kind::kNothing;
  } else if (accept("perform")) {
    perform(out);
  } else if (accept("execute")) {
    execute(out, {"into", "using"});
  } else if (accept("return")) {
    return_step(out);
  } else if (is("exit") || is("continue")) {
    exit_step(out);
  } else if (accept("raise")) {
    raise(out);
  } else if (accept("assert")) {
    out.kind = Step::Kind::kAssert;
    const size_t last = find(at_, {});
    expression({at_, last}, out);
    at_ = last;
  } else if (is("open")) {
    open_cursor(out);
  } else if (code_.is_any_word(at_, {"get", "fetch", "move", "close"})) {
    out.kind = Step::Kind::kNothing;
    at_ = find(at_, {});
    variables_.facts.clear();
  } else {
    return false;
  }
  return true;
}

void PlpgsqlParser::assignment(Step& out) {
  const std::string target = variable(at_);
  const size_t equals = behind_target(at_);
  const bool whole = equals == at_ + 1;
  const size_t last = find(equals + 1, {});
  std::optional<Existence> said;
  out.kind = Step::Kind::kExpression;
  expression({equals + 1, last}, out, [&](const Node* node, const Places& places) {
    if (whole) said = recognise_condition(node, places, variables_);
  });
  at_ = last;
  if (!out.calls.empty()) variables_.facts.clear();
  variables_.facts.erase(target);
  if (said && out.calls.empty()) variables_.facts[target] = std::move(*said);
}

void PlpgsqlParser::perform(Step& out) {
  out.kind = Step::Kind::kStatement;
  const size_t last = find(at_, {});
  std::optional<Existence> said;
  expression({at_, last}, out, [&](const Node* node, const Places& places) {
    said = recognise_rows(node, places, variables_);
  });
  at_ = last;
  if (!out.calls.empty()) variables_.facts.clear();
  variables_.facts.erase("found");
  if (said && out.calls.empty()) variables_.facts["found"] = std::move(*said);
}

/// PL/pgSQL's INTO: where it stands, and its target if it is one name alone. The INTO of INSERT and
/// MERGE is SQL's.
TokenSpan PlpgsqlParser::into_clause(TokenSpan span, std::string* only_target) const {
  if (code_.is_word(span.first, "import")) return {};
  for (size_t i = span.first + 1; i < span.last; ++i) {
    if (!code_.is_word(i, "into") || code_.is_any_word(i - 1, {"insert", "merge"})) continue;
    size_t last = i + 1;
    if (code_.is_word(last, "strict")) ++last;
    const size_t name = last;
    last = behind_target(name);
    if (last == name + 1 && !code_.is(last, TokenKind::kComma)) *only_target = variable(name);
    while (last < span.last && code_.is(last, TokenKind::kComma)) last = behind_target(last + 1);
    return {i, std::min(last, span.last)};
  }
  return {};
}

void PlpgsqlParser::sql_step(Step& out) {
  out.kind = Step::Kind::kStatement;
  const TokenSpan span = {at_, statement_end(code_, at_)};
  at_ = span.last;
  std::string target;
  const TokenSpan into = into_clause(span, &target);
  std::optional<Existence> said;
  std::optional<Existence> rows;
  add_fragment(code_, {span, "", into}, body_, out, [&](const Node* node, const Places& places) {
    if (into.empty() || !IsA(node, SelectStmt)) return;
    if (!target.empty()) said = recognise_condition(node, places, variables_);
    rows = recognise_rows(node, places, variables_);
  });
  const bool only_reads = out.operations.size() == 1 && out.operations[0].as<Select>() != nullptr;
  if (!only_reads || !out.calls.empty() || target.empty()) {
    variables_.facts.clear();
    return;
  }
  variables_.facts.erase("found");
  variables_.facts.erase(target);
  if (said) variables_.facts[target] = std::move(*said);
  if (rows) variables_.facts["found"] = std::move(*rows);
}

/// What stands behind EXECUTE; `ends` are the words that end its expression.
void PlpgsqlParser::execute(Step& out, Words ends) {
  const size_t last = find(at_, ends);
  dynamic({at_, last}, out);
  at_ = last;
  while (!failed_ && code_.is_any_word(at_, {"into", "using"})) {
    if (accept("into")) {
      at_ = find(at_, {"using", "loop"});
      continue;
    }
    ++at_;
    const size_t behind = find(at_, {"into", "loop"});
    expressions({at_, behind}, out);
    at_ = behind;
  }
  variables_.facts.clear();
}

void PlpgsqlParser::dynamic(TokenSpan span, Step& out) {
  if (out.kind != Step::Kind::kLoop) out.kind = Step::Kind::kDynamic;
  out.dynamic = code_.place(span);
  Step asked;
  expression(span, asked);
  out.calls.insert(out.calls.end(), asked.calls.begin(), asked.calls.end());
  const std::optional<SourceText> text = constant_text(code_, span);
  if (text) {
    add_statements(Code(code_.statement, *text, code_.depth), body_, out);
  } else {
    out.operations.push_back({out.dynamic, Unknown{"it is put together while it runs"}});
    body_.effects.dynamic = true;
  }
}

void PlpgsqlParser::return_step(Step& out) {
  if (accept("query")) {
    out.kind = Step::Kind::kStatement;
    if (accept("execute")) return execute(out, {"using"});
    const size_t last = find(at_, {});
    add_fragment(code_, {{at_, last}, "", {}}, body_, out);
    at_ = last;
    return;
  }
  out.kind = accept("next") ? Step::Kind::kExpression : Step::Kind::kReturn;
  const size_t last = find(at_, {});
  expressions({at_, last}, out);
  at_ = last;
}

void PlpgsqlParser::exit_step(Step& out) {
  out.kind = Step::Kind::kExit;
  ++at_;
  if (!is("when") && !code_.is(at_, TokenKind::kSemicolon)) out.label = variable(at_++);
  if (!accept("when")) return;
  const TokenSpan span = {at_, find(at_, {})};
  at_ = span.last;
  out.branches.emplace_back().condition = condition(span, out);
}

void PlpgsqlParser::raise(Step& out) {
  out.kind = Step::Kind::kRaise;
  Raise& raise = out.raise.emplace();
  raise.level = "exception";
  if (code_.is_any_word(at_, {"exception", "warning", "notice", "info", "log", "debug"})) {
    raise.level = variable(at_++);
  }
  const size_t last = find(at_, {});
  const size_t options = std::min(find(at_, {"using"}), last);
  if (code_.is(at_, TokenKind::kString)) {
    while (code_.is(at_, TokenKind::kString)) raise.message += literal_of(code_, at_++);
    if (code_.is(at_, TokenKind::kComma)) expressions({at_ + 1, options}, out);
  } else if (code_.is_word(at_, "sqlstate")) {
    raise.condition = literal_of(code_, at_ + 1);
  } else if (at_ < options) {
    raise.condition = variable(at_);
  }
  if (options < last) raise_options(raise, {options + 1, last}, out);
  at_ = last;
}

/// USING option = expression, ...
void PlpgsqlParser::raise_options(Raise& raise, TokenSpan span, Step& out) {
  for (size_t first = span.first; first < span.last && !failed_;) {
    size_t last = first;
    while (last < span.last && !code_.is(last, TokenKind::kComma)) {
      const bool open =
          code_.is(last, TokenKind::kLeftParen) || code_.is(last, TokenKind::kLeftBracket);
      last = open ? code_.behind_bracket(last) : last + 1;
    }
    last = std::min(last, span.last);
    if (last - first < 3) {
      at_ = first;
      return fail_here();
    }
    if (last - first == 3 && code_.is_word(first, "message")) {
      raise.message = literal_of(code_, first + 2);
    }
    if (last - first == 3 && code_.is_word(first, "errcode")) {
      raise.condition = literal_of(code_, first + 2);
    }
    expression({first + 2, last}, out);
    first = last + 1;
  }
}

/// OPEN cursor [(arguments)] | [[NO] SCROLL] FOR query | FOR EXECUTE expression.
void PlpgsqlParser::open_cursor(Step& out) {
  out.kind = Step::Kind::kExpression;
  variables_.facts.clear();
  ++at_;
  const size_t last = find(at_, {});
  const size_t is_for = find(at_, {"for"});
  if (is_for < last) {
    at_ = is_for + 1;
    if (accept("execute")) return execute(out, {"using"});
    add_fragment(code_, {{at_, last}, "", {}}, body_, out);
  } else if (code_.is(at_ + 1, TokenKind::kLeftParen)) {
    expressions({at_ + 2, code_.behind_bracket(at_ + 1) - 1}, out);
  }
  at_ = last;
}

}  // namespace belay::sql::postgres

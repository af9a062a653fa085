// Queries and all else that has clauses.

#include <algorithm>

#include "lsp/features/completion/expectation_reader.h"
#include "lsp/features/sql_words.h"

namespace belay::lsp {

ExpectationReader::Clause ExpectationReader::last_clause() const {
  Clause out;
  int depth = 0;
  for (size_t i = before_.size(); i-- > 0;) {
    const Token& token = before_[i];
    if (token.is(TokenKind::kRightParen)) ++depth;
    if (token.is(TokenKind::kLeftParen) && depth-- == 0) {
      out.open_paren = i;
      return out;
    }
    if (depth > 0 || !token.is(TokenKind::kWord)) continue;
    const std::string_view word = of_.of(token);
    if (is_any(word, {"from",   "join",   "into",   "update", "table", "only",   "references",
                      "set",    "select", "where",  "on",     "by",    "having", "returning",
                      "values", "limit",  "offset", "using",  "when",  "check",  "default",
                      "as",     "with",   "do",     "to"})) {
      out.word = ascii::lower(word);
      out.at = i;
      return out;
    }
  }
  return out;
}

void ExpectationReader::query() {
  const Clause clause = last_clause();
  const bool at_word = !before_.empty() && clause.at + 1 == before_.size();
  const bool behind_comma = !before_.empty() && before_.back().is(TokenKind::kComma);
  if (clause.open_paren) return in_parentheses(*clause.open_paren);
  if (is_any(clause.word, {"from", "join", "into", "update", "table", "only", "references"})) {
    if (at_word || (behind_comma && clause.word == "from")) return expect({Expected::kTables});
    sources();
    return keywords(behind_table(clause.word));
  }
  if (clause.word == "on" && at_word && names_table_behind_on()) {
    return expect({Expected::kTables});
  }
  if (clause.word == "set" && (at_word || behind_comma)) {
    sources();
    if (!out_.tables.empty()) out_.tables.resize(1);
    return expect({Expected::kColumns});
  }
  if (is_any(clause.word, {"as", "to", "with", "do"}) && at_word) {
    return keywords(clause.word == "as" ? KeywordList{"SELECT"} : KeywordList{});
  }
  expression();
}

bool ExpectationReader::names_table_behind_on() const {
  Phrase p(of_, before_);
  return p.is("create") || p.is("grant") || p.is("revoke");
}

KeywordList ExpectationReader::behind_table(std::string_view clause) {
  if (clause == "update") return {"SET"};
  if (clause == "into") return {"VALUES", "SELECT", "DEFAULT VALUES"};
  return {"WHERE",    "JOIN",     "LEFT JOIN", "ON",  "USING",
          "GROUP BY", "ORDER BY", "LIMIT",     "SET", "RETURNING"};
}

void ExpectationReader::in_parentheses(size_t open) {
  const std::string_view head = open == 0 ? "" : of_.of(before_[open - 1]);
  if (is_any(head, {"using", "conflict"})) {
    sources();
    return expect({Expected::kColumns});
  }
  expression();
  if (before_.size() == open + 1) out_.keywords.insert(out_.keywords.begin(), "SELECT");
}

void ExpectationReader::expression() {
  sources();
  const bool operand =
      !before_.empty() &&
      (before_.back().is(TokenKind::kRightParen) || before_.back().is(TokenKind::kString) ||
       before_.back().is(TokenKind::kNumber) || before_.back().is(TokenKind::kParameter) ||
       before_.back().is(TokenKind::kQuotedName) ||
       (before_.back().is(TokenKind::kWord) &&
        (!is_sql_keyword(of_.of(before_.back())) ||
         is_any(of_.of(before_.back()), {"null", "true", "false", "end", "key"}))));
  if (operand) {
    return keywords({"AND", "OR", "IS NULL", "IS NOT NULL", "IN", "LIKE", "BETWEEN", "AS", "FROM",
                     "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "RETURNING", "ON CONFLICT"});
  }
  expect({Expected::kColumns, Expected::kFunctions},
         {"NULL", "NOT", "EXISTS", "CASE", "TRUE", "FALSE", "DISTINCT"});
}

void ExpectationReader::sources() {
  if (!out_.tables.empty()) return;
  std::vector<Token> all = before_;
  all.insert(all.end(), of_.after.begin(), of_.after.end());
  Phrase p(of_, std::move(all));
  while (!p.end()) {
    const bool names = is_any(p.peek(), {"from", "join", "update", "into", "using", "table"});
    const bool lists = is_any(p.peek(), {"from", "using"});
    p.advance();
    if (!names) continue;
    source(p);
    while (lists && p.take(TokenKind::kComma)) source(p);
  }
}

void ExpectationReader::source(Phrase& p) {
  p.skip({"only", "lateral"});
  if (!p.at_name() || is_sql_keyword(p.peek())) return;
  TableReference table = p.qualified();
  const bool as = p.take("as");
  if (p.at_name() && (as || !is_sql_keyword(p.peek()))) table.alias = p.name();
  out_.tables.push_back(std::move(table));
}

}  // namespace belay::lsp

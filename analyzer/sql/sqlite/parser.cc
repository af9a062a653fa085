#include "analyzer/sql/sqlite/parser.h"

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/hints.h"
#include "analyzer/sql/sqlite/scanner.h"

namespace belay::sql::sqlite {

StatementPtr parse(std::string_view text, std::span<const Token> tokens, uint32_t token_base,
                   const Dialect& /*dialect*/) {
  auto out = std::make_shared<ParsedStatement>();
  out->text = text;
  const std::vector<SqliteLexeme> lexemes = scan(out->text, tokens, token_base);
  Grammar grammar(out->text, lexemes);
  if (grammar.statement()) {
    out->operations = std::move(grammar.operations());
    return out;
  }
  Problem& problem = grammar.problem();
  if (const auto index = grammar.unexpected_lexeme()) {
    problem.message = describe_unexpected(out->text, lexemes, *index);
  }
  out->problems.push_back(std::move(problem));
  out->operations.push_back(
      {{0, static_cast<uint32_t>(text.size())}, Unknown{"it cannot be parsed"}});
  return out;
}

}  // namespace belay::sql::sqlite

#include "analyzer/sql/statement.h"

#include <array>

#include "analyzer/sql/postgres/parser.h"
#include "analyzer/sql/sqlite/parser.h"
#include "analyzer/text/lexer.h"

namespace belay::sql {
namespace {

/// A statement of a dialect whose parser does not exist yet. It is kept, and known to be unknown.
StatementPtr unsupported(std::string_view text, const Dialect& dialect) {
  auto out = std::make_shared<ParsedStatement>();
  out->text = text;
  out->operations.push_back(
      {{0, static_cast<uint32_t>(text.size())},
       Unknown{std::string(engine_display_name(dialect.engine)) + " is not supported yet"}});
  return out;
}

}  // namespace

StatementPtr parse_statement(std::string_view text, std::span<const Token> tokens,
                             uint32_t token_base, const Dialect& dialect) {
  switch (dialect.engine) {
    case Engine::kPostgres: return postgres::parse(text, tokens, token_base, dialect);
    case Engine::kSqlite: return sqlite::parse(text, tokens, token_base, dialect);
    case Engine::kMysql:
    case Engine::kMariadb: break;
  }
  return unsupported(text, dialect);
}

StatementPtr parse_statement(std::string_view text, const Dialect& dialect) {
  Lexer lexer(text, dialect.engine);
  std::vector<Token> tokens;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    tokens.push_back(token);
  }
  return parse_statement(text, tokens, 0, dialect);
}

}  // namespace belay::sql

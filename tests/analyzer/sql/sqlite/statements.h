#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/sqlite/parser.h"
#include "analyzer/sql/statement.h"
#include "analyzer/text/token.h"

namespace belay::sql::sqlite {

inline constexpr Dialect kDialect = {Engine::kSqlite, {3, 40, 1}};

/// The tokens of a text, as the parser is handed them.
std::vector<Token> tokens_of(std::string_view text);

StatementPtr parse_text(std::string_view text);

/// A statement of the folder `differential`, and where it stands.
struct ListedStatement {
  std::string text;
  std::string place;  ///< `columns.sql:17`
};

/// All of them: one for each line that is neither empty nor begins with two dashes.
const std::vector<ListedStatement>& listed_statements();

}  // namespace belay::sql::sqlite

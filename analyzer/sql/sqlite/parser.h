#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "analyzer/sql/statement.h"

/// SQLite statements, read with a parser of our own that accepts what SQLite 3.40.1 accepts, and
/// the syntax of later versions where it takes nothing away. Which syntax the configured version
/// knows is not the parser's question.
namespace belay::sql::sqlite {

/// See `belay::sql::parse_statement`. Thread-safe.
StatementPtr parse(std::string_view text, std::span<const Token> tokens, uint32_t token_base,
                   const Dialect& dialect);

}  // namespace belay::sql::sqlite

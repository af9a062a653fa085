#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "analyzer/sql/statement.h"

/// PostgreSQL statements, read with PostgreSQL's own grammar (libpg_query). Its raw tree is walked
/// straight into operations: a detour over its JSON or protobuf form costs five times the parse.
namespace belay::sql::postgres {

/// See `belay::sql::parse_statement`. Thread-safe.
StatementPtr parse(std::string_view text, std::span<const Token> tokens, uint32_t token_base,
                   const Dialect& dialect);

}  // namespace belay::sql::postgres

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analyzer/sql/sqlite/symbol.h"

namespace belay::sql::sqlite {

/// What to tell about the lexeme that the grammar does not expect: what it is and, where it comes
/// from a well-known statement of another database, what SQLite has instead.
std::string describe_unexpected(std::string_view text, std::span<const SqliteLexeme> lexemes,
                                size_t index);

}  // namespace belay::sql::sqlite

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/sqlite/symbol.h"
#include "analyzer/text/token.h"

namespace belay::sql::sqlite {

/// What SQLite's own tokenizer makes of a statement: the shared lexer's tokens with keywords found,
/// numbers and blobs checked, and pieces joined or parted where SQLite cuts elsewhere. Ends with
/// `kEnd`. `token_base` as for `parse_statement`.
std::vector<SqliteLexeme> scan(std::string_view text, std::span<const Token> tokens,
                               uint32_t token_base);

/// A name or string without its quotes; doubled quotes count once.
std::string unquoted(std::string_view written);

/// A name as SQLite compares it: without quotes, ASCII letters in lower case.
std::string folded(std::string_view written);

/// TRUE or FALSE, which SQLite takes for 1 and 0 where no column has that name.
bool is_truth_value(std::string_view written);

}  // namespace belay::sql::sqlite

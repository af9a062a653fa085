#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {

struct Code;

/// Reads the bodies of the blocks and functions among a statement's operations and sets their
/// `code` and `body`. No tree may be alive meanwhile.
void read_bodies(std::string_view statement, std::span<const Token> tokens, uint32_t token_base,
                 std::vector<Operation>& operations, const std::vector<QuotedBody>& bodies);

/// The same for a statement within a body: `tokens` are those of `code` that it was made of.
void read_nested_bodies(const Code& code, std::span<const Token> tokens,
                        std::vector<Operation>& operations, const std::vector<QuotedBody>& bodies);

}  // namespace belay::sql::postgres

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/operation.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/token.h"

namespace belay::sql {

/// Why a statement could not be read. `range` counts from the statement's first byte.
struct Problem {
  ByteRange range;
  std::string message;
};

/// One statement with what it does. Immutable and free of its place in the document, so that an
/// unchanged statement is never parsed again however the text around it changes.
struct ParsedStatement {
  std::string text;
  std::vector<Operation> operations;
  /// Empty where the statement was understood. Else `operations` holds one `Unknown`.
  std::vector<Problem> problems;
};

using StatementPtr = std::shared_ptr<const ParsedStatement>;

/// Parses one statement: `text` without its semicolon, and its tokens, whose ranges count from
/// `token_base` bytes before `text`. Never fails: what cannot be read is told in `problems`.
/// Thread-safe. Each dialect has one, under `analyzer/sql/<dialect>/`.
StatementPtr parse_statement(std::string_view text, std::span<const Token> tokens,
                             uint32_t token_base, const Dialect& dialect);

/// The same for a text alone, which is cut into tokens here.
StatementPtr parse_statement(std::string_view text, const Dialect& dialect);

}  // namespace belay::sql

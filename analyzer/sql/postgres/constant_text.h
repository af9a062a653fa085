#pragma once

#include <optional>

#include "analyzer/sql/postgres/fragment.h"
#include "analyzer/sql/postgres/source_text.h"

namespace belay::sql::postgres {

/// The text that an expression of constants yields: string literals, `||`, format() with %I, %L and
/// %s, quote_ident(), quote_literal(), brackets. Nothing for anything else. What is substituted
/// stands where the expression names it. Borrows the code's source.
std::optional<SourceText> constant_text(const Code& code, TokenSpan span);

}  // namespace belay::sql::postgres

#pragma once

#include <span>
#include <string_view>

#include "analyzer/text/dialect.h"

/// The words of SQL that are no names, as far as people write them in migrations.
namespace belay::lsp {

/// Whether a word, in any case, is one of SQL's own. Names may still be called so.
bool is_sql_keyword(std::string_view word);

/// The types that come with an engine, as people write them, in lower case: the usual ones first.
std::span<const std::string_view> builtin_types(Engine engine);
/// Whether a word, in any case, begins the name of such a type.
bool is_builtin_type(Engine engine, std::string_view word);

/// Whether most of the text's keywords are in capitals; true where it has none.
bool writes_keywords_in_capitals(std::string_view text, Engine engine);
/// The same of the types that come with the engine; false where it has none.
bool writes_types_in_capitals(std::string_view text, Engine engine);

}  // namespace belay::lsp

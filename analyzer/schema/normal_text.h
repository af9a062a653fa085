#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analyzer/schema/objects.h"
#include "analyzer/text/dialect.h"

/// SQL text in a form that stays the same however it is laid out: what an engine would show of it
/// again, as near as text alone can come.
namespace belay::schema {

/// An expression without its place: single spaces, keywords and names as they compare, no brackets
/// around the whole.
ExpressionText expression_text(const sql::Expression& expression, std::string_view statement,
                               Engine engine);

/// A column's default, brought to the column's type: `'0'` and `0` are one for an integer. Empty
/// where the engine keeps none (`DEFAULT NULL` in PostgreSQL).
std::optional<ExpressionText> default_text(const sql::Expression& expression,
                                           std::string_view statement, const Type& type,
                                           Engine engine);

/// The tokens of a text without what `without` covers.
std::string normal_text(std::string_view text, Engine engine,
                        std::span<const ByteRange> without = {});

/// Takes `phrase` out of a normal text where it stands first, and puts `with` in its place.
void replace_phrase(std::string& text, std::string_view phrase, std::string_view with);

/// Puts one column name for another into an expression.
void rename_column(ExpressionText& expression, std::string_view from, std::string_view to);
/// Likewise in a normal text, at every place where the name stands as a word of its own.
void rename_word(std::string& text, std::string_view from, std::string_view to);

Type type_of(const sql::TypeName& type);

}  // namespace belay::schema

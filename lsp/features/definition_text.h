#pragma once

#include <string>

#include "analyzer/names/mentions.h"
#include "analyzer/schema/schema.h"

namespace belay::lsp {

/// `name type NOT NULL ...`.
std::string column_text(const schema::Column& column);

/// What an object of that name is in a schema, as a person would write it down: to be read, not to
/// be run. Empty where the schema does not have it.
std::string definition_text(const schema::Schema& schema, const names::Object& object);

/// SQL as a block of Markdown, whatever it holds.
std::string sql_block(const std::string& sql);

}  // namespace belay::lsp

#pragma once

#include <string>

#include "analyzer/schema/schema.h"

namespace belay::lsp {

/// A schema as SQL, to be read and compared, not to be run: types, sequences, tables with their
/// constraints, indexes and triggers, views, functions, all else; each kind by name.
std::string schema_text(const schema::Schema& schema);

}  // namespace belay::lsp

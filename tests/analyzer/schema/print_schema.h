#pragma once

#include <string>

#include "analyzer/schema/schema.h"

namespace belay::schema {

/// The relations, enums and domains of a schema as text, one line for each thing, sorted by name;
/// print_schema.sql makes the same of a database's catalogs. Expressions are left out: a server
/// writes them in its own way.
std::string print(const Schema& schema);

/// The schema behind a script.
Schema replay_text(const std::string& script, Dialect dialect);

}  // namespace belay::schema

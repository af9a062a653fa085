#pragma once

#include <map>
#include <string>
#include <vector>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

namespace belay::rollback {

/// What is called otherwise behind a script, by what it is and not by what it looks like: a table
/// that is dropped and made again is another one.
struct Renames {
  struct One {
    std::string from;  ///< before the script
    std::string to;    ///< behind it
  };
  std::vector<One> relations;  ///< tables, views, sequences: keys
  std::vector<One> types;      ///< keys
  /// By the table's key before the script.
  std::map<std::string, std::vector<One>> columns;
  /// By the type's key before the script.
  std::map<std::string, std::vector<One>> enum_values;
};

Renames renames_of(const sql::ParsedScript& script, const schema::Schema& before);

}  // namespace belay::rollback

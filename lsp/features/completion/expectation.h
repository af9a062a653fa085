#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/completion/typed_statement.h"

namespace belay::lsp {

/// The kinds of things that a name may mean.
enum class Expected : uint8_t {
  kTables,  ///< views, too
  kViews,
  kColumns,
  kConstraints,
  kIndexes,
  kTypes,      ///< the engine's and the schema's
  kUserTypes,  ///< the schema's alone
  kFunctions,
  kSequences,
};

/// A name of a table as it is written, parts as they compare, and what the statement calls it.
struct TableReference {
  std::string schema;  ///< empty: none was written
  std::string name;
  std::string alias;  ///< empty: none
};

/// What may stand at the cursor.
struct Expectation {
  bool begins_statement = false;
  std::vector<Expected> kinds;  ///< the most likely first
  /// Whose columns, constraints and so on. Empty for indexes: those of all tables.
  std::vector<TableReference> tables;
  /// Columns that the statement itself makes.
  std::vector<std::string> own_columns;
  /// Names that stand in the same list already, as they compare.
  std::vector<std::string> listed;
  /// In capitals; several words where one does not make sense alone.
  std::vector<std::string_view> keywords;
  /// What stands before the cursor with a dot: `schema.`, `table.` or both.
  std::vector<std::string> qualifiers;
  /// The ALTER TABLE of `tables.front()` has no action yet; `column`: but for ALTER COLUMN.
  bool alters_table = false;
  std::string column;
};

/// Reads the tokens before the cursor, and those behind it for the tables that they name.
Expectation expectation_of(const TypedStatement& statement);

}  // namespace belay::lsp

#pragma once

#include <functional>
#include <optional>
#include <string>

#include "analyzer/cpp/literal.h"
#include "lsp/features/completion/typed_statement.h"
#include "lsp/features/feature_input.h"

namespace belay::lsp {

/// A cursor in the SQL of a script, in a file of SQL or in a literal of a C++ source.
struct SqlPlace {
  DocumentScript script;
  std::string text;     ///< the SQL: of the whole file, or of the literals that stand together
  uint32_t cursor = 0;  ///< in `text`
  TypedStatement typed;
  /// Before the statement that is being typed: behind all that comes earlier in the history and in
  /// its script.
  schema::Schema before;
  uint32_t statement_begin = 0;  ///< in `text`
  /// The literal that the cursor stands in; none in a file of SQL.
  std::optional<cpp::Literal> literal;
  uint32_t literal_begin = 0;  ///< where its value begins in `text`

  /// A range of `text` as one of the document that is open; empty where it leaves the literal.
  std::optional<ByteRange> in_document(ByteRange range) const;
};

/// Calls `visit` with the place of SQL at a byte of the open document; not where there is none.
/// What it is called with borrows from itself, so that it stays where it is.
void with_sql_place(const FeatureInput& input, const Document& open, uint32_t cursor,
                    const std::function<void(const SqlPlace&)>& visit);

}  // namespace belay::lsp

#pragma once

#include <string_view>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/operation.h"

namespace belay::schema {

/// Applies operations to a schema as the engine would, one after the other. Objects that the
/// history never made come into being when an operation names them, marked as incomplete.
class Replay {
 public:
  explicit Replay(Schema start) : schema_(std::move(start)) {}

  const Schema& schema() const { return schema_; }
  Schema take() && { return std::move(schema_); }

  /// `text` is the text of the operation's statement, which its ranges refer to.
  void apply(const sql::Operation& operation, std::string_view text, Origin origin);

 private:
  Schema schema_;
};

/// An expression without its place: single spaces, keywords and names in lower case.
ExpressionText expression_text(const sql::Expression& expression, std::string_view statement,
                               Engine engine);

Type type_of(const sql::TypeName& type);

}  // namespace belay::schema

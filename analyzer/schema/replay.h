#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/statement.h"

namespace belay::schema {

/// Why an operation stops with an error on the engine, whatever the tables hold.
struct Failure {
  std::string message;
  /// False where it depends on what no migration tells: an object that came from elsewhere, a view
  /// that may name a column.
  bool certain = true;
  /// It is about something that no migration made: what that was is not known.
  bool outside = false;
};

/// Applies operations to a schema as the engine would, one after the other. Objects that the
/// history never made come into being when an operation names them, marked as unknown. An operation
/// that fails changes the schema as far as it makes sense, so that what follows can be judged.
class Replay {
 public:
  explicit Replay(Schema start) : schema_(std::move(start)) {}

  const Schema& schema() const { return schema_; }
  Schema take() && { return std::move(schema_); }

  /// Applies one operation of a statement, given by its number.
  std::optional<Failure> apply(const sql::ParsedStatement& statement, size_t operation,
                               Origin origin);

 private:
  Schema schema_;
};

}  // namespace belay::schema

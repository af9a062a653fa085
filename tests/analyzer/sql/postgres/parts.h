#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/statement.h"

/// The places that findings may point at, gathered from operations and named, so that a test can
/// write them into the statement: `DROP TABLE [[table:a.[[table_name:b]]]]`.
namespace belay::sql::postgres {

/// A place of an operation: the member that holds it, and, for a name, the name itself.
struct Part {
  std::string
      label;  ///< `op`, `table`, `table_name`, `column`, `type`, `constraint`, `clause`, ...
  ByteRange range;
  std::string id;  ///< of names; else empty
};

/// All places of an operation, those that are empty included, in the order of its members.
std::vector<Part> parts_of(const Operation& operation);

/// A statement with named places in it.
struct Labelled {
  explicit Labelled(std::string_view marked);

  std::string text;
  std::vector<Part> parts;
};

/// The text with the places written into it, for messages of failed tests.
std::string write_labelled(std::string_view text, const std::vector<Part>& parts);

}  // namespace belay::sql::postgres

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"

/// Calls of Belay's schema builder as they are read of a source, and what makes SQL of them.
/// The builder itself is no part of the analyzer: the program that reads sources brings it along.
namespace belay::cpp {

struct BuilderStep;

/// What is not known of an argument: a number of the reader's for it.
struct StandIn {
  enum class Kind : uint8_t { kText, kNumber, kOther };
  size_t number = 0;
  Kind kind = Kind::kOther;  ///< as the argument's own type says
};

struct BuilderArgument {
  struct Bytes {
    std::string bytes;
  };
  using List = std::vector<BuilderArgument>;
  /// A call of `belay::type` is a step that stands by itself. A structure is the list of its
  /// members. Truth values are numbers where only their place tells what they are.
  std::variant<StandIn, std::nullptr_t, bool, int64_t, double, std::string, Bytes, List,
               std::shared_ptr<const BuilderStep>>
      is;
};

/// One call in what describes a table.
struct BuilderStep {
  std::string method;        ///< `belay::Table::string`
  std::optional<size_t> on;  ///< the step whose result it is called on; none: the table itself
  std::vector<BuilderArgument> arguments;  ///< the defaults among them
  bool perhaps = false;  ///< it may not be run: it stands behind a condition that nobody knows
  /// Instead of all that: nobody knows what is done to the object.
  std::optional<StandIn> unknown = std::nullopt;
};

/// A call of one of the methods of `belay::Schema`.
struct BuilderCall {
  std::string method;                      ///< `belay::Schema::create_table`
  std::vector<BuilderArgument> arguments;  ///< without the function that describes
  std::vector<BuilderStep> steps;          ///< what that function does, in order
};

/// What the builder sends.
struct BuilderStatement {
  /// A part of the SQL that comes from one step.
  struct Part {
    ByteRange range;
    size_t step;
  };
  struct Hole {
    ByteRange range;  ///< one byte
    std::optional<size_t> stand_in;
    std::string reason;     ///< where it is no argument that is not known
    bool is_quoted = true;  ///< the builder has put it there as a name, a number or a text
  };
  std::string sql;
  std::optional<size_t> step;  ///< the step that it comes from as a whole
  std::vector<Part> parts;
  std::vector<Hole> holes;
  bool perhaps = false;  ///< it depends on what the database answers
};

/// The schema builder, as the reader asks it.
class BuilderSql {
 public:
  virtual ~BuilderSql() = default;
  /// In the order in which they would run; those that nobody knows are a single hole.
  virtual std::vector<BuilderStatement> statements(const BuilderCall& call,
                                                   Engine engine) const = 0;
};

}  // namespace belay::cpp

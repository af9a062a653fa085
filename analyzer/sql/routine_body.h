#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/operation.h"
#include "analyzer/sql/statement.h"

/// What stands inside of anonymous blocks and functions. `DoBlock::code` and `CreateFunction::code`
/// lead here. Plain values, immutable once their statement is parsed, readable by any number of
/// threads. All ranges count from the first byte of the outermost statement, also those of the
/// operations within, however deeply their text is quoted.
namespace belay::sql {

struct Step;

/// That an object is there, or is not, at the moment at which a condition is evaluated. The schema
/// before the step decides it, where that schema is known.
struct ExistenceGuard {
  enum class Kind : uint8_t {
    kRelation,     ///< anything that shares the names of tables: view, index, sequence, ...
    kTable,        ///< an ordinary or partitioned table
    kPlainTable,   ///< a table that is not partitioned
    kTableOrView,  ///< also a foreign table; no materialized view
    kView,
    kMaterializedView,
    kIndex,
    kPlainIndex,  ///< an index that is not of a partitioned table
    kSequence,
    kColumn,      ///< of `owner`, a relation of any kind
    kConstraint,  ///< of `owner`; of any table where `owner` is empty
    kType,        ///< of any kind: tables and views have a type of their name, too
    kEnumType,
    kDomain,
    kEnumValue,  ///< of the type `owner`
    kFunction,   ///< with any arguments
    kTrigger,    ///< of `owner`; of any table where `owner` is empty
    kPolicy,     ///< likewise
    kSchema,
    kExtension,
    kRole,
  };
  /// In which schemas the object (of columns and the like: their owner) is looked for.
  enum class Scope : uint8_t {
    kAnySchema,      ///< in all of them, the system's own included
    kNamedSchema,    ///< in the one that the name carries
    kCurrentSchema,  ///< in the first one of the search path
    kSearchPath,     ///< in the first one of the search path that has the name
    kOwnerSchema,    ///< a relation: in the schema of `owner`, which is found in the search path
  };

  Kind kind = Kind::kRelation;
  Scope scope = Scope::kAnySchema;
  /// Empty: any one, as in `has the table a primary key`.
  QualifiedName name;
  /// The table that the object belongs to, where the condition names it; an enum value's type.
  QualifiedName owner;
  /// Of a constraint, where the condition asks for one kind alone.
  std::optional<ConstraintKind> constraint_kind;
  bool must_exist = true;
  /// The statement fails where `owner` does not exist: 'owner'::regclass, ALTER TABLE owner.
  bool fails_without_owner = false;
  ByteRange range;
};

std::string_view existence_kind_name(ExistenceGuard::Kind kind);

/// What decides whether steps run.
struct Condition {
  /// The expression; of a block with handlers, the conditions that they catch.
  ByteRange range;
  /// Where not empty: the condition holds exactly where all of these do (`negated`: where not all
  /// of them do). Where empty: what it says is known only when it runs.
  std::vector<ExistenceGuard> all_of;
  bool negated = false;
  /// What evaluating it reads and calls.
  Query query;

  bool is_known() const { return !all_of.empty(); }
};

/// Steps that run together.
struct Branch {
  /// Without one (`range` is empty) an ELSE, the body of a LOOP, or of a block without handlers.
  std::optional<Condition> condition;
  std::vector<Step> steps;
};

/// EXCEPTION WHEN conditions THEN steps.
struct Handler {
  /// In lower case, as PostgreSQL's appendix A names them: `duplicate_object`, `others`. A SQLSTATE
  /// that has no name here stands as its code.
  std::vector<std::string> conditions;
  ByteRange range;  ///< of the conditions
  std::vector<Step> steps;
};

struct Raise {
  std::string level;  ///< `exception`, `warning`, `notice`, `info`, `log`, `debug`
  /// As written, with its `%`; empty where it is no literal, or where the error is raised again.
  std::string message;
  std::string condition;  ///< a name or SQLSTATE, where one is written

  bool aborts() const { return level == "exception"; }
};

/// Whether a step comes to run in one execution of the body in which no statement fails.
enum class Runs : uint8_t {
  kAlways,
  kPerhaps,     ///< under a condition, behind a conditional RETURN, or where an error undoes it
  kRepeatedly,  ///< any number of times, none included
  kInHandler,   ///< where a statement failed
};

/// One statement of a body. What it does itself stands in `operations`, and comes before what its
/// `branches` do.
struct Step {
  enum class Kind : uint8_t {
    kStatement,   ///< static SQL, RETURN QUERY and PERFORM included
    kExpression,  ///< an assignment, a default value, a cursor's query: evaluated, nothing more
    kDynamic,     ///< EXECUTE
    kIf,          ///< IF and CASE: the first branch whose condition holds, or none
    kLoop,        ///< its one branch, with WHILE's condition
    kBlock,       ///< its one branch; where that fails, one of `handlers`
    kRaise,
    kAssert,
    kReturn,  ///< leaves the body
    kExit,    ///< EXIT and CONTINUE; WHEN is the condition of an empty branch
    kNothing,
  };

  Kind kind = Kind::kNothing;
  Runs runs = Runs::kAlways;
  /// The statement without its label and semicolon, up to END IF and the like.
  ByteRange range;
  /// An expression counts as a `Select` of what it reads. What cannot be known is an `Unknown` with
  /// the reason, at the place that is to blame; dynamic SQL of constants is what it says.
  std::vector<Operation> operations;
  /// Functions that the step calls and that may change anything: all but PostgreSQL's own harmless
  /// ones. Conditions and loops count their own expressions only, not their branches.
  std::vector<QualifiedName> calls;
  std::vector<Branch> branches;
  /// A block's handlers. The condition of its one branch then says, where it is known, whether the
  /// branch runs to its end; else everything it did is undone and the one handler runs that does
  /// anything. Where it is not known, either may happen.
  std::vector<Handler> handlers;
  std::optional<Raise> raise;
  /// The expression behind EXECUTE.
  ByteRange dynamic;
  /// Of kExit: the loop or block that it leaves; empty for the innermost loop.
  std::string label;
};

/// What one execution of a body may do at all, its branches and handlers included. Names are as
/// written, each once, in the order of the text.
struct BodyEffects {
  std::vector<QualifiedName> reads;
  std::vector<QualifiedName> writes;  ///< INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY FROM
  /// Functions and procedures that may change anything. Those of PostgreSQL's own that are harmless
  /// are left out by name; a function of the user's that overloads such a name is overlooked.
  std::vector<QualifiedName> calls;
  bool has_ddl = false;
  bool dynamic = false;  ///< EXECUTE of what is known only when it runs
  bool raises = false;   ///< RAISE EXCEPTION or ASSERT; any statement may fail besides
  bool ends_transactions = false;
  bool changes_settings = false;  ///< SET, RESET: from there on, names may mean other objects
  bool unknown = false;           ///< a statement that could not be read

  /// Whether rows or schema may change. Triggers of written tables and views' functions aside.
  bool may_change() const {
    return has_ddl || dynamic || unknown || !writes.empty() || !calls.empty();
  }
};

/// The code of a block or a function.
///
/// To replay a block: go through `steps` in order. Apply a step's operations; then, for kIf, decide
/// the conditions of its branches from the schema at that point, one after another, and go into the
/// first that holds. The steps of a branch share one decision: it is made before the first of them
/// runs. kReturn ends the body, an aborting kRaise fails it. Whatever is not decided (a condition
/// that is not known, a loop, calls, an `Unknown`) leaves what the steps in question touch unknown.
struct RoutineBody {
  std::string language;
  /// The text within its quotes; empty where it is not in the statement.
  ByteRange range;
  std::vector<Step> steps;
  /// What PostgreSQL's grammar does not accept: the block fails before it does anything, the
  /// function cannot be created. The steps in question are `Unknown`.
  std::vector<Problem> problems;
  /// Why nothing is known of the body, or empty: another language, a body that is not in the text.
  /// `steps` then holds one step with an `Unknown`.
  std::string unknown;
  BodyEffects effects;

  /// The exception that every execution raises before it changes anything, if there is one: how a
  /// migration says that it cannot be undone.
  const Step* refusal() const;
};

/// Calls `visit` for each step, a step before those in its branches and handlers.
void for_each_step(const std::vector<Step>& steps, const std::function<void(const Step&)>& visit);

/// Sets `Step::runs` in the whole body and sums up its effects. The last act of whoever makes one.
void finish(RoutineBody& body);

}  // namespace belay::sql

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"

/// What a C++ source says of migrations: plain values, without anything of a compiler in them.
namespace belay::cpp {

/// A range of bytes in one of the files that were read.
struct Place {
  uint32_t file = 0;  ///< into `Reading::files`
  ByteRange range;

  friend bool operator==(const Place&, const Place&) = default;
};

/// A part of a text that depends on what happens at run time.
struct Hole {
  ByteRange range;  ///< of the text: what stands there is a stand-in
  Place expression;
  std::string reason;  ///< `the parameter `table``, `the result of load()`
  /// It is a number, or went through a function that quotes it: it cannot bring SQL along.
  bool harmless = false;
  /// It is one of several texts that all stand in the source: nothing from outside comes in by it.
  bool from_source = false;
};

/// SQL that the program runs at one place. For each byte of the text there is a place in the
/// source.
struct SqlText {
  std::string text;
  std::vector<Place> places;
  std::vector<Hole> holes;
  Place call;
  /// It may not run: it stands behind a condition that nobody knows here, or in a loop.
  bool conditional = false;
  /// Values are handed over with it, in place of its `?` or `$1`, or can be bound to it later.
  bool has_parameters = false;
  /// The engine whose library the function belongs to; none: any.
  std::optional<Engine> library;
};

/// A value that a migration declares, where it is written as a literal.
struct Declared {
  std::string value;
  Place place;
};

struct MigrationClass {
  std::string name;     ///< with its namespaces
  Place place;          ///< of the name
  bool is_ours = true;  ///< derives from `belay::Migration`
  std::optional<Declared> version;
  std::optional<Declared> description;
  std::vector<Declared> dependencies;
  bool has_down = false;
  bool declares_reversible = false;  ///< derives from `belay::SafelyReversible`
  bool registered = false;
  std::optional<bool> backup_required;  ///< where a class of the project says it
  std::optional<bool> in_transaction;   ///< where it is known
  bool batched = false;                 ///< derives from `belay::DataMigration`
  Place up;                             ///< the name of the method
  Place down;                           ///< empty range where there is none
  Place version_method;                 ///< the name of the method; empty range where there is none
  Place backup_method;                  ///< likewise, of the one that says `backup_required`
  std::optional<Place> down_throws;     ///< what `down` throws whatever happens
  std::optional<Place> up_definition;   ///< `up` with its body, where it stands in the class
  std::optional<Place> base;            ///< the first class that it derives from, as written
};

/// The SQL of one method on one engine.
struct MethodSql {
  Engine engine = Engine::kPostgres;
  std::vector<SqlText> texts;  ///< in the order in which they run
};

struct MigrationReading {
  MigrationClass migration;
  std::vector<MethodSql> up;  ///< for each engine that was asked for
  std::vector<MethodSql> down;
};

/// The SQL of a function that belongs to no migration.
struct FunctionReading {
  std::string name;  ///< with its namespaces
  Place place;       ///< of the name
  std::vector<MethodSql> sql;
};

struct Reading {
  std::vector<std::string> files;  ///< absolute paths; the first is the one that was asked for
  std::vector<MigrationReading> migrations;
  /// Those that were asked for, with SQL in them.
  std::vector<FunctionReading> functions;
  /// What the compiler says against the source, the first few. A source with errors is read as far
  /// as it goes.
  std::vector<std::string> errors;
};

/// How a function gets the values for the placeholders in its SQL.
enum class SqlValues : uint8_t {
  kArguments,  ///< they stand behind the SQL; functions that are called back are none of them
  kObject,     ///< an object that holds them stands behind the SQL
  kLater,      ///< they are bound to what it returns or makes, as to a prepared statement
  kInserted,   ///< by `<<` on what it returns
  kText,       ///< what `<<` adds to what it returns is more of the SQL; values come behind a `,`
  kTextForLater,  ///< the same, and they can also be bound to it later
  kNone,          ///< it takes none
};

/// A function that takes SQL, and which of its arguments, from 0, that is.
///
/// Names are those of the declaration, with its namespaces and classes but without template
/// arguments and inline namespaces: `belay::Database::execute`. A constructor is named as its class
/// is, `SQLite::Statement::Statement`, an operator as `soci::session::operator<<`; of an operator
/// that is a method, the object is no argument. A method also stands for those that override it,
/// and for the one that its class inherits.
struct SqlFunction {
  std::string name;
  /// Where overloads differ in this, the text that is nearest behind it counts, else the nearest
  /// before it.
  unsigned argument = 0;
  std::optional<Engine> library;  ///< the engine that it talks to, where it is one
  SqlValues values = SqlValues::kArguments;
  /// It only keeps the SQL. Where it is seen to be run by another function, it counts there alone.
  bool keeps = false;

  friend bool operator==(const SqlFunction&, const SqlFunction&) = default;
};

/// Those of Belay's own API.
std::vector<SqlFunction> own_functions();

/// Which classes are migrations, and what their methods are called.
struct ClassShape {
  std::string base;  ///< with its namespaces
  std::vector<std::string> up = {"up"};
  std::vector<std::string> down = {"down"};

  friend bool operator==(const ClassShape&, const ClassShape&) = default;
};

/// That of `belay::Migration`.
std::vector<ClassShape> own_shapes();

/// How to read a source.
struct Request {
  std::string path;
  /// Instead of what is on the disk.
  std::optional<std::string> text;
  /// The compiler's arguments without program and source; empty: `-std=c++20`.
  std::vector<std::string> arguments;
  std::string directory;  ///< where the compiler runs
  std::vector<Engine> engines;
  std::vector<SqlFunction> functions = own_functions();
  std::vector<ClassShape> shapes = own_shapes();
  /// Also the functions that belong to no migration.
  bool outside_migrations = false;
};

}  // namespace belay::cpp

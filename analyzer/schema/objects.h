#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/schema/shared.h"
#include "analyzer/sql/operation.h"

/// What a schema consists of. Equality counts origins, too: `compare.h` tells what a database would
/// show.
namespace belay::schema {

/// Which operation made or last changed something: the script's number within its set (2 * index
/// of the migration, plus one for its down), and the statement within the script.
struct Origin {
  uint32_t script = 0;
  uint32_t statement = 0;

  uint32_t migration() const { return script / 2; }
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// What most objects do not have, by name: `comment`, `option fillfactor`, `row security`. Absent
/// means the engine's default.
class Attributes {
 public:
  using Item = std::pair<std::string, std::string>;

  /// Empty where there is none of that name.
  std::string_view get(std::string_view name) const;
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  const std::vector<Item>& items() const { return items_; }
  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::vector<Item> items_;  ///< by name
};

/// An expression in a form that does not depend on the place where it was written.
struct ExpressionText {
  std::string text;  ///< with single spaces, keywords and names as they compare
  bool is_null = false;
  bool is_constant = false;
  std::vector<std::string> columns;
  std::vector<std::string> functions;

  bool empty() const { return text.empty(); }
  friend bool operator==(const ExpressionText&, const ExpressionText&) = default;
};

struct Type {
  std::string name;  ///< `schema.name` where a schema was written
  std::vector<std::string> modifiers;
  uint8_t array_dimensions = 0;

  /// As people write it: `numeric(10,2)[]`.
  std::string to_string() const;
  friend bool operator==(const Type&, const Type&) = default;
};

struct Column {
  using Generated = sql::ColumnDefinition::Generated;
  using Identity = sql::ColumnDefinition::Identity;

  std::string name;
  Type type;
  bool not_null = false;
  std::optional<ExpressionText> default_value;
  Generated generated = Generated::kNo;
  ExpressionText generation;
  Identity identity = Identity::kNo;
  std::string collation;
  /// False where the history never told what it is, only that it is there.
  bool known = true;
  /// Comment, statistics, storage, compression, options.
  Attributes attributes;
  Origin origin;

  friend bool operator==(const Column&, const Column&) = default;
};

struct Constraint {
  sql::ConstraintKind kind = sql::ConstraintKind::kCheck;
  std::string name;  ///< the engine's own where none was written; SQLite: may be empty
  bool name_is_generated = false;
  std::vector<std::string> columns;
  std::string referenced_table;  ///< key of the table
  std::vector<std::string> referenced_columns;
  sql::ReferentialAction on_delete = sql::ReferentialAction::kNoAction;
  sql::ReferentialAction on_update = sql::ReferentialAction::kNoAction;
  ExpressionText check;
  std::vector<std::string> proves_not_null;
  bool validated = true;
  bool deferrable = false;
  bool initially_deferred = false;
  bool nulls_not_distinct = false;
  bool no_inherit = false;
  std::string match;                 ///< `full`, `partial` or empty
  std::vector<std::string> include;  ///< columns of the index that are no part of the key
  /// What else was written: elements and operators of EXCLUDE; SQLite's conflict clause,
  /// AUTOINCREMENT and DESC.
  std::string details;
  Attributes attributes;
  /// Written with the column, not for the table: SQLite drops it with the column.
  bool of_column = false;
  Origin origin;

  friend bool operator==(const Constraint&, const Constraint&) = default;
};

struct Index {
  std::string name;
  /// The indexed columns in order; empty strings for expressions.
  std::vector<std::string> columns;
  /// Every column that the index mentions, in expressions and predicate, too.
  std::vector<std::string> mentioned_columns;
  bool unique = false;
  bool partial = false;
  std::string method;
  /// The elements in order as the engine would show them: `lower ( email ) desc`.
  std::vector<std::string> elements;
  std::vector<std::string> include;
  ExpressionText predicate;
  bool nulls_not_distinct = false;
  Attributes attributes;
  /// The index of a PRIMARY KEY, UNIQUE or EXCLUDE constraint of the same name.
  bool of_constraint = false;
  Origin origin;

  friend bool operator==(const Index&, const Index&) = default;
};

struct Trigger {
  std::string name;
  /// The whole statement but for its names and what says nothing of the trigger.
  std::string definition;
  std::string function;  ///< PostgreSQL: key of what it calls
  std::string enabled;   ///< `disable`, `enable always`, ...; empty: as created
  Attributes attributes;
  std::vector<std::string> mentioned_relations;
  std::vector<std::string> mentioned_columns;
  Origin origin;

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

/// A rule or a row security policy.
struct TableRule {
  sql::ObjectKind kind = sql::ObjectKind::kRule;
  std::string name;
  std::string definition;
  Attributes attributes;
  Origin origin;

  friend bool operator==(const TableRule&, const TableRule&) = default;
};

struct Table {
  std::string schema;
  std::string name;
  std::vector<Shared<Column>> columns;
  std::vector<Shared<Constraint>> constraints;
  std::vector<Shared<Index>> indexes;
  std::vector<Shared<Trigger>> triggers;
  std::vector<Shared<TableRule>> rules;
  bool temporary = false;
  bool unlogged = false;
  bool partitioned = false;
  bool foreign = false;
  std::string partition_key;         ///< `range ( day )`
  std::string partition_of;          ///< key of the parent
  std::string partition_bound;       ///< `for values from ...`
  std::vector<std::string> parents;  ///< keys of what it inherits from
  bool without_rowid = false;
  bool strict = false;
  bool is_virtual = false;
  /// False where the history never created it, or created it in a way that hides its columns
  /// (CREATE TABLE AS, LIKE): what is listed is then not all.
  bool complete = true;
  /// False where no migration made it: its definition is not known.
  bool known = true;
  /// Rows may have come in since it was created.
  bool may_have_rows = false;
  /// Comment, options, row security, replica identity, privileges.
  Attributes attributes;
  Origin origin;

  /// It has the name of one that was dropped before, and with it the rows, as far as they were
  /// copied: a rebuild.
  bool replaces = false;

  /// Whether the script created it, with nothing in it that was there before. What a script only
  /// speaks of was there before.
  bool made_by(uint32_t script) const { return known && !replaces && origin.script == script; }
  /// The same of a column.
  bool has_column_made_by(uint32_t script, std::string_view column_name) const;

  const Column* column(std::string_view column_name) const;
  const Constraint* constraint(std::string_view constraint_name) const;
  const Constraint* primary_key() const;
  const Index* index(std::string_view index_name) const;
  /// Whether `column_name` belongs to the primary key.
  bool in_primary_key(std::string_view column_name) const;

  friend bool operator==(const Table&, const Table&) = default;
};

struct View {
  std::string schema;
  std::string name;
  bool materialized = false;
  std::vector<std::string> relations;  ///< keys of what it reads
  std::vector<std::string> columns;    ///< names that its query mentions
  std::vector<std::string> outputs;    ///< names of its own columns; empty: not known
  std::string definition;              ///< its columns and its query
  bool populated = true;               ///< a materialized view with data
  std::vector<Shared<Index>> indexes;  ///< of a materialized view
  std::vector<Shared<Trigger>> triggers;
  Attributes attributes;
  Origin origin;

  friend bool operator==(const View&, const View&) = default;
};

/// That a name of the relations' namespace is an index, and of which table.
struct IndexName {
  std::string table;  ///< key

  friend bool operator==(const IndexName&, const IndexName&) = default;
};

struct Sequence {
  std::string owner_table;   ///< key; empty: nobody's
  std::string owner_column;  ///< with which it goes
  /// It belongs to an identity column and cannot be dropped on its own.
  bool of_identity = false;
  Attributes attributes;  ///< `type`, `increment`, `start`, ... where they are not the default
  Origin origin;

  friend bool operator==(const Sequence&, const Sequence&) = default;
};

struct UserType {
  enum class Form : uint8_t { kEnum, kDomain, kComposite, kOther };
  Form form = Form::kOther;
  std::vector<std::string> values;     ///< of an enum
  std::vector<Shared<Column>> fields;  ///< of a composite type
  Type base;                           ///< of a domain
  bool not_null = false;               ///< a domain
  std::optional<ExpressionText> default_value;
  std::vector<Shared<Constraint>> constraints;
  std::string definition;  ///< of other forms: the statement
  Attributes attributes;

  /// A domain with NOT NULL or CHECK.
  bool constrained() const { return not_null || !constraints.empty(); }

  Origin origin;

  friend bool operator==(const UserType&, const UserType&) = default;
};

struct Function {
  using Volatility = sql::CreateFunction::Volatility;
  std::string arguments;  ///< types of the input, which make it another function of its name
  std::string returns;
  bool procedure = false;
  Volatility volatility = Volatility::kVolatile;
  std::string definition;  ///< the statement without white space and comments
  /// A call may change rows or schema.
  bool may_change = true;
  Attributes attributes;
  Origin origin;

  friend bool operator==(const Function&, const Function&) = default;
};

/// All functions of one name.
struct Overloads {
  std::vector<Shared<Function>> functions;

  friend bool operator==(const Overloads&, const Overloads&) = default;
};

/// An extension, a schema, and every kind that needs no model of its own.
struct OtherObject {
  sql::ObjectKind kind = sql::ObjectKind::kOther;
  std::string name;
  std::string definition;
  Attributes attributes;
  Origin origin;

  friend bool operator==(const OtherObject&, const OtherObject&) = default;
};

using Object = std::variant<Table, View, IndexName, Sequence, UserType, Overloads, OtherObject>;

}  // namespace belay::schema

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/sql/column.h"
#include "analyzer/sql/expression.h"
#include "analyzer/sql/name.h"

/// What statements do to schema and data, in one vocabulary for all dialects. A statement becomes
/// one operation for each thing that it does: `DROP TABLE a, b` two, an ALTER TABLE one for each of
/// its clauses. Dialect parsers make them; everything else (schema, effects, rules, data loss)
/// reads nothing but them.
namespace belay::sql {

struct ParsedStatement;
struct RoutineBody;

/// The relation that an ALTER TABLE clause changes. `kind` tells a view or an index that was named
/// in ALTER TABLE's place (ALTER INDEX ... SET, ALTER VIEW ... ALTER COLUMN).
struct AlterTarget {
  QualifiedName name;
  ObjectKind kind = ObjectKind::kTable;
  bool if_exists = false;
  bool only = false;
};

// --- tables ---------------------------------------------------------------------------------

struct LikeClause {
  QualifiedName table;
  bool including_all = false;
  std::vector<std::string> including;  ///< `defaults`, `constraints`, `indexes`, ...
};

struct PartitionBy {
  std::string strategy;  ///< `range`, `list`, `hash`
  std::vector<IndexElement> key;
  ByteRange range;
};

struct PartitionOf {
  QualifiedName parent;
  ByteRange bound;
  bool is_default = false;
};

struct CreateTable {
  QualifiedName table;
  bool if_not_exists = false;
  bool temporary = false;
  bool unlogged = false;
  bool foreign = false;
  std::vector<ColumnDefinition> columns;
  std::vector<ConstraintDefinition> constraints;  ///< the table's own, in order
  std::vector<QualifiedName> inherits;
  std::vector<LikeClause> like;
  std::optional<PartitionBy> partition_by;
  std::optional<PartitionOf> partition_of;
  QualifiedName of_type;
  std::optional<Query> as_query;
  std::vector<Name> as_columns;  ///< the column names of CREATE TABLE t (a, b) AS
  bool with_data = true;
  std::vector<Option> options;
  Name tablespace;
  Name access_method;
  bool without_rowid = false;  ///< SQLite
  bool strict = false;         ///< SQLite
  Name virtual_module;         ///< SQLite: CREATE VIRTUAL TABLE ... USING module
};

struct DropTable {
  QualifiedName table;
  bool if_exists = false;
  bool cascade = false;
  bool foreign = false;
};

struct RenameTable {
  AlterTarget table;
  Name new_name;
};

struct Truncate {
  QualifiedName table;
  bool cascade = false;
  bool restart_identity = false;
};

struct AddColumn {
  AlterTarget table;
  ColumnDefinition column;
  bool if_not_exists = false;
};

struct DropColumn {
  AlterTarget table;
  Name column;
  bool if_exists = false;
  bool cascade = false;
};

struct RenameColumn {
  AlterTarget table;
  Name column;
  Name new_name;
};

struct AlterColumnType {
  AlterTarget table;
  Name column;
  TypeName type;
  QualifiedName collation;
  Expression using_expression;  ///< empty without USING
};

struct SetDefault {
  AlterTarget table;
  Name column;
  Expression value;
};

struct DropDefault {
  AlterTarget table;
  Name column;
};

struct SetNotNull {
  AlterTarget table;
  Name column;
};

struct DropNotNull {
  AlterTarget table;
  Name column;
};

struct AlterIdentity {
  enum class Action : uint8_t { kAdd, kSet, kDrop };
  AlterTarget table;
  Name column;
  Action action = Action::kAdd;
  ColumnDefinition::Identity identity = ColumnDefinition::Identity::kNo;
  std::vector<Option> options;
  bool if_exists = false;
};

struct AlterGenerated {
  AlterTarget table;
  Name column;
  bool drop = true;  ///< DROP EXPRESSION; else SET EXPRESSION
  Expression expression;
  bool if_exists = false;
};

/// SET STATISTICS, SET STORAGE, SET COMPRESSION, SET (n_distinct = ...) and RESET (...).
struct SetColumnOption {
  enum class What : uint8_t { kStatistics, kStorage, kCompression, kOptions, kResetOptions };
  AlterTarget table;
  Name column;
  What what = What::kOptions;
  std::string value;
  std::vector<Option> options;
};

struct AddConstraint {
  AlterTarget table;
  ConstraintDefinition constraint;
};

struct DropConstraint {
  AlterTarget table;
  Name constraint;
  bool if_exists = false;
  bool cascade = false;
};

struct ValidateConstraint {
  AlterTarget table;
  Name constraint;
};

struct AlterConstraint {
  AlterTarget table;
  Name constraint;
  bool deferrable = false;
  bool initially_deferred = false;
};

struct RenameConstraint {
  AlterTarget table;
  Name constraint;
  Name new_name;
};

struct AttachPartition {
  AlterTarget table;
  QualifiedName partition;
  ByteRange bound;
  bool is_default = false;
};

struct DetachPartition {
  AlterTarget table;
  QualifiedName partition;
  bool concurrently = false;
  bool finalize = false;
};

struct SetInheritance {
  AlterTarget table;
  QualifiedName parent;
  bool inherit = true;
};

/// What ALTER TABLE sets on the table as a whole.
struct SetTableOption {
  enum class What : uint8_t {
    kLogged,
    kUnlogged,
    kAccessMethod,
    kTablespace,
    kParameters,
    kResetParameters,
    kReplicaIdentity,
    kClusterOn,
    kWithoutCluster,
    kOfType,
    kNotOfType,
    kRowSecurity,   ///< value: `enable`, `disable`, `force`, `no force`
    kTriggerState,  ///< value: `enable`, `disable`, `enable replica`, `enable always`
    kRuleState,     ///< likewise
    kCharacterSet,  ///< MySQL
    kEngine,        ///< MySQL
    kForceRebuild,  ///< MySQL
    kOther,
  };
  AlterTarget table;
  What what = What::kOther;
  Name name;  ///< of the method, tablespace, index, trigger (`all`, `user`), rule or type
  std::string value;
  std::vector<Option> options;
};

// --- indexes --------------------------------------------------------------------------------

struct CreateIndex {
  QualifiedName index;  ///< empty: the engine will choose a name
  QualifiedName table;
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  bool only = false;
  std::string method;  ///< empty: the engine's default
  std::vector<IndexElement> elements;
  std::vector<Name> include;
  Expression predicate;
  bool nulls_not_distinct = false;
  std::vector<Option> options;
  Name tablespace;
  /// Where CONCURRENTLY stands or would stand: behind INDEX.
  ByteRange concurrently_range;
};

struct DropIndex {
  QualifiedName index;
  QualifiedName table;  ///< MySQL: DROP INDEX i ON t
  bool concurrently = false;
  bool if_exists = false;
  bool cascade = false;
  ByteRange concurrently_range;
};

struct Reindex {
  ObjectKind kind = ObjectKind::kIndex;  ///< index, table, schema, database; kOther: SYSTEM
  QualifiedName name;
  bool concurrently = false;
};

struct AttachIndex {
  QualifiedName index;
  QualifiedName partition_index;
};

// --- views, sequences, types, functions -----------------------------------------------------

struct CreateView {
  QualifiedName view;
  bool materialized = false;
  bool or_replace = false;
  bool temporary = false;
  bool if_not_exists = false;
  bool with_data = true;
  std::vector<Name> columns;
  Query query;
  std::vector<Option> options;
  std::string check_option;
};

struct RefreshMaterializedView {
  QualifiedName view;
  bool concurrently = false;
  bool with_data = true;
};

struct CreateSequence {
  QualifiedName sequence;
  bool if_not_exists = false;
  bool temporary = false;
  std::vector<Option> options;
  QualifiedName owned_by_table;
  Name owned_by_column;
};

struct AlterSequence {
  QualifiedName sequence;
  bool if_exists = false;
  std::vector<Option> options;  ///< as written: `restart`, `owned_by`, `increment`, ...
  QualifiedName owned_by_table;
  Name owned_by_column;
};

struct CreateType {
  enum class Form : uint8_t { kEnum, kComposite, kRange, kBase, kShell };
  QualifiedName type;
  Form form = Form::kShell;
  std::vector<Name> values;  ///< of an enum, `id` without quotes
  std::vector<ColumnDefinition> attributes;
};

struct AddEnumValue {
  QualifiedName type;
  Name value;
  Name neighbour;  ///< BEFORE or AFTER this one; empty: at the end
  bool before = false;
  bool if_not_exists = false;
};

struct RenameEnumValue {
  QualifiedName type;
  Name value;
  Name new_name;
};

/// ALTER TYPE ... ADD, DROP or ALTER ATTRIBUTE.
struct AlterCompositeType {
  enum class Action : uint8_t { kAdd, kDrop, kAlterType, kRename };
  QualifiedName type;
  Action action = Action::kAdd;
  ColumnDefinition attribute;
  Name new_name;
  bool cascade = false;
  bool if_exists = false;
};

struct CreateDomain {
  QualifiedName domain;
  TypeName type;
  std::optional<Expression> default_value;
  bool not_null = false;
  std::vector<ConstraintDefinition> constraints;
  QualifiedName collation;
};

struct AlterDomain {
  enum class Action : uint8_t {
    kSetDefault,
    kDropDefault,
    kSetNotNull,
    kDropNotNull,
    kAddConstraint,
    kDropConstraint,
    kValidateConstraint,
  };
  QualifiedName domain;
  Action action = Action::kSetDefault;
  std::optional<Expression> default_value;
  ConstraintDefinition constraint;  ///< added, or only named
  bool if_exists = false;
  bool cascade = false;
};

struct FunctionArgument {
  Name name;
  TypeName type;
  std::string mode;  ///< `in`, `out`, `inout`, `variadic`, `table`
  std::optional<Expression> default_value;
};

struct CreateFunction {
  enum class Volatility : uint8_t { kVolatile, kStable, kImmutable };
  QualifiedName function;
  bool procedure = false;
  bool or_replace = false;
  std::vector<FunctionArgument> arguments;
  TypeName returns;
  bool returns_set = false;
  std::string language;
  Volatility volatility = Volatility::kVolatile;
  bool strict = false;
  bool security_definer = false;
  std::vector<Option> settings;  ///< SET search_path = ...
  /// The body: within its quotes, or the statement behind them.
  ByteRange body;
  /// What stands in it (`routine_body.h`). Null in dialects that do not look into bodies.
  std::shared_ptr<const RoutineBody> code;
};

struct AlterFunction {
  QualifiedName function;
  std::vector<TypeName> argument_types;
  bool has_arguments = false;
  std::vector<Option> actions;
};

struct CreateTrigger {
  QualifiedName trigger;
  QualifiedName table;
  bool or_replace = false;
  bool if_not_exists = false;
  bool temporary = false;
  bool constraint = false;
  std::string timing;               ///< `before`, `after`, `instead of`
  std::vector<std::string> events;  ///< `insert`, `update`, `delete`, `truncate`
  std::vector<Name> update_columns;
  bool for_each_row = false;
  Expression when;
  QualifiedName function;
  /// SQLite, MySQL: what the body does, with ranges in the trigger's statement.
  Query body;
};

struct CreateRule {
  Name rule;
  QualifiedName table;
  std::string event;
  bool instead = false;
  bool or_replace = false;
  Query body;
};

struct CreatePolicy {
  Name policy;
  QualifiedName table;
  std::string command;
  bool permissive = true;
  std::vector<std::string> roles;
  Expression using_expression;
  Expression check;
};

struct AlterPolicy {
  Name policy;
  QualifiedName table;
  std::vector<std::string> roles;
  Expression using_expression;
  Expression check;
};

struct CreateExtension {
  Name extension;
  bool if_not_exists = false;
  Name schema;
};

struct CreateSchema {
  Name schema;
  bool if_not_exists = false;
};

// --- any kind of object ---------------------------------------------------------------------

/// CREATE of what has no operation of its own.
struct CreateObject {
  ObjectKind kind = ObjectKind::kOther;
  QualifiedName name;
  bool if_not_exists = false;
  QualifiedName table;  ///< that statistics are about
};

/// ALTER of what has no operation of its own; `what` is the clause in a word or two.
struct AlterObject {
  ObjectKind kind = ObjectKind::kOther;
  QualifiedName name;
  std::string what;
};

/// DROP of everything but tables and indexes.
struct DropObject {
  ObjectKind kind = ObjectKind::kOther;
  QualifiedName name;
  QualifiedName table;  ///< of a trigger, rule or policy
  std::vector<TypeName> argument_types;
  bool has_arguments = false;
  bool if_exists = false;
  bool cascade = false;
};

/// RENAME of everything but tables, columns and constraints.
struct RenameObject {
  ObjectKind kind = ObjectKind::kOther;
  QualifiedName name;
  QualifiedName table;  ///< of a trigger, rule or policy
  Name new_name;
  bool if_exists = false;
};

struct SetSchema {
  ObjectKind kind = ObjectKind::kTable;
  QualifiedName name;
  Name new_schema;
  bool if_exists = false;
};

struct SetOwner {
  ObjectKind kind = ObjectKind::kTable;
  QualifiedName name;
  std::string owner;
};

struct Comment {
  ObjectKind kind = ObjectKind::kTable;
  QualifiedName name;               ///< of the object, or of the column, constraint, trigger, ...
  QualifiedName table;              ///< that the object belongs to
  std::optional<std::string> text;  ///< empty: IS NULL
};

struct Grant {
  bool grant = true;
  ObjectKind kind = ObjectKind::kTable;
  std::vector<QualifiedName> objects;
  bool all_in_schema = false;
  std::vector<std::string> privileges;  ///< empty: ALL
  std::vector<std::string> grantees;
  bool with_grant_option = false;
  bool cascade = false;
  bool default_privileges = false;
};

// --- rows -----------------------------------------------------------------------------------

struct Insert {
  QualifiedName table;
  std::vector<Name> columns;           ///< empty: all, in the table's order
  std::optional<uint32_t> value_rows;  ///< of VALUES; none for a query
  Query query;
  /// What a query that is one SELECT of columns alone yields, in its order; a star has no name.
  /// Empty where it yields anything else.
  std::vector<Name> selected;
  bool on_conflict = false;
  bool replace = false;  ///< REPLACE, INSERT OR REPLACE
};

struct Assignment {
  Name column;
  Expression value;
};

struct Update {
  QualifiedName table;
  std::vector<Assignment> assignments;
  std::optional<Expression> where;
  Query query;  ///< FROM and subqueries
  bool limited = false;
};

struct Delete {
  QualifiedName table;
  std::optional<Expression> where;
  Query query;  ///< USING and subqueries
  bool limited = false;
};

struct Merge {
  QualifiedName table;
  Query query;
  bool inserts = false;
  bool updates = false;
  bool deletes = false;
};

struct Copy {
  QualifiedName table;
  bool from = true;
  bool stdin_or_stdout = false;
};

struct Select {
  Query query;
};

// --- session and maintenance ----------------------------------------------------------------

struct Transaction {
  enum class Kind : uint8_t {
    kBegin,
    kCommit,
    kRollback,
    kSavepoint,
    kRelease,
    kRollbackTo,
    kPrepare,
    kCommitPrepared,
    kRollbackPrepared,
    kSetCharacteristics,
  };
  Kind kind = Kind::kBegin;
  std::string mode;  ///< SQLite: `deferred`, `immediate`, `exclusive`
  Name savepoint;
};

/// SET, SET LOCAL, RESET, and a SELECT of set_config() with constants.
struct SetVariable {
  Name name;                         ///< in lower case; `all` for RESET ALL
  std::optional<std::string> value;  ///< none: RESET or SET ... TO DEFAULT
  bool local = false;
};

struct Pragma {
  Name schema;
  Name name;                         ///< in lower case
  std::optional<std::string> value;  ///< none: only asks
};

struct LockTable {
  QualifiedName table;
  std::string mode;  ///< in lower case, without LOCK: `access exclusive`
  bool nowait = false;
};

struct Maintenance {
  enum class Kind : uint8_t { kVacuum, kVacuumFull, kAnalyze, kCluster, kCheckpoint, kOptimize };
  Kind kind = Kind::kVacuum;
  QualifiedName table;  ///< empty: all
  Name index;           ///< CLUSTER ... USING
};

struct AttachDatabase {
  bool attach = true;
  Name name;
};

/// An anonymous block.
struct DoBlock {
  std::string language;
  ByteRange body;
  /// What stands in it (`routine_body.h`). Null in dialects that do not look into bodies.
  std::shared_ptr<const RoutineBody> code;
};

struct Call {
  QualifiedName procedure;
};

/// A statement that the parser accepts and that neither changes schema nor rows that a migration
/// keeps: EXPLAIN, LISTEN, PREPARE, DEALLOCATE, ...
struct NoChange {
  std::string what;
};

/// A statement that may change anything: the parser could not read it, or what it does is decided
/// only when it runs.
struct Unknown {
  std::string why;
};

using OperationData =
    std::variant<CreateTable, DropTable, RenameTable, Truncate, AddColumn, DropColumn, RenameColumn,
                 AlterColumnType, SetDefault, DropDefault, SetNotNull, DropNotNull, AlterIdentity,
                 AlterGenerated, SetColumnOption, AddConstraint, DropConstraint, ValidateConstraint,
                 AlterConstraint, RenameConstraint, AttachPartition, DetachPartition,
                 SetInheritance, SetTableOption, CreateIndex, DropIndex, Reindex, AttachIndex,
                 CreateView, RefreshMaterializedView, CreateSequence, AlterSequence, CreateType,
                 AddEnumValue, RenameEnumValue, AlterCompositeType, CreateDomain, AlterDomain,
                 CreateFunction, AlterFunction, CreateTrigger, CreateRule, CreatePolicy,
                 AlterPolicy, CreateExtension, CreateSchema, CreateObject, AlterObject, DropObject,
                 RenameObject, SetSchema, SetOwner, Comment, Grant, Insert, Update, Delete, Merge,
                 Copy, Select, Transaction, SetVariable, Pragma, LockTable, Maintenance,
                 AttachDatabase, DoBlock, Call, NoChange, Unknown>;

struct Operation {
  /// The clause that does it, within an ALTER TABLE; else the whole statement.
  ByteRange range;
  OperationData data;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
};

/// The operation's name in reports and logs: `add_column`.
std::string_view operation_name(const Operation& operation);

}  // namespace belay::sql

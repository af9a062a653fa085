#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <belay/database.h>

/// What a table is made of, as `belay::Table` and `belay::TableChange` hand it out to be described
/// further. See belay/schema.h.
namespace belay {

/// One name, or several in braces: `"email"`, `{"a", "b"}`.
class Names {
 public:
  // NOLINTBEGIN(*-explicit-*): they are written as plain values
  Names(const char* name) : names_{name} {}
  Names(std::string name) : names_{std::move(name)} {}
  Names(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) {}
  Names(std::vector<std::string> names) : names_(std::move(names)) {}
  // NOLINTEND(*-explicit-*)

  const std::vector<std::string>& list() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// The type of a column; see `belay::type`.
struct ColumnType {
  enum class Kind : uint8_t {
    kId,
    kSmallInteger,
    kInteger,
    kBigInteger,
    kBoolean,
    kReal,
    kDouble,
    kDecimal,
    kString,
    kText,
    kBlob,
    kDate,
    kTime,
    kTimestamp,
    kTimestampWithZone,
    kUuid,
    kJson,
    kOneOf,
    kNative,
  };
  Kind kind = Kind::kText;
  int size = 0;   ///< characters, or digits in all
  int scale = 0;  ///< digits behind the point
  std::vector<std::string> values;
  std::string native;
};

/// The types that columns are made of. SQLite holds dates, times, UUIDs and JSON as texts, does not
/// check lengths, and counts decimals in binary.
namespace type {

ColumnType small_integer();
ColumnType integer();
ColumnType big_integer();
ColumnType boolean();
ColumnType real();
ColumnType double_precision();
/// Throws unless 0 < precision and 0 <= scale <= precision.
ColumnType decimal(int precision, int scale = 0);
/// Throws unless 0 < length.
ColumnType string(int length = 255);
ColumnType text();
ColumnType blob();
ColumnType date();
ColumnType time();
ColumnType timestamp();
ColumnType timestamp_with_zone();
ColumnType uuid();
/// `jsonb` on PostgreSQL.
ColumnType json();
ColumnType one_of(std::vector<std::string> values);
/// As the engine writes it: `citext`, `bigint[]`. It goes in as it is.
ColumnType native(std::string sql);

}  // namespace type

/// What a column is given where an INSERT leaves it out: a value, or the author's SQL.
struct ColumnDefault {
  struct Expression {
    std::string sql;
  };
  std::variant<runtime::Value, bool, Expression> value;

  template <class T>
  static ColumnDefault of(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return {value};
    } else {
      return {Parameter(value).value()};
    }
  }
};

/// What becomes of a row whose parent is deleted, or whose parent's key changes.
enum class OnDelete : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };
using OnUpdate = OnDelete;

struct Reference {
  std::string table;
  std::vector<std::string> columns;  ///< none: the primary key
  OnDelete on_delete = OnDelete::kNoAction;
  OnUpdate on_update = OnUpdate::kNoAction;
  bool deferred = false;
};

enum class Generated : uint8_t {
  kStored,
  kVirtual,  ///< SQLite alone
};

/// A new column. It may be NULL unless it is told otherwise.
class Column {
 public:
  Column(std::string its_name, ColumnType its_type)
      : name(std::move(its_name)), column_type(std::move(its_type)) {}

  Column& not_null();
  Column& nullable();
  Column& primary_key();
  Column& unique();
  /// A value, written as a literal of the engine's: a number, `true`, a text, bytes, `nullptr`.
  template <class T>
  Column& default_to(const T& value) {
    return set_default(ColumnDefault::of(value));
  }
  Column& default_to(const char* value) { return set_default(ColumnDefault::of(value)); }
  Column& default_expression(std::string sql);
  /// In `alter_table`: the rows that are there get NULL instead of the default. So nothing is
  /// rewritten on PostgreSQL for a default that differs from row to row (`gen_random_uuid()`), and
  /// a `DataMigration` can fill them.
  Column& for_new_rows_only();
  /// Only with an action may follow: `.references("plans", "id").on_delete(OnDelete::kCascade)`.
  Column& references(std::string table, Names columns = std::vector<std::string>());
  Column& on_delete(OnDelete action);
  Column& on_update(OnUpdate action);
  Column& check(std::string condition);
  Column& collate(std::string collation);
  Column& generated_as(std::string expression, Generated kind = Generated::kStored);
  /// Where the engine has comments; SQLite has none.
  Column& comment(std::string text);

  std::string name;
  ColumnType column_type;
  bool is_not_null = false;
  bool is_primary_key = false;
  bool is_unique = false;
  bool new_rows_only = false;
  std::optional<ColumnDefault> default_value;
  std::optional<Reference> reference;
  std::vector<std::string> checks;
  std::optional<std::string> collation;
  std::optional<std::string> generated;
  Generated generated_kind = Generated::kStored;
  std::optional<std::string> comment_text;

 private:
  Column& set_default(ColumnDefault value);
  Reference& checked_reference();
};

/// A foreign key of one column or more: `t.foreign_key("plan_id").references("plans", "id")`.
class ForeignKey {
 public:
  explicit ForeignKey(std::vector<std::string> of) : columns(std::move(of)) {}

  /// Without columns: the other table's primary key.
  ForeignKey& references(std::string table, Names columns = std::vector<std::string>());
  ForeignKey& on_delete(OnDelete action);
  ForeignKey& on_update(OnUpdate action);
  /// Checked at the commit.
  ForeignKey& deferred();
  /// In `alter_table` on PostgreSQL: the rows that are there are not looked at, so that nobody has
  /// to wait; `validate_constraint` does so later. SQLite always looks.
  ForeignKey& not_validated();
  ForeignKey& named(std::string given);

  std::vector<std::string> columns;
  Reference reference;
  std::optional<std::string> name;
  bool validated = true;
};

/// A primary key, a unique key or a check of a table.
class Constraint {
 public:
  enum class Kind : uint8_t { kPrimaryKey, kUnique, kCheck };
  Constraint(Kind its_kind, std::vector<std::string> of, std::string its_condition)
      : kind(its_kind), columns(std::move(of)), condition(std::move(its_condition)) {}

  /// Needed by `drop_constraint`; PostgreSQL finds a name by itself.
  Constraint& named(std::string given);
  /// Of a check: see `ForeignKey::not_validated`.
  Constraint& not_validated();

  Kind kind;
  std::vector<std::string> columns;
  std::string condition;
  std::optional<std::string> name;
  bool validated = true;
};

struct IndexOptions {
  std::string name{};  ///< empty: table, columns and `idx`, joined by `_`
  bool unique = false;
  std::string where{};  ///< only the rows that meet this condition
  /// The columns are expressions, which go in as they are: `lower(email)`, `"name" DESC`.
  bool expressions = false;
  std::string method{};  ///< PostgreSQL: `gin`
  bool if_not_exists = false;
  /// PostgreSQL: without keeping writers out. Only where `in_transaction()` is false.
  bool concurrently = false;
};

struct TableIndex {
  std::vector<std::string> columns;
  IndexOptions options;
};

/// A change of a column that stays. What is not named stays as it is.
class ColumnChange {
 public:
  explicit ColumnChange(std::string its_name) : name(std::move(its_name)) {}

  ColumnChange& type(ColumnType type);
  /// How the new value comes from the old one, in SQL: `trim(name)`. Needs `type`.
  ColumnChange& using_expression(std::string sql);
  ColumnChange& not_null();
  ColumnChange& nullable();
  template <class T>
  ColumnChange& default_to(const T& value) {
    return set_default(ColumnDefault::of(value));
  }
  ColumnChange& default_to(const char* value) { return set_default(ColumnDefault::of(value)); }
  ColumnChange& default_expression(std::string sql);
  ColumnChange& drop_default();

  std::string name;
  std::optional<ColumnType> new_type;
  std::optional<std::string> conversion;
  std::optional<bool> new_not_null;
  std::optional<ColumnDefault> new_default;
  bool drops_default = false;

 private:
  ColumnChange& set_default(ColumnDefault value);
};

struct TableComment {
  std::string text;
};
struct DroppedColumn {
  std::string name;
  bool with_dependents = false;
};
struct RenamedColumn {
  std::string from;
  std::string to;
};
/// By its name, or else by its kind and columns.
struct DroppedConstraint {
  enum class Kind : uint8_t { kAny, kPrimaryKey, kUnique, kCheck, kForeignKey };
  Kind kind = Kind::kAny;
  std::vector<std::string> columns;
  std::string name;
};
struct ValidatedConstraint {
  std::string name;
};
struct DroppedIndex {
  std::string name;
};

using TablePart = std::variant<Column, ForeignKey, Constraint, TableIndex, TableComment,
                               ColumnChange, DroppedColumn, RenamedColumn, DroppedConstraint,
                               DroppedIndex, ValidatedConstraint>;

}  // namespace belay

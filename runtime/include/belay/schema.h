#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <belay/database.h>
#include <belay/table_parts.h>

/// Tables, columns, keys and indexes made and changed in C++, with the SQL that is right for the
/// engine at hand (PostgreSQL, SQLite).
///
///     belay::Schema schema(db);
///     schema.create_table("users", [](belay::Table& t) {
///       t.id();
///       t.string("email", 255).not_null().unique();
///       t.integer("visits").not_null().default_to(0).check("visits >= 0");
///       t.big_integer("plan_id").references("plans", "id").on_delete(belay::OnDelete::kCascade);
///       t.timestamps();
///     });
///     schema.alter_table("users", [](belay::TableChange& t) {
///       t.string("phone");
///       t.rename_column("email", "mail");
///       t.change_column("visits").type(belay::type::big_integer());
///       t.drop_column("phone");
///     });
///
/// Names are quoted where they need to be; types given as `native`, expressions, checks and
/// conditions are the author's own SQL and go in as they are. On PostgreSQL `app.users` names a
/// table in a schema. What goes wrong is thrown (`MigrationError`).
///
/// On SQLite, what its ALTER TABLE cannot do is done by a rebuild: a new table is made from the
/// stored text with only the piece that is meant changed, all rows are copied with their rowids,
/// and then the two swap names, in `sqlite_schema` itself (`PRAGMA writable_schema`). The usual
/// way, DROP the old and RENAME the new, deletes the rows of every table that refers to this one
/// with ON DELETE CASCADE where `foreign_keys` is on, which no transaction can switch off, since
/// DROP TABLE deletes all rows first. Behind the swap nothing refers to the table that is dropped,
/// and no other definition has been touched: triggers, views and foreign keys of others stay as
/// they are, token for token. SQLite then reads the whole schema again and checks the table, its
/// indexes and its foreign keys; where anything is not as before, all of it is taken back.
namespace belay {

/// A new table, as the function given to `create_table` describes it.
class Table {
 public:
  explicit Table(std::string name) : name_(std::move(name)) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  /// A key that the database counts up and never gives twice: an identity column of type bigint on
  /// PostgreSQL, INTEGER PRIMARY KEY AUTOINCREMENT on SQLite.
  Column& id(std::string name = "id");
  Column& small_integer(std::string name) { return column(std::move(name), type::small_integer()); }
  Column& integer(std::string name) { return column(std::move(name), type::integer()); }
  Column& big_integer(std::string name) { return column(std::move(name), type::big_integer()); }
  Column& boolean(std::string name) { return column(std::move(name), type::boolean()); }
  Column& real(std::string name) { return column(std::move(name), type::real()); }
  Column& double_precision(std::string name) {
    return column(std::move(name), type::double_precision());
  }
  Column& decimal(std::string name, int precision, int scale = 0) {
    return column(std::move(name), type::decimal(precision, scale));
  }
  Column& string(std::string name, int length = 255) {
    return column(std::move(name), type::string(length));
  }
  Column& text(std::string name) { return column(std::move(name), type::text()); }
  Column& blob(std::string name) { return column(std::move(name), type::blob()); }
  Column& date(std::string name) { return column(std::move(name), type::date()); }
  Column& time(std::string name) { return column(std::move(name), type::time()); }
  Column& timestamp(std::string name) { return column(std::move(name), type::timestamp()); }
  Column& timestamp_with_zone(std::string name) {
    return column(std::move(name), type::timestamp_with_zone());
  }
  Column& uuid(std::string name) { return column(std::move(name), type::uuid()); }
  Column& json(std::string name) { return column(std::move(name), type::json()); }
  /// A text that is one of these, by a CHECK. For a type of its own on PostgreSQL see
  /// `Schema::create_enum`.
  Column& enumeration(std::string name, std::vector<std::string> values) {
    return column(std::move(name), type::one_of(std::move(values)));
  }
  Column& column(std::string name, ColumnType type);
  /// `created_at` and `updated_at`, not null, by default the time of the insert. Nothing keeps the
  /// second one up to date.
  void timestamps();

  Constraint& primary_key(Names columns);
  Constraint& unique(Names columns);
  Constraint& check(std::string condition);
  ForeignKey& foreign_key(Names columns);
  /// Named `users_email_idx` unless the options say otherwise.
  void index(Names columns, IndexOptions options = {});
  /// Where the engine has comments; SQLite has none.
  void comment(std::string text);

  const std::string& name() const { return name_; }
  /// All of it in the order in which it was said.
  const std::deque<TablePart>& parts() const { return parts_; }

 protected:
  template <class T>
  T& add(T part) {
    return std::get<T>(parts_.emplace_back(std::move(part)));
  }

 private:
  std::string name_;
  std::deque<TablePart> parts_;
};

/// What happens to what uses a column or a table that goes: indexes and constraints of several
/// columns, views and triggers.
enum class Dependents : uint8_t {
  kRefuse,  ///< an error that names them
  kDrop,    ///< they go, too; foreign keys of other tables only on PostgreSQL
};

/// A change of a table, as the function given to `alter_table` describes it. What a new table can
/// be given is added; all of it happens in the order in which it is said.
class TableChange : public Table {
 public:
  using Table::Table;

  void drop_column(std::string name, Dependents dependents = Dependents::kRefuse);
  void rename_column(std::string from, std::string to);
  /// Changes of a column that stays: `t.change_column("visits").type(...).not_null()`.
  ColumnChange& change_column(std::string name);

  void drop_primary_key();
  void drop_unique(Names columns);
  void drop_foreign_key(Names columns);
  /// By its name; on SQLite a check that has none by its condition.
  void drop_check(std::string name);
  /// A key, check or foreign key by its name.
  void drop_constraint(std::string name);
  void drop_index(std::string name);
  /// Looks at the rows that `not_validated` has left out. Nothing is left to do on SQLite.
  void validate_constraint(std::string name);
};

struct DropIndexOptions {
  bool if_exists = false;
  /// PostgreSQL: without keeping writers out. Only where `in_transaction()` is false.
  bool concurrently = false;
};

/// The schema of the database that a migration works on. Each call is done when it returns, or has
/// thrown and changed nothing (on PostgreSQL within a transaction: the transaction is lost then).
class Schema {
 public:
  /// Throws for an engine that it does not know.
  explicit Schema(Database& db);

  void create_table(std::string_view name, const std::function<void(Table&)>& describe);
  void alter_table(std::string_view name, const std::function<void(TableChange&)>& describe);
  /// What refers to the table refers to it by its new name then.
  void rename_table(std::string_view from, std::string_view to);
  /// Where others refer to the table that is an error: on SQLite dropping it would delete their
  /// rows, or leave them without a parent.
  void drop_table(std::string_view name, Dependents dependents = Dependents::kRefuse);
  void drop_table_if_exists(std::string_view name, Dependents dependents = Dependents::kRefuse);

  /// With `if_not_exists` one that is there is compared: the same table, columns, order,
  /// uniqueness and condition. Another one of that name is an error, and so is one that
  /// PostgreSQL has left invalid.
  void create_index(std::string_view table, Names columns, IndexOptions options = {});
  void drop_index(std::string_view name, DropIndexOptions options = {});

  /// A type of its own with these values; PostgreSQL alone has that. For a column of it:
  /// `t.column("mood", belay::type::native("mood"))`.
  void create_enum(std::string_view name, const std::vector<std::string>& values);
  /// The transaction that adds a value cannot use it yet.
  void add_enum_value(std::string_view name, std::string_view value);
  void drop_enum(std::string_view name);

  bool has_table(std::string_view name);
  bool has_column(std::string_view table, std::string_view column);
  bool has_index(std::string_view table, std::string_view index);

 private:
  Database& db_;
};

}  // namespace belay

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/schema/persistent_map.h"
#include "analyzer/schema/shared.h"
#include "analyzer/sql/operation.h"
#include "analyzer/text/dialect.h"

/// The schema of a database at one point of a history, as far as its scripts tell.
namespace belay::schema {

/// Which operation made or last changed something: the script's number within its set (2 * index
/// of the migration, plus one for its down), and the statement within the script.
struct Origin {
  uint32_t script = 0;
  uint32_t statement = 0;

  uint32_t migration() const { return script / 2; }
  friend bool operator==(const Origin&, const Origin&) = default;
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
  /// The index of a PRIMARY KEY, UNIQUE or EXCLUDE constraint of the same name.
  bool of_constraint = false;
  Origin origin;

  friend bool operator==(const Index&, const Index&) = default;
};

struct Trigger {
  std::string name;
  std::vector<std::string> mentioned_relations;
  std::vector<std::string> mentioned_columns;
  Origin origin;

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Table {
  std::string schema;
  std::string name;
  std::vector<Shared<Column>> columns;
  std::vector<Shared<Constraint>> constraints;
  std::vector<Shared<Index>> indexes;
  std::vector<Shared<Trigger>> triggers;
  bool temporary = false;
  bool unlogged = false;
  bool partitioned = false;
  std::string partition_of;  ///< key of the parent
  bool without_rowid = false;
  bool strict = false;
  bool is_virtual = false;
  /// False where the history never created it, or created it in a way that hides its columns
  /// (CREATE TABLE AS, LIKE): what is listed is then not all.
  bool complete = true;
  /// Rows may have come in since it was created.
  bool may_have_rows = false;
  Origin origin;

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
  Origin origin;

  friend bool operator==(const View&, const View&) = default;
};

/// That a name of the relations' namespace is an index, and of which table.
struct IndexName {
  std::string table;  ///< key

  friend bool operator==(const IndexName&, const IndexName&) = default;
};

struct Sequence {
  Origin origin;

  friend bool operator==(const Sequence&, const Sequence&) = default;
};

struct UserType {
  enum class Form : uint8_t { kEnum, kDomain, kComposite, kOther };
  Form form = Form::kOther;
  std::vector<std::string> values;  ///< of an enum
  Type base;                        ///< of a domain
  bool constrained = false;         ///< a domain with NOT NULL or CHECK
  Origin origin;

  friend bool operator==(const UserType&, const UserType&) = default;
};

struct Function {
  using Volatility = sql::CreateFunction::Volatility;
  Volatility volatility = Volatility::kVolatile;
  Origin origin;

  friend bool operator==(const Function&, const Function&) = default;
};

using Object = std::variant<Table, View, IndexName, Sequence, UserType, Function>;

/// A statement whose effect is not known, and that may have changed anything.
struct Uncertainty {
  Origin origin;
  std::string why;

  friend bool operator==(const Uncertainty&, const Uncertainty&) = default;
};

/// A schema. A value: copies are cheap and share what they have in common.
class Schema {
 public:
  explicit Schema(Dialect dialect);

  const Dialect& dialect() const { return dialect_; }

  /// Keys name objects across schemas: `schema.name`, with the default schema filled in.
  std::string key(const sql::QualifiedName& name) const;
  std::string key(std::string_view schema, std::string_view name) const;

  /// A key as people read it: without the schema where that is the default one.
  std::string display(std::string_view key) const;

  const Table* table(const sql::QualifiedName& name) const { return table(key(name)); }
  const Table* table(std::string_view key) const { return find<Table>(relations_, key); }
  const View* view(std::string_view key) const { return find<View>(relations_, key); }
  /// The table that an index belongs to, with the index's own name; null where it is not known.
  const Table* table_of_index(std::string_view index_key) const;
  const UserType* type(std::string_view name) const;
  const Function* function(const sql::QualifiedName& name) const;
  bool has_relation(std::string_view key) const { return relations_.find(key) != nullptr; }

  template <class Visit>
  void for_each_table(Visit visit) const {
    relations_.for_each([&](const std::string& key, const Object& object) {
      if (const auto* t = std::get_if<Table>(&object)) visit(key, *t);
    });
  }
  template <class Visit>
  void for_each_view(Visit visit) const {
    relations_.for_each([&](const std::string& key, const Object& object) {
      if (const auto* v = std::get_if<View>(&object)) visit(key, *v);
    });
  }

  /// False where there is surely no view.
  bool may_have_views() const { return may_have_views_; }

  const std::vector<Uncertainty>& uncertainties() const { return uncertainties_; }

  /// The keys of relations that differ, and whether anything else does (types, functions,
  /// uncertainties, the default schema).
  struct Difference {
    std::vector<std::string> relations;
    bool other = false;

    bool empty() const { return relations.empty() && !other; }
  };
  static Difference difference(const Schema& a, const Schema& b);

  // --- changes, made by Replay
  void put_relation(const std::string& key, Object object);
  /// The table of `key`, free to be changed; null where there is none.
  Table* own_table(std::string_view key) {
    Object* object = table(key) == nullptr ? nullptr : relations_.own(key);
    return object == nullptr ? nullptr : std::get_if<Table>(object);
  }
  void drop_relation(const std::string& key) { relations_.erase(key); }
  void put_type(const std::string& key, UserType type);
  void drop_type(const std::string& key) { types_.erase(key); }
  void put_function(const std::string& key, Function function);
  void drop_function(const std::string& key) { functions_.erase(key); }
  void add_uncertainty(Uncertainty what) { uncertainties_.push_back(std::move(what)); }
  void set_default_schema(std::string name) { default_schema_ = std::move(name); }
  /// Takes the object of `key` over from another schema, or its absence.
  void copy_relation(const std::string& key, const Schema& from) {
    relations_.copy_from(from.relations_, key);
    may_have_views_ |= from.may_have_views_;
  }

 private:
  template <class T>
  static const T* find(const PersistentMap<Object>& map, std::string_view key) {
    const Object* object = map.find(key);
    return object == nullptr ? nullptr : std::get_if<T>(object);
  }

  Dialect dialect_;
  std::string default_schema_;
  PersistentMap<Object> relations_;
  PersistentMap<Object> types_;
  PersistentMap<Object> functions_;
  std::vector<Uncertainty> uncertainties_;
  bool may_have_views_ = false;
};

/// The schema that names without one belong to: `public` for PostgreSQL, `main` for SQLite.
std::string_view default_schema(Engine engine);

}  // namespace belay::schema

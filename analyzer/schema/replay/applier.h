#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/schema/normal_text.h"
#include "analyzer/schema/replay.h"
#include "analyzer/sql/routine_body.h"
#include "support/contains.h"

namespace belay::schema {

using Keys = std::set<std::string, std::less<>>;

void replace_name(std::vector<std::string>& names, std::string_view from, std::string_view to);

/// What the elements of an index are called in a generated name.
std::vector<std::string> element_parts(const std::vector<sql::IndexElement>& elements);

/// Applies one operation. Its overloads stand in one file for each kind of object.
class Applier {
 public:
  Applier(Schema& schema, const sql::ParsedStatement& statement, Origin origin)
      : schema_(schema),
        statement_(statement),
        text_(statement.text),
        origin_(origin),
        engine_(schema.dialect().engine) {}

  /// The first thing that fails.
  std::optional<Failure> take_failure() && { return std::move(failure_); }

  // tables.cc
  void operator()(const sql::CreateTable& op);
  void operator()(const sql::DropTable& op);
  void operator()(const sql::RenameTable& op);
  void operator()(const sql::AttachPartition& op);
  void operator()(const sql::DetachPartition& op);
  void operator()(const sql::SetInheritance& op);
  void operator()(const sql::SetTableOption& op);

  // columns.cc
  void operator()(const sql::AddColumn& op);
  void operator()(const sql::DropColumn& op);
  void operator()(const sql::RenameColumn& op);
  void operator()(const sql::AlterColumnType& op);
  void operator()(const sql::SetDefault& op);
  void operator()(const sql::DropDefault& op);
  void operator()(const sql::SetNotNull& op);
  void operator()(const sql::DropNotNull& op);
  void operator()(const sql::AlterIdentity& op);
  void operator()(const sql::AlterGenerated& op);
  void operator()(const sql::SetColumnOption& op);

  // constraints.cc
  void operator()(const sql::AddConstraint& op);
  void operator()(const sql::DropConstraint& op);
  void operator()(const sql::ValidateConstraint& op);
  void operator()(const sql::AlterConstraint& op);
  void operator()(const sql::RenameConstraint& op);

  // indexes.cc
  void operator()(const sql::CreateIndex& op);
  void operator()(const sql::DropIndex& op);
  void operator()(const sql::AttachIndex&) {}

  // views.cc
  void operator()(const sql::CreateView& op);
  void operator()(const sql::RefreshMaterializedView& op);
  void operator()(const sql::CreateSequence& op);
  void operator()(const sql::AlterSequence& op);

  // types.cc
  void operator()(const sql::CreateType& op);
  void operator()(const sql::AddEnumValue& op);
  void operator()(const sql::RenameEnumValue& op);
  void operator()(const sql::AlterCompositeType& op);
  void operator()(const sql::CreateDomain& op);
  void operator()(const sql::AlterDomain& op);

  // programs.cc
  void operator()(const sql::CreateFunction& op);
  void operator()(const sql::AlterFunction& op);
  void operator()(const sql::CreateTrigger& op);
  void operator()(const sql::CreateRule& op);
  void operator()(const sql::CreatePolicy& op);
  void operator()(const sql::AlterPolicy& op);

  // objects.cc
  void operator()(const sql::CreateExtension& op);
  void operator()(const sql::CreateSchema& op);
  void operator()(const sql::CreateObject& op);
  void operator()(const sql::AlterObject& op);
  void operator()(const sql::DropObject& op);
  void operator()(const sql::RenameObject& op);
  void operator()(const sql::SetSchema& op);
  void operator()(const sql::SetOwner& op);
  void operator()(const sql::Comment& op);
  void operator()(const sql::Grant& op);

  // rows.cc
  void operator()(const sql::Insert& op);
  void operator()(const sql::Update& op);
  void operator()(const sql::Delete& op);
  void operator()(const sql::Merge& op) { mark_written(op.table); }
  void operator()(const sql::Copy& op) {
    if (op.from) mark_written(op.table);
  }
  void operator()(const sql::Truncate& op);
  void operator()(const sql::Select& op);
  void operator()(const sql::SetVariable& op);
  void operator()(const sql::DoBlock& op);  // blocks.cc
  void operator()(const sql::Call& op) { uncertain("the procedure " + op.procedure.to_string()); }
  void operator()(const sql::Unknown& op);
  void operator()(const sql::Reindex&) {}
  void operator()(const sql::Transaction&) {}
  void operator()(const sql::Pragma&) {}
  void operator()(const sql::LockTable&) {}
  void operator()(const sql::Maintenance&) {}
  void operator()(const sql::AttachDatabase&) {}
  void operator()(const sql::NoChange&) {}

 private:
  // --- failures
  void fail(std::string message);
  void may_fail(std::string message);
  void names_outside_object(std::string what);
  void uncertain(std::string why) { schema_.add_uncertainty({origin_, std::move(why)}); }
  /// Something that the operation needs is not there. Fails where it surely is not.
  void missing(std::string_view what, const std::string& key);
  bool postgres() const { return engine_ == Engine::kPostgres; }
  bool sqlite() const { return engine_ == Engine::kSqlite; }
  std::string quoted(std::string_view key) const { return "`" + schema_.display(key) + "`"; }

  // --- tables
  Table stub(const std::string& key, const sql::QualifiedName& name) const;
  /// The table, free to be changed; it comes into being where the history never made it. Null
  /// where the name is a view's or index's, or where the table is surely not there.
  Table* table_to_change(const sql::QualifiedName& name, bool if_exists = false);
  Table* table_to_change(const sql::AlterTarget& target);
  /// The column, free to be changed; a stub where the table is not known as a whole. Null where it
  /// is surely not there.
  Column* column_to_change(Table& table, std::string_view name);
  Column* column_to_change(const sql::AlterTarget& target, const sql::Name& name);
  void needs_column(const Table& table, std::string_view name);
  void mark_written(const sql::QualifiedName& name);
  void drop_tables(const Keys& keys);
  void move_relation(const std::string& from, const std::string& to);
  /// Tables that the statement drops along with the one of this operation.
  Keys dropped_together() const;
  void refuse_dependents_of_table(const std::string& key, const Keys& together);
  void refuse_dependents_of_column(const Table& table, const std::string& column);
  void refuse_sqlite_drop_column(const Table& table, const std::string& column);
  void refuse_sqlite_rename(const Table& table, const std::string& column);
  /// SQLite reads all views and triggers again when something is renamed or a column dropped, and
  /// fails at the first that names what is not there.
  void refuse_dangling_programs();
  void refuse_dangling(const std::string& what, const std::vector<std::string>& relations,
                       const std::vector<std::string>& columns);
  void copy_columns(Table& table, const sql::QualifiedName& source, bool with_defaults) const;
  void copy_checks(Table& table, const Table& source) const;
  void copy_indexes(Table& table, const Table& source, bool besides_same);
  void copy_like(Table& table, const sql::LikeClause& like);
  void inherit(Table& table, const sql::QualifiedName& parent, bool as_partition);

  // --- columns
  Column column(const sql::ColumnDefinition& definition) const;
  /// None where it says nothing.
  std::optional<ExpressionText> default_of(const sql::Expression& expression,
                                           const Type& type) const;
  /// The sequence of a serial or identity column, and the column's default.
  void make_sequence(const Table& table, Column& column, const sql::ColumnDefinition& definition);
  void make_sequence(const Table& table, Column& column, const std::vector<sql::Option>& options,
                     bool of_identity, std::string_view type);
  /// Those that `goes` picks, with the defaults that draw from them.
  void drop_sequences(const std::function<bool(const Sequence&)>& goes);

  // --- constraints and indexes
  /// Its foreign keys, or all others: those come first, whatever the order of the text.
  void add_column_constraints(Table& table, const sql::ColumnDefinition& definition,
                              bool foreign_keys);
  void add_constraint(Table& table, const sql::ConstraintDefinition& definition);
  void check_constraint(const Table& table, const Constraint& constraint,
                        const sql::ConstraintDefinition& definition);
  void check_foreign_key(const Table& table, const Constraint& constraint);
  void refuse_as_key(const Index& index);
  void add_constraint_index(Table& table, Constraint& constraint,
                            const sql::ConstraintDefinition& definition);
  /// Of the keys that CREATE TABLE or ADD COLUMN writes twice, PostgreSQL makes one.
  void merge_keys(std::vector<const sql::ConstraintDefinition*> keys);
  /// `have`: those that the domain has already.
  Constraint domain_check(const sql::ConstraintDefinition& definition, const std::string& domain,
                          const std::vector<Shared<Constraint>>& have) const;
  bool has_constraint(std::string_view in_schema, std::string_view name) const;
  std::string constraint_name(const Table& table,
                              const sql::ConstraintDefinition& definition) const;
  void drop_constraint(Table& table, std::string_view name);
  std::string element_text(const sql::IndexElement& element) const;
  Index index(const Table& table, const sql::CreateIndex& op);
  void refuse_missing_columns(const Table& table, const sql::CreateIndex& op);
  /// Drops the foreign keys of all tables that fulfil a condition.
  void drop_foreign_keys(const std::function<bool(const Constraint&)>& condition);

  // --- views
  void set_owner(Sequence& sequence, const sql::QualifiedName& table, const sql::Name& column);
  /// That the columns of a view's query are there, as far as the query itself names none.
  void check_view_columns(const View& view, const sql::Query& query);
  /// That the columns of the view that is replaced stay what they are.
  void check_replaced_view(const View& old, const View& view);
  /// Whether the query of `view` names a column of `table`: for sure, perhaps, or not.
  enum class Names : uint8_t { kNo, kPerhaps, kSurely };
  Names names_column(const View& view, const std::string& table, std::string_view column) const;
  void drop_views_of(Keys keys);
  void refuse_readers_of(const std::string& key, const Keys& together);

  // --- blocks
  std::optional<bool> exists(const sql::ExistenceGuard& guard) const;
  std::optional<bool> relation_exists(const sql::ExistenceGuard& guard) const;
  template <class Holds>
  std::optional<bool> part_exists(const sql::ExistenceGuard& guard, Holds holds) const;
  std::optional<bool> holds(const sql::Condition& condition) const;
  /// False where a RETURN or an exception ends the body.
  bool run_steps(const std::vector<sql::Step>& steps);
  bool run_branches(const sql::Step& step);
  bool run_block(const sql::Step& step);
  /// Steps of which nobody knows whether they run.
  void run_perhaps(const std::vector<sql::Step>& steps, std::string_view why);
  /// A function that is called and may change anything.
  void note_call(const sql::QualifiedName& name);

  // --- rows
  /// That the columns and functions of a query are there.
  void check_query(const sql::Query& query, const sql::QualifiedName& target);

  // --- programs
  Trigger trigger(const sql::CreateTrigger& op) const;
  std::vector<Shared<TableRule>>* rules_of(const sql::QualifiedName& table);
  void put_rule(const sql::QualifiedName& table, TableRule rule, bool replace);

  // --- objects
  void drop_trigger(const sql::DropObject& op);
  void drop_rule(const sql::DropObject& op);
  void drop_type(const sql::DropObject& op);
  void drop_function(const sql::DropObject& op);
  void drop_schema(const sql::DropObject& op);
  /// The tables with a column whose default draws from that sequence.
  Keys users_of_sequence(const std::string& key) const;
  /// `besides`: a table that goes along, or just its `column`.
  void refuse_users_of_sequence(const std::string& key, const std::string& besides,
                                std::string_view column = {});
  void clear_defaults_from(const Keys& sequences);
  void rename_sequence(const std::string& from, const std::string& to);
  void drop_relation_object(const sql::DropObject& op);
  void rename_index(const std::string& from, const std::string& to, const std::string& new_name);
  void rename_type(const sql::RenameObject& op);
  /// The attributes of an object that a comment or a grant is about; null where it is not known.
  Attributes* attributes_of(sql::ObjectKind kind, const sql::QualifiedName& name,
                            const sql::QualifiedName& table);
  Attributes* table_part_attributes(sql::ObjectKind kind, const std::string& name, Table& table);
  void set_options(Attributes& attributes, const std::vector<sql::Option>& options, bool reset);

  /// Puts the type's new name into every column of that type.
  void rename_type_of_columns(const std::string& from, const std::string& to);
  /// `table.column` of the first column of that type; empty where there is none.
  std::string user_of_type(const std::string& type_key) const;
  std::string user_of_function(const std::string& function_key) const;

  // --- types (type_match.cc)
  /// Whether a foreign key may lead from the one type to the other; none: it is not known.
  std::optional<bool> can_refer(const Type& from, const Type& to) const;
  /// Whether a value becomes one of the other type where it is assigned to it.
  std::optional<bool> can_assign(const Type& from, const Type& to) const;
  void check_key_types(const Constraint& key, const Table& from, const Table& to);
  /// What a column's new type means for its default and its foreign keys.
  void check_new_type(const Table& table, const Column& column, const Type& to);

  Schema& schema_;
  const sql::ParsedStatement& statement_;
  std::string_view text_;
  Origin origin_;
  Engine engine_;
  std::optional<Failure> failure_;
  std::vector<const sql::ConstraintDefinition*> redundant_keys_;
  /// The names that keys have from redundant ones.
  std::vector<std::pair<const sql::ConstraintDefinition*, sql::Name>> key_names_;
};

}  // namespace belay::schema

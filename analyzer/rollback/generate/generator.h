#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/rollback/generate/draft.h"
#include "analyzer/rollback/generate/generate.h"
#include "analyzer/rollback/generate/originals.h"
#include "analyzer/rollback/generate/renames.h"

namespace belay::rollback {

/// Leads a draft from one schema to another. Each step looks at what the draft's schema is by then,
/// so that what an earlier statement took along or brought back is not done twice. The steps stand
/// in one file for each kind of object.
class Generator {
 public:
  explicit Generator(const GenerateInput& input);
  GeneratedDown run() &&;

 private:
  using Keys = std::set<std::string>;

  // --- generate.cc: the order of the steps
  void run_postgres();
  void say_what_is_left();
  void say_lost(const std::string& table, const std::string& column);
  void say_other_losses();

  // --- names.cc: what was renamed gets its name back
  void undo_renames();
  void rename_relation(const std::string& from, const std::string& to);
  bool make_way(const std::string& key);
  void undo_type_renames();

  // --- tables.cc
  const schema::Schema& now() const { return draft_.now(); }
  DdlWriter have() const { return DdlWriter(draft_.now()); }
  /// The tables that are on both sides, whole or in part.
  Keys tables_on_both_sides() const;
  Keys missing_tables() const;
  Keys extra_tables() const;
  void drop_extra_tables();
  void create_missing_tables();
  void create_table(const std::string& key, const schema::Table& table);
  void change_inheritance();
  void take_kept_rows_back();

  // --- columns.cc
  void drop_extra_columns();
  void add_missing_columns();
  void alter_columns();
  void alter_column(const std::string& key, const schema::Column& to);
  void alter_type(const std::string& key, const schema::Column& from, const schema::Column& to);
  void add_column(const std::string& key, const schema::Column& column);
  std::string cast(const schema::Column& from, const schema::Column& to) const;
  bool is_built_in(const schema::Type& type) const;
  /// A value for rows that lost theirs; empty where none comes to mind.
  std::string placeholder(const std::string& key, const schema::Column& column) const;

  // --- keys.cc: constraints and indexes
  void drop_constraints(bool foreign_keys);
  void drop_references_to(const std::string& key, const schema::Constraint& constraint);
  void add_constraints(bool foreign_keys);
  void drop_indexes();
  void add_indexes();
  void add_index(const std::string& key, const schema::Index& index);

  // --- programs.cc: views, functions, triggers, rules and policies
  void drop_views();
  /// Whether what becomes of a table below a view concerns nothing that the view reads.
  bool keeps_reading(const schema::View& view, const schema::Table& from,
                     const schema::Table* to) const;
  /// Whether a column's type is another one by the end.
  bool is_retyped(const schema::Column& column, const schema::Table* to) const;
  bool enum_is_remade(const std::string& type) const;
  void add_views();
  void drop_triggers_and_rules();
  void add_triggers_and_rules();
  void set_trigger_states();
  void copy_time_zone();
  void add_functions(bool early);
  void drop_functions();
  bool needed_early(const std::string& key, const schema::Function& function) const;

  // --- types.cc: types, sequences, schemas, extensions and the like
  void add_types();
  void alter_types();
  void alter_enum(const std::string& key, const schema::UserType& to);
  bool add_enum_values(const std::string& key, const schema::UserType& to);
  void remake_enum(const std::string& key, const schema::UserType& to);
  void alter_domain(const std::string& key, const schema::UserType& to);
  void alter_composite(const std::string& key, const schema::UserType& to);
  void drop_types();
  void add_sequences();
  void alter_sequences();
  void drop_sequences();
  void add_others();
  void drop_others();

  // --- attributes.cc: comments, options, privileges
  void set_attributes();
  void set_table_attributes();
  void reset_outside_tables();
  void set_attribute(sql::ObjectKind kind, const std::string& what, const std::string& table,
                     const std::string& key, const std::string& value);
  void compare_attributes(sql::ObjectKind kind, const std::string& what, const std::string& table,
                          const schema::Attributes& to, const schema::Attributes& from);

  // --- sqlite.cc
  void run_sqlite();
  bool alter_sqlite_table(const std::string& key);
  void rebuild_sqlite_table(const std::string& key);
  std::string sqlite_table(const std::string& key, const schema::Table& like,
                           const std::string& as) const;
  void drop_sqlite_readers(const Keys& tables);
  bool is_same_table(const schema::Table& a, const schema::Table& b) const;

  void not_restored(std::string what);

  const GenerateInput& in_;
  const schema::Schema& before_;
  DdlWriter want_;
  Originals originals_;
  Draft draft_;
  std::set<size_t> said_;  ///< which of the losses have been told
  std::vector<std::string> not_restored_;
  bool time_zone_is_set_ = false;
};

}  // namespace belay::rollback

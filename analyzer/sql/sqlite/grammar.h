#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/operation.h"
#include "analyzer/sql/sqlite/common_tables.h"
#include "analyzer/sql/sqlite/facts.h"
#include "analyzer/sql/sqlite/symbol.h"
#include "analyzer/sql/sqlite/table_checks.h"
#include "analyzer/sql/statement.h"

namespace belay::sql::sqlite {

/// Reads one statement by recursive descent, in one pass and without going back. The members stand
/// in one source file for each part of the grammar; the headings below name it.
///
/// A member returns false where it met a lexeme that it does not expect, and reading ends there.
/// What is wrong with a statement whose grammar is right is noted by `complain`, and reading goes
/// on. `problem()` tells which of them counts; nothing else that was read counts then. Lives for
/// one statement; borrows text and lexemes.
class Grammar {
 public:
  Grammar(std::string_view text, std::span<const SqliteLexeme> lexemes) : cursor_(text, lexemes) {}

  /// Reads the statement to its end.
  bool statement();

  std::vector<Operation>& operations() { return operations_; }
  Problem& problem() { return problem_; }
  /// Where the problem is a lexeme that the grammar does not expect: its index. The problem's
  /// message is then left to the caller.
  std::optional<size_t> unexpected_lexeme() const { return unexpected_; }
  /// Whether something was read that SQLite 3.40.1 does not know yet.
  bool uses_later_syntax() const { return uses_later_syntax_; }

 private:
  /// What the operators around an operand need to know of it.
  struct Operand {
    enum class Truth : uint8_t { kUnknown, kFalse, kTrue };

    Expression::Shape shape = Expression::Shape::kOther;
    Truth truth = Truth::kUnknown;
    bool negative = false;
    bool zero = false;       ///< the integer 0 as a literal: SQLite drops what is ANDed to it
    bool computed = false;   ///< a literal under a sign or a cast
    bool qualified = false;  ///< a column behind its table's name
    bool subquery = false;
    uint16_t height = 1;  ///< as SQLite counts the depth of expressions
    uint32_t width = 1;   ///< values in a row value; 0: not known, for a subquery with a star
    const SqliteLexeme* leaf = nullptr;       ///< of a literal or a column
    const SqliteLexeme* collation = nullptr;  ///< behind the COLLATE that was applied last
  };

  /// Where the names that expressions and queries use are noted. Null: nowhere.
  struct Sinks {
    std::vector<QualifiedName>* functions = nullptr;
    std::vector<Name>* columns = nullptr;        ///< outside subqueries
    std::vector<Name>* inner_columns = nullptr;  ///< inside subqueries
    std::vector<QualifiedName>* relations = nullptr;
    std::vector<std::string>* not_null_proofs = nullptr;
    std::vector<std::string>* null_proofs = nullptr;
    bool* star = nullptr;
  };
  static Sinks sinks_of(Query& query) {
    return {&query.functions, &query.columns, &query.columns, &query.relations,
            nullptr,          nullptr,        &query.star};
  }
  class SinkScope;
  class Nesting;

  /// Where an operand began in what was noted, to take back what an operator makes void.
  struct Marks {
    size_t facts = 0;
    size_t not_null_proofs = 0;
    size_t null_proofs = 0;
  };

  /// What a statement around a SELECT asks about it.
  struct SelectShape {
    uint32_t width = 0;                  ///< columns of the result; 0: not known
    std::optional<uint32_t> value_rows;  ///< where it is VALUES alone
    /// Of one SELECT of columns alone, in order; a star has no name.
    std::vector<Name> columns;
    bool uneven = false;  ///< rows, or the parts of a compound, differ in width
  };

  // --- the statement and its problems, in grammar.cc
  bool command();
  bool unexpected();
  bool too_deep();
  /// What the statement says is wrong, though its grammar is right. Reading goes on and the first
  /// complaint counts, unless the very next lexeme is unexpected: SQLite's generated parser acts
  /// on a clause when it sees the lexeme behind it, and a syntax error there comes on top.
  /// Always true.
  bool complain(ByteRange range, std::string message);
  bool complain(std::optional<Problem> problem);
  /// The same for what SQLite finds when it has read the whole statement.
  bool complain_at_end(ByteRange range, std::string message);
  bool is(Symbol symbol) const { return cursor_.is(symbol); }
  bool accept(Symbol symbol) { return cursor_.accept(symbol); }
  bool expect(Symbol symbol) { return cursor_.accept(symbol) || unexpected(); }
  bool expect(Symbol first, Symbol second) { return expect(first) && expect(second); }
  ByteRange whole() const { return {0, static_cast<uint32_t>(cursor_.source().size())}; }

  // --- names and lists, in grammar.cc
  std::string_view text_of(const SqliteLexeme& lexeme) const {
    return lexeme.range.of(cursor_.source());
  }
  Name name_of(const SqliteLexeme& lexeme) const;
  bool name(Name& out);
  /// Passes a name that nobody asks for.
  bool any_name();
  bool qualified_name(QualifiedName& out);
  bool names(std::vector<Name>& out);
  bool name_list(std::vector<Name>& out);
  bool column_list(std::vector<Name>& out);
  bool if_exists(bool& out);
  bool if_not_exists(bool& out);
  bool check_object_name(const Name& name);
  bool check_temporary_name(const QualifiedName& name, bool temporary);

  // --- expressions, in expressions.cc and operators.cc
  bool expression(Expression& out, Operand* top = nullptr);
  bool any_expression();
  bool any_expressions(uint32_t* count = nullptr);
  void fill(Expression& out, const Operand& top) const;
  void note(Fact::Kind kind, ByteRange range);
  Marks marks() const;
  void combined(Operand& out, const Marks& before);
  bool grow(Operand& out, uint16_t left, uint16_t right);
  bool operand(Operand& out, int power, bool stop_at_and = false);
  bool infixes(Operand& left, int power, bool stop_at_and, const Marks& before);
  bool infix(Operand& left, int power, const Marks& before);
  bool binary(Operand& left, int power, const Marks& before);
  bool and_operator(Operand& left, const Operand& right, const Marks& before);
  void compare_widths(const Operand& left, const Operand& right);
  bool is_operator(Operand& left, const Marks& before);
  bool null_test(Operand& left, const Marks& before, std::vector<std::string>* proofs);
  bool negated_infix(Operand& left, const Marks& before);
  bool like(Operand& left, const Marks& before);
  bool between(Operand& left, const Marks& before);
  bool in(Operand& left, bool negated, const Marks& before);
  bool in_table();
  bool in_list(Operand& left, bool negated, const Marks& before);
  bool prefix(Operand& out);
  bool literal(Operand& out);
  bool variable();
  bool unary(Operand& out);
  bool bracketed(Operand& out);
  bool subquery(SelectShape& shape);

  // --- columns, calls, CASE and their like, in calls.cc and windows.cc
  bool name_or_call(Operand& out);
  bool column(Operand& out);
  void note_function(QualifiedName name);
  void note_function(const SqliteLexeme& name);
  void note_call(const SqliteLexeme& name, uint32_t arguments);
  bool call(Operand& out);
  bool call_arguments(uint32_t& count, uint16_t& height);
  bool filter_and_over(ByteRange function, bool distinct);
  bool current_time(Operand& out);
  bool cast(Operand& out);
  bool case_when(Operand& out);
  bool exists(Operand& out);
  bool raise(Operand& out);
  bool window_clause();
  bool window();
  bool frame();
  bool frame_bound(bool is_first, int& bound);
  bool frame_exclusion();

  // --- queries, in selects.cc and joins.cc
  bool query(Query& out, SelectShape* shape = nullptr);
  bool select(SelectShape& out);
  bool with_clause();
  bool common_table(size_t first_name);
  bool compound(SelectShape& out);
  bool select_core(SelectShape& out, std::string_view& last_clause);
  bool values(SelectShape& out);
  bool result_columns(SelectShape* shape = nullptr);
  bool alias_opt();
  bool where_opt();
  bool order_by_opt(bool* present = nullptr);
  bool sort_order(bool* descending = nullptr, std::optional<bool>* nulls_first = nullptr);
  bool sort_terms();
  bool limit_opt(bool* present = nullptr);
  void note_relation(QualifiedName name);
  void note_columns(const std::vector<Name>& names);
  bool from_opt();
  bool from_list();
  bool from_item();
  bool from_name();
  bool any_arguments();
  bool using_columns();
  bool from_brackets();
  bool indexed_opt();
  bool join_condition(bool first, bool natural);
  bool join_operator(bool& natural);

  // --- tables, in tables.cc
  bool create();
  bool create_table(bool temporary);
  bool create_table_body(CreateTable& out, TableChecks& checks);
  bool table_options(CreateTable& out);
  bool table_option(CreateTable& out);
  bool column_definition(CreateTable& out, TableChecks& checks);
  bool type_name(TypeName& out, const SqliteLexeme** generated = nullptr);
  bool type_modifier(TypeName& out);
  bool default_clause(ColumnDefinition& column, TableChecks& checks);
  bool simple_default(Expression& out);
  bool generated_clause(CreateTable& out, TableChecks& checks, uint32_t begin);
  bool create_virtual_table();
  bool module_arguments(CreateTable& out);
  void add_module_argument(CreateTable& out, const SqliteLexeme& first, ByteRange range);

  // --- constraints, in constraints.cc
  bool column_constraints(CreateTable& out, TableChecks& checks);
  bool collation(ColumnDefinition& column);
  bool nullability(ColumnDefinition& column, Name& constraint_name, uint32_t begin);
  bool column_deferral(ColumnDefinition& column);
  bool column_constraint(CreateTable& out, TableChecks& checks, Name& constraint_name,
                         uint32_t begin);
  bool column_primary_key(ConstraintDefinition& out);
  bool table_constraints(CreateTable& out, TableChecks& checks);
  bool table_constraint(CreateTable& out, TableChecks& checks, Name& constraint_name,
                        uint32_t begin);
  bool key_constraint(ConstraintDefinition& out, std::vector<IndexElement>& key);
  bool foreign_key(ConstraintDefinition& out);
  bool references(ConstraintDefinition& out);
  bool reference_action(ConstraintDefinition& out);
  bool referential_action(ReferentialAction& out);
  bool deferral(bool& deferrable, bool& initially_deferred);
  bool check(ConstraintDefinition& out, TableChecks& checks);
  bool on_conflict(std::string& out);
  bool conflict_resolution(std::string& out);

  // --- other definitions, in definitions.cc and triggers.cc
  bool create_index(bool unique);
  bool check_index(const std::vector<IndexElement>& elements, size_t where);
  bool index_elements(std::vector<IndexElement>& out);
  bool index_element(IndexElement& out);
  bool create_view(bool temporary);
  bool drop();
  bool alter_table();
  bool rename(AlterTarget target, uint32_t begin);
  bool add_column(AlterTarget target, uint32_t begin);
  bool create_trigger(bool temporary);
  bool trigger_time(CreateTrigger& out);
  bool trigger_event(CreateTrigger& out);
  bool trigger_body(CreateTrigger& out);
  bool trigger_step();
  bool trigger_table();
  bool no_index_choice();
  bool trigger_update();
  bool trigger_delete();

  // --- rows, in rows.cc
  bool with_statement();
  bool row_statement();
  bool select_statement();
  bool check_shape(const SelectShape& shape);
  bool insert();
  bool insert_command(Insert& out);
  bool insert_source(Insert& out);
  bool upserts(Insert& out);
  bool conflict_target();
  bool returning_opt();
  bool changed_table(QualifiedName& out);
  bool update();
  bool remove();
  bool where_returning(std::optional<Expression>& where);
  bool order_and_limit(bool& limited);
  bool set_list(std::vector<Assignment>* out);
  bool row_value(std::vector<Expression>& parts, Operand& top);
  static void assign(std::vector<Name>& columns, std::vector<Expression>& values,
                     std::vector<Assignment>& out);
  void check_row(ByteRange place, const Operand& row, size_t columns);

  // --- session, in session.cc
  bool transaction_name();
  bool begin();
  bool end_transaction();
  bool rollback();
  bool savepoint();
  bool release();
  bool pragma();
  bool pragma_value(Pragma& out);
  bool attach();
  bool detach();
  bool database_name(Name& out);
  bool vacuum();
  bool reindex();
  bool analyze();
  bool explain();

  template <class T>
  bool add(T data, ByteRange range) {
    operations_.push_back({range, std::move(data)});
    return true;
  }
  template <class T>
  bool add(T data) {
    return add(std::move(data), whole());
  }

  Cursor cursor_;
  std::vector<Operation> operations_;
  Problem problem_;
  std::optional<size_t> unexpected_;
  std::optional<Problem> complaint_;
  size_t complaint_at_ = 0;  ///< index of the lexeme behind what `complaint_` is about
  std::optional<Problem> final_complaint_;

  Sinks sinks_;
  Query with_query_;  ///< what the WITH in front of the statement reads
  CommonTables common_tables_;
  std::vector<Fact> facts_;
  std::optional<ByteRange> variable_;         ///< the statement's first parameter
  std::optional<size_t> column_foreign_key_;  ///< of the column that is being read, its last
  int nesting_ = 0;
  int subquery_depth_ = 0;
  bool has_subquery_ = false;
  bool notes_facts_ = false;
  bool in_trigger_ = false;
  bool uses_later_syntax_ = false;
  /// Whether SQLite compiles the queries of this statement at once; those of views and triggers
  /// wait for their first use, and so do some of its complaints.
  bool compiles_queries_ = false;
};

}  // namespace belay::sql::sqlite

#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/postgres/guards.h"
#include "analyzer/sql/postgres/plpgsql.h"

namespace belay::sql::postgres {

/// Walks over a PL/pgSQL body from left to right, as PL/pgSQL's own grammar (pl_gram.y) does: it
/// looks at words to find where statements and expressions end, and leaves what is SQL in them to
/// the grammar of SQL. Control flow stands in plpgsql.cc, the other statements in
/// plpgsql_statements.cc.
class PlpgsqlParser {
 public:
  PlpgsqlParser(const Code& code, const std::vector<std::string>& arguments, RoutineBody& body);
  void run();

 private:
  using Words = std::initializer_list<std::string_view>;

  // --- blocks and control flow
  void options();
  void declarations(Step& block);
  void declaration(Step& block);
  void cursor(Step& block, size_t first, size_t last);
  Step block(size_t first);
  void handlers(Step& block);
  void handler(Handler& out);
  void guard_block(Step& block, ByteRange caught);
  std::vector<Step> steps();
  void step(std::vector<Step>& out);
  bool labelled_or_control(std::vector<Step>& out, size_t first);
  Step if_step();
  Step case_step();
  Step loop(size_t first);
  void for_control(Step& loop);
  void for_query(Step& loop, TokenSpan span);
  Branch branch(Condition condition);
  Condition condition(TokenSpan span, Step& step, bool recognise = true);

  // --- other statements
  Step plain_step();
  bool word_step(Step& out);
  void sql_step(Step& out);
  void assignment(Step& out);
  void perform(Step& out);
  void execute(Step& out, Words ends);
  void return_step(Step& out);
  void exit_step(Step& out);
  void raise(Step& out);
  void raise_options(Raise& raise, TokenSpan span, Step& out);
  void open_cursor(Step& out);
  TokenSpan into_clause(TokenSpan span, std::string* only_target) const;
  void dynamic(TokenSpan span, Step& out);
  void expression(TokenSpan span, Step& out, const TreeVisitor& visit = nullptr);
  void expressions(TokenSpan span, Step& out);

  // --- tokens
  bool done() const { return failed_ || at_ >= code_.count(); }
  bool is(std::string_view word) const { return code_.is_word(at_, word); }
  bool accept(std::string_view word);
  bool expect(std::string_view word);
  void semicolon();
  /// The first of `words`, or of semicolon and unmatched bracket, outside of brackets.
  size_t find(size_t from, Words words) const;
  /// Passes everything up to one of `words`, which must come before the statement's end.
  TokenSpan until(Words words);
  bool is_assignment(size_t first) const;
  size_t behind_target(size_t first) const;
  std::string variable(size_t token) const;
  void fail_here();
  void problem(ByteRange range, std::string message);

  const Code& code_;
  RoutineBody& body_;
  Variables variables_;
  std::set<std::string> cursors_;
  size_t at_ = 0;
  int nesting_ = 0;
  bool failed_ = false;
};

}  // namespace belay::sql::postgres

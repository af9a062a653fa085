#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lsp/features/completion/phrase.h"

namespace belay::lsp {

/// Reads what may stand at the end of the tokens before the cursor. Statements stand in
/// expectation.cc, what they define in expectation_definitions.cc, the rest in
/// expectation_queries.cc.
class ExpectationReader {
 public:
  explicit ExpectationReader(const TypedStatement& statement)
      : of_(statement), before_(statement.before) {
    strip_qualifiers();
  }
  Expectation run() {
    Phrase phrase(of_, before_);
    read(phrase);
    out_.qualifiers = std::move(qualifiers_);
    return std::move(out_);
  }

 private:
  void strip_qualifiers();
  bool postgres() const { return of_.engine == Engine::kPostgres; }
  bool sqlite() const { return of_.engine == Engine::kSqlite; }
  void keywords(KeywordList words) { out_.keywords = std::move(words); }
  void expect(std::vector<Expected> kinds, KeywordList words = {}) {
    out_.kinds = std::move(kinds);
    out_.keywords = std::move(words);
  }
  void about(const TableReference& table) { out_.tables = {table}; }

  // --- statements
  void read(Phrase& p);
  void alter(Phrase& p);
  /// One name, and what may follow it.
  void named(Phrase& p, Expected kind, KeywordList behind);
  void alter_type(Phrase& p);
  void alter_table(Phrase& p);
  void add(Phrase& p);
  void drop_part(Phrase& p);
  void alter_column(Phrase& p);
  void rename(Phrase& p);
  void drop(Phrase& p);
  /// Names with commas between them.
  void list_of(Phrase& p, Expected kind, KeywordList behind);
  /// `name ON table`.
  void on_table(Phrase& p, KeywordList behind);
  void comment(Phrase& p);
  void reindex(Phrase& p);
  void maintain(Phrase& p);
  void insert(Phrase& p);
  /// Within parentheses that hold names of the table's columns: true where they are still open.
  bool column_list(Phrase& p, const TableReference& table);
  void create(Phrase& p);
  void create_type(Phrase& p);
  void create_index(Phrase& p);
  /// The columns and expressions of an index: true where the list is still open.
  bool index_elements(Phrase& p);

  // --- definitions
  KeywordList column_clauses() const;
  KeywordList table_constraints() const;
  void create_table(Phrase& p);
  static bool element_is_open(const Phrase& p);
  /// The names that the elements of a CREATE TABLE begin with.
  void own_columns(const Phrase& p);
  /// A type, which ends where a clause begins: true where nothing is behind it.
  bool type(Phrase& p);
  /// Behind the name of a column: its type and clauses.
  void definition(Phrase& p);
  /// What a column's or constraint's clauses end in.
  void clauses(Phrase& p);
  void clause_words(std::string_view clause);
  static void skip_value(Phrase& p);
  /// A value that is not made of columns, or of this table's.
  void value(Phrase& p);
  void references(Phrase& p);
  /// `CONSTRAINT name PRIMARY KEY (...)` and its kin, of the table in `out_.tables`.
  void constraint(Phrase& p);

  // --- queries
  /// The last clause before the cursor within its parentheses, and whether something follows it.
  struct Clause {
    std::string word;
    size_t at = 0;
    std::optional<size_t> open_paren;
  };
  Clause last_clause() const;
  void query();
  /// CREATE TRIGGER ... ON, CREATE POLICY ... ON, GRANT ... ON.
  bool names_table_behind_on() const;
  static KeywordList behind_table(std::string_view clause);
  void in_parentheses(size_t open);
  void expression();
  /// The tables that the statement names, before the cursor and behind it.
  void sources();
  void source(Phrase& p);
  const TypedStatement& of_;
  std::vector<Token> before_;
  std::vector<std::string> qualifiers_;
  Expectation out_;
};

}  // namespace belay::lsp

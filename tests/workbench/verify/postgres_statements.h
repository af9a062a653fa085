#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analyzer/schema/schema.h"

namespace belay::workbench {

/// Makes random statements for PostgreSQL, most of them about what a schema holds, so that scripts
/// get somewhere. The same seed and schemas give the same statements.
class StatementWriter {
 public:
  explicit StatementWriter(uint64_t seed) : random_(seed) {}

  std::string statement(const schema::Schema& schema);

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string maybe(const std::string& text, uint64_t n) { return one_in(n) ? text : ""; }

  void look_at(const schema::Schema& schema);
  /// What is there, mostly; else a name that may or may not be.
  std::string table();
  std::string column_of(const std::string& table);
  bool has_columns(const std::string& table) const;
  std::string existing_column(const std::string& table);
  std::string constraint_of(const std::string& table);
  std::string index();
  std::string sequence();
  std::string view();
  std::string user_type();
  std::string type();
  std::string new_table() { return pick({"a", "b", "c", "d"}); }
  std::string new_column() { return pick({"p", "q", "r", "s", "t"}); }
  std::string cascade() { return maybe(" CASCADE", 3); }
  std::string if_exists() { return maybe("IF EXISTS ", 5); }

  std::string default_for(const std::string& type);
  std::string reference();
  std::string column_definition(const std::string& name);
  std::string table_constraint(const std::string& table, const std::vector<std::string>& columns);
  std::string create_table();
  std::string drop_table();
  std::string alter_column(const std::string& table);
  std::string alter_table();
  std::string index_statement();
  std::string sequence_statement();
  std::string type_statement();
  std::string view_statement();

  const schema::Schema* schema_ = nullptr;
  std::vector<std::string> tables_;
  std::vector<std::string> views_;
  std::vector<std::string> sequences_;
  std::vector<std::string> types_;
  std::vector<std::string> indexes_;
  bool renamed_ = false;  ///< a column
  std::mt19937_64 random_;
};

}  // namespace belay::workbench

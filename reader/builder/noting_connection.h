#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <belay/connection.h>

namespace belay::reader {

/// Thrown where the builder begins to rebuild a table of SQLite, for which it needs the table.
struct TableIsRebuilt {};

/// A database that is not there: notes each statement instead of running it, and answers the
/// builder's questions as a database does in which all is as the migration needs it.
class NotingConnection final : public runtime::Connection {
 public:
  struct Noted {
    std::string sql;
    bool perhaps = false;  ///< another answer might have led to something else
  };

  explicit NotingConnection(runtime::Engine engine) : engine_(engine) {}

  /// What the table in question has.
  void set_columns(std::vector<std::string> columns) { columns_ = std::move(columns); }
  void set_index(std::string name) { index_ = std::move(name); }

  /// Without what the builder only holds its own statements together with.
  std::vector<Noted> take_noted() { return std::exchange(noted_, {}); }
  /// Whether an answer was given that the migration does not need to be so.
  bool has_guessed() const { return has_guessed_; }

  runtime::Engine engine() const override { return engine_; }
  std::string engine_version() const override { return {}; }
  Result<void> run(const runtime::Script& script, uint32_t begin, uint32_t end,
                   std::span<const runtime::Value> parameters) override;
  Result<void> execute(std::string_view sql, std::span<const runtime::Value> parameters) override;
  Result<runtime::Rows> query(std::string_view sql,
                              std::span<const runtime::Value> parameters) override;
  Result<void> begin() override { return {}; }
  Result<void> commit() override { return {}; }
  Result<void> roll_back() override { return {}; }
  /// What only runs outside of one is not refused.
  bool in_transaction() const override { return false; }
  const runtime::DatabaseError& last_error() const override { return last_error_; }
  int64_t affected_rows() const override { return 0; }

 private:
  runtime::Rows answer_of_postgres(std::string_view sql);
  runtime::Rows answer_of_sqlite(std::string_view sql, std::span<const runtime::Value> parameters);
  runtime::Rows guess(runtime::Rows rows);
  std::string table_text() const;

  runtime::Engine engine_;
  std::vector<std::string> columns_;
  std::string index_;
  std::vector<Noted> noted_;
  bool perhaps_ = false;  ///< for the next statement
  bool has_guessed_ = false;
  runtime::DatabaseError last_error_;
};

}  // namespace belay::reader

#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <belay/connection.h>

/// The database as a migration that is written in C++ works on it. What goes wrong is thrown, so
/// that no migration goes on behind a statement that has failed.
namespace belay {

/// What ends a migration: the database's words, or the author's own.
class MigrationError : public std::exception {
 public:
  explicit MigrationError(std::string message, std::string hint = {})
      : error_{std::move(message), {}, std::move(hint)} {}
  explicit MigrationError(Error error) : error_(std::move(error)) {}

  const Error& error() const { return error_; }
  const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  Error error_;
};

/// What stands for a `?` in a statement: a number, a truth value, a text, bytes, or nothing (NULL).
class Parameter {
 public:
  // NOLINTBEGIN(*-explicit-*): they are written as plain values
  Parameter(std::nullptr_t) : value_(nullptr) {}
  Parameter(std::nullopt_t) : value_(nullptr) {}
  template <std::integral T>
  Parameter(T value) : value_(static_cast<int64_t>(value)) {}
  template <std::floating_point T>
  Parameter(T value) : value_(static_cast<double>(value)) {}
  Parameter(const char* text) : value_(std::string(text)) {}
  Parameter(std::string text) : value_(std::move(text)) {}
  Parameter(std::string_view text) : value_(std::string(text)) {}
  Parameter(runtime::Blob bytes) : value_(std::move(bytes)) {}
  Parameter(runtime::Value value) : value_(std::move(value)) {}
  template <class T>
  Parameter(const std::optional<T>& value) : value_(nullptr) {
    if (value) *this = Parameter(*value);
  }
  // NOLINTEND(*-explicit-*)

  const runtime::Value& value() const { return value_; }

 private:
  runtime::Value value_;
};

/// One row of a result. Columns go by their place from 0 or by their name; one that is not there is
/// thrown.
class Row {
 public:
  Row(std::shared_ptr<const runtime::Rows> rows, size_t index)
      : rows_(std::move(rows)), index_(index) {}

  bool is_null(size_t column) const;
  bool is_null(std::string_view column) const { return is_null(place_of(column)); }
  /// A number, or a text that is one. Throws for NULL and for anything else.
  int64_t number(size_t column) const;
  int64_t number(std::string_view column) const { return number(place_of(column)); }
  double real(size_t column) const;
  double real(std::string_view column) const { return real(place_of(column)); }
  /// PostgreSQL's `true` and `false`; elsewhere a number that is not 0.
  bool boolean(size_t column) const;
  bool boolean(std::string_view column) const { return boolean(place_of(column)); }
  /// Any value as text; NULL is thrown.
  std::string text(size_t column) const;
  std::string text(std::string_view column) const { return text(place_of(column)); }
  /// The value as it is, to be handed on as a parameter.
  const runtime::Value& value(size_t column) const;
  const runtime::Value& value(std::string_view column) const { return value(place_of(column)); }

 private:
  size_t place_of(std::string_view column) const;

  std::shared_ptr<const runtime::Rows> rows_;
  size_t index_;
};

/// What a query has found, all of it in memory.
class ResultSet {
 public:
  explicit ResultSet(runtime::Rows rows)
      : rows_(std::make_shared<const runtime::Rows>(std::move(rows))) {}

  size_t size() const { return rows_->rows.size(); }
  bool empty() const { return rows_->rows.empty(); }
  Row operator[](size_t index) const { return {rows_, index}; }
  const std::vector<std::string>& columns() const { return rows_->columns; }

  class Iterator {
   public:
    Iterator(std::shared_ptr<const runtime::Rows> rows, size_t index)
        : rows_(std::move(rows)), index_(index) {}
    Row operator*() const { return {rows_, index_}; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    std::shared_ptr<const runtime::Rows> rows_;
    size_t index_;
  };
  Iterator begin() const { return {rows_, 0}; }
  Iterator end() const { return {rows_, rows_->rows.size()}; }

 private:
  std::shared_ptr<const runtime::Rows> rows_;
};

/// The database that a migration changes, within the transaction that Belay has opened. It is
/// Belay's to commit or to take back: a statement that ends it fails.
class Database {
 public:
  using Engine = runtime::Engine;

  explicit Database(runtime::Connection& connection) : connection_(connection) {}

  Engine engine() const { return connection_.engine(); }
  bool is_sqlite() const { return engine() == Engine::kSqlite; }
  bool is_postgres() const { return engine() == Engine::kPostgres; }
  bool is_mysql() const { return engine() == Engine::kMysql || engine() == Engine::kMariadb; }
  /// As the server or library reports it: `3.40.1`.
  std::string engine_version() const { return connection_.engine_version(); }

  /// Runs one statement, or several with a `;` between them where there are no parameters. Returns
  /// how many rows the last one inserted, updated or deleted.
  template <class... Values>
  int64_t execute(std::string_view sql, const Values&... values) {
    return run(sql, {Parameter(values)...});
  }
  int64_t run(std::string_view sql, const std::vector<Parameter>& parameters);

  /// Runs one statement and gives back its rows.
  template <class... Values>
  ResultSet query(std::string_view sql, const Values&... values) {
    return fetch(sql, {Parameter(values)...});
  }
  ResultSet fetch(std::string_view sql, const std::vector<Parameter>& parameters);

  /// The connection below, whose errors are values.
  runtime::Connection& connection() { return connection_; }

 private:
  runtime::Connection& connection_;
};

}  // namespace belay

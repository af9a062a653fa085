#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <belay/connection.h>

namespace belay::runtime {

/// The connection of a run as the program of a migration gets it: the transaction is not the
/// program's to end, and somebody hears of each statement.
class ProgramConnection : public Connection {
 public:
  struct Ran {
    std::string_view sql;
    int64_t begun_ms = 0;  ///< in `milliseconds_since_start`
    bool succeeded = false;
  };
  /// An error of its own fails the statement.
  using Listener = std::function<Result<void>(const Ran& ran)>;

  /// `connection` is in a transaction that stays open, unless `in_transaction` is false: then each
  /// statement is one, and the program may open others.
  ProgramConnection(Connection& connection, bool in_transaction, Listener listener);

  Engine engine() const override { return connection_.engine(); }
  std::string engine_version() const override { return connection_.engine_version(); }
  Result<void> run(const Script& script, uint32_t begin, uint32_t end,
                   std::span<const Value> parameters) override;
  Result<void> execute(std::string_view sql, std::span<const Value> parameters) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override;
  Result<void> begin() override;
  Result<void> commit() override;
  Result<void> roll_back() override;
  bool in_transaction() const override { return connection_.in_transaction(); }
  std::string own_table(std::string_view name) const override {
    return connection_.own_table(name);
  }
  const DatabaseError& last_error() const override { return connection_.last_error(); }
  int64_t affected_rows() const override { return connection_.affected_rows(); }
  std::vector<std::string> take_notices() override { return connection_.take_notices(); }

  /// Rows that all statements together inserted, updated or deleted.
  uint64_t changed() const { return changed_; }

 private:
  template <class T>
  Result<T> heard(std::string_view sql, const std::function<Result<T>()>& work);

  Connection& connection_;
  bool keeps_transaction_;
  Listener listener_;
  uint64_t changed_ = 0;
};

}  // namespace belay::runtime

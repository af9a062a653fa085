#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <belay/connection.h>

#include "runtime/drivers/postgres/library.h"
#include "runtime/drivers/statement_deadline.h"

namespace belay::runtime::postgres {

/// Frees what a query answered.
struct ClearResult {
  const Library* library = nullptr;
  void operator()(PGresult* result) const { library->clear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// A connection to a PostgreSQL server, by libpq. A statement that is under way is cancelled on
/// the server when the token asks for it.
class PostgresConnection : public Connection {
 public:
  /// Errors: libpq is not installed, the server cannot be reached or refuses. No message holds the
  /// password.
  static Result<std::unique_ptr<PostgresConnection>> open(const DatabaseUrl& url,
                                                          const ConnectionOptions& options);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  Engine engine() const override { return Engine::kPostgres; }
  std::string engine_version() const override;
  Result<void> run(const Script& script, uint32_t begin, uint32_t end,
                   std::span<const Value> parameters = {}) override;
  Result<void> execute(std::string_view sql, std::span<const Value> parameters = {}) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> parameters = {}) override;
  /// Sends a query and does not wait for its answer, which `answer` must take before anything else
  /// is asked of the connection.
  Result<void> ask(std::string_view sql, std::span<const Value> parameters = {});
  Result<Rows> answer();
  Result<void> begin() override { return execute("BEGIN", {}); }
  Result<void> commit() override;
  Result<void> roll_back() override;
  bool in_transaction() const override;
  const DatabaseError& last_error() const override { return error_; }
  std::string own_table(std::string_view name) const override;
  int64_t affected_rows() const override { return affected_rows_; }
  std::vector<std::string> take_notices() override { return std::exchange(notices_, {}); }

  /// The process that the server said serves this connection. A pooler names one of its own.
  int announced_process() const { return library_.backend_pid(connection_); }
  /// The database that it is connected to.
  std::string database() const { return library_.database(connection_); }
  /// The schema that unqualified names meant when `remember_home` was called: a script may change
  /// the search path. Empty where there is none.
  const std::string& home_schema() const { return home_schema_; }
  Result<void> remember_home();
  /// From here on the server's statistics are up to date whenever a transaction of ours has ended,
  /// instead of some seconds later (PostgreSQL 15 and later).
  void publish_statistics() { publishes_statistics_ = true; }

 private:
  /// A piece of a script, by its bytes, and the rows that follow a COPY.
  struct Piece {
    uint32_t begin = 0;
    uint32_t end = 0;
    std::string_view copy_data;
  };

  PostgresConnection(const Library& library, PGconn* connection, std::string name,
                     ConnectionOptions options);

  static void on_notice(void* self, const PGresult* notice);
  /// Waits for the connection to be made. Errors: refused, cancelled, too late.
  Result<void> establish();
  Result<void> run_piece(const Script& script, const Piece& piece,
                         std::span<const Value> parameters);
  /// Sends a statement whose parameters are written `$1`; false where that fails.
  bool send(const std::string& statement, std::span<const Value> parameters);
  /// Waits for the answers to what was sent, up to the last; returns the one that counts.
  ResultHandle collect(std::string_view copy_data);
  void wait_for_input();
  void cancel_on_server();
  void note_affected_rows(PGresult* result);
  void publish_now();
  /// Remembers what the server said as the last error.
  Error fail(const PGresult* result, std::string_view statement);
  Error fail_at(const PGresult* result, const Script& script, const Piece& piece);

  const Library& library_;
  PGconn* connection_;
  std::string name_;
  ConnectionOptions options_;
  bool cancelling_ = false;
  StatementDeadline deadline_;
  bool publishes_statistics_ = false;
  std::string home_schema_;
  std::string asked_;  ///< what the answer is waited for
  int64_t affected_rows_ = 0;
  std::vector<std::string> notices_;
  DatabaseError error_;
};

/// The connection behind the interface. It must come from this driver.
inline PostgresConnection& as_postgres(Connection& connection) {
  return static_cast<PostgresConnection&>(connection);
}

}  // namespace belay::runtime::postgres

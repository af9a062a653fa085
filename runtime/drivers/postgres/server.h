#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/drivers/postgres/connection.h"
#include "runtime/drivers/postgres/settings.h"

namespace belay::runtime::postgres {

/// A database as its server's catalog describes it.
struct DatabaseInfo {
  int64_t oid = 0;
  bool allows_connections = true;
  bool is_invalid = false;  ///< a DROP DATABASE that was cut off has left it
  bool is_owned = false;    ///< by a role that we are a member of
};

/// Somebody else's connection to a database.
struct OtherSession {
  int64_t process = 0;
  std::string description;  ///< `psql (role shop, from 10.0.0.7)`
};

/// A server, seen from its maintenance database: what can only be done to a database from outside.
class Server {
 public:
  static Result<std::unique_ptr<Server>> connect(const PostgresSettings& settings);

  Connection& connection() { return *connection_; }

  Result<std::optional<DatabaseInfo>> find(const std::string& database);
  /// Its size on the disk.
  Result<uint64_t> bytes(const std::string& database);
  /// Whether our role may make databases.
  Result<bool> may_create_databases();
  /// Who is connected to it, but for server processes of its own and for orphans of Belay's.
  Result<std::vector<OtherSession>> other_sessions(const std::string& database);
  /// The same, but for those that go within a moment: a server takes that long to notice that a
  /// program has closed its connection.
  Result<std::vector<OtherSession>> lasting_sessions(const std::string& database);
  /// Ends all connections to it, and waits until they are gone. What they were in the middle of is
  /// rolled back by the server. Errors: some may not be ended by our role, or do not go.
  Result<void> end_sessions(const std::string& database);
  /// With `false` nobody can connect, superusers included; who is connected stays.
  Result<void> allow_connections(const std::string& database, bool allowed);
  /// A number that grows with every row that is written in the database, by whomever. It is
  /// complete for sessions that have ended.
  Result<int64_t> rows_written(const std::string& database);
  /// Makes `to`, a copy of `from`. One of `files_from` bytes or more is copied by its files: that
  /// takes a third of the time that logging every page does, but two checkpoints with it, which a
  /// small database is not worth. Errors: somebody is connected to `from`.
  Result<void> copy(const std::string& from, const std::string& to,
                    int64_t files_from = kWorthCheckpoints);
  static constexpr int64_t kWorthCheckpoints = int64_t{512} << 20;
  /// Drops it, its connections with it. It may be gone already.
  Result<void> drop(const std::string& database);

  Result<Rows> query(const std::string& sql, const std::vector<Value>& parameters);
  Result<void> execute(const std::string& sql) { return connection_->execute(sql); }

 private:
  explicit Server(std::unique_ptr<PostgresConnection> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<PostgresConnection> connection_;
};

}  // namespace belay::runtime::postgres

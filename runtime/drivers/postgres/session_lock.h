#pragma once

#include <memory>
#include <string>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/postgres/connection.h"
#include "runtime/drivers/postgres/settings.h"

namespace belay::runtime::postgres {

/// The lock of a session on its server: an advisory lock on a connection that is there for nothing
/// else, so that it ends with its holder. It is taken in the maintenance database, where it stands
/// in the way of no copy and no renaming; where our role may not go there, in the database itself.
class SessionLock : public DatabaseLock {
 public:
  /// Asks again and again until `request.timeout`. A blocking request would have a snapshot open,
  /// for which CREATE INDEX CONCURRENTLY of the lock's holder would wait for ever. Errors: somebody
  /// else has it (with who), a pooler stands in between that gives each transaction another
  /// connection.
  static Result<std::unique_ptr<SessionLock>> acquire(const PostgresSettings& settings,
                                                      const LockRequest& request);
  Result<void> check() override;

 private:
  SessionLock(std::unique_ptr<PostgresConnection> connection, std::string database)
      : connection_(std::move(connection)), database_(std::move(database)) {}
  Result<bool> try_lock();
  Result<std::string> holder();

  std::unique_ptr<PostgresConnection> connection_;
  std::string database_;
};

/// Whether a pooler stands between us and the server.
enum class Pooler : uint8_t {
  kNone,
  kPerSession,      ///< or one that could not be caught at more
  kPerTransaction,  ///< the server's connection behind ours is given to others between transactions
};
/// `connection` must not be in a transaction.
Result<Pooler> find_pooler(PostgresConnection& connection, const PostgresSettings& settings);

}  // namespace belay::runtime::postgres

#include "runtime/drivers/postgres/session_lock.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <thread>
#include <utility>

#include "runtime/drivers/postgres/orphans.h"
#include "runtime/io/clock.h"
#include "runtime/io/fault.h"
#include "runtime/io/who.h"

namespace belay::runtime::postgres {
namespace {

Result<std::unique_ptr<PostgresConnection>> open_in(const PostgresSettings& settings,
                                                    const std::string& database) {
  DatabaseUrl url = settings.url;
  url.database = database;
  return PostgresConnection::open(url, settings.connection);
}

/// A lock that nobody uses must not outlive a machine that has vanished: a server would notice only
/// after hours.
Result<void> set_up(Connection& connection, const std::string& command) {
  for (const char* setting : {"SET tcp_keepalives_idle = 20", "SET tcp_keepalives_interval = 5",
                              "SET tcp_keepalives_count = 4", "SET idle_session_timeout = 0",
                              "SET statement_timeout = 0"}) {
    BELAY_TRY(connection.execute(setting));
  }
  const Value name =
      "belay " + command + ", process " + std::to_string(::getpid()) + " on " + host_name();
  return connection.execute("SELECT set_config('application_name', ?, false)", {&name, 1});
}

Error pooler_error(const PostgresSettings& settings) {
  return {
      "a pooler stands before the database that gives each transaction another connection: a "
      "lock that lives as long as its connection cannot be held through it",
      settings.url.to_string(),
      "name the server's own address, or a pool in session mode (PgBouncer: "
      "pool_mode = session)"};
}

}  // namespace

Result<Pooler> find_pooler(PostgresConnection& connection, const PostgresSettings& settings) {
  const auto process_of = [](Connection& of) -> Result<int64_t> {
    Result<Rows> rows = of.query("SELECT pg_backend_pid()");
    if (!rows) return std::move(rows).error();
    return rows->number();
  };
  Result<int64_t> ours = process_of(connection);
  if (!ours) return std::move(ours).error();
  if (*ours == connection.announced_process()) return Pooler::kNone;
  // Whoever else connects now is given the connection that was used last, which is ours.
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    auto other = open_in(settings, connection.database());
    if (!other) return std::move(other).error();
    BELAY_TRY((*other)->begin());
    Result<int64_t> theirs = process_of(**other);
    if (!theirs) return std::move(theirs).error();
    Result<int64_t> again = process_of(connection);
    if (!again) return std::move(again).error();
    if (*theirs == *ours || *again != *ours) return Pooler::kPerTransaction;
  }
  return Pooler::kPerSession;
}

Result<std::unique_ptr<SessionLock>> SessionLock::acquire(const PostgresSettings& settings,
                                                          const LockRequest& request) {
  if (const int injected = fault::before(fault::Operation::kLock, settings.url.database)) {
    return Error{"the database cannot be locked: error " + std::to_string(injected),
                 settings.url.to_string(), ""};
  }
  auto connection = open_in(settings, settings.maintenance_database());
  if (!connection) connection = open_in(settings, settings.url.database);
  if (!connection) return std::move(connection).error();
  Result<Pooler> pooler = find_pooler(**connection, settings);
  if (!pooler) return std::move(pooler).error();
  if (*pooler == Pooler::kPerTransaction) return pooler_error(settings);
  BELAY_TRY(set_up(**connection, request.command));
  std::unique_ptr<SessionLock> lock(new SessionLock(*std::move(connection), settings.url.database));

  constexpr int kLongestPauseMs = 250;
  std::minstd_rand random(static_cast<unsigned>(::getpid()));
  int pause_ms = 2;
  const int64_t deadline = milliseconds_since_start() + request.timeout.count();
  for (;;) {
    Result<bool> locked = lock->try_lock();
    if (!locked) return std::move(locked).error();
    if (*locked) break;
    Result<std::string> holder = lock->holder();
    if (!holder) return std::move(holder).error();
    if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (milliseconds_since_start() >= deadline) {
      return Error{"the database is in the hands of " + *holder, settings.url.to_string(),
                   "wait for it to end, or end it; the lock ends with its connection"};
    }
    if (settings.progress) settings.progress({Stage::kWaiting, *holder, 0, 0});
    std::this_thread::sleep_for(
        std::chrono::milliseconds(pause_ms + static_cast<int>(random() % 5)));
    pause_ms = std::min(pause_ms * 2, kLongestPauseMs);
  }
  fault::after(fault::Operation::kLock, settings.url.database);
  BELAY_TRY(lock->check());
  BELAY_TRY(end_orphans(*lock->connection_, settings.url.database));
  return lock;
}

Result<bool> SessionLock::try_lock() {
  const LockKey key = session_key(database_);
  const std::array<Value, 2> values = {key.group, key.database};
  Result<Rows> rows = connection_->query("SELECT pg_try_advisory_lock(?::int, ?::int)", values);
  if (!rows) return std::move(rows).error();
  return rows->number() != 0;
}

Result<std::string> SessionLock::holder() {
  const LockKey key = session_key(database_);
  const std::array<Value, 2> values = {key.group, key.database};
  Result<Rows> rows = connection_->query(
      "SELECT application_name || coalesce(' (from ' || host(client_addr) || ')', '') "
      "FROM pg_stat_activity JOIN pg_locks USING (pid) "
      "WHERE locktype = 'advisory' AND classid = ? AND objid = ? AND granted",
      values);
  if (!rows) return std::move(rows).error();
  const std::string name = rows->text();
  return name.empty() ? "another command of Belay's" : name;
}

/// Held by the very process that answers.
Result<void> SessionLock::check() {
  const LockKey key = session_key(database_);
  const std::array<Value, 2> values = {key.group, key.database};
  Result<Rows> rows = connection_->query(
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = ? AND objid = ? "
      "AND pid = pg_backend_pid() AND granted",
      values);
  if (rows && rows->number() == 1) return {};
  return Error{"the lock on the database is lost" +
                   (rows ? std::string() : ": " + rows.error().message) + "; nothing more was done",
               database_, "the next command finds out where things stand"};
}

}  // namespace belay::runtime::postgres

#include "runtime/drivers/postgres/orphans.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "runtime/io/sha256.h"

namespace belay::runtime::postgres {
namespace {

// `bela` and `belw`, as the numbers of their letters.
constexpr int64_t kSessionGroup = 0x62656C61;
constexpr int64_t kWorkerGroup = 0x62656C77;

/// 28 bits, so that the server's signed and unsigned readings agree. The same in every version of
/// Belay.
int64_t number_of(const std::string& database) {
  constexpr size_t kDigits = 7;
  constexpr int kHexadecimal = 16;
  return std::strtoll(sha256_hex(database).substr(0, kDigits).c_str(), nullptr, kHexadecimal);
}

}  // namespace

LockKey worker_key(const std::string& database) { return {kWorkerGroup, number_of(database)}; }
LockKey session_key(const std::string& database) { return {kSessionGroup, number_of(database)}; }

Result<void> mark_as_worker(Connection& connection, const std::string& database) {
  // PostgreSQL 14 and later; by default the server would notice at the next answer that it sends.
  BELAY_TRY(
      connection.execute("SELECT set_config(name, '2s', false) FROM pg_settings "
                         "WHERE name = 'client_connection_check_interval'"));
  // What a commit returns from is to survive a crash, whatever the server does for others.
  BELAY_TRY(
      connection.execute("SELECT set_config(name, 'on', false) FROM pg_settings "
                         "WHERE name = 'synchronous_commit' AND setting = 'off'"));
  const LockKey key = worker_key(database);
  const std::array<Value, 2> values = {key.group, key.database};
  return connection.execute("SELECT pg_advisory_lock_shared(?::int, ?::int)", values);
}

Result<void> end_orphans(Connection& connection, const std::string& database) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  constexpr auto kPatience = std::chrono::seconds(60);
  const LockKey key = worker_key(database);
  const std::array<Value, 2> values = {key.group, key.database};
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    // A commit that is under way cannot be ended; it is waited for.
    Result<Rows> rows = connection.query(
        "SELECT count(*), count(pg_terminate_backend(pid)) FROM pg_locks "
        "WHERE locktype = 'advisory' AND classid = ? AND objid = ? AND pid <> pg_backend_pid()",
        values);
    if (!rows) return std::move(rows).error();
    if (rows->number() == 0) return {};
    if (std::chrono::steady_clock::now() - begun > kPatience) {
      return Error{"the server is still busy with a command of Belay's that has died", database,
                   "try again, or end the server's process by hand"};
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace belay::runtime::postgres

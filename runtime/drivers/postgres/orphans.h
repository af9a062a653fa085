#pragma once

#include <cstdint>
#include <string>

#include <belay/connection.h>

/// A server goes on with what it was told when the program that told it is gone. So that the next
/// command finds these processes, each connection of Belay's that may change something holds an
/// advisory lock for that database, shared with its like.
namespace belay::runtime::postgres {

/// The two halves of an advisory lock's key.
struct LockKey {
  int64_t group = 0;
  int64_t database = 0;  ///< from the database's name
};
LockKey worker_key(const std::string& database);
LockKey session_key(const std::string& database);

/// Marks a connection as one that works on `database`, has the server look now and then whether we
/// are still there, and has its commits survive a crash.
Result<void> mark_as_worker(Connection& connection, const std::string& database);

/// Ends the processes that earlier commands have left on the server, and waits for it. The caller
/// holds the session's lock, so that no living command has any.
Result<void> end_orphans(Connection& connection, const std::string& database);

}  // namespace belay::runtime::postgres

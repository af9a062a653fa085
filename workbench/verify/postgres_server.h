#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include <belay/progress.h>
#include <belay/result.h>
#include <belay/url.h>

namespace belay::workbench {

/// A PostgreSQL server of our own: in a private directory, reachable by a socket in it alone, and
/// as fast as it gets, since nothing on it has to last. It is stopped and its directory removed
/// with the object, and also when this process ends in any other way.
class PostgresServer {
 public:
  /// Makes the server's files and starts it. Never runs it as root: a root process hands it to the
  /// user `postgres`, or `nobody`. Errors: the programs fail (with what they say), cancelled.
  static Result<std::unique_ptr<PostgresServer>> start(
      const std::string& bin_directory, const runtime::CancellationToken& cancellation);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// A database of that name on it.
  runtime::DatabaseUrl url(const std::string& database) const;
  const std::string& directory() const { return directory_; }

 private:
  explicit PostgresServer(std::string directory) : directory_(std::move(directory)) {}
  Result<void> spawn(const std::string& bin_directory);
  Result<void> wait_until_ready(const runtime::CancellationToken& cancellation);
  bool keeper_is_gone();
  std::string log_tail() const;

  std::string directory_;
  pid_t keeper_ = -1;  ///< the process that starts, stops and removes the server
  int lifeline_ = -1;  ///< our end of a pipe; the keeper ends everything when it is closed
};

}  // namespace belay::workbench

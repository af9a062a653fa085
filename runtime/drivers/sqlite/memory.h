#pragma once

#include <memory>
#include <string>

#include <belay/connection.h>

namespace belay::runtime::sqlite {

/// A database in this process's memory that lives as long as the object: for what has to be tried
/// out and thrown away. Any number of connections may use it.
class MemoryDatabase {
 public:
  static Result<std::unique_ptr<MemoryDatabase>> create(const ConnectionOptions& options);

  /// A further connection, set up as SQLite sets up one by itself, but that it attaches no files.
  Result<std::unique_ptr<Connection>> connect() const;
  /// Another database with the same content.
  Result<std::unique_ptr<MemoryDatabase>> copy() const;

 private:
  MemoryDatabase(std::string name, ConnectionOptions options)
      : name_(std::move(name)), options_(std::move(options)) {}

  std::string name_;
  ConnectionOptions options_;
  std::unique_ptr<Connection> keeper_;  ///< the database goes with its last connection
};

}  // namespace belay::runtime::sqlite

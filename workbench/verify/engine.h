#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <belay/connection.h>

#include "analyzer/text/dialect.h"
#include "workbench/verify/catalog.h"
#include "workbench/verify/tables.h"

namespace belay::workbench {

/// A database that is thrown away with the object.
class ScratchDatabase {
 public:
  virtual ~ScratchDatabase() = default;
  /// A new connection, so that nothing that a script sets up reaches the next one.
  virtual Result<std::unique_ptr<runtime::Connection>> connect() const = 0;
};

/// Makes throwaway databases and reads them. Used by one thread. The databases must go before it.
class ScratchEngine {
 public:
  virtual ~ScratchEngine() = default;

  virtual Engine engine() const = 0;
  /// `PostgreSQL 15.4`.
  virtual std::string version() const = 0;
  virtual Result<std::unique_ptr<ScratchDatabase>> create() = 0;
  /// Another database with the content of `original`, to which nobody may be connected.
  virtual Result<std::unique_ptr<ScratchDatabase>> copy(const ScratchDatabase& original) = 0;

  virtual Result<Catalog> read_catalog(runtime::Connection& connection) const = 0;
  /// The tables of the user's, by id.
  virtual Result<std::vector<TableShape>> read_tables(runtime::Connection& connection) const = 0;
  /// Readies a connection for rows of our own: constraints count. Undone with the connection.
  virtual Result<void> prepare_filling(runtime::Connection& connection) const = 0;
  /// What scripts may make that belongs to no database: the names of roles.
  virtual Result<std::vector<std::string>> read_shared() = 0;
  /// Removes what has come to be since, as far as nobody else can have made it.
  virtual void drop_shared_besides(const std::vector<std::string>& known) = 0;
  /// Called when rows with numbers of our own were put in: what the engine counts goes on behind.
  virtual Result<void> finish_filling(runtime::Connection& connection, uint32_t rows) const = 0;
};

/// SQLite, in memory.
std::unique_ptr<ScratchEngine> sqlite_engine(const runtime::CancellationToken& cancellation);

struct PostgresOptions {
  /// Where the server's programs are; empty: looked for.
  std::string bin_directory;
  /// The version that is preferred among those found; 0: the newest.
  int major_version = 0;
  /// A server that runs, on which databases may be made; none: one is started.
  std::optional<runtime::DatabaseUrl> url;
  runtime::CancellationToken cancellation;
};

/// PostgreSQL: on a server of its own that goes with the object, or on the one that is named.
Result<std::unique_ptr<ScratchEngine>> postgres_engine(const PostgresOptions& options);

}  // namespace belay::workbench

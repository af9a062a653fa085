#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <belay/migration.h>
#include <belay/progress.h>
#include <belay/result.h>
#include <belay/url.h>

namespace belay::runtime {

/// Where a statement stands. Lines and columns count from 1, columns in characters.
struct StatementPlace {
  std::string path;
  uint32_t offset = 0;  ///< in bytes from the start of the file
  uint32_t line = 0;    ///< 0: the statement was not written by the user
  uint32_t column = 0;

  /// `path:line:column`; empty for a statement that was not written by the user.
  std::string to_string() const;
};

/// What a database said against a statement.
struct DatabaseError {
  std::string message;
  /// The engine's number: SQLite's extended result code.
  int code = 0;
  /// The engine's name for it: `SQLITE_CONSTRAINT_UNIQUE`; PostgreSQL's SQLSTATE.
  std::string code_name;
  /// What the engine itself advises; empty where it says nothing.
  std::string hint;
  /// The statement, shortened in the middle where it is long.
  std::string statement;
  /// The place the engine points at, else where the statement begins.
  StatementPlace place;
  /// The database is in use by others; the same may succeed later.
  bool busy = false;
  /// The disk is full.
  bool no_space = false;
  /// The caller cancelled.
  bool cancelled = false;
  /// The statement ran for longer than `ConnectionOptions::statement_timeout`.
  bool timed_out = false;

  Error to_error() const;
};

struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};
using Value = std::variant<std::nullptr_t, int64_t, double, std::string, Blob>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;

  /// The first value as a number or text; 0 or "" where there is none of that kind.
  int64_t number(size_t row = 0, size_t column = 0) const;
  std::string text(size_t row = 0, size_t column = 0) const;
};

/// One connection to a database. Used by one thread at a time; a transaction that is open when it
/// is destroyed is rolled back. After a failed call `last_error` holds what the database said.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual Engine engine() const = 0;
  /// As the server or library reports it: `3.40.1`.
  virtual std::string engine_version() const = 0;

  /// Runs the statements in `script.sql` from byte `begin` to `end`, one by one, dropping their
  /// rows. `$1` and so on in them are the `parameters`; without any a parameter is an error. Errors
  /// carry the place in the script's file.
  virtual Result<void> run(const Script& script, uint32_t begin, uint32_t end,
                           std::span<const Value> parameters = {}) = 0;
  /// Runs one statement of our own. Parameters are written `?`.
  virtual Result<void> execute(std::string_view sql, std::span<const Value> parameters = {}) = 0;
  virtual Result<Rows> query(std::string_view sql, std::span<const Value> parameters = {}) = 0;

  /// Opens a transaction that may write. Where the engine knows a single writer, it is ours from
  /// here on.
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual Result<void> roll_back() = 0;
  virtual bool in_transaction() const = 0;

  /// The name of a table of Belay's own, as statements of its own have to write it: what a script
  /// has done to the connection in the meantime does not matter.
  virtual std::string own_table(std::string_view name) const { return std::string(name); }

  virtual const DatabaseError& last_error() const = 0;
  /// Rows that the last successful call inserted, updated or deleted; where it ran several
  /// statements, in the last of them.
  virtual int64_t affected_rows() const = 0;
  /// What the server has told since the last call, a line each: `NOTICE: ...`. SQLite tells
  /// nothing.
  virtual std::vector<std::string> take_notices() { return {}; }
};

struct ConnectionOptions {
  /// Directory that a relative file name starts from; empty: the process's working directory.
  std::string base_directory;
  /// How long to wait for others that use the database. 10 s outlast an ordinary transaction and
  /// still end before a person gives up.
  std::chrono::milliseconds busy_timeout{10'000};
  /// How long one statement of a script may run, waiting included; 0: however long. It is stopped
  /// then, and fails. Statements that the engine does not let be stopped run to their end.
  std::chrono::milliseconds statement_timeout{0};
  bool create = false;  ///< make a database that does not exist (SQLite)
  CancellationToken cancellation;
};

/// Opens a connection. Errors: the engine is not built in, the database does not exist, cannot be
/// reached, or is none.
Result<std::unique_ptr<Connection>> connect(const DatabaseUrl& url,
                                            const ConnectionOptions& options);

}  // namespace belay::runtime

#pragma once

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <belay/connection.h>

#include "runtime/drivers/sqlite/kept_journal.h"
#include "runtime/drivers/statement_deadline.h"

namespace belay::runtime::sqlite {

struct CloseHandle {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;
using BackupHandle = std::unique_ptr<sqlite3_backup, FinishBackup>;

struct OpenOptions {
  int flags = SQLITE_OPEN_READWRITE;
  const char* vfs = nullptr;
  std::string shown_as = {};  ///< in errors, where `name` is a URI
};

/// `path` as a URI for SQLite, with a query.
std::string file_uri(std::string_view path, std::string_view query);

/// Opens a handle; `name` is a path, or a URI where the flags say so. The file is not read yet.
Result<Handle> open_handle(const std::string& name, const OpenOptions& options);

/// What went wrong last on `db`, with SQLite's name for it.
DatabaseError describe_error(sqlite3* db, int code);

/// What the statements of a connection write, as SQLite found when it compiled them: triggers and
/// actions of foreign keys count.
struct WrittenTables {
  bool all = false;  ///< nobody knows which
  /// An object of the schema may have gone or changed, not only come.
  bool schema_changed = false;
  std::set<std::string, std::less<>> names;
};
inline const WrittenTables kAnything{true, true, {}};

class SqliteConnection : public Connection {
 public:
  /// Opens the database at the absolute `path` and reads its header. Errors: it is none, it is
  /// damaged, it may not be read, it does not exist (without SQLITE_OPEN_CREATE). `way` leads to
  /// its files; nullptr: SQLite's own.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, int flags,
                                                        const ConnectionOptions& options,
                                                        std::unique_ptr<KeptJournal> way = nullptr);

  ~SqliteConnection() override;

  Engine engine() const override { return Engine::kSqlite; }
  std::string engine_version() const override { return sqlite3_libversion(); }
  Result<void> run(const Script& script, uint32_t begin, uint32_t end,
                   std::span<const Value> parameters = {}) override;
  Result<void> execute(std::string_view sql, std::span<const Value> parameters = {}) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> parameters = {}) override;
  Result<void> begin() override { return execute("BEGIN IMMEDIATE", {}); }
  Result<void> commit() override { return execute("COMMIT", {}); }
  Result<void> roll_back() override;
  bool in_transaction() const override;
  const DatabaseError& last_error() const override { return error_; }
  int64_t affected_rows() const override { return affected_rows_; }

  sqlite3* handle() const { return db_.get(); }
  const std::string& path() const { return path_; }
  /// Whether to wait for others at all; so it is from the start.
  void set_waiting(bool wait);
  /// Whether the write-ahead log is left as it is when this connection is the last one to be
  /// closed, so that it still tells what was committed.
  void keep_log(bool keep);
  /// Lets the rollback journal stay from one commit to the next, which saves making, removing and
  /// syncing it. It goes with the connection; what a crash leaves of it means nothing to anybody.
  Result<void> keep_journal();
  /// From here on notes what is written to.
  void watch();
  WrittenTables written() const;
  /// Remembers what SQLite says as the last error, and returns it.
  Error fail(int code, std::string_view statement);

 private:
  SqliteConnection(std::string path, Handle db, const ConnectionOptions& options,
                   std::unique_ptr<KeptJournal> way);
  static int on_busy(void* self, int tries);
  static int on_progress(void* self);
  static int on_authorize(void* self, int action, const char* first, const char* second,
                          const char* database, const char* trigger);
  Error fail_at(int code, const Script& script, size_t begin, size_t end, int offset);
  int step_all(sqlite3_stmt* statement, std::string_view sql, Rows* rows);
  Error refuse(const Script& script, size_t begin, size_t end, std::string message);

  std::string path_;
  ConnectionOptions options_;
  int64_t busy_since_ = 0;
  StatementDeadline deadline_;
  int64_t affected_rows_ = 0;
  bool journal_kept_ = false;
  bool watches_ = false;
  WrittenTables written_;
  DatabaseError error_;
  std::unique_ptr<KeptJournal> way_;
  Handle db_;  // last: closed while the callbacks still have their object
};

/// The connection behind the interface. It must come from this driver.
inline SqliteConnection& as_sqlite(Connection& connection) {
  return static_cast<SqliteConnection&>(connection);
}

}  // namespace belay::runtime::sqlite

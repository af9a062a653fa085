#include "runtime/drivers/sqlite/memory.h"

#include <atomic>
#include <string_view>
#include <utility>

#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {
namespace {

/// Refuses to attach files, which VACUUM INTO does, too: what is only tried out must not reach any
/// database but its own. VACUUM itself attaches a file without a name.
int refuse_files(void* /*unused*/, int action, const char* file, const char* /*unused*/,
                 const char* /*unused*/, const char* /*unused*/) {
  if (action != SQLITE_ATTACH) return SQLITE_OK;
  const std::string_view name = file == nullptr ? "?" : file;
  return name.empty() || name == ":memory:" ? SQLITE_OK : SQLITE_DENY;
}

}  // namespace

Result<std::unique_ptr<MemoryDatabase>> MemoryDatabase::create(const ConnectionOptions& options) {
  static std::atomic<uint64_t> count{0};
  // The file system `memdb` shares what begins with a slash among the connections of a process.
  const std::string name = "file:/belay-" + std::to_string(++count) + "?vfs=memdb";
  std::unique_ptr<MemoryDatabase> database(new MemoryDatabase(name, options));
  Result<std::unique_ptr<Connection>> keeper = database->connect();
  if (!keeper) return std::move(keeper).error();
  database->keeper_ = *std::move(keeper);
  return database;
}

Result<std::unique_ptr<Connection>> MemoryDatabase::connect() const {
  auto connection = SqliteConnection::open(
      name_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, options_);
  if (!connection) return std::move(connection).error();
  sqlite3_set_authorizer((*connection)->handle(), refuse_files, nullptr);
  return std::unique_ptr<Connection>(*std::move(connection));
}

Result<std::unique_ptr<MemoryDatabase>> MemoryDatabase::copy() const {
  Result<std::unique_ptr<MemoryDatabase>> target = create(options_);
  if (!target) return std::move(target).error();
  sqlite3* to = as_sqlite(*(*target)->keeper_).handle();
  BackupHandle backup(sqlite3_backup_init(to, "main", as_sqlite(*keeper_).handle(), "main"));
  constexpr int kAllPages = -1;
  const int code = backup == nullptr ? sqlite3_extended_errcode(to)
                                     : sqlite3_backup_step(backup.get(), kAllPages);
  backup.reset();
  if (code != SQLITE_DONE) return describe_error(to, code).to_error();
  return target;
}

}  // namespace belay::runtime::sqlite

#include "runtime/snapshot/absent.h"

#include <unistd.h>

#include <cerrno>

#include "runtime/io/durable_file.h"
#include "runtime/snapshot/sqlite_admission.h"
#include "support/file_system.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kSidecars[] = {"-journal", "-wal", "-shm"};

Error still_used(const std::string& database) {
  return {"others have the database open; it was not removed", database, "end them and try again"};
}

}  // namespace

Result<TakenSnapshot> AbsentDatabase::take(const SnapshotPlace& place, const TakeRequest& request) {
  const std::string directory(path::parent(driver_.name()));
  if (::access(directory.c_str(), W_OK) != 0) {
    return file_error("no database can be made there", directory, errno);
  }
  TakenSnapshot taken;
  taken.manifest = request.header;
  taken.manifest.database = driver_.name();
  taken.manifest.strategy = kName;
  taken.manifest.existed = false;
  taken.manifest.engine_version = sqlite3_libversion();
  taken.mark = driver_.absent_mark();
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(taken.manifest)) + "\n"));
  return taken;
}

Result<void> AbsentDatabase::check(const SnapshotPlace&, const Manifest&, bool) { return {}; }

Result<bool> AbsentDatabase::is_in_place(const Manifest&) {
  if (file_exists(driver_.name())) return false;
  for (const char* sidecar : kSidecars) {
    if (file_exists(driver_.name() + sidecar)) return false;
  }
  return true;
}

Result<RestoreOutcome> AbsentDatabase::restore(const SnapshotPlace&, const Manifest&,
                                               const Admit& admit) {
  if (file_exists(driver_.name())) BELAY_TRY(remove_main_file(admit));
  for (const char* sidecar : kSidecars) BELAY_TRY(remove_file(driver_.name() + sidecar));
  return RestoreOutcome{};
}

/// Removes the file while nobody else can be in a transaction on it. A process that merely has it
/// open without a log is not seen; it keeps a file without a name, as after any removal.
Result<void> AbsentDatabase::remove_main_file(const Admit& admit) const {
  auto connection = driver_.open_connection(SQLITE_OPEN_READWRITE);
  if (!connection) return std::move(connection).error();
  SqliteConnection& database = **connection;
  BELAY_TRY(admit_now(database, admit));
  Result<Rows> mode = database.query("PRAGMA journal_mode=DELETE");
  if (!mode || mode->text() == "wal") return still_used(driver_.name());
  WriteLock lock = exclusive_lock(database);
  lock.take = [&]() -> Result<void> {
    if (!database.execute("BEGIN EXCLUSIVE")) return still_used(driver_.name());
    return {};
  };
  BELAY_TRY(lock_as_admitted(database, admit, lock));
  return remove_file(driver_.name());
}

}  // namespace belay::runtime::sqlite

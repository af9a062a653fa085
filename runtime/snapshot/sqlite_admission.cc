#include "runtime/snapshot/sqlite_admission.h"

#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

Result<int64_t> admit_now(SqliteConnection& database, const Admit& admit) {
  BELAY_TRY(database.execute("BEGIN"));
  Result<ChangeMark> mark = take_mark(database);
  Result<int64_t> version =
      mark ? pragma_number(database, "data_version") : Result<int64_t>(std::move(mark).error());
  Result<void> admitted = version ? admit(database, *mark) : Result<void>(version.error());
  BELAY_TRY(database.roll_back());
  if (!admitted) return std::move(admitted).error();
  return version;
}

Result<int64_t> lock_as_admitted(SqliteConnection& database, const Admit& admit,
                                 const WriteLock& lock) {
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<int64_t> version = admit_now(database, admit);
    if (!version) return version;
    const unsigned seen = pager_version(database);
    BELAY_TRY(lock.take());
    // With the lock held, the version tells whether somebody wrote since we looked.
    if (pager_version(database) == seen) return version;
    BELAY_TRY(lock.give_back());
  }
  return SnapshotStrategy::nothing_changed(
      {"others keep writing to the database", database.path(), "stop them and try again"});
}

WriteLock exclusive_lock(SqliteConnection& database) {
  return {[&database]() -> Result<void> {
            Result<void> locked = database.execute("BEGIN EXCLUSIVE");
            return locked ? locked : not_locked(database, std::move(locked).error());
          },
          [&database] { return database.roll_back(); }};
}

Error not_locked(const SqliteConnection& database, Error error) {
  error = SnapshotStrategy::nothing_changed(std::move(error));
  if (database.last_error().busy) {
    error.hint = "others are using the database; end them, or wait longer, and try again";
  }
  return error;
}

}  // namespace belay::runtime::sqlite

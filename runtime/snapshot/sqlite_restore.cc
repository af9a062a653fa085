// Without a log: what differs is written, page by page, under an exclusive lock (`page_writer`).
// With one: a backup writes into the live database, which is one transaction of its. Either way the
// database is read again afterwards.
#include "runtime/snapshot/sqlite_restore.h"

#include <future>
#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/drivers/sqlite/page_writer.h"
#include "runtime/io/durable_file.h"
#include "runtime/snapshot/sqlite_admission.h"
#include "runtime/snapshot/sqlite_copy.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kNotCompared =
    "others wrote to the database right after it was restored, so that it could not be compared "
    "with the snapshot page by page";
constexpr const char* kStillThere = "the snapshot is kept; check the disk, then roll back again";

}  // namespace

SqliteRestore::SqliteRestore(const SqliteDriver& driver, std::string copy, const Manifest& manifest)
    : driver_(driver),
      copy_(std::move(copy)),
      manifest_(manifest),
      wanted_(layout_from_json(manifest.details)) {}

void SqliteRestore::report(Stage stage, uint64_t done, uint64_t total) const {
  const SqliteSettings& settings = driver_.settings();
  if (settings.progress) settings.progress({stage, settings.path, done, total});
}

Result<RestoreOutcome> SqliteRestore::run(const Admit& admit) {
  auto target = driver_.open_connection(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!target) return std::move(target).error();
  SqliteConnection& database = **target;
  // Where it fails, the log is still to tell that nobody has written.
  database.keep_log(true);
  BELAY_TRY(database.execute("PRAGMA synchronous=EXTRA"));
  Result<Layout> layout = read_layout(database);
  if (!layout) return std::move(layout).error();
  const bool same_size = layout->page_size == wanted_.page_size;
  // A log can take back neither pages of another size nor a database that had no log.
  if (layout->has_log && !(wanted_.has_log && same_size)) {
    BELAY_TRY(leave_log(database, admit));
    layout->has_log = false;
  }
  const bool with_log = layout->has_log || wanted_.has_log;
  if (!with_log && same_size && file_size(driver_.name()) > 0) {
    return write_pages(*std::move(target), admit);
  }
  return back_up(database, admit);
}

/// Whatever differs is written, and nothing else.
Result<RestoreOutcome> SqliteRestore::write_pages(std::unique_ptr<SqliteConnection> target,
                                                  const Admit& admit) {
  const PageProgress progress = [&](uint64_t done, uint64_t total) {
    report(Stage::kRestoring, done, total);
    return !driver_.settings().connection.cancellation.cancelled();
  };
  BELAY_TRY(lock_as_admitted(*target, admit, exclusive_lock(*target)));
  Result<ChangeMark> before = take_mark(*target);
  if (!before) return std::move(before).error();
  Result<uint64_t> written = write_differing_pages(*target, copy_, wanted_.page_size, progress);
  (void)target->roll_back();
  target.reset();  // its cache is of before
  if (!written) {
    // Whoever opens it next undoes what was written; let that be us.
    auto undone = driver_.open_connection(SQLITE_OPEN_READWRITE);
    if (undone) (void)(*undone)->query("SELECT count(*) FROM sqlite_schema");
    return SnapshotStrategy::nothing_changed(std::move(written).error());
  }
  return verify_pages(*before, *written > 0 ? 1 : 0);
}

/// Once more from the file, on another connection.
Result<RestoreOutcome> SqliteRestore::verify_pages(const ChangeMark& before,
                                                   uint64_t own_commits) const {
  report(Stage::kVerifying, 0, 0);
  auto connection = driver_.open_connection(SQLITE_OPEN_READWRITE);
  if (!connection) return std::move(connection).error();
  RestoreOutcome outcome;
  BELAY_TRY((*connection)->begin());
  Result<ChangeMark> now = take_mark(**connection);
  if (!now) return std::move(now).error();
  if (commits_between(before, *now) != own_commits) {
    outcome.notes.emplace_back(kNotCompared);
    return outcome;
  }
  Result<bool> same = has_same_pages(**connection, copy_, wanted_.page_size);
  if (!same) return std::move(same).error();
  BELAY_TRY((*connection)->roll_back());
  if (*same) return outcome;
  return Error{"the restored database is not what the snapshot holds", driver_.name(), kStillThere};
}

Result<RestoreOutcome> SqliteRestore::back_up(SqliteConnection& target, const Admit& admit) {
  Result<int64_t> version = copy_back(target, admit);
  if (!version) return std::move(version).error();
  RestoreOutcome outcome;
  BELAY_TRY(verify_content(target, *version, outcome));
  driver_.tidy(target, /*at_end=*/true);
  return outcome;
}

Result<void> SqliteRestore::leave_log(SqliteConnection& target, const Admit& admit) const {
  BELAY_TRY(admit_now(target, admit));
  Result<Rows> mode = target.query("PRAGMA journal_mode=DELETE");
  if (mode && mode->text() == "delete") return {};
  return SnapshotStrategy::nothing_changed(
      {"others have the database open, so that its journal mode cannot be set back", driver_.name(),
       "end them and try again"});
}

/// Returns the `data_version` before the copy, against which later writes of others show.
Result<int64_t> SqliteRestore::copy_back(SqliteConnection& target, const Admit& admit) const {
  auto source = open_snapshot(copy_);
  if (!source) return std::move(source).error();
  BackupHandle backup;
  WriteLock lock;
  lock.take = [&]() -> Result<void> {
    backup.reset(sqlite3_backup_init(target.handle(), "main", (*source)->handle(), "main"));
    if (backup == nullptr) {
      return SnapshotStrategy::nothing_changed(
          target.fail(sqlite3_errcode(target.handle()), "backup"));
    }
    const int locked = sqlite3_backup_step(backup.get(), 0);
    return locked == SQLITE_OK ? Result<void>()
                               : Result<void>(not_locked(target, target.fail(locked, "backup")));
  };
  lock.give_back = [&]() -> Result<void> {
    backup.reset();
    return {};
  };
  Result<int64_t> version = lock_as_admitted(target, admit, lock);
  if (!version) return version;
  Result<void> copied =
      copy_pages(backup.get(), target.handle(), driver_.settings(), Stage::kRestoring);
  if (!copied) return SnapshotStrategy::nothing_changed(std::move(copied).error());
  return version;
}

Result<void> SqliteRestore::verify_content(SqliteConnection& target, int64_t version,
                                           RestoreOutcome& outcome) const {
  report(Stage::kVerifying, 0, 0);
  BELAY_TRY(target.begin());
  std::future<Result<std::string>> expected = std::async(std::launch::async, [&] {
    return expected_digest(manifest_, copy_, driver_.settings().connection.cancellation);
  });
  Result<std::string> unchecked = quick_check(target);
  if (!unchecked) return std::move(unchecked).error();
  if (!unchecked->empty()) outcome.notes.push_back(*unchecked);
  Result<int64_t> now = pragma_number(target, "data_version");
  if (!now) return std::move(now).error();
  if (*now != version) {
    outcome.notes.emplace_back(kNotCompared);
    return target.roll_back();
  }
  Result<RowCounts> rows = row_counts(target);
  if (!rows) return std::move(rows).error();
  Result<std::string> digest = driver_.digest();
  if (!digest) return std::move(digest).error();
  BELAY_TRY(target.roll_back());
  Result<std::string> wanted = expected.get();
  if (!wanted) return std::move(wanted).error();
  if (*rows == manifest_.rows && *digest == *wanted) return {};
  return Error{"the restored database is not what the snapshot holds: " +
                   row_difference(manifest_.rows, *rows),
               driver_.name(), kStillThere};
}

}  // namespace belay::runtime::sqlite

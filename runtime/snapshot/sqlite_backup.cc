// Taking: a connection opens a writing transaction, so that nobody can write, and the file is
// copied byte by byte; where a log holds what is not in the file, a backup copies page by page, and
// the copy is verified on its own. Restoring without a log: what differs is written, page by page,
// under an exclusive lock (`page_writer`). Restoring with one: a backup writes into the live
// database, which is one transaction of its. Either way the database is read again afterwards. No
// transaction of ours reaches from our look to that lock, so that "nobody wrote in between" is read
// off the pager's version counter once the lock is there.
#include "runtime/snapshot/sqlite_backup.h"

#include <algorithm>
#include <future>
#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/drivers/sqlite/page_digest.h"
#include "runtime/drivers/sqlite/page_writer.h"
#include "runtime/io/checksum.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"
#include "runtime/snapshot/free_space.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kPageSize = "page_size";
constexpr const char* kPages = "pages";
constexpr const char* kJournalMode = "journal_mode";
constexpr const char* kUserVersion = "user_version";

constexpr const char* kNotCompared =
    "others wrote to the database right after it was restored, so that it could not be compared "
    "with the snapshot page by page";

/// A snapshot is read as a file that nobody changes: no locks, and no log beside it even where the
/// database is in WAL mode.
Result<std::unique_ptr<SqliteConnection>> open_snapshot(const std::string& path) {
  if (!file_exists(path)) return Error{"the snapshot is not there", path, ""};
  return SqliteConnection::open(file_uri(path, "immutable=1"),
                                SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, {});
}

/// A database that is not ours to change, its log included.
Result<std::unique_ptr<SqliteConnection>> open_others(const std::string& path,
                                                      const ConnectionOptions& options) {
  auto opened = SqliteConnection::open(path, SQLITE_OPEN_READWRITE, options);
  if (opened) {
    (*opened)->keep_log(true);
    BELAY_TRY((*opened)->execute("PRAGMA query_only=ON"));
    if ((*opened)->query("SELECT count(*) FROM sqlite_schema")) return opened;
  }
  // Nothing can be written beside it, as SQLite would have to for a log; without one it need not.
  const bool has_log = file_size(path + "-wal") > 0;
  auto as_it_is = has_log ? std::move(opened) : open_snapshot(path);
  if (!as_it_is) return as_it_is;
  Result<Rows> schema = (*as_it_is)->query("SELECT count(*) FROM sqlite_schema");
  if (schema) return as_it_is;
  Error error = std::move(schema).error();
  error.where = path;
  return error;
}

Result<Json> read_layout(Connection& connection) {
  Json layout;
  for (const auto& [key, pragma] :
       {std::pair{kPageSize, "page_size"}, std::pair{kPages, "page_count"},
        std::pair{kUserVersion, "user_version"}}) {
    Result<int64_t> value = pragma_number(connection, pragma);
    if (!value) return std::move(value).error();
    layout[key] = *value;
  }
  Result<Rows> mode = connection.query("PRAGMA journal_mode");
  if (!mode) return std::move(mode).error();
  layout[kJournalMode] = mode->text() == "wal" ? "wal" : "rollback";
  return layout;
}

/// Of the database, in bytes.
uint64_t size_of(const Manifest& manifest) {
  return static_cast<uint64_t>(number_at(manifest.details, kPageSize)) *
         static_cast<uint64_t>(number_at(manifest.details, kPages));
}

/// Writes down what the database that `source` reads is, and that there is room for it.
Result<void> describe(SqliteConnection& source, const SnapshotPlace& place,
                      const TakeRequest& request, Manifest& manifest) {
  manifest = request.header;
  manifest.strategy = SqliteBackup::kName;
  manifest.location = place.data();
  manifest.engine_version = source.engine_version();
  Result<Json> layout = read_layout(source);
  if (!layout) return std::move(layout).error();
  manifest.details = *std::move(layout);
  BELAY_TRY(check_free_space(place.directory, size_of(manifest), request.free_space_margin));
  Result<RowCounts> rows = row_counts(source);
  if (!rows) return std::move(rows).error();
  manifest.rows = *std::move(rows);
  Result<std::string> fingerprint = schema_fingerprint(source);
  if (!fingerprint) return std::move(fingerprint).error();
  manifest.schema_fingerprint = *std::move(fingerprint);
  return {};
}

/// The names of tables whose number of rows differs, for a message.
std::string difference(const RowCounts& expected, const RowCounts& found) {
  std::string out;
  for (const auto& [table, rows] : expected) {
    const auto other = found.find(table);
    if (other != found.end() && other->second == rows) continue;
    if (!out.empty()) out += ", ";
    out += table + " (" + std::to_string(rows) + " and " +
           (other == found.end() ? "no table" : std::to_string(other->second)) + ")";
  }
  return out.empty() ? "further tables" : out;
}

}  // namespace

Result<TakenSnapshot> SqliteBackup::take(const SnapshotPlace& place, const TakeRequest& request) {
  Result<TakenSnapshot> taken = copy_under_lock(place, request);
  if (!taken) return taken;
  if (taken->manifest.checksum.empty()) BELAY_TRY(verify_copy(place.unverified(), *taken));
  // Where marks do not tell for ever what others write, the content has to.
  if (!driver_.marks_suffice(taken->mark)) {
    Result<std::string> digest = snapshot_digest(place.unverified());
    if (!digest) return std::move(digest).error();
    taken->manifest.digest = *std::move(digest);
  }
  BELAY_TRY(publish(place, *taken));
  return taken;
}

/// A copy that was verified gets its name.
Result<void> SqliteBackup::publish(const SnapshotPlace& place, const TakenSnapshot& taken) {
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(taken.manifest)) + "\n"));
  return rename_file(place.unverified(), place.data());
}

Result<Manifest> SqliteBackup::stage(const std::string& file, const SnapshotPlace& place,
                                     const TakeRequest& request) {
  auto source = open_others(file, driver_.settings().connection);
  if (!source) return std::move(source).error();
  BELAY_TRY((*source)->execute("BEGIN"));
  TakenSnapshot taken;
  Result<void> described = describe(**source, place, request, taken.manifest);
  if (!described) {
    Error error = std::move(described).error();
    error.where = file;
    return error;
  }
  taken.manifest.database = driver_.name();
  BELAY_TRY(copy_out(**source, place.unverified()));
  BELAY_TRY((*source)->roll_back());
  BELAY_TRY(verify_copy(place.unverified(), taken));
  Result<std::string> digest = snapshot_digest(place.unverified());
  if (!digest) return std::move(digest).error();
  taken.manifest.digest = *std::move(digest);
  BELAY_TRY(publish(place, taken));
  return std::move(taken.manifest);
}

Result<TakenSnapshot> SqliteBackup::copy_under_lock(const SnapshotPlace& place,
                                                    const TakeRequest& request) {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  Connection& source = **connection;
  if (sqlite3_db_readonly(as_sqlite(source).handle(), "main") == 1) {
    return Error{
        "the database is read-only, so a session could neither change it nor bring it back",
        driver_.name(), "check who may write to the file and its directory, and the URL's mode"};
  }
  // With an empty log, closing our connections leaves the file's time as the mark will have it.
  driver_.tidy(source, /*at_end=*/true);
  BELAY_TRY(source.begin());
  TakenSnapshot taken;
  BELAY_TRY(describe(as_sqlite(source), place, request, taken.manifest));
  taken.manifest.database = driver_.name();
  Result<ChangeMark> mark = take_mark(as_sqlite(source));
  if (!mark) return std::move(mark).error();
  taken.mark = *std::move(mark);
  auto reader = driver_.open_connection(SQLITE_OPEN_READWRITE);
  if (!reader) return std::move(reader).error();
  // Nobody writes now. Without a log all there is is in the file, byte by byte.
  const uint64_t size = size_of(taken.manifest);
  if (file_size(driver_.name() + "-wal") == 0 && file_size(driver_.name()) == size) {
    BELAY_TRY(copy_file_under_lock(as_sqlite(source), **reader, place.unverified(), taken));
  } else {
    BELAY_TRY(copy_out(**reader, place.unverified()));
  }
  reader->reset();
  BELAY_TRY(source.roll_back());
  return taken;
}

/// The file itself, read through SQLite's own handle of it, because closing one of ours would drop
/// its locks. Meanwhile `checker` looks whether the database is sound; then the copy is read again
/// while the disk is still writing it.
Result<void> SqliteBackup::copy_file_under_lock(SqliteConnection& source, SqliteConnection& checker,
                                                const std::string& target,
                                                TakenSnapshot& taken) const {
  // For a small one a thread costs more than it saves.
  constexpr uint64_t kLarge = uint64_t{32} << 20U;
  Manifest& manifest = taken.manifest;
  const bool large = size_of(manifest) >= kLarge;
  const auto policy = large ? std::launch::async : std::launch::deferred;
  std::future<Result<std::string>> sound =
      std::async(policy, [&checker] { return quick_check(checker); });
  Result<NewFile> file = NewFile::create(target);
  if (!file) return std::move(file).error();
  Result<std::string> read = copy_bytes(source, *file, manifest);
  if (!read) return std::move(read).error();
  const SqliteSettings& settings = driver_.settings();
  if (settings.progress) settings.progress({Stage::kVerifying, target, 0, 0});
  if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
  std::future<Result<std::string>> written =
      std::async(policy, [&target] { return file_checksum(target); });
  BELAY_TRY(file->sync());
  Result<std::string> unchecked = sound.get();
  if (!unchecked) {
    Error error = std::move(unchecked).error();
    error.where = driver_.name();
    return error;
  }
  if (!unchecked->empty()) taken.notes.push_back(*unchecked);
  Result<std::string> again = written.get();
  if (!again) return std::move(again).error();
  if (*again != *read) {
    return Error{"the copy does not hold the bytes of the database", driver_.name(),
                 "try again; if it stays so, check the disk"};
  }
  manifest.bytes = size_of(manifest);
  manifest.checksum = *std::move(read);
  return {};
}

/// Returns the checksum of what was read.
Result<std::string> SqliteBackup::copy_bytes(SqliteConnection& source, NewFile& target,
                                             const Manifest& manifest) const {
  const uint64_t size = size_of(manifest);
  const auto page = static_cast<uint64_t>(number_at(manifest.details, kPageSize));
  const SqliteSettings& settings = driver_.settings();
  sqlite3_file* file = nullptr;
  sqlite3_file_control(source.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) {
    return Error{"the database's file is not open", settings.path, ""};
  }
  Checksum checksum;
  // SQLite asks its files for no more than the largest page at a time.
  constexpr uint64_t kMostAtOnce = uint64_t{1} << 16U;
  std::string buffer(std::min(size, kMostAtOnce), '\0');
  for (uint64_t done = 0; done < size;) {
    if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (const int injected = fault::before(fault::Operation::kCopyPages, settings.path)) {
      return file_error("cannot copy pages", settings.path, injected);
    }
    const auto piece = static_cast<size_t>(std::min<uint64_t>(buffer.size(), size - done));
    const int code = file->pMethods->xRead(file, buffer.data(), static_cast<int>(piece),
                                           static_cast<sqlite3_int64>(done));
    if (code != SQLITE_OK) {
      DatabaseError error = describe_error(source.handle(), code);
      error.place.path = settings.path;
      return error.to_error();
    }
    const std::string_view bytes(buffer.data(), piece);
    checksum.add(bytes);
    BELAY_TRY(target.write(bytes));
    fault::after(fault::Operation::kCopyPages, settings.path);
    done += piece;
    if (settings.progress) {
      settings.progress({Stage::kCopying, settings.path, done / page, size / page});
    }
  }
  return checksum.hex();
}

/// Of a copy's content.
Result<std::string> SqliteBackup::snapshot_digest(const std::string& path) const {
  auto copy = open_snapshot(path);
  if (!copy) return std::move(copy).error();
  return page_digest((*copy)->handle(), driver_.settings().connection.cancellation);
}

Result<void> SqliteBackup::copy_out(SqliteConnection& source, const std::string& target) const {
  BELAY_TRY(remove_file(target));
  if (const int injected = fault::before(fault::Operation::kCreate, target)) {
    return file_error("cannot make the file", target, injected);
  }
  {
    Result<Handle> copy = open_handle(target, {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE});
    if (!copy) return std::move(copy).error();
    fault::after(fault::Operation::kCreate, target);
    // A half copy is thrown away, so it needs no journal, and one sync at the end does.
    sqlite3_exec(copy->get(), "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr,
                 nullptr);
    BackupHandle backup(sqlite3_backup_init(copy->get(), "main", source.handle(), "main"));
    if (backup == nullptr) {
      return describe_error(copy->get(), sqlite3_errcode(copy->get())).to_error();
    }
    BELAY_TRY(copy_pages(backup.get(), copy->get(), Stage::kCopying));
  }
  return sync_file(target);
}

Result<void> SqliteBackup::copy_pages(sqlite3_backup* backup, sqlite3* reporter,
                                      Stage stage) const {
  // 4 MB of usual pages: long enough to cost nothing, short enough to be cancelled at once.
  constexpr int kPagesPerStep = 1024;
  const SqliteSettings& settings = driver_.settings();
  for (;;) {
    if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (const int injected = fault::before(fault::Operation::kCopyPages, settings.path)) {
      return file_error("cannot copy pages", settings.path, injected);
    }
    const int code = sqlite3_backup_step(backup, kPagesPerStep);
    if (code == SQLITE_OK || code == SQLITE_DONE) {
      fault::after(fault::Operation::kCopyPages, settings.path);
    }
    const auto total = static_cast<uint64_t>(sqlite3_backup_pagecount(backup));
    const auto left = static_cast<uint64_t>(sqlite3_backup_remaining(backup));
    if (settings.progress) settings.progress({stage, settings.path, total - left, total});
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_OK) {
      DatabaseError error = describe_error(reporter, code);
      error.place.path = settings.path;
      return error.to_error();
    }
  }
}

Result<void> SqliteBackup::verify_copy(const std::string& path, TakenSnapshot& taken) const {
  if (driver_.settings().progress) driver_.settings().progress({Stage::kVerifying, path, 0, 0});
  auto copy = open_snapshot(path);
  if (!copy) return std::move(copy).error();
  Result<std::string> unchecked = quick_check(**copy);
  if (!unchecked) {
    Error error = std::move(unchecked).error();
    error.where = driver_.name();
    return error;
  }
  if (!unchecked->empty()) taken.notes.push_back(*unchecked);
  Manifest& manifest = taken.manifest;
  Result<RowCounts> rows = row_counts(**copy);
  if (!rows) return std::move(rows).error();
  if (*rows != manifest.rows) {
    return Error{
        "the copy does not hold the rows of the database: " + difference(manifest.rows, *rows),
        driver_.name(), "try again; if it stays so, check the disk"};
  }
  copy->reset();
  manifest.bytes = file_size(path);
  Result<std::string> checksum = file_checksum(path);
  if (!checksum) return std::move(checksum).error();
  manifest.checksum = *std::move(checksum);
  return {};
}

Result<void> SqliteBackup::check(const SnapshotPlace& place, const Manifest& manifest,
                                 bool thorough) {
  const std::string path = place.data();
  if (!file_exists(path)) {
    return Error{"the snapshot is not there", path, "look for the file; nothing was changed"};
  }
  const char* const hint = "it is not used; nothing was changed. Restore from another backup";
  if (file_size(path) != manifest.bytes) {
    return Error{"the snapshot has " + std::to_string(file_size(path)) + " bytes instead of " +
                     std::to_string(manifest.bytes),
                 path, hint};
  }
  if (!thorough) return {};
  Result<std::string> checksum = file_checksum(path);
  if (!checksum) return std::move(checksum).error();
  if (*checksum != manifest.checksum) {
    return Error{"the snapshot is damaged: its checksum is not that of its manifest", path, hint};
  }
  return {};
}

Result<bool> SqliteBackup::is_in_place(const Manifest& manifest) {
  Result<Driver::Presence> presence = driver_.presence();
  if (!presence) return std::move(presence).error();
  if (*presence != Driver::Presence::kPresent) return false;
  Result<std::string> expected = expected_digest(manifest);
  if (!expected) return std::move(expected).error();
  Result<std::string> digest = driver_.digest();
  if (!digest) return std::move(digest).error();
  return *digest == *expected;
}

Result<std::string> SqliteBackup::expected_digest(const Manifest& manifest) const {
  if (!manifest.digest.empty()) return manifest.digest;
  return snapshot_digest(manifest.location);
}

Result<RestoreOutcome> SqliteBackup::restore(const SnapshotPlace& place, const Manifest& manifest,
                                             const Admit& admit) {
  auto source = open_snapshot(place.data());
  if (!source) return std::move(source).error();
  auto target = driver_.open_connection(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!target) return std::move(target).error();
  SqliteConnection& database = **target;
  // Where it fails, the log is still to tell that nobody has written.
  database.keep_log(true);
  BELAY_TRY(database.execute("PRAGMA synchronous=EXTRA"));
  BELAY_TRY(fit_journal_mode(database, manifest, admit));
  Result<Json> layout = read_layout(database);
  if (!layout) return std::move(layout).error();
  const bool without_log = text_at(*layout, kJournalMode) == "rollback" &&
                           text_at(manifest.details, kJournalMode) == "rollback";
  if (without_log && number_at(*layout, kPageSize) == number_at(manifest.details, kPageSize) &&
      file_size(driver_.name()) > 0) {
    source->reset();
    return restore_pages(*std::move(target), place, manifest, admit);
  }
  Result<int64_t> version = copy_back(database, (*source)->handle(), admit);
  if (!version) return std::move(version).error();
  RestoreOutcome outcome;
  BELAY_TRY(verify_restored(database, manifest, *version, outcome));
  driver_.tidy(database, /*at_end=*/true);
  return outcome;
}

/// Whatever differs is written, and nothing else.
Result<RestoreOutcome> SqliteBackup::restore_pages(std::unique_ptr<SqliteConnection> target,
                                                   const SnapshotPlace& place,
                                                   const Manifest& manifest,
                                                   const Admit& admit) const {
  const SqliteSettings& settings = driver_.settings();
  const auto page_size = static_cast<uint32_t>(number_at(manifest.details, kPageSize));
  const PageProgress progress = [&](uint64_t done, uint64_t total) {
    if (settings.progress) settings.progress({Stage::kRestoring, settings.path, done, total});
    return !settings.connection.cancellation.cancelled();
  };
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<int64_t> version = admit_now(*target, admit);
    if (!version) return std::move(version).error();
    const unsigned seen = pager_version(*target);
    Result<void> locked = target->execute("BEGIN EXCLUSIVE");
    if (!locked) {
      Error error = nothing_changed(std::move(locked).error());
      if (target->last_error().busy) {
        error.hint = "others are using the database; end them, or wait longer, and try again";
      }
      return error;
    }
    if (pager_version(*target) != seen) {  // somebody wrote while we looked away
      BELAY_TRY(target->roll_back());
      continue;
    }
    Result<ChangeMark> before = take_mark(*target);
    if (!before) return std::move(before).error();
    Result<uint64_t> written = write_differing_pages(*target, place.data(), page_size, progress);
    (void)target->roll_back();
    target.reset();  // its cache is of before
    if (!written) {
      // Whoever opens it next undoes what was written; let that be us.
      auto undone = driver_.open_connection(SQLITE_OPEN_READWRITE);
      if (undone) (void)(*undone)->query("SELECT count(*) FROM sqlite_schema");
      return nothing_changed(std::move(written).error());
    }
    return verify_pages(place, page_size, *before, *written > 0 ? 1 : 0);
  }
  return nothing_changed(
      {"others keep writing to the database", driver_.name(), "stop them and try again"});
}

/// Once more from the file, on another connection.
Result<RestoreOutcome> SqliteBackup::verify_pages(const SnapshotPlace& place, uint32_t page_size,
                                                  const ChangeMark& before,
                                                  uint64_t own_commits) const {
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kVerifying, driver_.name(), 0, 0});
  }
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
  Result<bool> same = has_same_pages(**connection, place.data(), page_size);
  if (!same) return std::move(same).error();
  BELAY_TRY((*connection)->roll_back());
  if (*same) return outcome;
  return Error{"the restored database is not what the snapshot holds", driver_.name(),
               "the snapshot is kept; check the disk, then roll back again"};
}

/// A log can take back neither pages of another size nor a database that had no log.
Result<void> SqliteBackup::fit_journal_mode(SqliteConnection& target, const Manifest& manifest,
                                            const Admit& admit) const {
  Result<Json> layout = read_layout(target);
  if (!layout) return std::move(layout).error();
  const bool fits = text_at(*layout, kJournalMode) != "wal" ||
                    (text_at(manifest.details, kJournalMode) == "wal" &&
                     number_at(manifest.details, kPageSize) == number_at(*layout, kPageSize));
  if (fits) return {};
  BELAY_TRY(admit_now(target, admit));
  Result<Rows> mode = target.query("PRAGMA journal_mode=DELETE");
  if (mode && mode->text() == "delete") return {};
  return nothing_changed(
      {"others have the database open, so that its journal mode cannot be set back", driver_.name(),
       "end them and try again"});
}

/// Lets the caller look at the database as it is; returns its `data_version` at that moment.
Result<int64_t> SqliteBackup::admit_now(SqliteConnection& target, const Admit& admit) const {
  BELAY_TRY(target.execute("BEGIN"));
  Result<ChangeMark> mark = take_mark(target);
  Result<int64_t> version =
      mark ? pragma_number(target, "data_version") : Result<int64_t>(std::move(mark).error());
  Result<void> admitted = version ? admit(target, *mark) : Result<void>(version.error());
  BELAY_TRY(target.roll_back());
  if (!admitted) return std::move(admitted).error();
  return version;
}

/// Returns the `data_version` before the copy, against which later writes of others show.
Result<int64_t> SqliteBackup::copy_back(SqliteConnection& target, sqlite3* source,
                                        const Admit& admit) const {
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<int64_t> version = admit_now(target, admit);
    if (!version) return version;
    const unsigned seen = pager_version(target);
    BackupHandle backup(sqlite3_backup_init(target.handle(), "main", source, "main"));
    if (backup == nullptr) {
      return nothing_changed(target.fail(sqlite3_errcode(target.handle()), "backup"));
    }
    const int locked = sqlite3_backup_step(backup.get(), 0);
    if (locked != SQLITE_OK) {
      Error error = nothing_changed(target.fail(locked, "backup"));
      if (target.last_error().busy) {
        error.hint = "others are using the database; end them, or wait longer, and try again";
      }
      return error;
    }
    if (pager_version(target) != seen) continue;  // somebody wrote while we looked away
    Result<void> copied = copy_pages(backup.get(), target.handle(), Stage::kRestoring);
    if (!copied) return nothing_changed(std::move(copied).error());
    return version;
  }
  return nothing_changed(
      {"others keep writing to the database", driver_.name(), "stop them and try again"});
}

Result<void> SqliteBackup::verify_restored(SqliteConnection& target, const Manifest& manifest,
                                           int64_t version, RestoreOutcome& outcome) const {
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kVerifying, driver_.name(), 0, 0});
  }
  BELAY_TRY(target.begin());
  std::future<Result<std::string>> expected =
      std::async(std::launch::async, [&] { return expected_digest(manifest); });
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
  if (*rows == manifest.rows && *digest == *wanted) return {};
  return Error{
      "the restored database is not what the snapshot holds: " + difference(manifest.rows, *rows),
      driver_.name(), "the snapshot is kept; check the disk, then roll back again"};
}

}  // namespace belay::runtime::sqlite

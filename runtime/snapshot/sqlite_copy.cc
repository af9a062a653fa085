#include "runtime/snapshot/sqlite_copy.h"

#include <utility>

#include "runtime/drivers/sqlite/compressed_vfs.h"
#include "runtime/drivers/sqlite/page_digest.h"
#include "runtime/io/compressed_file.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"

namespace belay::runtime::sqlite {

Result<std::unique_ptr<SqliteConnection>> open_snapshot(const std::string& path) {
  if (!file_exists(path)) return Error{"the snapshot is not there", path, ""};
  Result<std::string> uri = is_compressed(path)
                                ? compressed_uri(path)
                                : Result<std::string>(file_uri(path, "immutable=1"));
  if (!uri) return std::move(uri).error();
  return SqliteConnection::open(*uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, {});
}

Result<std::unique_ptr<SqliteConnection>> open_others(const std::string& path,
                                                      const ConnectionOptions& options) {
  if (is_compressed(path)) {
    // Here it turns out what is wrong with it, and where; SQLite would not tell.
    Result<std::string> whole = content_checksum(path);
    if (!whole) return std::move(whole).error();
    return open_snapshot(path);
  }
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

Result<std::string> snapshot_digest(const std::string& path,
                                    const CancellationToken& cancellation) {
  auto copy = open_snapshot(path);
  if (!copy) return std::move(copy).error();
  return page_digest((*copy)->handle(), cancellation);
}

Result<std::string> expected_digest(const Manifest& manifest, const std::string& path,
                                    const CancellationToken& cancellation) {
  if (!manifest.digest.empty()) return manifest.digest;
  return snapshot_digest(path, cancellation);
}

Result<void> copy_out(SqliteConnection& source, const std::string& target,
                      const SqliteSettings& settings) {
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
    BELAY_TRY(copy_pages(backup.get(), copy->get(), settings, Stage::kCopying));
  }
  return sync_file(target);
}

Result<void> copy_pages(sqlite3_backup* backup, sqlite3* reporter, const SqliteSettings& settings,
                        Stage stage) {
  // 4 MB of usual pages: long enough to cost nothing, short enough to be cancelled at once.
  constexpr int kPagesPerStep = 1024;
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

}  // namespace belay::runtime::sqlite

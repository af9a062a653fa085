// Taking: a connection opens a writing transaction, so that nobody can write, and the file is
// copied byte by byte, compressed on the way where that was asked for; where a log holds what is
// not in the file, a backup copies page by page, and the copy is verified on its own, and then
// compressed. Bringing back is `sqlite_restore`.
#include "runtime/snapshot/sqlite_backup.h"

#include <algorithm>
#include <future>
#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/drivers/sqlite/main_file.h"
#include "runtime/io/checksum.h"
#include "runtime/io/compressed_file.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"
#include "runtime/io/file_reader.h"
#include "runtime/snapshot/free_space.h"
#include "runtime/snapshot/sqlite_copy.h"
#include "runtime/snapshot/sqlite_layout.h"
#include "runtime/snapshot/sqlite_restore.h"

namespace belay::runtime::sqlite {
namespace {

/// Writes down what the database that `source` reads is, and that there is room for it.
Result<void> describe(SqliteConnection& source, const SnapshotPlace& place,
                      const TakeRequest& request, Manifest& manifest) {
  manifest = request.header;
  manifest.strategy = SqliteBackup::kName;
  manifest.compressed = request.compress;
  manifest.location = place.data(manifest.compressed);
  manifest.engine_version = source.engine_version();
  Result<Layout> layout = read_layout(source);
  if (!layout) return std::move(layout).error();
  manifest.details = to_json(*layout);
  Result<RowCounts> rows = row_counts(source);
  if (!rows) return std::move(rows).error();
  manifest.rows = *std::move(rows);
  Result<std::string> fingerprint = schema_fingerprint(source);
  if (!fingerprint) return std::move(fingerprint).error();
  manifest.schema_fingerprint = *std::move(fingerprint);
  return {};
}

/// By 4 MB of it, from everywhere.
Result<uint64_t> estimate_compressed(const SqliteConnection& source, const Layout& layout) {
  constexpr uint64_t kSamples = 64;
  Result<MainFile> file = MainFile::open(source);
  if (!file) return std::move(file).error();
  Result<uint64_t> size = file->size();
  if (!size) return std::move(size).error();
  const uint64_t step = std::max<uint64_t>(*size / kSamples, kMostAtOnce);
  std::string sample;
  uint64_t sampled = 0;
  uint64_t compressed = 0;
  for (uint64_t at = 0; at < *size; at += step) {
    sample.resize(static_cast<size_t>(std::min<uint64_t>(kMostAtOnce, *size - at)));
    BELAY_TRY(file->read(sample.data(), sample.size(), at));
    sampled += sample.size();
    compressed += compressed_size(sample);
  }
  if (sampled == 0) return layout.bytes();
  const double ratio = static_cast<double>(compressed) / static_cast<double>(sampled);
  return static_cast<uint64_t>(ratio * static_cast<double>(layout.bytes()));
}

}  // namespace

Result<TakenSnapshot> SqliteBackup::take(const SnapshotPlace& place, const TakeRequest& request) {
  Result<Copied> copied = copy_under_lock(place, request);
  if (!copied) return std::move(copied).error();
  TakenSnapshot& taken = copied->taken;
  if (!copied->verified) BELAY_TRY(verify_copy(place.unverified(), taken));
  if (!copied->verified && request.compress) BELAY_TRY(compress_copy(place, taken.manifest));
  // Where marks do not tell for ever what others write, the content has to.
  if (!driver_.marks_suffice(taken.mark)) BELAY_TRY(add_digest(place, taken.manifest));
  BELAY_TRY(publish(place, taken));
  return std::move(taken);
}

Result<void> SqliteBackup::add_digest(const SnapshotPlace& place, Manifest& manifest) const {
  Result<std::string> digest = snapshot_digest(place.unverified(manifest.compressed),
                                               driver_.settings().connection.cancellation);
  if (!digest) return std::move(digest).error();
  manifest.digest = *std::move(digest);
  return {};
}

/// A copy that was verified gets its name.
Result<void> SqliteBackup::publish(const SnapshotPlace& place, const TakenSnapshot& taken) {
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(taken.manifest)) + "\n"));
  const bool compressed = taken.manifest.compressed;
  return rename_file(place.unverified(compressed), place.data(compressed));
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
  const uint64_t size = layout_from_json(taken.manifest.details).bytes();
  BELAY_TRY(check_free_space(place.directory, size, request.free_space_margin));
  BELAY_TRY(copy_out(**source, place.unverified(), driver_.settings()));
  BELAY_TRY((*source)->roll_back());
  BELAY_TRY(verify_copy(place.unverified(), taken));
  BELAY_TRY(add_digest(place, taken.manifest));
  BELAY_TRY(publish(place, taken));
  return std::move(taken.manifest);
}

Result<SqliteBackup::Copied> SqliteBackup::copy_under_lock(const SnapshotPlace& place,
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
  Copied copied;
  TakenSnapshot& taken = copied.taken;
  BELAY_TRY(describe(as_sqlite(source), place, request, taken.manifest));
  taken.manifest.database = driver_.name();
  Result<ChangeMark> mark = take_mark(as_sqlite(source));
  if (!mark) return std::move(mark).error();
  taken.mark = *std::move(mark);
  auto reader = driver_.open_connection(SQLITE_OPEN_READWRITE);
  if (!reader) return std::move(reader).error();
  // Nobody writes now. Without a log all there is is in the file, byte by byte.
  const Layout layout = layout_from_json(taken.manifest.details);
  const bool is_all =
      file_size(driver_.name() + "-wal") == 0 && file_size(driver_.name()) == layout.bytes();
  BELAY_TRY(check_space(as_sqlite(source), is_all, place, request));
  if (is_all) {
    BELAY_TRY(copy_file_under_lock(as_sqlite(source), **reader, place.unverified(request.compress),
                                   taken));
  } else {
    BELAY_TRY(copy_out(**reader, place.unverified(), driver_.settings()));
  }
  copied.verified = is_all;
  reader->reset();
  BELAY_TRY(source.roll_back());
  return copied;
}

/// What a copy will take. How well a database compresses a sample of it tells, well enough.
Result<void> SqliteBackup::check_space(SqliteConnection& source, bool is_all,
                                       const SnapshotPlace& place,
                                       const TakeRequest& request) const {
  Result<Layout> layout = read_layout(source);
  if (!layout) return std::move(layout).error();
  uint64_t needed = layout->bytes();
  if (request.compress) {
    Result<uint64_t> compressed = estimate_compressed(source, *layout);
    if (!compressed) return std::move(compressed).error();
    needed = *compressed + (is_all ? 0 : layout->bytes());
  }
  return check_free_space(place.directory, needed, request.free_space_margin);
}

/// Meanwhile `checker` looks whether the database is sound; then the copy is read again while the
/// disk is still writing it.
Result<void> SqliteBackup::copy_file_under_lock(SqliteConnection& source, SqliteConnection& checker,
                                                const std::string& target,
                                                TakenSnapshot& taken) const {
  // For a small one a thread costs more than it saves.
  constexpr uint64_t kLarge = uint64_t{32} << 20U;
  Manifest& manifest = taken.manifest;
  const Layout layout = layout_from_json(manifest.details);
  const auto policy = layout.bytes() >= kLarge ? std::launch::async : std::launch::deferred;
  std::future<Result<std::string>> sound =
      std::async(policy, [&checker] { return quick_check(checker); });
  Result<CopyFile> file = CopyFile::create(target, manifest.compressed);
  if (!file) return std::move(file).error();
  Result<std::string> read = copy_bytes(source, *file, layout);
  if (!read) return std::move(read).error();
  BELAY_TRY(file->finish());
  const SqliteSettings& settings = driver_.settings();
  if (settings.progress) settings.progress({Stage::kVerifying, target, 0, 0});
  if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
  std::future<Result<std::string>> written =
      std::async(policy, [&target] { return content_checksum(target); });
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
  if (*again != *read) return not_the_same();
  manifest.bytes = file_size(target);
  manifest.checksum = *std::move(read);
  return manifest.compressed ? add_checksum(target, manifest) : Result<void>();
}

/// Returns the checksum of what was read.
Result<std::string> SqliteBackup::copy_bytes(SqliteConnection& source, CopyFile& target,
                                             const Layout& layout) const {
  const uint64_t size = layout.bytes();
  const SqliteSettings& settings = driver_.settings();
  Result<MainFile> file = MainFile::open(source);
  if (!file) return std::move(file).error();
  Checksum checksum;
  std::string buffer(std::min<uint64_t>(size, kMostAtOnce), '\0');
  for (uint64_t done = 0; done < size;) {
    if (settings.connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (const int injected = fault::before(fault::Operation::kCopyPages, settings.path)) {
      return file_error("cannot copy pages", settings.path, injected);
    }
    const auto piece = static_cast<size_t>(std::min<uint64_t>(buffer.size(), size - done));
    BELAY_TRY(file->read(buffer.data(), piece, done));
    const std::string_view bytes(buffer.data(), piece);
    checksum.add(bytes);
    BELAY_TRY(target.write(bytes));
    fault::after(fault::Operation::kCopyPages, settings.path);
    done += piece;
    if (settings.progress) {
      settings.progress({Stage::kCopying, settings.path, done / layout.page_size, layout.pages});
    }
  }
  return checksum.hex();
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
        "the copy does not hold the rows of the database: " + row_difference(manifest.rows, *rows),
        driver_.name(), "try again; if it stays so, check the disk"};
  }
  copy->reset();
  manifest.bytes = file_size(path);
  return add_checksum(path, manifest);
}

/// Only where a log holds what is not in the file: a copy that was verified gets compressed, and is
/// gone when that is done.
Result<void> SqliteBackup::compress_copy(const SnapshotPlace& place, Manifest& manifest) const {
  const std::string target = place.unverified(/*compressed=*/true);
  Result<CopyFile> file = CopyFile::create(target, /*compressed=*/true);
  if (!file) return std::move(file).error();
  Result<std::unique_ptr<FileReader>> copy = open_reader(place.unverified());
  if (!copy) return std::move(copy).error();
  std::string buffer(size_t{1} << 20U, '\0');
  for (uint64_t done = 0; done < (*copy)->size();) {
    if (driver_.settings().connection.cancellation.cancelled()) return Error{"cancelled", "", ""};
    const auto piece =
        static_cast<size_t>(std::min<uint64_t>(buffer.size(), (*copy)->size() - done));
    BELAY_TRY((*copy)->read(buffer.data(), piece, done));
    BELAY_TRY(file->write(std::string_view(buffer.data(), piece)));
    done += piece;
  }
  BELAY_TRY(file->finish());
  BELAY_TRY(file->sync());
  Result<std::string> again = content_checksum(target);
  if (!again) return std::move(again).error();
  if (*again != manifest.checksum) return not_the_same();
  BELAY_TRY(remove_file(place.unverified()));
  manifest.bytes = file_size(target);
  return add_checksum(target, manifest);
}

Result<void> SqliteBackup::add_checksum(const std::string& path, Manifest& manifest) {
  Result<std::string> checksum = file_checksum(path);
  if (!checksum) return std::move(checksum).error();
  manifest.checksum = *std::move(checksum);
  return {};
}

Error SqliteBackup::not_the_same() const {
  return {"the copy does not hold the bytes of the database", driver_.name(),
          "try again; if it stays so, check the disk"};
}

Result<void> SqliteBackup::check(const SnapshotPlace& place, const Manifest& manifest,
                                 bool thorough) {
  const std::string path = place.data(manifest.compressed);
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
  Result<std::string> expected =
      expected_digest(manifest, manifest.location, driver_.settings().connection.cancellation);
  if (!expected) return std::move(expected).error();
  Result<std::string> digest = driver_.digest();
  if (!digest) return std::move(digest).error();
  return *digest == *expected;
}

Result<RestoreOutcome> SqliteBackup::restore(const SnapshotPlace& place, const Manifest& manifest,
                                             const Admit& admit) {
  return SqliteRestore(driver_, place.data(manifest.compressed), manifest).run(admit);
}

}  // namespace belay::runtime::sqlite

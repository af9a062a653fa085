// SQLite offers its pages to nobody: not every build has the table `sqlite_dbpage`, and reading the
// file beside SQLite misses the write-ahead log and drops the process's locks. But its backup
// interface hands every page to a destination. So the destination here is a file that exists only
// in this source: what is written to it is hashed and forgotten.
#include "runtime/drivers/sqlite/page_digest.h"

#include <array>
#include <cstring>
#include <new>
#include <vector>

#include "runtime/drivers/sqlite/connection.h"
#include "runtime/drivers/sqlite/file_format.h"
#include "runtime/io/checksum.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kVfsName = "belay-page-digest";
constexpr size_t kDigestSize = 16;  // 4 MB of memory for 1 GB of 4 kB pages

using PageDigest = std::array<char, kDigestSize>;

/// Collects the pages' digests by number.
class PageHasher {
 public:
  void write(const char* data, int size, sqlite3_int64 offset) {
    const auto index = static_cast<size_t>(offset / size);
    if (index == 0) first_page_.assign(data, data + size);
    if (digests_.size() <= index) digests_.resize(index + 1);
    digests_[index] = index == 0 ? hash_first_page(size) : hash(data, size);
  }

  /// Only the first page is ever read back, for the engine to change its header at the end.
  bool read(char* data, int size, sqlite3_int64 offset) const {
    if (offset < 0 ||
        static_cast<size_t>(offset) + static_cast<size_t>(size) > first_page_.size()) {
      return false;
    }
    std::memcpy(data, first_page_.data() + offset, static_cast<size_t>(size));
    return true;
  }

  sqlite3_int64 size() const {
    return static_cast<sqlite3_int64>(digests_.size() * first_page_.size());
  }

  std::string hex() const {
    Checksum all;
    all.add(std::to_string(first_page_.size()) + "*" + std::to_string(digests_.size()) + ":");
    for (const PageDigest& digest : digests_) all.add({digest.data(), digest.size()});
    return all.hex();
  }

 private:
  static PageDigest hash(const char* data, int size) {
    const std::string checksum = Checksum::of({data, static_cast<size_t>(size)});
    PageDigest out{};
    std::memcpy(out.data(), checksum.data(), out.size());
    return out;
  }

  PageDigest hash_first_page(int size) const {
    std::vector<char> page = first_page_;
    clear_counters(page.data());
    clear_journal_mode(page.data());
    return hash(page.data(), size);
  }

  std::vector<char> first_page_;
  std::vector<PageDigest> digests_;
};

struct HashingFile {
  sqlite3_file base;
  PageHasher* hasher;
};

PageHasher& hasher_of(sqlite3_file* file) { return *reinterpret_cast<HashingFile*>(file)->hasher; }

int close_sink(sqlite3_file* file) {
  delete reinterpret_cast<HashingFile*>(file)->hasher;
  return SQLITE_OK;
}

int read_sink(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  if (hasher_of(file).read(static_cast<char*>(data), size, offset)) return SQLITE_OK;
  if (offset < hasher_of(file).size()) return SQLITE_IOERR_READ;  // forgotten: never a wrong answer
  std::memset(data, 0, static_cast<size_t>(size));
  return SQLITE_IOERR_SHORT_READ;
}

int write_sink(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (size < 512 || offset % size != 0) return SQLITE_IOERR_WRITE;  // whole pages, nothing else
  hasher_of(file).write(static_cast<const char*>(data), size, offset);
  return SQLITE_OK;
}

int sink_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = hasher_of(file).size();
  return SQLITE_OK;
}

int ignore_truncate(sqlite3_file*, sqlite3_int64) { return SQLITE_OK; }
int ignore_flags(sqlite3_file*, int) { return SQLITE_OK; }
int never_reserved(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int no_characteristics(sqlite3_file*) { return 0; }

constexpr sqlite3_io_methods kMethods = {1,
                                         close_sink,
                                         read_sink,
                                         write_sink,
                                         ignore_truncate,
                                         ignore_flags,
                                         sink_size,
                                         ignore_flags,
                                         ignore_flags,
                                         never_reserved,
                                         no_control,
                                         sector_size,
                                         no_characteristics,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr};

int open_file(sqlite3_vfs*, const char*, sqlite3_file* file, int flags, int* out_flags) {
  auto* hashing = reinterpret_cast<HashingFile*>(file);
  hashing->base.pMethods = nullptr;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
  hashing->hasher = new (std::nothrow) PageHasher();
  if (hashing->hasher == nullptr) return SQLITE_NOMEM;
  hashing->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove_nothing(sqlite3_vfs*, const char*, int) { return SQLITE_OK; }
int nothing_exists(sqlite3_vfs*, const char*, int, int* result) {
  *result = 0;
  return SQLITE_OK;
}
int same_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

/// Registers the file system once; what is not about files is the default one's.
bool register_vfs() {
  static const bool kRegistered = [] {
    static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(HashingFile);
    vfs.pNext = nullptr;
    vfs.zName = kVfsName;
    vfs.xOpen = open_file;
    vfs.xDelete = remove_nothing;
    vfs.xAccess = nothing_exists;
    vfs.xFullPathname = same_path;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  return kRegistered;
}

}  // namespace

Result<std::string> page_digest(sqlite3* source, const CancellationToken& cancellation) {
  if (!register_vfs()) {
    return Error{"cannot read the database's pages", "", ""};
  }
  Result<Handle> sink =
      open_handle("/digest", {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kVfsName});
  if (!sink) return std::move(sink).error();
  sqlite3_exec(sink->get(), "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr,
               nullptr);
  sqlite3_file* file = nullptr;
  sqlite3_file_control(sink->get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  BackupHandle backup(sqlite3_backup_init(sink->get(), "main", source, "main"));
  if (backup == nullptr || file == nullptr) {
    return describe_error(sink->get(), sqlite3_errcode(sink->get())).to_error();
  }
  // In one step, so that it is one read transaction; the source's progress handler does not run in
  // a backup, so a cancellation is seen only before it.
  if (cancellation.cancelled()) return Error{"cancelled", "", ""};
  const int code = sqlite3_backup_step(backup.get(), -1);
  backup.reset();
  if (code != SQLITE_DONE) return describe_error(source, code).to_error();
  return hasher_of(file).hex();
}

}  // namespace belay::runtime::sqlite

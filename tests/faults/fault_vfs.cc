#include "tests/faults/fault_vfs.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"

namespace belay::testing {
namespace {

using runtime::fault::Operation;

/// Our file with SQLite's own behind it in the same allocation.
struct File {
  sqlite3_file base;
  char* path;
  bool name_due;  ///< the directory is synced with the first sync
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return file_of(file).real(); }
const char* path_of(sqlite3_file* file) {
  return file_of(file).path == nullptr ? "" : file_of(file).path;
}

sqlite3_vfs* real_vfs = nullptr;

int code_for(int error, int otherwise) { return error == ENOSPC ? SQLITE_FULL : otherwise; }

/// A step that changes the disk: between the fault points.
template <class Call>
int step(Operation operation, const char* path, int code_of_failure, Call call) {
  if (const int injected = runtime::fault::before(operation, path)) {
    return code_for(injected, code_of_failure);
  }
  const int code = call();
  if (code == SQLITE_OK) runtime::fault::after(operation, path);
  return code;
}

int close_file(sqlite3_file* file) {
  const int code = real_of(file)->pMethods->xClose(real_of(file));
  std::free(file_of(file).path);
  return code;
}
int read_file(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xRead(real_of(file), data, size, offset);
}
int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  return step(Operation::kWrite, path_of(file), SQLITE_IOERR_WRITE,
              [&] { return real_of(file)->pMethods->xWrite(real_of(file), data, size, offset); });
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return step(Operation::kTruncate, path_of(file), SQLITE_IOERR_TRUNCATE,
              [&] { return real_of(file)->pMethods->xTruncate(real_of(file), size); });
}
/// SQLite has synced the directory by now; the point tells whoever models a power cut.
void tell_of_directory(const std::string& path) {
  runtime::fault::after(Operation::kSyncDirectory, path.substr(0, path.rfind('/')));
}

int sync_file(sqlite3_file* file, int flags) {
  const int code = step(Operation::kSync, path_of(file), SQLITE_IOERR_FSYNC,
                        [&] { return real_of(file)->pMethods->xSync(real_of(file), flags); });
  if (code == SQLITE_OK && file_of(file).name_due) {
    file_of(file).name_due = false;
    tell_of_directory(path_of(file));
  }
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved(sqlite3_file* file, int* out) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

constexpr sqlite3_io_methods methods_of_version(int version) {
  return {version,         close_file, read_file,   write_file,     truncate_file, sync_file,
          file_size,       lock,       unlock,      check_reserved, control,       sector_size,
          characteristics, map_shared, lock_shared, barrier,        unmap_shared,  nullptr,
          nullptr};
}
constexpr sqlite3_io_methods kPlain = methods_of_version(1);
constexpr sqlite3_io_methods kShared = methods_of_version(2);

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  file_of(file).path = name == nullptr ? nullptr : strdup(name);
  const auto open_real = [&] {
    return real_vfs->xOpen(real_vfs, name, real_of(file), flags, out_flags);
  };
  // As in SQLite's own: whether the file was there before does not matter.
  constexpr int kSyncedByName =
      SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  file_of(file).name_due = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kSyncedByName) != 0;
  const bool creates =
      name != nullptr && (flags & SQLITE_OPEN_CREATE) != 0 && !runtime::file_exists(name);
  const int code =
      creates ? step(Operation::kCreate, name, SQLITE_CANTOPEN, open_real) : open_real();
  if (code != SQLITE_OK || real_of(file)->pMethods == nullptr) {
    std::free(file_of(file).path);
    return code;
  }
  file->pMethods = real_of(file)->pMethods->iVersion >= 2 ? &kShared : &kPlain;
  return code;
}

int remove_file(sqlite3_vfs*, const char* name, int sync_directory) {
  const int code = step(Operation::kRemove, name, SQLITE_IOERR_DELETE,
                        [&] { return real_vfs->xDelete(real_vfs, name, sync_directory); });
  if (code == SQLITE_OK && sync_directory != 0) tell_of_directory(name);
  return code;
}

}  // namespace

void install_fault_vfs() {
  if (real_vfs != nullptr) return;
  real_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs vfs = *real_vfs;  // what is not about files stays as it is
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  vfs.pNext = nullptr;
  vfs.zName = "belay-faults";
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace belay::testing

#include "runtime/drivers/sqlite/compressed_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

#include "runtime/drivers/sqlite/connection.h"
#include "runtime/io/compressed_file.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kCompressedVfs = "belay-compressed";

struct CompressedFile {
  sqlite3_file base;
  FileReader* reader;
};

FileReader& reader_of(sqlite3_file* file) {
  return *reinterpret_cast<CompressedFile*>(file)->reader;
}

int close_compressed(sqlite3_file* file) {
  delete reinterpret_cast<CompressedFile*>(file)->reader;
  return SQLITE_OK;
}

int read_compressed(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  FileReader& reader = reader_of(file);
  const auto wanted = static_cast<uint64_t>(size);
  const auto from = std::min(static_cast<uint64_t>(offset), reader.size());
  const uint64_t there = std::min(wanted, reader.size() - from);
  auto* to = static_cast<char*>(data);
  if (!reader.read(to, there, from)) return SQLITE_IOERR_CORRUPTFS;
  std::memset(to + there, 0, wanted - there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int content_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(reader_of(file).size());
  return SQLITE_OK;
}

int refuse_write(sqlite3_file*, const void*, int, sqlite3_int64) { return SQLITE_READONLY; }
int refuse_truncate(sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; }
int accept(sqlite3_file*, int) { return SQLITE_OK; }
int nothing_reserved(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}
int unknown_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int usual_sector(sqlite3_file*) { return 4096; }
int never_changes(sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; }

constexpr sqlite3_io_methods kCompressedMethods = {1,
                                                   close_compressed,
                                                   read_compressed,
                                                   refuse_write,
                                                   refuse_truncate,
                                                   accept,
                                                   content_size,
                                                   accept,
                                                   accept,
                                                   nothing_reserved,
                                                   unknown_control,
                                                   usual_sector,
                                                   never_changes,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr};

/// Files that SQLite makes for itself, to sort in for one, are the default's.
int open_compressed_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags,
                         int* out_flags) {
  sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
    return usual->xOpen(usual, name, file, flags, out_flags);
  }
  auto* compressed = reinterpret_cast<CompressedFile*>(file);
  compressed->base.pMethods = nullptr;
  Result<std::unique_ptr<FileReader>> reader = open_compressed(name);
  if (!reader) return SQLITE_CANTOPEN;
  compressed->reader = reader->release();
  compressed->base.pMethods = &kCompressedMethods;
  if (out_flags != nullptr) *out_flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY;
  return SQLITE_OK;
}

/// Registers the file system once; what is not about the database is the default one's.
bool register_compressed_vfs() {
  static const bool kRegistered = [] {
    static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.iVersion = 1;
    vfs.szOsFile = std::max(vfs.szOsFile, static_cast<int>(sizeof(CompressedFile)));
    vfs.pNext = nullptr;
    vfs.zName = kCompressedVfs;
    vfs.xOpen = open_compressed_file;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  return kRegistered;
}

}  // namespace

Result<std::string> compressed_uri(const std::string& path) {
  // SQLite has no more than a code for it.
  Result<std::unique_ptr<FileReader>> reader = open_compressed(path);
  if (!reader) return std::move(reader).error();
  if (!register_compressed_vfs()) return Error{"cannot read compressed databases", path, ""};
  return file_uri(path, std::string("immutable=1&vfs=") + kCompressedVfs);
}

}  // namespace belay::runtime::sqlite

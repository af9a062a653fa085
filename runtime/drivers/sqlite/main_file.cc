#include "runtime/drivers/sqlite/main_file.h"

#include <algorithm>

namespace belay::runtime::sqlite {

Error sqlite_file_error(const char* what, const std::string& path, int code) {
  return {std::string(what) + ": " + sqlite3_errstr(code), path,
          code == SQLITE_FULL ? "free some space on that disk and try again" : ""};
}

Result<MainFile> MainFile::open(const SqliteConnection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) {
    return Error{"the database's file is not open", connection.path(), ""};
  }
  return MainFile(connection.path(), file);
}

Result<uint64_t> MainFile::size() const {
  sqlite3_int64 bytes = 0;
  BELAY_TRY(
      check("cannot tell the size of the database", file_->pMethods->xFileSize(file_, &bytes)));
  return static_cast<uint64_t>(bytes);
}

Result<void> MainFile::read(char* to, size_t size, uint64_t offset) const {
  int code = SQLITE_OK;
  for (size_t done = 0; code == SQLITE_OK && done < size; done += kMostAtOnce) {
    code = file_->pMethods->xRead(file_, to + done,
                                  static_cast<int>(std::min(kMostAtOnce, size - done)),
                                  static_cast<sqlite3_int64>(offset + done));
  }
  return check("cannot read the database", code);
}

Result<void> MainFile::write(const char* from, size_t size, uint64_t offset) const {
  return check("cannot write to the database",
               file_->pMethods->xWrite(file_, from, static_cast<int>(size),
                                       static_cast<sqlite3_int64>(offset)));
}

Result<void> MainFile::truncate(uint64_t size) const {
  return check("cannot cut the database",
               file_->pMethods->xTruncate(file_, static_cast<sqlite3_int64>(size)));
}

Result<void> MainFile::sync() const {
  return check("cannot sync the database", file_->pMethods->xSync(file_, SQLITE_SYNC_FULL));
}

Result<void> MainFile::check(const char* what, int code) const {
  return code == SQLITE_OK ? Result<void>() : Result<void>(sqlite_file_error(what, path_, code));
}

}  // namespace belay::runtime::sqlite

#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

/// SQLite's own files take and give no more than the largest page at a time.
inline constexpr size_t kMostAtOnce = size_t{1} << 16U;

/// What went wrong with a file of SQLite's, whose methods give no more than a code.
Error sqlite_file_error(const char* what, const std::string& path, int code);

/// The bytes of a connection's database file, without the log. They go through the handle that
/// holds SQLite's locks, because closing one of ours would drop them. The connection must outlive
/// it, and be in a transaction, so that the file stands still. Reads may come from several threads.
class MainFile {
 public:
  static Result<MainFile> open(const SqliteConnection& connection);

  Result<uint64_t> size() const;
  Result<void> read(char* to, size_t size, uint64_t offset) const;
  /// At most `kMostAtOnce`.
  Result<void> write(const char* from, size_t size, uint64_t offset) const;
  Result<void> truncate(uint64_t size) const;
  Result<void> sync() const;

 private:
  MainFile(std::string path, sqlite3_file* file) : path_(std::move(path)), file_(file) {}
  Result<void> check(const char* what, int code) const;

  std::string path_;
  sqlite3_file* file_;
};

}  // namespace belay::runtime::sqlite

#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

/// A rollback journal (file format, section 3), which any SQLite plays back when its writer died.
/// It lies beside the database, where SQLite looks for it.
class RollbackJournal {
 public:
  /// `pages`: how many the database has now. `connection` must outlive it, and holds the exclusive
  /// lock.
  static Result<std::unique_ptr<RollbackJournal>> create(SqliteConnection& connection,
                                                         uint32_t page_size, uint32_t pages);
  ~RollbackJournal() { close(); }
  RollbackJournal(const RollbackJournal&) = delete;
  RollbackJournal& operator=(const RollbackJournal&) = delete;

  /// The page as it is before it is overwritten.
  Result<void> add(uint32_t number, const char* page);
  /// From here on a crash brings the pages back: the number of them is written when they are there.
  Result<void> arm();
  /// What was written stays.
  Result<void> remove();

 private:
  explicit RollbackJournal(uint32_t page_size) : page_size_(page_size) {}
  void write_header(uint32_t pages);
  uint32_t checksum(const char* page) const;
  Result<void> flush();
  Result<void> write(const char* from, size_t size, uint64_t offset);
  Result<void> sync();
  void close();

  uint32_t page_size_;
  sqlite3_vfs* vfs_ = nullptr;
  const char* name_ = nullptr;
  std::vector<uint64_t> memory_;  // aligned as any of its fields
  sqlite3_file* file_ = nullptr;
  std::string buffer_;
  uint64_t offset_ = 0;
  uint32_t records_ = 0;
};

}  // namespace belay::runtime::sqlite

#include "runtime/drivers/sqlite/rollback_journal.h"

#include <algorithm>
#include <array>

#include "runtime/drivers/sqlite/file_format.h"
#include "runtime/drivers/sqlite/main_file.h"

namespace belay::runtime::sqlite {
namespace {

constexpr std::array<unsigned char, 8> kMagic = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
constexpr uint32_t kSector = 512;
constexpr uint32_t kNonce = 0x62656c61;
/// How much is gathered before it is written.
constexpr size_t kGathered = size_t{1} << 20U;

}  // namespace

Result<std::unique_ptr<RollbackJournal>> RollbackJournal::create(SqliteConnection& connection,
                                                                 uint32_t page_size,
                                                                 uint32_t pages) {
  std::unique_ptr<RollbackJournal> journal(new RollbackJournal(page_size));
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_VFS_POINTER, &journal->vfs_);
  const char* database = sqlite3_db_filename(connection.handle(), "main");
  if (journal->vfs_ == nullptr || database == nullptr) {
    return Error{"the database's file is not open", connection.path(), ""};
  }
  journal->name_ = sqlite3_filename_journal(database);
  journal->memory_.resize(static_cast<size_t>(journal->vfs_->szOsFile) / sizeof(uint64_t) + 1);
  auto* file = reinterpret_cast<sqlite3_file*>(journal->memory_.data());
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_JOURNAL;
  const int code = journal->vfs_->xOpen(journal->vfs_, journal->name_, file, kFlags, nullptr);
  if (code != SQLITE_OK) return sqlite_file_error("cannot make the journal", journal->name_, code);
  journal->file_ = file;
  // A program that keeps its journal has left one: a header in it could be taken for one of ours.
  const int cut = file->pMethods->xTruncate(file, 0);
  if (cut != SQLITE_OK) return sqlite_file_error("cannot empty the journal", journal->name_, cut);
  journal->write_header(pages);
  return journal;
}

Result<void> RollbackJournal::add(uint32_t number, const char* page) {
  std::array<char, 4> word{};
  put_big_endian(word.data(), number);
  buffer_.append(word.data(), word.size());
  buffer_.append(page, page_size_);
  put_big_endian(word.data(), checksum(page));
  buffer_.append(word.data(), word.size());
  ++records_;
  return buffer_.size() < kGathered ? Result<void>() : flush();
}

Result<void> RollbackJournal::arm() {
  BELAY_TRY(flush());
  BELAY_TRY(sync());
  std::array<char, 4> count{};
  put_big_endian(count.data(), records_);
  BELAY_TRY(write(count.data(), count.size(), kMagic.size()));
  return sync();
}

Result<void> RollbackJournal::remove() {
  close();
  const int code = vfs_->xDelete(vfs_, name_, /*syncDir=*/1);
  if (code == SQLITE_OK || code == SQLITE_IOERR_DELETE_NOENT) return {};
  return sqlite_file_error("cannot remove the journal", name_, code);
}

void RollbackJournal::write_header(uint32_t pages) {
  buffer_.assign(kSector, '\0');
  std::copy(kMagic.begin(), kMagic.end(), buffer_.begin());
  char* at = buffer_.data() + kMagic.size();
  for (const uint32_t word : {uint32_t{0}, kNonce, pages, kSector, page_size_}) {
    put_big_endian(at, word);
    at += sizeof word;
  }
}

/// Every 200th byte from the end, and the nonce.
uint32_t RollbackJournal::checksum(const char* page) const {
  uint32_t sum = kNonce;
  for (int64_t at = int64_t{page_size_} - 200; at > 0; at -= 200) {
    sum += static_cast<unsigned char>(page[at]);
  }
  return sum;
}

Result<void> RollbackJournal::flush() {
  BELAY_TRY(write(buffer_.data(), buffer_.size(), offset_));
  offset_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<void> RollbackJournal::write(const char* from, size_t size, uint64_t offset) {
  int code = SQLITE_OK;
  for (size_t done = 0; code == SQLITE_OK && done < size; done += kMostAtOnce) {
    code = file_->pMethods->xWrite(file_, from + done,
                                   static_cast<int>(std::min(kMostAtOnce, size - done)),
                                   static_cast<sqlite3_int64>(offset + done));
  }
  return code == SQLITE_OK
             ? Result<void>()
             : Result<void>(sqlite_file_error("cannot write the journal", name_, code));
}

Result<void> RollbackJournal::sync() {
  const int code = file_->pMethods->xSync(file_, SQLITE_SYNC_FULL);
  return code == SQLITE_OK
             ? Result<void>()
             : Result<void>(sqlite_file_error("cannot sync the journal", name_, code));
}

void RollbackJournal::close() {
  if (file_ != nullptr && file_->pMethods != nullptr) file_->pMethods->xClose(file_);
  file_ = nullptr;
}

}  // namespace belay::runtime::sqlite

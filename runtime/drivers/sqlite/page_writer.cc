#include "runtime/drivers/sqlite/page_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <vector>

#include "runtime/io/durable_file.h"
#include "runtime/io/unique_fd.h"

namespace belay::runtime::sqlite {
namespace {

constexpr size_t kChunk = size_t{1} << 20U;
/// SQLite's own files are asked for no more than a page at a time, and take no more than this.
constexpr size_t kMostAtOnce = size_t{1} << 16U;
/// File format, section 1.3: no page holds this byte; the page around it is never used.
constexpr uint64_t kLockByte = uint64_t{1} << 30U;

void put_big_endian(char* to, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *to++ = static_cast<char>(value >> shift & 0xFFU);
}

uint32_t big_endian(const char* bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// The header's fields that count changes and name their writer (section 1.3).
constexpr size_t kChangeCounter = 24;
constexpr size_t kSchemaCookie = 40;
constexpr size_t kVersionValidFor = 92;
constexpr size_t kLibraryVersion = 96;

void clear_counters(char* first_page) {
  for (const size_t at : {kChangeCounter, kSchemaCookie, kVersionValidFor, kLibraryVersion}) {
    std::memset(first_page + at, 0, 4);
  }
}

Error failed(const char* what, const std::string& path, int code) {
  return {std::string(what) + ": " + sqlite3_errstr(code), path,
          code == SQLITE_FULL ? "free some space on that disk and try again" : ""};
}

/// The file of a connection, through the handle that holds its locks.
class MainFile {
 public:
  explicit MainFile(SqliteConnection& connection) : path_(connection.path()) {
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file_);
  }

  bool is_open() const { return file_ != nullptr && file_->pMethods != nullptr; }
  Result<uint64_t> size() const {
    sqlite3_int64 bytes = 0;
    const int code = file_->pMethods->xFileSize(file_, &bytes);
    if (code != SQLITE_OK) return failed("cannot tell the size of the database", path_, code);
    return static_cast<uint64_t>(bytes);
  }
  Result<void> read(char* to, size_t size, uint64_t offset) const {
    int code = SQLITE_OK;
    for (size_t done = 0; code == SQLITE_OK && done < size; done += kMostAtOnce) {
      code = file_->pMethods->xRead(file_, to + done,
                                    static_cast<int>(std::min(kMostAtOnce, size - done)),
                                    static_cast<sqlite3_int64>(offset + done));
    }
    return check("cannot read the database", code);
  }
  Result<void> write(const char* from, size_t size, uint64_t offset) const {
    return check("cannot write to the database",
                 file_->pMethods->xWrite(file_, from, static_cast<int>(size),
                                         static_cast<sqlite3_int64>(offset)));
  }
  Result<void> truncate(uint64_t size) const {
    return check("cannot cut the database",
                 file_->pMethods->xTruncate(file_, static_cast<sqlite3_int64>(size)));
  }
  Result<void> sync() const {
    return check("cannot sync the database", file_->pMethods->xSync(file_, SQLITE_SYNC_FULL));
  }

 private:
  Result<void> check(const char* what, int code) const {
    return code == SQLITE_OK ? Result<void>() : Result<void>(failed(what, path_, code));
  }

  std::string path_;
  sqlite3_file* file_ = nullptr;
};

class Copy {
 public:
  explicit Copy(std::string path)
      : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {}

  bool is_open() const { return fd_.valid(); }
  uint64_t size() const { return file_size(path_); }
  Result<void> read(char* to, size_t size, uint64_t offset) const {
    while (size > 0) {
      const ssize_t got = ::pread(fd_.get(), to, size, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return file_error("cannot read the snapshot", path_, got < 0 ? errno : EIO);
      to += got;
      size -= static_cast<size_t>(got);
      offset += static_cast<uint64_t>(got);
    }
    return {};
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

/// A rollback journal (file format, section 3), which any SQLite plays back when its writer died.
class Journal {
 public:
  static Result<std::unique_ptr<Journal>> create(SqliteConnection& connection, uint32_t page_size,
                                                 uint32_t pages) {
    std::unique_ptr<Journal> journal(new Journal(page_size));
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
    if (code != SQLITE_OK) return failed("cannot make the journal", journal->name_, code);
    journal->file_ = file;
    journal->write_header(pages);
    return journal;
  }
  ~Journal() { close(); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// The page as it is before it is overwritten.
  Result<void> add(uint32_t number, const char* page) {
    std::array<char, 4> word{};
    put_big_endian(word.data(), number);
    buffer_.append(word.data(), word.size());
    buffer_.append(page, page_size_);
    put_big_endian(word.data(), checksum(page));
    buffer_.append(word.data(), word.size());
    ++records_;
    return buffer_.size() < kChunk ? Result<void>() : flush();
  }

  /// From here on a crash brings the pages back: the number of them is written when they are there.
  Result<void> arm() {
    BELAY_TRY(flush());
    BELAY_TRY(sync());
    std::array<char, 4> count{};
    put_big_endian(count.data(), records_);
    BELAY_TRY(write(count.data(), count.size(), kMagic.size()));
    return sync();
  }

  /// What was written stays.
  Result<void> remove() {
    close();
    const int code = vfs_->xDelete(vfs_, name_, /*syncDir=*/1);
    if (code == SQLITE_OK || code == SQLITE_IOERR_DELETE_NOENT) return {};
    return failed("cannot remove the journal", name_, code);
  }

 private:
  static constexpr std::array<unsigned char, 8> kMagic = {0xd9, 0xd5, 0x05, 0xf9,
                                                          0x20, 0xa1, 0x63, 0xd7};
  static constexpr uint32_t kSector = 512;
  static constexpr uint32_t kNonce = 0x62656c61;

  explicit Journal(uint32_t page_size) : page_size_(page_size) {}

  void write_header(uint32_t pages) {
    buffer_.assign(kSector, '\0');
    std::copy(kMagic.begin(), kMagic.end(), buffer_.begin());
    char* at = buffer_.data() + kMagic.size();
    for (const uint32_t word : {uint32_t{0}, kNonce, pages, kSector, page_size_}) {
      put_big_endian(at, word);
      at += 4;
    }
  }

  /// Every 200th byte from the end, and the nonce.
  uint32_t checksum(const char* page) const {
    uint32_t sum = kNonce;
    for (int64_t at = int64_t{page_size_} - 200; at > 0; at -= 200) {
      sum += static_cast<unsigned char>(page[at]);
    }
    return sum;
  }

  Result<void> flush() {
    BELAY_TRY(write(buffer_.data(), buffer_.size(), offset_));
    offset_ += buffer_.size();
    buffer_.clear();
    return {};
  }
  Result<void> write(const char* from, size_t size, uint64_t offset) {
    int code = SQLITE_OK;
    for (size_t done = 0; code == SQLITE_OK && done < size; done += kMostAtOnce) {
      code = file_->pMethods->xWrite(file_, from + done,
                                     static_cast<int>(std::min(kMostAtOnce, size - done)),
                                     static_cast<sqlite3_int64>(offset + done));
    }
    return code == SQLITE_OK ? Result<void>()
                             : Result<void>(failed("cannot write the journal", name_, code));
  }
  Result<void> sync() {
    const int code = file_->pMethods->xSync(file_, SQLITE_SYNC_FULL);
    return code == SQLITE_OK ? Result<void>()
                             : Result<void>(failed("cannot sync the journal", name_, code));
  }
  void close() {
    if (file_ != nullptr && file_->pMethods != nullptr) file_->pMethods->xClose(file_);
    file_ = nullptr;
  }

  uint32_t page_size_;
  sqlite3_vfs* vfs_ = nullptr;
  const char* name_ = nullptr;
  std::vector<uint64_t> memory_;  // aligned as any of its fields
  sqlite3_file* file_ = nullptr;
  std::string buffer_;
  uint64_t offset_ = 0;
  uint32_t records_ = 0;
};

/// Goes through both files side by side.
class Comparison {
 public:
  Comparison(const MainFile& live, uint64_t live_size, const Copy& copy, uint32_t page_size)
      : live_(live),
        live_size_(live_size),
        copy_size_(copy.size()),
        copy_(copy),
        page_size_(page_size) {}

  /// Adds the numbers of the pages that are not the same in both, in their order. A large file's
  /// two halves are read at once: what the system has in memory is copied by each reader.
  Result<void> find(const PageProgress& progress, std::vector<uint32_t>& numbers) const {
    const uint64_t total = std::max(live_size_, copy_size_);
    const uint64_t half = total / 2 / kChunk * kChunk;
    constexpr uint64_t kLarge = 16 * kChunk;
    std::atomic<bool> stop{false};
    std::vector<uint32_t> behind;
    std::future<Result<void>> second =
        std::async(half > kLarge ? std::launch::async : std::launch::deferred, [&] {
          return look(
              half, total, [&](uint64_t) { return !stop.load(); }, behind);
        });
    Result<void> first = look(
        0, half,
        [&](uint64_t done) {
          stop = progress && !progress(2 * done / page_size_, total / page_size_);
          return !stop.load();
        },
        numbers);
    if (!first) stop = true;
    Result<void> rest = second.get();
    BELAY_TRY(first);
    BELAY_TRY(rest);
    numbers.insert(numbers.end(), behind.begin(), behind.end());
    if (progress && !progress(total / page_size_, total / page_size_)) return cancelled();
    return {};
  }

 private:
  static Error cancelled() { return {"cancelled", "", ""}; }

  Result<void> look(uint64_t begin, uint64_t end, const std::function<bool(uint64_t)>& go_on,
                    std::vector<uint32_t>& numbers) const {
    std::string a(kChunk, '\0');
    std::string b(kChunk, '\0');
    for (uint64_t at = begin; at < end; at += kChunk) {
      const auto in = [&](uint64_t size) {
        return static_cast<size_t>(at >= size ? 0 : std::min<uint64_t>(kChunk, size - at));
      };
      const size_t live = in(live_size_);
      const size_t copied = in(copy_size_);
      if (live > 0) BELAY_TRY(live_.read(a.data(), live, at));
      if (copied > 0) BELAY_TRY(copy_.read(b.data(), copied, at));
      const bool same = at > 0 && live == copied && std::memcmp(a.data(), b.data(), live) == 0;
      for (size_t p = 0; !same && p < std::max(live, copied); p += page_size_) {
        const auto number = static_cast<uint32_t>((at + p) / page_size_ + 1);
        if (number == kLockByte / page_size_ + 1) continue;
        const bool in_both = p < live && p < copied;
        if (!in_both || !is_same(number, a.data() + p, b.data() + p)) numbers.push_back(number);
      }
      if (!go_on(at - begin + kChunk)) return cancelled();
    }
    return {};
  }

  bool is_same(uint32_t number, const char* live, const char* copied) const {
    if (number > 1) return std::memcmp(live, copied, page_size_) == 0;
    std::string first(live, page_size_);
    std::string second(copied, page_size_);
    clear_counters(first.data());
    clear_counters(second.data());
    return first == second;
  }

  const MainFile& live_;
  uint64_t live_size_;
  uint64_t copy_size_;
  const Copy& copy_;
  uint32_t page_size_;
};

/// The copy's first page as it is to stand in the database: the counters go on from where they are.
void count_on(char* page, const char* live) {
  const uint32_t counter = big_endian(live + kChangeCounter) + 1;
  put_big_endian(page + kChangeCounter, counter);
  put_big_endian(page + kVersionValidFor, counter);
  put_big_endian(page + kSchemaCookie, big_endian(live + kSchemaCookie) + 1);
}

/// Puts the pages that are to be overwritten or cut off into the journal.
Result<void> keep(const MainFile& file, uint64_t size, uint32_t page_size,
                  const std::vector<uint32_t>& numbers, Journal& journal) {
  std::string page(page_size, '\0');
  for (const uint32_t number : numbers) {
    const uint64_t offset = uint64_t{number - 1} * page_size;
    if (offset >= size) break;  // only the copy has it
    BELAY_TRY(file.read(page.data(), page_size, offset));
    BELAY_TRY(journal.add(number, page.data()));
  }
  return {};
}

}  // namespace

Result<uint64_t> write_differing_pages(SqliteConnection& target, const std::string& copy,
                                       uint32_t page_size, const PageProgress& progress) {
  const MainFile file(target);
  const Copy source(copy);
  if (!file.is_open()) return Error{"the database's file is not open", target.path(), ""};
  if (!source.is_open()) return file_error("cannot read the snapshot", copy, errno);
  Result<uint64_t> size = file.size();
  if (!size) return std::move(size).error();
  std::vector<uint32_t> numbers;
  BELAY_TRY(Comparison(file, *size, source, page_size).find(progress, numbers));
  if (numbers.empty()) return uint64_t{0};
  // The counters on the first page move with whatever else does.
  if (numbers.front() != 1) numbers.insert(numbers.begin(), 1);
  std::string first(page_size, '\0');
  BELAY_TRY(file.read(first.data(), page_size, 0));
  Result<std::unique_ptr<Journal>> journal =
      Journal::create(target, page_size, static_cast<uint32_t>(*size / page_size));
  if (!journal) return std::move(journal).error();
  Result<void> kept = keep(file, *size, page_size, numbers, **journal);
  if (kept) kept = (*journal)->arm();
  if (!kept) {
    (void)(*journal)->remove();  // nothing was overwritten
    return std::move(kept).error();
  }

  std::string page(page_size, '\0');
  for (const uint32_t number : numbers) {
    const uint64_t offset = uint64_t{number - 1} * page_size;
    if (offset >= source.size()) continue;
    BELAY_TRY(source.read(page.data(), page_size, offset));
    if (number == 1) count_on(page.data(), first.data());
    BELAY_TRY(file.write(page.data(), page_size, offset));
  }
  if (source.size() < *size) BELAY_TRY(file.truncate(source.size()));
  BELAY_TRY(file.sync());
  BELAY_TRY((*journal)->remove());
  return uint64_t{numbers.size()};
}

Result<bool> has_same_pages(SqliteConnection& database, const std::string& copy,
                            uint32_t page_size) {
  const MainFile file(database);
  const Copy source(copy);
  if (!file.is_open() || !source.is_open()) {
    return Error{"the files cannot be compared", database.path(), ""};
  }
  Result<uint64_t> size = file.size();
  if (!size) return std::move(size).error();
  std::vector<uint32_t> numbers;
  BELAY_TRY(Comparison(file, *size, source, page_size).find({}, numbers));
  return numbers.empty();
}

}  // namespace belay::runtime::sqlite

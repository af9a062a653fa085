#include "runtime/drivers/sqlite/change_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/drivers/sqlite/file_format.h"
#include "runtime/drivers/sqlite/main_file.h"
#include "runtime/io/unique_fd.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kMode = "mode";
constexpr const char* kCounter = "counter";
constexpr const char* kLog = "log";
constexpr const char* kCommits = "commits";
constexpr const char* kFileSize = "size";
constexpr const char* kFileTime = "time";

/// 0 where it cannot be read.
uint32_t change_counter(const SqliteConnection& connection) {
  const Result<MainFile> file = MainFile::open(connection);
  std::array<char, 4> bytes{};
  const bool read = file && file->read(bytes.data(), bytes.size(), header::kChangeCounter);
  return read ? big_endian(bytes.data()) : 0;
}

/// The write-ahead log beside a database (file format, section 4), read while nobody can write to
/// it.
class Log {
 public:
  explicit Log(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!fd_.valid() || !read(header_.data(), header_.size(), 0)) return;
    page_size_ = big_endian(&header_[8]);
    if (page_size_ < 512) return;
    for (const size_t at : {12U, 16U, 20U}) {
      generation_ += std::to_string(big_endian(&header_[at])) + ".";
    }
    count_commits();
  }

  /// Sequence number and salts of the header; empty without a log.
  const std::string& generation() const { return generation_; }
  uint64_t commits() const { return commits_; }

 private:
  static constexpr size_t kHeader = 32;
  static constexpr size_t kFrameHeader = 24;

  bool read(unsigned char* to, size_t size, uint64_t offset) const {
    return ::pread(fd_.get(), to, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
  }

  uint64_t offset_of(uint64_t frame) const { return kHeader + frame * (kFrameHeader + page_size_); }

  /// Reads the headers of the frames. Those of an earlier generation have other salts and end the
  /// count. Of the last transaction the checksums are read too: a crash may have torn it. Every one
  /// before it was synced before the next began.
  void count_commits() {
    uint64_t begin = 0;  // of the transaction that the last commit frame ends
    uint64_t next = 0;
    std::array<unsigned char, kFrameHeader> frame{};
    for (uint64_t i = 0; read(frame.data(), frame.size(), offset_of(i)); ++i) {
      if (!std::equal(&frame[8], &frame[16], &header_[16])) break;
      if (big_endian(&frame[4]) == 0) continue;  // else: the database's size after a commit
      ++commits_;
      begin = next;
      next = i + 1;
    }
    if (commits_ > 0 && !is_whole(begin, next)) --commits_;
  }

  bool is_whole(uint64_t begin, uint64_t end) const {
    std::array<unsigned char, 8> sums{};
    const uint64_t before = begin == 0 ? kHeader - 8 : offset_of(begin - 1) + 16;
    if (!read(sums.data(), sums.size(), before)) return false;
    uint32_t first = big_endian(&sums[0]);
    uint32_t second = big_endian(&sums[4]);
    std::vector<unsigned char> frame(kFrameHeader + page_size_);
    for (uint64_t i = begin; i < end; ++i) {
      if (!read(frame.data(), frame.size(), offset_of(i))) return false;
      add_words(frame.data(), 8, first, second);
      add_words(frame.data() + kFrameHeader, page_size_, first, second);
      if (first != big_endian(&frame[16]) || second != big_endian(&frame[20])) return false;
    }
    return true;
  }

  /// Section 4.2; the last bit of the magic number says in which order the bytes of a word come.
  void add_words(const unsigned char* bytes, size_t size, uint32_t& first, uint32_t& second) const {
    const bool big = (header_[3] & 1U) != 0;
    for (size_t i = 0; i < size; i += 8) {
      const auto word = [&](size_t at) {
        const uint32_t value = big_endian(bytes + at);
        return big ? value : __builtin_bswap32(value);
      };
      first += word(i) + second;
      second += word(i + 4) + first;
    }
  }

  UniqueFd fd_;
  std::array<unsigned char, kHeader> header_{};
  uint32_t page_size_ = 0;
  std::string generation_;
  uint64_t commits_ = 0;
};

}  // namespace

Result<ChangeMark> take_mark(SqliteConnection& connection) {
  // Whatever the transaction's kind: this makes it hold at least a read lock.
  BELAY_TRY(connection.execute("PRAGMA schema_version"));
  Result<Rows> mode = connection.query("PRAGMA journal_mode");
  if (!mode) return std::move(mode).error();
  ChangeMark mark;
  if (mode->text() != "wal") {
    mark.data = {{kMode, "rollback"}, {kCounter, change_counter(connection)}};
    return mark;
  }
  const Log log(connection.path() + "-wal");
  struct stat info {};
  if (::stat(connection.path().c_str(), &info) != 0) info = {};
  constexpr int64_t kNanoseconds = 1'000'000'000;
  mark.data = {{kMode, "wal"},
               {kLog, log.generation()},
               {kCommits, log.commits()},
               {kFileSize, static_cast<int64_t>(info.st_size)},
               {kFileTime, int64_t{info.st_mtim.tv_sec} * kNanoseconds + info.st_mtim.tv_nsec}};
  return mark;
}

unsigned pager_version(const SqliteConnection& connection) {
  unsigned version = 0;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
  return version;
}

ChangeMark empty_mark() { return {{{kMode, "rollback"}, {kCounter, 0}}}; }

std::optional<uint64_t> commits_between(const ChangeMark& earlier, const ChangeMark& later) {
  const Json& a = earlier.data;
  const Json& b = later.data;
  const std::string mode = text_at(a, kMode);
  if (mode.empty() || mode != text_at(b, kMode)) return std::nullopt;
  if (mode == "rollback") {
    // The counter has 32 bits and starts again at 0.
    return static_cast<uint32_t>(number_at(b, kCounter) - number_at(a, kCounter));
  }
  const auto commits = [](const Json& mark) {
    return static_cast<uint64_t>(number_at(mark, kCommits));
  };
  const bool same_log = !text_at(a, kLog).empty() && text_at(a, kLog) == text_at(b, kLog);
  if (same_log && commits(b) >= commits(a)) return commits(b) - commits(a);
  // A new generation begins only after all of the old one was copied into the main file. Where that
  // file has not been touched, the old one held nothing new, and all there is stands in the log.
  const bool untouched = number_at(a, kFileSize) == number_at(b, kFileSize) &&
                         number_at(a, kFileTime) == number_at(b, kFileTime);
  if (!untouched) return std::nullopt;
  return commits(b);
}

bool counts_alike(const ChangeMark& earlier, const ChangeMark& later) {
  const auto same = [&](const char* key) { return at(earlier.data, key) == at(later.data, key); };
  if (text_at(later.data, kMode) == "rollback") return same(kMode);
  return same(kMode) && same(kLog) && same(kFileSize) && same(kFileTime);
}

bool counts_for_ever(const ChangeMark& mark) { return text_at(mark.data, kMode) == "rollback"; }

}  // namespace belay::runtime::sqlite

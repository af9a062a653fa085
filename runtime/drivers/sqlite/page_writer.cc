#include "runtime/drivers/sqlite/page_writer.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <vector>

#include "runtime/drivers/sqlite/file_format.h"
#include "runtime/drivers/sqlite/main_file.h"
#include "runtime/drivers/sqlite/rollback_journal.h"
#include "runtime/io/file_reader.h"

namespace belay::runtime::sqlite {
namespace {

constexpr size_t kChunk = size_t{1} << 20U;
/// File format, section 1.3: no page holds this byte; the page around it is never used.
constexpr uint64_t kLockByte = uint64_t{1} << 30U;

/// Goes through both files side by side.
class Comparison {
 public:
  /// `copy`: the path of the other one.
  Comparison(const MainFile& live, std::string copy, uint32_t page_size)
      : live_(live), copy_(std::move(copy)), page_size_(page_size) {}

  /// Adds the numbers of the pages that are not the same in both, in their order. A large file's
  /// two halves are read at once: what the system has in memory is copied by each reader.
  Result<void> find(const PageProgress& progress, std::vector<uint32_t>& numbers) const {
    Result<uint64_t> live_size = live_.size();
    if (!live_size) return std::move(live_size).error();
    Result<std::unique_ptr<FileReader>> copy = open_reader(copy_);
    if (!copy) return std::move(copy).error();
    const uint64_t total = std::max(*live_size, (*copy)->size());
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
    Result<uint64_t> live_size = live_.size();
    if (!live_size) return std::move(live_size).error();
    Result<std::unique_ptr<FileReader>> copy = open_reader(copy_);
    if (!copy) return std::move(copy).error();
    std::string a(kChunk, '\0');
    std::string b(kChunk, '\0');
    for (uint64_t at = begin; at < end; at += kChunk) {
      const auto in = [&](uint64_t size) {
        return static_cast<size_t>(at >= size ? 0 : std::min<uint64_t>(kChunk, size - at));
      };
      const size_t live = in(*live_size);
      const size_t copied = in((*copy)->size());
      if (live > 0) BELAY_TRY(live_.read(a.data(), live, at));
      if (copied > 0) BELAY_TRY((*copy)->read(b.data(), copied, at));
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
  std::string copy_;
  uint32_t page_size_;
};

/// The copy's first page as it is to stand in the database: the counters go on from where they are.
void count_on(char* page, const char* live) {
  const uint32_t counter = big_endian(live + header::kChangeCounter) + 1;
  put_big_endian(page + header::kChangeCounter, counter);
  put_big_endian(page + header::kVersionValidFor, counter);
  put_big_endian(page + header::kSchemaCookie, big_endian(live + header::kSchemaCookie) + 1);
}

/// Puts the pages that are to be overwritten or cut off into the journal.
Result<void> keep(const MainFile& file, uint64_t size, uint32_t page_size,
                  const std::vector<uint32_t>& numbers, RollbackJournal& journal) {
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
  Result<MainFile> file = MainFile::open(target);
  if (!file) return std::move(file).error();
  Result<std::unique_ptr<FileReader>> source = open_reader(copy);
  if (!source) return std::move(source).error();
  const uint64_t copied = (*source)->size();
  Result<uint64_t> size = file->size();
  if (!size) return std::move(size).error();
  std::vector<uint32_t> numbers;
  BELAY_TRY(Comparison(*file, copy, page_size).find(progress, numbers));
  if (numbers.empty()) return uint64_t{0};
  // The counters on the first page move with whatever else does.
  if (numbers.front() != 1) numbers.insert(numbers.begin(), 1);
  std::string first(page_size, '\0');
  BELAY_TRY(file->read(first.data(), page_size, 0));
  Result<std::unique_ptr<RollbackJournal>> journal =
      RollbackJournal::create(target, page_size, static_cast<uint32_t>(*size / page_size));
  if (!journal) return std::move(journal).error();
  Result<void> kept = keep(*file, *size, page_size, numbers, **journal);
  if (kept) kept = (*journal)->arm();
  if (!kept) {
    (void)(*journal)->remove();  // nothing was overwritten
    return std::move(kept).error();
  }

  std::string page(page_size, '\0');
  for (const uint32_t number : numbers) {
    const uint64_t offset = uint64_t{number - 1} * page_size;
    if (offset >= copied) continue;
    BELAY_TRY((*source)->read(page.data(), page_size, offset));
    if (number == 1) count_on(page.data(), first.data());
    BELAY_TRY(file->write(page.data(), page_size, offset));
  }
  if (copied < *size) BELAY_TRY(file->truncate(copied));
  BELAY_TRY(file->sync());
  BELAY_TRY((*journal)->remove());
  return uint64_t{numbers.size()};
}

Result<bool> has_same_pages(SqliteConnection& database, const std::string& copy,
                            uint32_t page_size) {
  Result<MainFile> file = MainFile::open(database);
  if (!file) return std::move(file).error();
  std::vector<uint32_t> numbers;
  BELAY_TRY(Comparison(*file, copy, page_size).find({}, numbers));
  return numbers.empty();
}

}  // namespace belay::runtime::sqlite

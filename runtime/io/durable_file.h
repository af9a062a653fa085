#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <belay/result.h>

#include "runtime/io/unique_fd.h"

/// Files that are still there after a power cut. A function that returns has synced what it did to
/// the disk: the content, and the directory where a name came or went.
///
/// None of them may be used on a database that this process may have open: closing any descriptor
/// of a file drops the POSIX locks that SQLite holds on it.
namespace belay::runtime {

/// The mode of every file that Belay makes beside a database: snapshots hold all of it.
inline constexpr mode_t kPrivateFile = 0600;

/// `what: strerror(code)` at `path`, with a hint where the code allows one.
Error file_error(const std::string& what, const std::string& path, int code);

bool file_exists(const std::string& path);
/// 0 where there is none.
uint64_t file_size(const std::string& path);
/// The bytes that an unprivileged process can still write on the file system of `path`.
Result<uint64_t> free_space(const std::string& path);

/// Makes one directory, for this user alone. It may exist.
Result<void> make_directory(const std::string& path);
Result<void> sync_file(const std::string& path);
Result<void> sync_directory(const std::string& path);
/// Replaces `path` as a whole: readers see the old content or the new.
Result<void> write_file(const std::string& path, std::string_view content);
/// Reads that many bytes from there on; fewer are an error.
Result<void> read_at(const std::string& path, int fd, char* to, size_t size, uint64_t offset);
/// A copy of a file's bytes; `to` is made anew, and synced.
Result<void> copy_file(const std::string& from, const std::string& to);
/// Within one directory. The file itself must have been synced.
Result<void> rename_file(const std::string& from, const std::string& to);
/// It may be gone already.
Result<void> remove_file(const std::string& path);

/// A file that is made anew and written from its beginning to its end.
class NewFile {
 public:
  static Result<NewFile> create(const std::string& path);

  Result<void> write(std::string_view bytes);
  /// The content; the name is the caller's to sync.
  Result<void> sync();

 private:
  NewFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
  uint64_t size_ = 0;
  uint64_t begun_ = 0;  ///< the disk has been told to begin with what is before
};

/// When what is written has to be on the disk.
enum class Sync : uint8_t {
  kNow,
  kWithNext,  ///< together with what is written next; until then a power cut may take it
};

/// A file that only grows.
class AppendFile {
 public:
  /// Makes the file where there is none.
  static Result<AppendFile> open(const std::string& path);

  uint64_t size() const { return size_; }
  /// After an error the file is cut back to what it was, as far as that works.
  Result<void> append(std::string_view bytes, Sync sync = Sync::kNow);
  /// Drops what lies behind `size`.
  Result<void> truncate(uint64_t size);

 private:
  AppendFile(std::string path, UniqueFd fd, uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}
  Result<void> write(std::string_view bytes, Sync sync);

  std::string path_;
  UniqueFd fd_;
  uint64_t size_;
  bool torn_ = false;  ///< something may lie behind `size_`
};

}  // namespace belay::runtime

#include "runtime/io/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/io/fault.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

using fault::Operation;

constexpr mode_t kPrivateDirectory = 0700;

std::string parent_of(const std::string& path) {
  const std::string_view parent = path::parent(path);
  return parent.empty() ? "." : std::string(parent);
}

/// Runs a system call between the fault points; returns 0 or `errno`.
template <class Call>
int guarded(Operation operation, const std::string& path, const std::string& other, Call call) {
  if (const int injected = fault::before(operation, path, other)) return injected;
  int result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  if (result < 0) return errno;
  fault::after(operation, path, other);
  return 0;
}

int sync_descriptor(Operation operation, const std::string& path, int fd) {
  return guarded(operation, path, "", [&] { return ::fsync(fd); });
}

int write_all(const std::string& path, int fd, std::string_view bytes) {
  if (const int injected = fault::before(Operation::kWrite, path)) return injected;
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  fault::after(Operation::kWrite, path);
  return 0;
}

}  // namespace

Error file_error(const std::string& what, const std::string& path, int code) {
  std::string hint;
  switch (code) {
    case ENOSPC:
    case EDQUOT: hint = "free some space on that disk and try again"; break;
    case EACCES:
    case EPERM: hint = "run it as a user who may write there"; break;
    case EROFS: hint = "the file system is mounted read-only"; break;
    default: break;
  }
  return {what + ": " + std::strerror(code), path, hint};
}

bool file_exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

uint64_t file_size(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

Result<uint64_t> free_space(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) {
    return file_error("cannot tell the free space", path, errno);
  }
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<void> make_directory(const std::string& path) {
  const int code = guarded(Operation::kMakeDirectory, path, "",
                           [&] { return ::mkdir(path.c_str(), kPrivateDirectory); });
  if (code == EEXIST) return {};
  if (code != 0) return file_error("cannot make the directory", path, code);
  return sync_directory(parent_of(path));
}

Result<void> sync_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd.valid()) return file_error("cannot open the file", path, errno);
  const int code = sync_descriptor(Operation::kSync, path, fd.get());
  if (code != 0) return file_error("cannot sync the file to disk", path, code);
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return file_error("cannot open the directory", path, errno);
  const int code = sync_descriptor(Operation::kSyncDirectory, path, fd.get());
  // Some network file systems cannot sync a directory; they write its entries at once.
  if (code != 0 && code != EINVAL) {
    return file_error("cannot sync the directory to disk", path, code);
  }
  return {};
}

Result<NewFile> NewFile::create(const std::string& path) {
  if (const int injected = fault::before(Operation::kCreate, path)) {
    return file_error("cannot make the file", path, injected);
  }
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kPrivateFile));
  if (!fd.valid()) return file_error("cannot make the file", path, errno);
  fault::after(Operation::kCreate, path);
  return NewFile(path, std::move(fd));
}

Result<void> NewFile::write(std::string_view bytes) {
  const int code = write_all(path_, fd_.get(), bytes);
  if (code != 0) return file_error("cannot write the file", path_, code);
  // The disk can begin while more is being read; the sync at the end then waits for less.
  constexpr uint64_t kWindow = uint64_t{8} << 20U;
  size_ += bytes.size();
  if (size_ - begun_ >= kWindow) {
    ::sync_file_range(fd_.get(), static_cast<off_t>(begun_), static_cast<off_t>(size_ - begun_),
                      SYNC_FILE_RANGE_WRITE);
    begun_ = size_;
  }
  return {};
}

Result<void> NewFile::sync() {
  const int code = sync_descriptor(Operation::kSync, path_, fd_.get());
  if (code != 0) return file_error("cannot sync the file to disk", path_, code);
  return {};
}

Result<void> write_file(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".partial";
  {
    Result<NewFile> file = NewFile::create(temporary);
    if (!file) return std::move(file).error();
    Result<void> done = file->write(content);
    if (done) done = file->sync();
    if (!done) {
      ::unlink(temporary.c_str());
      return done;
    }
  }
  return rename_file(temporary, path);
}

Result<void> read_at(const std::string& path, int fd, char* to, size_t size, uint64_t offset) {
  while (size > 0) {
    const ssize_t got = ::pread(fd, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return file_error("cannot read the file", path, got < 0 ? errno : EIO);
    to += got;
    size -= static_cast<size_t>(got);
    offset += static_cast<uint64_t>(got);
  }
  return {};
}

Result<void> copy_file(const std::string& from, const std::string& to) {
  const UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.valid()) return file_error("cannot read the file", from, errno);
  Result<NewFile> target = NewFile::create(to);
  if (!target) return std::move(target).error();
  std::string buffer(size_t{1} << 20U, '\0');
  for (;;) {
    const ssize_t got = ::read(source.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("cannot read the file", from, errno);
    if (got == 0) break;
    BELAY_TRY(target->write(std::string_view(buffer.data(), static_cast<size_t>(got))));
  }
  BELAY_TRY(target->sync());
  return sync_directory(parent_of(to));
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  const int code =
      guarded(Operation::kRename, from, to, [&] { return std::rename(from.c_str(), to.c_str()); });
  if (code != 0) return file_error("cannot rename the file to " + to, from, code);
  return sync_directory(parent_of(to));
}

Result<void> remove_file(const std::string& path) {
  if (file_exists(path)) {
    const int code = guarded(Operation::kRemove, path, "", [&] { return ::unlink(path.c_str()); });
    if (code != 0 && code != ENOENT) return file_error("cannot remove the file", path, code);
  }
  // Also where it was gone: whoever removed it may have died before it was synced.
  return sync_directory(parent_of(path));
}

Result<AppendFile> AppendFile::open(const std::string& path) {
  const bool existed = file_exists(path);
  if (!existed) {
    if (const int injected = fault::before(Operation::kCreate, path)) {
      return file_error("cannot make the file", path, injected);
    }
  }
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kPrivateFile));
  if (!fd.valid()) return file_error("cannot open the file for writing", path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return file_error("cannot read the size", path, errno);
  if (!existed) {
    fault::after(Operation::kCreate, path);
    BELAY_TRY(sync_directory(parent_of(path)));
  }
  return AppendFile(path, std::move(fd), static_cast<uint64_t>(info.st_size));
}

Result<void> AppendFile::write(std::string_view bytes, Sync sync) {
  int code = write_all(path_, fd_.get(), bytes);
  if (code == 0 && sync == Sync::kNow) code = sync_descriptor(Operation::kSync, path_, fd_.get());
  if (code != 0) return file_error("cannot append to the file", path_, code);
  return {};
}

Result<void> AppendFile::append(std::string_view bytes, Sync sync) {
  if (torn_) BELAY_TRY(truncate(size_));
  Result<void> written = write(bytes, sync);
  if (written) {
    size_ += bytes.size();
  } else {
    // Where that fails a torn record stays; readers tolerate it, and the next writer cuts it off.
    torn_ = ::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0;
  }
  return written;
}

Result<void> AppendFile::truncate(uint64_t size) {
  int code = guarded(Operation::kTruncate, path_, "",
                     [&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); });
  if (code == 0) code = sync_descriptor(Operation::kSync, path_, fd_.get());
  if (code != 0) return file_error("cannot cut the file", path_, code);
  size_ = size;
  torn_ = false;
  return {};
}

}  // namespace belay::runtime

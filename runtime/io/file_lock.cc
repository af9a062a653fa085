#include "runtime/io/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"
#include "runtime/io/json.h"
#include "runtime/io/who.h"

namespace belay::runtime {
namespace {

/// Whether `fd` is still the file that `path` names: the directory may have been made anew.
bool is_current(const std::string& path, int fd) {
  struct stat ours {};
  struct stat named {};
  return ::fstat(fd, &ours) == 0 && ::stat(path.c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

LockHolder read_holder(int fd) {
  std::array<char, 1024> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  LockHolder holder;
  const Json json = parse_json({text.data(), got > 0 ? static_cast<size_t>(got) : 0});
  holder.pid = number_at(json, "pid");
  holder.host = text_at(json, "host");
  holder.command = text_at(json, "command");
  holder.since = text_at(json, "since");
  return holder;
}

/// Advisory only, so neither synced nor checked: the lock itself is what counts.
void write_holder(int fd, const std::string& command) {
  const std::string text = dump_json({{"pid", static_cast<int64_t>(::getpid())},
                                      {"host", host_name()},
                                      {"command", command},
                                      {"since", utc_now()}}) +
                           "\n";
  if (::ftruncate(fd, 0) == 0 && ::pwrite(fd, text.data(), text.size(), 0) < 0) return;
}

Error lock_error(const std::string& path, int code) {
  Error error = file_error("cannot lock the file", path, code);
  if (code == ENOLCK || code == EOPNOTSUPP || code == ENOSYS) {
    error.hint = "its file system has no locks; put the state directory on one that has";
  }
  return error;
}

/// Opens and tries once: 0, EWOULDBLOCK, or what went wrong.
int try_lock(const std::string& path, UniqueFd& fd) {
  if (!fd.valid() || !is_current(path, fd.get())) {
    fd = UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivateFile));
    if (!fd.valid()) return errno;
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return errno;
  return is_current(path, fd.get()) ? 0 : EWOULDBLOCK;
}

}  // namespace

std::string LockHolder::to_string() const {
  std::string out = command.empty() ? "another command" : "belay " + command;
  if (pid != 0) out += ", process " + std::to_string(pid);
  if (!host.empty()) out += " on " + host;
  if (!since.empty()) out += ", since " + since;
  return out;
}

Result<FileLock> FileLock::acquire(const std::string& path, const Request& request) {
  if (const int injected = fault::before(fault::Operation::kLock, path)) {
    return lock_error(path, injected);
  }
  using std::chrono::milliseconds;
  constexpr milliseconds kLongestPause{100};
  milliseconds pause{1};
  const int64_t deadline = milliseconds_since_start() + request.timeout.count();
  UniqueFd fd;
  for (;;) {
    const int code = try_lock(path, fd);
    if (code == 0) break;
    if (code != EWOULDBLOCK && code != EINTR) return lock_error(path, code);
    const std::string holder = read_holder(fd.get()).to_string();
    if (request.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (milliseconds_since_start() >= deadline) {
      return Error{"the database is in the hands of " + holder, path,
                   "wait for it to end, or end it; the lock ends with its process"};
    }
    if (request.progress) request.progress({Stage::kWaiting, holder, 0, 0});
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  write_holder(fd.get(), request.command);
  fault::after(fault::Operation::kLock, path);
  return FileLock(path, std::move(fd));
}

std::optional<LockHolder> FileLock::holder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return std::nullopt;
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0) {
    ::flock(fd.get(), LOCK_UN);
    return std::nullopt;
  }
  if (errno != EWOULDBLOCK) return std::nullopt;
  return read_holder(fd.get());
}

FileLock::~FileLock() {
  if (!fd_.valid()) return;
  if (fault::before(fault::Operation::kUnlock, path_) != 0) return;
  // Explicitly, because a child that was forked meanwhile keeps the open file alive.
  if (::ftruncate(fd_.get(), 0) == 0) ::flock(fd_.get(), LOCK_UN);
  fault::after(fault::Operation::kUnlock, path_);
}

}  // namespace belay::runtime

#include "tests/faults/small_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include <belay/connection.h>

#include "tests/runtime/postgres/shop.h"

namespace belay::testing {
namespace {

Error no(const std::string& what) { return {what + ": " + std::strerror(errno), "", ""}; }

/// Whom a server of root's is handed to.
Result<const passwd*> account() {
  for (const char* name : {"postgres", "nobody"}) {
    const passwd* entry = ::getpwnam(name);
    if (entry != nullptr && entry->pw_uid != 0) return entry;
  }
  return Error{"there is no user for a server", "", ""};
}

size_t count(const std::string& text, const std::string& what) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++found;
  return found;
}

}  // namespace

/// From here on what is mounted is seen by this process alone, and goes with it.
Result<void> allow_small_disks() {
  if (::geteuid() != 0) return Error{"only root may mount small file systems", "", ""};
  Result<const passwd*> user = account();
  if (!user) return std::move(user).error();
  const TemporaryDirectory probe;
  if (::chown(probe.path().c_str(), (*user)->pw_uid, (*user)->pw_gid) != 0) {
    return no("nothing can be handed to another user here");
  }
  if (::unshare(CLONE_NEWNS) == 0 &&
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
    return {};
  }
  return no("small file systems cannot be mounted here");
}

Result<void> SmallDisk::mount(const std::string& path, uint64_t bytes, uid_t owner) {
  std::filesystem::create_directory(path);
  const std::string options =
      "mode=0700,size=" + std::to_string(bytes) + ",uid=" + std::to_string(owner);
  if (::mount("none", path.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    return no("a small file system cannot be mounted");
  }
  path_ = path;
  return {};
}

SmallDisk::~SmallDisk() {
  if (!path_.empty()) ::umount2(path_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() const {
  const int file = ::open((path_ + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  struct statvfs info {};
  ::fstatvfs(file, &info);
  const auto room = static_cast<off_t>(uint64_t{info.f_bavail} * info.f_frsize);
  if (room > 0) ::posix_fallocate(file, 0, room);
  ::lseek(file, 0, SEEK_END);
  // Others may have taken or given some meanwhile.
  const std::vector<char> page(4096);
  while (::write(file, page.data(), page.size()) > 0) {
  }
  ::close(file);
}

void SmallDisk::make_room() const { std::filesystem::remove(path_ + "/filler"); }

Result<std::unique_ptr<SmallServer>> SmallServer::start(const std::string& programs) {
  Result<const passwd*> user = account();
  if (!user) return std::move(user).error();
  std::unique_ptr<SmallServer> server(new SmallServer);
  server->programs_ = programs;
  server->user_ = (*user)->pw_uid;
  server->group_ = (*user)->pw_gid;
  const std::string& place = server->place_.path();
  if (::chown(place.c_str(), server->user_, server->group_) != 0) return no(place);
  // The server's own three databases, the shop, what it is made of, and copies of it.
  constexpr uint64_t kData = 112U << 20U;
  constexpr uint64_t kWal = 64U << 20U;
  constexpr uint64_t kState = 16U << 20U;
  BELAY_TRY(server->data_.mount(place + "/data", kData, server->user_));
  BELAY_TRY(server->wal_.mount(place + "/wal", kWal, server->user_));
  BELAY_TRY(server->state_.mount(place + "/state", kState, 0));
  const std::string data = place + "/data/pg";
  const std::string wal = "--waldir=" + place + "/wal/pg";
  const std::string program = programs + "/initdb";
  const char* const initdb[] = {
      program.c_str(), "-D",          data.c_str(),      "-U",        "belay", "-A", "trust", "-E",
      "UTF8",          "--no-locale", "--wal-segsize=1", wal.c_str(), nullptr};
  BELAY_TRY(server->run(initdb));
  use_postgres_at(server->socket());
  server->start_server();
  server->settle();
  return server;
}

Result<pid_t> SmallServer::spawn(const char* const* arguments) const {
  const std::string log = place_.file("log");
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return no("no process can be started");
  if (child > 0) return child;
  ::setsid();
  ::umask(077);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  constexpr int kFirstOther = 3;
  constexpr int kMostDescriptors = 1024;
  for (int fd = kFirstOther; fd < kMostDescriptors; ++fd) ::close(fd);
  if (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0) ::_exit(126);
  // It must not outlive the test, however that ends.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(126);
  const char* const environment[] = {"PATH=/usr/bin:/bin", nullptr};
  ::execve(arguments[0], const_cast<char* const*>(arguments),
           const_cast<char* const*>(environment));
  ::_exit(127);
}

Result<void> SmallServer::run(const char* const* arguments) const {
  Result<pid_t> child = spawn(arguments);
  if (!child) return std::move(child).error();
  int status = 0;
  ::waitpid(*child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error{std::string(arguments[0]) + " fails: " + log_tail(), "", ""};
}

void SmallServer::start_server() {
  const std::string program = programs_ + "/postgres";
  const std::string data = place_.file("data/pg");
  const char* const arguments[] = {
      program.c_str(), "-D", data.c_str(), "-k", place_.path().c_str(), "-c", "listen_addresses=",
      // The smallest log of writes that there is; nothing works in the background unasked.
      "-c", "max_wal_size=2MB", "-c", "min_wal_size=2MB", "-c", "max_wal_senders=0", "-c",
      "shared_buffers=16MB", "-c", "autovacuum=off", "-c", "jit=off", "-c",
      "max_locks_per_transaction=256", nullptr};
  const Result<pid_t> started = spawn(arguments);
  if (started) {
    server_ = *started;
  } else {
    ADD_FAILURE() << started.error().to_string();
  }
}

bool SmallServer::is_gone() {
  if (server_ > 0 && ::waitpid(server_, nullptr, WNOHANG) == server_) server_ = -1;
  return server_ < 0;
}

bool SmallServer::answers() const { return runtime::connect(postgres_url("postgres"), {}).ok(); }

uint64_t SmallServer::settle() {
  constexpr auto kPause = std::chrono::milliseconds(10);
  constexpr auto kPatience = std::chrono::seconds(60);
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    if (is_gone()) start_server();
    const std::string log = read_bytes(place_.file("log")).substr(seen_);
    // Between a panic and the word that all is well again nobody must be trusted who answers.
    const size_t panic = log.rfind("PANIC:");
    const size_t ready = log.rfind("ready to accept connections");
    const bool in_trouble =
        panic != std::string::npos && (ready == std::string::npos || ready < panic);
    if (!in_trouble && answers()) {
      seen_ += log.size();
      return count(log, "PANIC:");
    }
    if (std::chrono::steady_clock::now() - begun > kPatience) {
      ADD_FAILURE() << "the server does not come back: " << log_tail();
      return 0;
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::string SmallServer::log_tail() const {
  constexpr size_t kMost = 2000;
  const std::string log = read_bytes(place_.file("log"));
  return log.size() > kMost ? log.substr(log.size() - kMost) : log;
}

SmallServer::~SmallServer() {
  if (server_ <= 0) return;
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
}

}  // namespace belay::testing

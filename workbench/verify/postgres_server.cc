// The server is not our child but that of a keeper, a few lines of shell that hold the other end of
// a pipe. When the pipe is closed, because the object goes or because this process does, in
// whatever way, the keeper stops the server and removes the directory. It has a session of its own,
// so that Ctrl-C on the terminal reaches neither of them before us.
#include "workbench/verify/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>
#include <utility>

#include <belay/connection.h>

#include "support/ascii.h"

namespace belay::workbench {
namespace {

// $1: the programs, $2: the directory. The locale C.UTF-8 knows letters beyond ASCII and sorts as C
// does; it is not everywhere.
constexpr const char* kKeeper = R"(
umask 077
make() { "$1/initdb" -D "$2/data" -U belay -A trust -E UTF8 --no-sync "$3" >"$2/log" 2>&1; }
if make "$1" "$2" --locale=C.UTF-8 || { rm -rf "$2/data"; make "$1" "$2" --no-locale; }; then
  "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c synchronous_commit=off -c autovacuum=off -c jit=off -c wal_level=minimal \
    -c max_wal_senders=0 -c shared_buffers=64MB -c max_locks_per_transaction=1024 \
    -c unix_socket_permissions=0700 -c max_wal_size=512MB >"$2/log" 2>&1 </dev/null &
  server=$!
else
  server=
  : >"$2/failed"
fi
read -r nothing
if [ -n "$server" ]; then kill -QUIT "$server"; wait "$server"; fi
rm -rf "$2"
)";

Error system_error(std::string message, const std::string& where) {
  return {std::move(message) + ": " + std::strerror(errno), where, ""};
}

struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

/// The account that a server of root's is handed to; none where we are not root.
Result<std::optional<Account>> account_for_server() {
  if (::geteuid() != 0) return std::optional<Account>();
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = ::getpwnam(name); entry != nullptr && entry->pw_uid != 0) {
      return std::optional<Account>({entry->pw_uid, entry->pw_gid});
    }
  }
  return Error{"PostgreSQL does not run as root, and there is no user `postgres` or `nobody`", "",
               "run this as another user"};
}

/// Where temporary files go: memory, if nobody says otherwise and there is plenty. Copying a
/// database there takes 15 ms where a disk takes 200.
std::string temporary_directory() {
  const char* wanted = std::getenv("TMPDIR");
  if (wanted != nullptr && *wanted != '\0') return wanted;
  constexpr const char* kMemory = "/dev/shm";
  constexpr uint64_t kPlenty = uint64_t{1} << 30U;
  struct statvfs info {};
  const bool plenty =
      ::statvfs(kMemory, &info) == 0 && uint64_t{info.f_bavail} * info.f_frsize >= kPlenty;
  return plenty && ::access(kMemory, W_OK) == 0 ? kMemory : "/tmp";
}

/// A directory of our own. The path must be short: the name of a socket has at most 107 bytes.
Result<std::string> make_directory(const std::optional<Account>& owner) {
  constexpr size_t kLongest = 70;
  std::string base = temporary_directory();
  if (base.size() > kLongest) base = "/tmp";
  std::string directory = base + "/belay-pg-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) {
    return system_error("cannot make a directory for a server", base);
  }
  if (owner && ::chown(directory.c_str(), owner->user, owner->group) != 0) {
    Error error = system_error("cannot hand over the directory of the server", directory);
    ::rmdir(directory.c_str());
    return error;
  }
  return directory;
}

/// In the child, between fork and exec: nothing here may allocate.
[[noreturn]] void become_keeper(int lifeline, const std::optional<Account>& account,
                                char* const* arguments, char* const* environment) {
  ::setsid();
  if (account && (::setgroups(0, nullptr) != 0 || ::setgid(account->group) != 0 ||
                  ::setuid(account->user) != 0)) {
    ::_exit(126);
  }
  // The server's output must not keep a pipe of ours open that somebody reads to its end.
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(lifeline, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  constexpr int kFirstOther = 3;
  constexpr int kMostDescriptors = 1024;
  for (int fd = kFirstOther; fd < kMostDescriptors; ++fd) ::close(fd);
  if (::chdir("/") != 0) ::_exit(126);
  ::execve("/bin/sh", arguments, environment);
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<PostgresServer>> PostgresServer::start(
    const std::string& bin_directory, const runtime::CancellationToken& cancellation) {
  Result<std::optional<Account>> account = account_for_server();
  if (!account) return std::move(account).error();
  Result<std::string> directory = make_directory(*account);
  if (!directory) return std::move(directory).error();
  std::unique_ptr<PostgresServer> server(new PostgresServer(*std::move(directory)));
  BELAY_TRY(server->spawn(bin_directory));
  BELAY_TRY(server->wait_until_ready(cancellation));
  return server;
}

Result<void> PostgresServer::spawn(const std::string& bin_directory) {
  Result<std::optional<Account>> account = account_for_server();
  if (!account) return std::move(account).error();
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return system_error("cannot make a pipe", "");
  lifeline_ = pipe_ends[1];
  std::string script = kKeeper;
  std::string bin = bin_directory;
  std::string path = "PATH=/usr/bin:/bin";
  std::string shell = "sh";
  std::string option = "-c";
  char* arguments[] = {shell.data(), option.data(),     script.data(), shell.data(),
                       bin.data(),   directory_.data(), nullptr};
  // Of our environment nothing reaches the server: variables of libpq and of locales would.
  char* environment[] = {path.data(), nullptr};
  keeper_ = ::fork();
  if (keeper_ == 0) become_keeper(pipe_ends[0], *account, arguments, environment);
  const int problem = errno;
  ::close(pipe_ends[0]);
  errno = problem;
  if (keeper_ < 0) return system_error("cannot start a process for the server", "");
  return {};
}

bool PostgresServer::keeper_is_gone() {
  if (keeper_ > 0 && ::waitpid(keeper_, nullptr, WNOHANG) == keeper_) keeper_ = -1;
  return keeper_ < 0;
}

Result<void> PostgresServer::wait_until_ready(const runtime::CancellationToken& cancellation) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  constexpr auto kPatience = std::chrono::seconds(120);  // a machine may be busy
  const auto begun = std::chrono::steady_clock::now();
  const std::string socket = directory_ + "/.s.PGSQL.5432";
  for (;;) {
    if (cancellation.cancelled()) return Error{"cancelled", "", ""};
    std::string refusal;
    if (::access(socket.c_str(), F_OK) == 0) {
      Result<std::unique_ptr<runtime::Connection>> tried = runtime::connect(url("postgres"), {});
      if (tried) return {};
      refusal = tried.error().message;
    }
    const bool failed = ::access((directory_ + "/failed").c_str(), F_OK) == 0;
    const bool late = std::chrono::steady_clock::now() - begun > kPatience;
    if (failed || late || keeper_is_gone()) {
      std::string said = log_tail();
      if (said.empty()) said = refusal.empty() ? "it said nothing" : refusal;
      return Error{"a PostgreSQL server cannot be started: " + said, directory_,
                   "name other programs with --pg-bin DIR, or a server that runs with "
                   "--database URL"};
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::string PostgresServer::log_tail() const {
  std::ifstream in(directory_ + "/log");
  const std::string log((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  constexpr size_t kMost = 500;
  std::string_view tail = ascii::trim(log);
  if (tail.size() > kMost) tail.remove_prefix(tail.size() - kMost);
  return std::string(tail);
}

PostgresServer::~PostgresServer() {
  if (lifeline_ >= 0) ::close(lifeline_);
  while (keeper_ > 0 && ::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  // The keeper has removed it, unless it was never started or came to its own end.
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

runtime::DatabaseUrl PostgresServer::url(const std::string& database) const {
  runtime::DatabaseUrl out;
  out.engine = runtime::Engine::kPostgres;
  out.host = directory_;
  out.port = "5432";  // else PGPORT of whoever calls us would count
  out.user = "belay";
  out.database = database;
  return out;
}

}  // namespace belay::workbench

#include "runtime/io/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

struct Pipe {
  UniqueFd reading, writing;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Error{std::string("cannot make a pipe: ") + std::strerror(errno), "", ""};
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// Ours, with `more` in place of what has the same name.
std::vector<std::string> whole_environment(const std::vector<std::string>& more) {
  std::vector<std::string> out = more;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& other : more) replaced = replaced || other.starts_with(name);
    if (!replaced) out.emplace_back(text);
  }
  return out;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const Request& request) {
  ChildProcess child;
  child.name_ = std::string(path::file_name(request.command[0]));
  Result<Pipe> input = make_pipe();
  if (!input) return std::move(input).error();
  Result<Pipe> output = make_pipe();
  if (!output) return std::move(output).error();
  if (!request.shows_complaints)
    child.complaints_ = UniqueFd(::memfd_create("complaints", MFD_CLOEXEC));
  // All that allocates comes before the fork.
  std::vector<std::string> arguments = request.command;
  std::vector<std::string> environment = whole_environment(request.environment);
  const std::vector<char*> argument_list = pointers(arguments);
  const std::vector<char*> environment_list = pointers(environment);
  child.pid_ = ::fork();
  if (child.pid_ < 0) {
    return Error{std::string("cannot start a process: ") + std::strerror(errno), child.name_, ""};
  }
  if (child.pid_ == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(request.writes_input ? input->reading.get() : nowhere, STDIN_FILENO);
    ::dup2(request.reads_output ? output->writing.get() : nowhere, STDOUT_FILENO);
    if (!request.shows_complaints) ::dup2(child.complaints_.get(), STDERR_FILENO);
    if (!request.directory.empty() && ::chdir(request.directory.c_str()) != 0) ::_exit(127);
    ::execve(argument_list[0], argument_list.data(), environment_list.data());
    ::_exit(127);
  }
  if (request.writes_input) child.input_ = std::move(input->writing);
  if (request.reads_output) child.output_ = std::move(output->reading);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      complaints_(std::move(other.complaints_)) {}

ChildProcess::~ChildProcess() { end(); }

void ChildProcess::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool ChildProcess::has_output(int milliseconds) const {
  pollfd ready{output_.get(), POLLIN, 0};
  return ::poll(&ready, 1, milliseconds) > 0;
}

Result<void> ChildProcess::write(std::string_view bytes) {
  while (!bytes.empty()) {
    // Its death is an error for us, not a signal.
    struct sigaction ignore {};
    struct sigaction before {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before);
    const ssize_t written = ::write(input_.get(), bytes.data(), bytes.size());
    const int problem = errno;
    ::sigaction(SIGPIPE, &before, nullptr);
    if (written < 0 && problem == EINTR) continue;
    if (written < 0) return Error{name_ + " takes no more: " + std::strerror(problem), "", ""};
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<std::string> ChildProcess::read() {
  constexpr size_t kMost = size_t{256} << 10U;
  std::string out(kMost, '\0');
  for (;;) {
    const ssize_t got = ::read(output_.get(), out.data(), out.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{std::string("cannot read from ") + name_, std::strerror(errno), ""};
    out.resize(static_cast<size_t>(got));
    return out;
  }
}

Result<std::optional<std::string>> ChildProcess::read_line(
    const CancellationToken& cancellation, std::optional<std::chrono::milliseconds> limit) {
  const auto begun = std::chrono::steady_clock::now();
  size_t end = 0;
  while ((end = heard_.find('\n')) == std::string::npos) {
    constexpr int kPauseMs = 100;
    while (!has_output(kPauseMs)) {
      const bool late = limit && std::chrono::steady_clock::now() - begun > *limit;
      if (!late && !cancellation.cancelled()) continue;
      this->end();
      return Error{late ? "it does not answer" : "cancelled", name_, ""};
    }
    Result<std::string> more = read();
    if (!more) return std::move(more).error();
    if (more->empty()) return std::optional<std::string>();
    heard_ += *more;
  }
  std::string line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return std::optional(std::move(line));
}

Result<void> ChildProcess::wait() {
  if (pid_ <= 0) return {};
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::array<char, 2000> text{};
  if (WIFSIGNALED(status)) {
    return Error{name_ + " was ended by signal " + std::to_string(WTERMSIG(status)), "", ""};
  }
  const ssize_t got = ::pread(complaints_.get(), text.data(), text.size(), 0);
  const std::string_view said(text.data(), got > 0 ? static_cast<size_t>(got) : 0);
  constexpr int kNotStarted = 127;
  std::string message =
      WIFEXITED(status) && WEXITSTATUS(status) == kNotStarted ? name_ + " cannot be started"
      : said.empty() ? name_ + " ended with " + std::to_string(WEXITSTATUS(status))
                     : name_ + " failed: " + std::string(ascii::trim(said));
  return Error{std::move(message), "", ""};
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const std::string candidate = path::join(rest.substr(0, end), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace belay::runtime

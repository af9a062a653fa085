#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "lsp/transport/message_splitter.h"
#include "tests/lsp/support/wire.h"

namespace belay::lsp::testing {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends = {};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read = ends[0];
    write = ends[1];
  }
  int read = -1;
  int write = -1;
};

void close_once(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

}  // namespace

struct ProcessWire::State {
  pid_t pid = -1;
  int input = -1;   ///< we write
  int output = -1;  ///< we read
  MessageSplitter splitter;
  std::optional<int> status;
  size_t received = 0;
  size_t in_messages = 0;
};

ProcessWire::ProcessWire(std::vector<std::string> arguments) : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe to_server;
  const Pipe from_server;
  std::vector<char*> argv;
  std::string program = BELAY_PROGRAM;
  argv.push_back(program.data());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  state_->pid = fork();
  if (state_->pid == 0) {
    dup2(to_server.read, STDIN_FILENO);
    dup2(from_server.write, STDOUT_FILENO);
    std::signal(SIGPIPE, SIG_DFL);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(to_server.read);
  close(from_server.write);
  state_->input = to_server.write;
  state_->output = from_server.read;
}

ProcessWire::~ProcessWire() {
  close_input();
  close_output();
  if (!exit_code(std::chrono::seconds(5))) {
    kill(state_->pid, SIGKILL);
    waitpid(state_->pid, nullptr, 0);
  }
}

void ProcessWire::send(std::string_view body) {
  send_bytes("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void ProcessWire::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(state_->input, bytes.data(), bytes.size());
    if (n <= 0) return;  // the server is gone, which the test will notice
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

std::optional<std::string> ProcessWire::receive(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (true) {
    if (state_->splitter.next() == MessageSplitter::Event::kMessage) {
      const std::string_view body = state_->splitter.body();
      state_->in_messages +=
          body.size() + ("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").size();
      return std::string(body);
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0 || state_->output < 0) return std::nullopt;
    pollfd waiting = {state_->output, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 65536> chunk = {};
    const ssize_t n = read(state_->output, chunk.data(), chunk.size());
    if (n <= 0) return std::nullopt;
    state_->received += static_cast<size_t>(n);
    state_->splitter.feed({chunk.data(), static_cast<size_t>(n)});
  }
}

void ProcessWire::close_input() { close_once(state_->input); }
void ProcessWire::close_output() { close_once(state_->output); }
bool ProcessWire::is_alive() { return !exit_code(std::chrono::milliseconds(50)); }

size_t ProcessWire::bytes_received() const { return state_->received; }
size_t ProcessWire::bytes_of_messages() const { return state_->in_messages; }

std::optional<int> ProcessWire::exit_code(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (!state_->status) {
    int status = 0;
    if (waitpid(state_->pid, &status, WNOHANG) == state_->pid) {
      state_->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    } else if (Clock::now() >= deadline) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  return state_->status;
}

}  // namespace belay::lsp::testing

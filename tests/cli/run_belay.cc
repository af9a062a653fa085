#include "tests/cli/run_belay.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace belay::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void become_belay(const std::vector<std::string>& arguments,
                               const RunOptions& options) {
  if (chdir(options.folder.c_str()) != 0) _exit(126);
  unsetenv("NO_COLOR");
  setenv("TERM", "xterm", 1);
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  if (options.address_space > 0) {
    const rlimit limit = {options.address_space, options.address_space};
    setrlimit(RLIMIT_AS, &limit);
  }
  std::vector<char*> argv = {const_cast<char*>("belay")};
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  execv(BELAY_PROGRAM, argv.data());
  _exit(127);
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

int wait_for(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Answer run_on_terminal(const std::vector<std::string>& arguments, const RunOptions& options) {
  Answer out;
  int terminal = -1;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) become_belay(arguments, options);
  // The terminal keeps it until it is read, as it keeps what a person types ahead.
  if (!options.input.empty() && write(terminal, options.input.data(), options.input.size()) < 0) {
    throw std::runtime_error("the terminal takes no input");
  }
  char piece[4096];
  for (ssize_t n = 0; (n = read(terminal, piece, sizeof piece)) > 0;) out.out.append(piece, n);
  out.exit_code = wait_for(pid);
  close(terminal);
  return out;
}

}  // namespace

Answer run_belay(const std::vector<std::string>& arguments, const RunOptions& options) {
  if (options.terminal) return run_on_terminal(arguments, options);
  const ScratchFolder scratch;
  const std::string in = scratch.path() / "in";
  const std::string out = scratch.path() / "out";
  const std::string err = scratch.path() / "err";
  std::ofstream(in, std::ios::binary) << options.input;
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(open(in.c_str(), O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    become_belay(arguments, options);
  }
  const int exit_code = wait_for(pid);
  return {exit_code, read_text(out), read_text(err)};
}

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "belay-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string ScratchFolder::text(const std::string& name) const { return read_text(path_ / name); }

void ScratchFolder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

}  // namespace belay::cli

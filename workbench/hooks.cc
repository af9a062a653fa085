#include "workbench/hooks.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <tuple>

#include "support/file_system.h"
#include "support/joined.h"

extern char** environ;

namespace belay::workbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A minute is long for putting up a page, and still ends while a person waits.
constexpr milliseconds kHookTimeout{60'000};

/// Text in JSON's quotes.
std::string quoted_json(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20U) {
      out += std::string("\\u00") + kDigits[byte >> 4U] + kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// The environment of this process with some variables set anew.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!variables.contains(text.substr(0, text.find('=')))) out.push_back(text);
  }
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// In the child, between fork and exec: nothing that allocates.
[[noreturn]] void become(char* const* arguments, char* const* variables, const char* directory,
                         int problem) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // our standard output may be data
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  if (*directory == '\0' || ::chdir(directory) == 0) ::execvpe(arguments[0], arguments, variables);
  const int code = errno;
  (void)!::write(problem, &code, sizeof code);
  ::_exit(127);
}

Error program_error(const std::vector<std::string>& command, const std::string& what) {
  return {"`" + joined(command, " ") + "` " + what, "", ""};
}

Result<void> wait_for(pid_t pid, const std::vector<std::string>& command, milliseconds timeout) {
  const Clock::time_point end = Clock::now() + timeout;
  int status = 0;
  constexpr milliseconds kPause{10};
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR) return program_error(command, "is gone");
    if (Clock::now() >= end) {
      ::kill(-pid, SIGKILL);  // a group of its own, so what it started ends with it
      ::waitpid(pid, &status, 0);
      return program_error(command,
                           "took longer than " + std::to_string(timeout.count() / 1000) + " s");
    }
    std::this_thread::sleep_for(kPause);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return program_error(command, WIFEXITED(status)
                                    ? "ended with " + std::to_string(WEXITSTATUS(status))
                                    : "was ended by signal " + std::to_string(WTERMSIG(status)));
}

}  // namespace

std::string Hook::to_string() const { return url.empty() ? joined(command, " ") : url; }

Result<Hook> read_hook(const std::vector<std::string>& words, const std::string& key) {
  Hook out;
  const bool address = words.size() == 1 && words[0].find("://") != std::string::npos;
  if (!address) {
    out.command = words;
    return out;
  }
  const std::string& url = words[0];
  if (!url.starts_with("http://")) {
    return Error{
        "`" + url.substr(0, url.find("://")) + "://` cannot be called by itself", "session." + key,
        "name a command that calls it: [\"curl\", \"--fail\", \"--max-time\", \"10\", ...]"};
  }
  const std::string authority = url.substr(7, url.find('/', 7) - 7);
  if (authority.empty() || authority.find('@') != std::string::npos) {
    return Error{"the address needs a host, and no user", "session." + key,
                 "write http://host:port/path"};
  }
  out.url = url;
  return out;
}

Result<void> run_program(const std::vector<std::string>& command,
                         const std::map<std::string, std::string>& environment,
                         const std::string& directory, milliseconds timeout) {
  std::vector<std::string> words = command;
  std::vector<std::string> variables = environment_with(environment);
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> entries = pointers(variables);
  int problem[2] = {-1, -1};
  if (::pipe2(problem, O_CLOEXEC) != 0) return program_error(command, "cannot be started");
  const pid_t pid = ::fork();
  if (pid == 0) become(arguments.data(), entries.data(), directory.c_str(), problem[1]);
  ::close(problem[1]);
  int code = 0;
  const bool failed = pid < 0 || ::read(problem[0], &code, sizeof code) == sizeof code;
  ::close(problem[0]);
  if (!failed) return wait_for(pid, command, timeout);
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  return program_error(command, std::string("cannot be started: ") + std::strerror(code));
}

Result<void> call_hook(const Hook& hook, const runtime::SessionEvent& event,
                       const std::string& directory, milliseconds timeout) {
  if (!hook.url.empty()) {
    return http_request("POST", hook.url,
                        "{\"event\":" + quoted_json(event.event) +
                            ",\"session\":" + quoted_json(event.session) +
                            ",\"database\":" + quoted_json(event.database) + "}",
                        timeout);
  }
  return run_program(hook.command,
                     {{"BELAY_EVENT", event.event},
                      {"BELAY_SESSION", event.session},
                      {"BELAY_DATABASE", event.database}},
                     directory, timeout);
}

Result<void> set_hooks(const project::SessionConfig& config, const std::string& directory,
                       runtime::SessionOptions& options) {
  if (!config.maintenance_file.empty()) {
    options.maintenance_file = path::absolute(path::join(directory, config.maintenance_file));
  }
  if (Result<Hook> health = read_hook(config.health, "health"); !health) {
    return std::move(health).error();
  }
  for (const auto& [words, key, target] :
       {std::tuple{&config.on_begin, "on_begin", &options.on_begin},
        std::tuple{&config.on_end, "on_end", &options.on_end}}) {
    Result<Hook> hook = read_hook(*words, key);
    if (!hook) return std::move(hook).error();
    if (hook->empty()) continue;
    *target = [hook = *std::move(hook), directory](const runtime::SessionEvent& event) {
      return call_hook(hook, event, directory, kHookTimeout);
    };
  }
  return {};
}

}  // namespace belay::workbench

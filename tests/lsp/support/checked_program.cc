// `belay`, with each message of `belay lsp` and of its editor checked against the protocol's meta
// model on the way. What does not fit is written beside this program, in NAME.problems, and ends
// it, so that the test of that editor fails.

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iostream>
#include <map>

#include "lsp/transport/message_splitter.h"
#include "tests/lsp/support/meta_model.h"

namespace belay::lsp::testing {
namespace {

using Json = nlohmann::json;
using Sender = MetaModel::Sender;

constexpr int kBadMessage = 70;

/// Both directions of a connection, as they go by.
class Traffic {
 public:
  explicit Traffic(std::string problems_path) : path_(std::move(problems_path)) {}

  void pass(Sender sender, std::string_view bytes) {
    MessageSplitter& splitter = splitters_[sender == Sender::kClient ? 0 : 1];
    splitter.feed(bytes);
    while (true) {
      switch (splitter.next()) {
        case MessageSplitter::Event::kNeedMore: return;
        case MessageSplitter::Event::kMessage: check(sender, std::string(splitter.body())); break;
        default: fail("what is no message", "");
      }
    }
  }

 private:
  void check(Sender sender, const std::string& body) {
    const Json message = Json::parse(body, nullptr, false);
    if (!message.is_object()) fail("no JSON object", body);
    const MetaModel& model = *MetaModel::installed();
    auto& asked_by_it = asked_[sender == Sender::kClient ? 0 : 1];
    auto& asked_of_it = asked_[sender == Sender::kClient ? 1 : 0];
    // An editor says what it says: Neovim 0.7 names a capability that the protocol does not have.
    const bool is_ours = sender == Sender::kServer;
    MetaModel::Problems problems;
    if (message.contains("method")) {
      const std::string method = message["method"].get<std::string>();
      if (message.contains("id")) asked_by_it[message["id"].dump()] = method;
      if (is_ours && !method.starts_with("belay/")) {
        problems = model.check_params(method, message, sender);
      }
    } else {
      const auto asked = asked_of_it.find(message.value("id", Json()).dump());
      if (asked == asked_of_it.end()) fail("an answer to nothing", body);
      if (is_ours) problems = model.check_response(asked->second, message);
    }
    if (!problems.empty()) fail(problems.front(), body);
  }

  [[noreturn]] void fail(const std::string& problem, const std::string& body) const {
    std::ofstream(path_, std::ios::app) << problem << "\nin " << body << "\n";
    std::cerr << problem << "\nin " << body << "\n";
    std::_Exit(kBadMessage);
  }

  std::string path_;
  std::array<MessageSplitter, 2> splitters_;
  std::array<std::map<std::string, std::string>, 2> asked_;  ///< methods by ids
};

/// False at the end of the input.
bool forward(int from, int to, Traffic& traffic, Sender sender) {
  std::array<char, 65536> buffer = {};
  const ssize_t got = read(from, buffer.data(), buffer.size());
  if (got <= 0) return false;
  traffic.pass(sender, {buffer.data(), static_cast<size_t>(got)});
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t now = write(to, buffer.data() + sent, static_cast<size_t>(got - sent));
    if (now < 0) return false;
    sent += now;
  }
  return true;
}

int serve(char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> to_server = {};
  std::array<int, 2> from_server = {};
  if (pipe2(to_server.data(), O_CLOEXEC) != 0 || pipe2(from_server.data(), O_CLOEXEC) != 0)
    return 1;
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(to_server[0], STDIN_FILENO);
    dup2(from_server[1], STDOUT_FILENO);
    execv(BELAY_PROGRAM, argv);
    std::_Exit(127);
  }
  close(to_server[0]);
  close(from_server[1]);
  const std::string program = argv[0];
  Traffic traffic(program + ".problems");
  std::array<pollfd, 2> wait = {pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{from_server[0], POLLIN, 0}};
  while (poll(wait.data(), wait.size(), -1) >= 0) {
    if (wait[0].revents != 0 && !forward(STDIN_FILENO, to_server[1], traffic, Sender::kClient)) {
      close(to_server[1]);
      wait[0].fd = -1;
    }
    if (wait[1].revents != 0 && !forward(from_server[0], STDOUT_FILENO, traffic, Sender::kServer)) {
      break;
    }
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace
}  // namespace belay::lsp::testing

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "lsp") return belay::lsp::testing::serve(argv);
  execv(BELAY_PROGRAM, argv);
  return 127;
}

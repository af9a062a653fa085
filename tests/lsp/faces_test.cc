// The program's other faces than standard input and output: a socket, a trace, a check without an
// editor.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "lsp/transport/message_splitter.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string contents(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

/// A run of the program through a shell, whose output is read.
class ProgramRun {
 public:
  explicit ProgramRun(const std::string& arguments)
      : pipe_(popen((std::string(BELAY_PROGRAM) + " lsp " + arguments).c_str(), "r")) {}
  ~ProgramRun() {
    if (pipe_ != nullptr) pclose(pipe_);
  }
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  std::string line() {
    std::array<char, 4096> text{};
    return fgets(text.data(), text.size(), pipe_) == nullptr ? "" : text.data();
  }
  std::string rest() {
    std::string out;
    for (std::string next = line(); !next.empty(); next = line()) out += next;
    return out;
  }
  int exit_code() { return WEXITSTATUS(pclose(std::exchange(pipe_, nullptr))); }

 private:
  FILE* pipe_;
};

/// The server's socket.
class SocketWire : public Wire {
 public:
  explicit SocketWire(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~SocketWire() override { close(fd_); }
  SocketWire(const SocketWire&) = delete;
  SocketWire& operator=(const SocketWire&) = delete;

  bool connected() const { return connected_; }
  void send(std::string_view body) override {
    const std::string text =
        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  std::optional<std::string> receive(std::chrono::milliseconds) override {
    while (splitter_.next() != MessageSplitter::Event::kMessage) {
      std::array<char, 65536> chunk{};
      const ssize_t bytes = recv(fd_, chunk.data(), chunk.size(), 0);
      if (bytes <= 0) return std::nullopt;
      splitter_.feed({chunk.data(), static_cast<size_t>(bytes)});
    }
    return std::string(splitter_.body());
  }

 private:
  int fd_;
  bool connected_ = false;
  MessageSplitter splitter_;
};

uint16_t announced_port(ProgramRun& run) {
  const std::string line = run.line();
  const std::string before = "listening on 127.0.0.1:";
  EXPECT_THAT(line, HasSubstr(before));
  return static_cast<uint16_t>(std::atoi(line.substr(before.size()).c_str()));
}

class FacesTest : public ::testing::Test {
 protected:
  FacesTest() {
    folder_.write("belay.toml", "dialect = \"postgresql\"\n");
    folder_.write("migrations/0001_users.up.sql",
                  "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n");
    folder_.write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_phone.up.sql", kDropsPhone);
  }

  static constexpr const char* kDropsPhone = "ALTER TABLE users DROP COLUMN phone;\n";
  ProjectFolder folder_;
};

TEST_F(FacesTest, ASocketServesOneClientAndEndsWithIt) {
  ProgramRun run("--log off --socket 0");
  const uint16_t port = announced_port(run);
  ASSERT_NE(port, 0);
  {
    SocketWire wire(port);
    ASSERT_TRUE(wire.connected());
    Client client(wire);
    client.initialize_in(folder_.root());
    const std::string uri = folder_.uri("migrations/0002_phone.up.sql");
    client.open(uri, kDropsPhone);
    EXPECT_THAT(codes(client.diagnostics(uri, 1)), Contains("drop-column"));
    EXPECT_FALSE(SocketWire(port).connected()) << "a second client";
    client.request("shutdown", nullptr);
    client.notify("exit", nullptr);
    EXPECT_EQ(wire.receive({}), std::nullopt);
  }
  EXPECT_EQ(run.exit_code(), 0);
}

TEST_F(FacesTest, AClientThatIsGoneEndsTheServer) {
  ProgramRun run("--log off --socket 0");
  const uint16_t port = announced_port(run);
  ASSERT_TRUE(SocketWire(port).connected());
  EXPECT_EQ(run.exit_code(), 1) << "nobody asked for `shutdown`";
}

TEST_F(FacesTest, APortThatIsNoneIsRefused) {
  for (const char* port : {"65536", "x", "-1", "80x"}) {
    EXPECT_EQ(ProgramRun(std::string("--socket ") + port + " 2>/dev/null").exit_code(), 2) << port;
  }
}

TEST_F(FacesTest, ATraceTellsOfRequestsAndAnalyses) {
  const std::string trace = folder_.path("trace.json");
  {
    ProcessWire wire({"lsp", "--log", "off", "--trace", trace});
    Client client(wire);
    client.initialize_in(folder_.root());
    const std::string uri = folder_.uri("migrations/0002_phone.up.sql");
    client.open(uri, kDropsPhone);
    client.diagnostics(uri, 1);
    client.request("textDocument/documentSymbol", {{"textDocument", {{"uri", uri}}}});
    client.request("shutdown", nullptr);
    client.notify("exit", nullptr);
    EXPECT_EQ(wire.exit_code(), 0);
  }
  const Json events = Json::parse(contents(trace));
  std::vector<std::string> told;
  for (const Json& e : events) {
    told.push_back(e["ph"].get<std::string>() + " " + e.value("cat", "") + " " +
                   e["name"].get<std::string>());
    if (e["name"] == "analyze") {
      EXPECT_EQ(e["args"]["scripts"], 3) << e;
    }
    if (e["ph"] == "X" && e["cat"] == "analysis" && e["name"] == "textDocument/documentSymbol") {
      EXPECT_GE(e["args"]["waited_us"].get<int64_t>(), 0);
      EXPECT_TRUE(e["args"].contains("id"));
    }
  }
  for (const char* event :
       {"b request textDocument/documentSymbol", "X main textDocument/documentSymbol",
        "X analysis textDocument/documentSymbol", "e request textDocument/documentSymbol",
        "X main textDocument/didOpen", "X analysis analyze", "M  thread_name"}) {
    EXPECT_THAT(told, Contains(event));
  }
}

TEST_F(FacesTest, ATraceCanBeReadAfterAKill) {
  const std::string trace = folder_.path("trace.json");
  ProgramRun run("--log off --socket 0 --trace '" + trace + "' & echo pid $!; wait");
  std::string first = run.line();
  std::string second = run.line();
  if (first.starts_with("listening")) std::swap(first, second);
  const pid_t pid = std::atoi(first.substr(4).c_str());
  const uint16_t port =
      static_cast<uint16_t>(std::atoi(second.substr(second.find("1:") + 2).c_str()));
  SocketWire wire(port);
  ASSERT_TRUE(wire.connected());
  Client client(wire);
  client.initialize_in(folder_.root());
  ASSERT_GT(pid, 1);
  kill(pid, SIGKILL);
  while (wire.receive({}) != std::nullopt) {
  }
  const Json events = Json::parse(contents(trace) + "]");
  EXPECT_GE(events.size(), 3U);
}

TEST_F(FacesTest, ACheckTellsWhatAnEditorWouldSeeAndHowLongItTakes) {
  ProgramRun run("--check '" + folder_.path("migrations/0002_phone.up.sql") + "'");
  const std::string report = run.rest();
  EXPECT_THAT(report, AllOf(HasSubstr("0002_phone.up.sql:1:1: "), HasSubstr("[drop-column]"),
                            HasSubstr("textDocument/hover"), HasSubstr("textDocument/references"),
                            HasSubstr("codeAction/resolve"), HasSubstr(" 0 failures"),
                            HasSubstr("statements"), HasSubstr("resident")));
  EXPECT_THAT(report, Not(HasSubstr("failed:")));
  EXPECT_EQ(run.exit_code(), 0);
}

TEST_F(FacesTest, ACheckOfAFileThatIsNotThereIsAnError) {
  EXPECT_EQ(ProgramRun("--check '" + folder_.path("none.sql") + "' 2>/dev/null").exit_code(), 2);
}

}  // namespace
}  // namespace belay::lsp::testing

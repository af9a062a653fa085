#include "workbench/hooks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Answers one request on loopback, and keeps it.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() { request(); }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// What was asked; ends the server.
  const std::string& request() {
    if (thread_.joinable()) {
      ::shutdown(listener_, SHUT_RDWR);
      thread_.join();
      ::close(listener_);
    }
    return request_;
  }

 private:
  void serve() {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    char piece[4096];
    while (request_.find("\r\n\r\n") == std::string::npos ||
           request_.find("}") == std::string::npos) {
      const ssize_t n = ::recv(fd, piece, sizeof piece, 0);
      if (n <= 0) break;
      request_.append(piece, static_cast<size_t>(n));
      if (request_.starts_with("GET")) break;
    }
    if (!answer_.empty()) (void)::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    if (answer_.empty()) std::this_thread::sleep_for(milliseconds(300));
    ::close(fd);
  }

  std::string answer_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
  std::string request_;
};

TEST(ReadHook, TellsProgramsFromAddresses) {
  EXPECT_EQ(read_hook({"systemctl", "stop", "shop"}, "on_begin")->to_string(),
            "systemctl stop shop");
  EXPECT_EQ(read_hook({"http://localhost:8080/x"}, "on_begin")->url, "http://localhost:8080/x");
  EXPECT_TRUE(read_hook({}, "on_begin")->empty());
  const Result<Hook> secure = read_hook({"https://example.org/token-1234"}, "on_end");
  ASSERT_FALSE(secure.ok());
  EXPECT_THAT(secure.error().hint, HasSubstr("curl"));
  EXPECT_THAT(secure.error().to_string(), Not(HasSubstr("token"))) << "it may be secret";
  EXPECT_FALSE(read_hook({"http:///x"}, "on_end").ok());
  EXPECT_FALSE(read_hook({"http://user:pass@host/"}, "on_end").ok());
}

TEST(RunProgram, NeedsNoShellAndTellsHowItEnded) {
  const auto run = [](const std::vector<std::string>& words, int ms = 5000) {
    return run_program(words, {{"BELAY_X", "a b"}}, "", milliseconds(ms));
  };
  EXPECT_TRUE(run({"true"}).ok());
  EXPECT_TRUE(run({"test", "$HOME;*", "=", "$HOME;*"}).ok()) << "words arrive as they are";
  EXPECT_TRUE(run({"sh", "-c", "test \"$BELAY_X\" = 'a b'"}).ok());
  EXPECT_THAT(run({"sh", "-c", "exit 7"}).error().message, HasSubstr("ended with 7"));
  EXPECT_THAT(run({"sh", "-c", "kill -9 $$"}).error().message, HasSubstr("ended by signal 9"));
  EXPECT_THAT(run({"/no/such/program"}).error().message,
              AllOf(HasSubstr("cannot be started"), HasSubstr("No such file")));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(run({"sh", "-c", "sleep 30 & wait"}, 200).error().message, HasSubstr("took longer"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(5000));
}

TEST(HttpRequest, PostsJsonAndWantsASuccess) {
  OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
  const Result<void> done = call_hook(
      {{}, server.url("/hook?x=1")}, {"begin", "s-1", "sqlite:a \"b\".db"}, "", milliseconds(5000));
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_THAT(
      server.request(),
      AllOf(HasSubstr("POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"),
            HasSubstr("Content-Type: application/json\r\n"),
            HasSubstr("\r\n\r\n{\"event\":\"begin\",\"session\":\"s-1\",\"database\":\"sqlite:a "
                      "\\\"b\\\".db\"}")));
}

TEST(HttpRequest, TellsWhatWentWrong) {
  OneAnswer refusing("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  const auto get = [](const std::string& url) {
    return http_request("GET", url, "", milliseconds(200));
  };
  EXPECT_THAT(get(refusing.url("/")).error().message, HasSubstr("503 Service Unavailable"));
  OneAnswer silent("");
  EXPECT_THAT(get(silent.url("/")).error().message, HasSubstr("no answer in time"));
  EXPECT_THAT(get("http://127.0.0.1:1/").error().message, HasSubstr("nobody answers"));
}

class Hooks : public ProjectFixture {
 protected:
  void configure(const std::string& session) {
    write("belay.toml",
          "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n[session]\n" + session);
    write("migrations/1_a.up.sql", "CREATE TABLE a (x);\n");
  }
};

TEST_F(Hooks, AreCalledWithWhatHappens) {
  configure(
      "maintenance_file = \"maintenance.flag\"\n"
      "on_begin = [\"sh\", \"-c\", \"echo $BELAY_EVENT $BELAY_DATABASE > begun\"]\n"
      "on_end = [\"sh\", \"-c\", \"echo $BELAY_EVENT $BELAY_SESSION > ended\"]\n");
  const SessionTarget project = target();
  EXPECT_THAT(project.hooks, ::testing::ElementsAre(HasSubstr("before a session: sh -c"),
                                                    HasSubstr("behind it: sh -c")));
  const runtime::BeginReport begun = expect(begin(project));
  EXPECT_EQ(testing::read_bytes(file("begun")), "begin sqlite:app.db\n");
  EXPECT_TRUE(std::filesystem::exists(file("maintenance.flag")));
  EXPECT_FALSE(std::filesystem::exists(file("ended")));
  expect(commit(project));
  EXPECT_EQ(testing::read_bytes(file("ended")), "end " + begun.session + "\n");
  EXPECT_FALSE(std::filesystem::exists(file("maintenance.flag")));
}

TEST_F(Hooks, OneThatFailsOpensNoSession) {
  configure("on_begin = [\"false\"]\n");
  const Result<runtime::BeginReport> report = begin(target());
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message,
              AllOf(HasSubstr("`false` ended with 1"), HasSubstr("no session")));
}

TEST_F(Hooks, AnAddressWithEncryptionIsRefusedWithItsPlace) {
  configure("on_end = \"https://example.org/\"\n");
  const Result<SessionTarget> none = find_target(DiskFileSystem(), request());
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().where, HasSubstr("belay.toml: session.on_end"));
}

}  // namespace
}  // namespace belay::workbench

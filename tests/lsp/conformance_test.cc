// The program as editors run it, and what only bad or unlucky editors do to it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class ConformanceTest : public ::testing::Test {
 protected:
  void start() { client_.initialize_in(folder_.root()); }
  std::string uri(const std::string& name) const { return folder_.uri(name); }
  Json hover_at(const std::string& document, const Json& place) {
    return client_.request("textDocument/hover",
                           {{"textDocument", {{"uri", document}}}, {"position", place}});
  }
  /// Still there, and still answering.
  void expect_alive() {
    EXPECT_TRUE(wire_.is_alive());
    EXPECT_EQ(client_.request("belay/ping", nullptr)["error"]["code"], -32601);
  }

  ProjectFolder folder_;
  ProcessWire wire_;
  Client client_{wire_};
};

// --- the table of probes -----------------------------------------------------------------------

TEST_F(ConformanceTest, UnknownRequest) {
  client_.behave_badly();
  start();
  EXPECT_EQ(client_.request("belay/nope", Json::object())["error"]["code"], -32601);
  client_.notify("belay/nope", Json::object());
  client_.notify("$/nope", Json::object());
  expect_alive();
}

TEST_F(ConformanceTest, RequestBeforeInitialize) {
  EXPECT_EQ(hover_at(uri("a.sql"), position(0, 0))["error"]["code"], -32002);
  client_.open(uri("a.sql"), "select 1;");
  start();
  expect_alive();
}

TEST_F(ConformanceTest, MalformedJson) {
  start();
  client_.raw(R"({"jsonrpc": "2.0", "id": 5, "method": )");
  const Json answer = client_.response_without_id();
  EXPECT_EQ(answer["error"]["code"], -32700);
  EXPECT_EQ(answer["id"], nullptr);
  expect_alive();
}

TEST_F(ConformanceTest, ChangeOfADocumentThatWasNeverOpened) {
  start();
  client_.change(uri("never.sql"), 2, Json::array({{{"text", "x"}}}));
  expect_alive();
}

TEST_F(ConformanceTest, HoverOnADocumentThatIsNotOpen) {
  start();
  EXPECT_EQ(hover_at(uri("never.sql"), position(0, 0))["error"]["code"], -32602);
  expect_alive();
}

TEST_F(ConformanceTest, ChangeFarOutOfRange) {
  start();
  client_.open(uri("a.sql"), "select 1;\n");
  client_.change(
      uri("a.sql"), 2,
      Json::array({{{"range", range(position(99, 99), position(100, 0))}, {"text", "x"}}}));
  client_.diagnostics(uri("a.sql"), 2);
  expect_alive();
}

TEST_F(ConformanceTest, RequestAfterShutdown) {
  start();
  EXPECT_EQ(client_.request("shutdown", nullptr)["result"], nullptr);
  EXPECT_EQ(hover_at(uri("a.sql"), position(0, 0))["error"]["code"], -32600);
  client_.notify("exit", nullptr);
  EXPECT_EQ(wire_.exit_code(), 0);
}

TEST_F(ConformanceTest, ExitWithoutShutdown) {
  start();
  client_.notify("exit", nullptr);
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, ExitBeforeInitialize) {
  client_.notify("exit", nullptr);
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, InputClosed) {
  start();
  wire_.close_input();
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, InputClosedAfterShutdown) {
  start();
  client_.request("shutdown", nullptr);
  wire_.close_input();
  EXPECT_EQ(wire_.exit_code(), 0);
}

class ColumnsTest : public ConformanceTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(ColumnsTest, CountInTheNegotiatedUnit) {
  const std::string encoding = GetParam();
  Json capabilities = Client::capabilities();
  capabilities["general"]["positionEncodings"] = {encoding};
  const Json result = client_.initialize(
      {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", capabilities}});
  EXPECT_EQ(result["capabilities"]["positionEncoding"], encoding);
  const std::string before = "SELECT 'éé𐐀'; ";
  client_.open(uri("a.sql"), before + "DROP TABLE users;\n");
  // One character takes two units in UTF-16, four in UTF-8; two others take two in UTF-8.
  const std::map<std::string, uint32_t> starts = {{"utf-32", 14}, {"utf-16", 15}, {"utf-8", 19}};
  std::vector<uint32_t> columns;
  for (const Json& d : client_.diagnostics(uri("a.sql"), 1)) {
    columns.push_back(d["range"]["start"]["character"].get<uint32_t>());
  }
  constexpr uint32_t kDropTable = 11;
  EXPECT_THAT(columns, Contains(starts.at(encoding) + kDropTable));
}

INSTANTIATE_TEST_SUITE_P(Encodings, ColumnsTest, ::testing::Values("utf-8", "utf-16", "utf-32"));

// --- beyond the table --------------------------------------------------------------------------

TEST_F(ConformanceTest, ParamsThatAreMissingOrWrong) {
  client_.behave_badly();
  start();
  for (const char* method :
       {"textDocument/hover", "textDocument/codeAction", "textDocument/codeLens",
        "textDocument/diagnostic", "workspace/executeCommand"}) {
    for (const Json& params :
         {Json(), Json::object(), Json::array({1}), Json(R"(x)"), Json({{"textDocument", 5}}),
          Json({{"textDocument", {{"uri", nullptr}}}})}) {
      EXPECT_EQ(client_.request(method, params)["error"]["code"], -32602) << method << params;
    }
  }
  for (const char* method :
       {"textDocument/didOpen", "textDocument/didChange", "textDocument/didClose",
        "textDocument/didSave", "workspace/didChangeWatchedFiles",
        "workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders",
        "window/workDoneProgress/cancel", "$/cancelRequest"}) {
    for (const Json& params :
         {Json(), Json::array(), Json::object(), Json({{"textDocument", 1}}),
          Json({{"changes", 1}, {"event", 1}, {"settings", 1}, {"id", {1}}})}) {
      client_.notify(method, params);
    }
  }
  expect_alive();
}

TEST_F(ConformanceTest, InitializeWithNothingInIt) {
  client_.behave_badly();
  EXPECT_TRUE(client_.request("initialize", nullptr).contains("result"));
  client_.open(uri("a.sql"), "DROP TABLE x;\n");
  EXPECT_THAT(client_.diagnostics(uri("a.sql"), 1), Not(IsEmpty()));
}

TEST_F(ConformanceTest, InitializeTwice) {
  client_.behave_badly();
  start();
  EXPECT_EQ(client_.request("initialize", Json::object())["error"]["code"], -32600);
  expect_alive();
}

TEST_F(ConformanceTest, GarbageBetweenMessages) {
  start();
  wire_.send_bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32700);
  wire_.send_bytes(std::string("\0\xFF\xFE\r\n\r\n", 7));
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32700);
  expect_alive();
}

TEST_F(ConformanceTest, ALengthThatNobodyCanMean) {
  start();
  wire_.send_bytes("Content-Length: 18446744073709551615999\r\n\r\n");
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32700);
  expect_alive();
  wire_.send_bytes("Content-Length: 9223372036854775807\r\n\r\n");
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32700);
  // Everything behind it belongs to that body; what matters is that no memory is taken for it.
  EXPECT_TRUE(wire_.is_alive());
  wire_.close_input();
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, InputThatEndsInTheMiddleOfAMessage) {
  start();
  wire_.send_bytes("Content-Length: 100\r\n\r\n{\"jsonrpc\"");
  wire_.close_input();
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, AClientThatNoLongerReads) {
  start();
  wire_.close_output();
  for (int i = 0; i < 50; ++i) client_.notify("belay/nope", Json::object());
  client_.open(uri("a.sql"), "DROP TABLE x;\n");
  EXPECT_EQ(wire_.exit_code(), 1);
}

TEST_F(ConformanceTest, RequestIdsThatAreTextsOrOpenTwice) {
  start();
  client_.raw(R"({"jsonrpc":"2.0","id":"text","method":"belay/nope"})");
  EXPECT_EQ(client_.response_without_id()["id"], "text");
  client_.raw(R"({"jsonrpc":"2.0","id":{"a":1},"method":"belay/nope"})");
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32600);
  client_.raw(R"({"jsonrpc":"2.0","id":null,"method":"belay/nope"})");
  EXPECT_EQ(client_.response_without_id()["error"]["code"], -32600);
  expect_alive();
}

TEST_F(ConformanceTest, AnswersToRequestsThatWereNeverMade) {
  start();
  client_.raw(R"({"jsonrpc":"2.0","id":4711,"result":null})");
  client_.raw(R"({"jsonrpc":"2.0","id":"x","error":{"code":"no","message":5}})");
  expect_alive();
}

TEST_F(ConformanceTest, OpenedTwiceAndClosedTwice) {
  start();
  client_.open(uri("a.sql"), "select 1;\n", 1);
  client_.open(uri("a.sql"), "DROP TABLE x;\n", 1);
  client_.notification("textDocument/publishDiagnostics",
                       [](const Json& p) { return !p["diagnostics"].empty(); });
  client_.close(uri("a.sql"));
  client_.close(uri("a.sql"));
  client_.close(uri("never.sql"));
  expect_alive();
}

TEST_F(ConformanceTest, AChangeWithAnOlderVersion) {
  start();
  client_.open(uri("a.sql"), "select 1;\n", 10);
  client_.change(uri("a.sql"), 4, Json::array({{{"text", "DROP TABLE x;\n"}}}));
  EXPECT_THAT(client_.diagnostics(uri("a.sql"), 4), Not(IsEmpty()));
}

TEST_F(ConformanceTest, HalfOfASurrogatePairInAText) {
  start();
  const std::string u = uri("a.sql");
  client_.raw(R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{)"
              R"("uri":")" +
              u +
              R"(","languageId":"sql","version":1,)"
              R"("text":"SELECT '\ud800'; DROP TABLE x;\n"}}})");
  const Json found = client_.diagnostics(u, 1);
  ASSERT_THAT(found, Not(IsEmpty()));
  // Where DROP begins: the lost half still counts as one unit.
  EXPECT_EQ(found[0]["range"]["start"]["character"], std::string("SELECT '?'; ").size());
}

TEST_F(ConformanceTest, AVeryLargeDocument) {
  start();
  std::string text;
  constexpr size_t kBytes = 10'000'000;
  for (int i = 0; text.size() < kBytes; ++i) {
    text += "INSERT INTO t" + std::to_string(i % 100) + " (id, name) VALUES (" + std::to_string(i) +
            ", 'some text that makes the line as long as lines usually are');\n";
  }
  client_.open(uri("big.sql"), text);
  client_.change(uri("big.sql"), 2,
                 Json::array({{{"range", range(position(5, 0), position(5, 0))}, {"text", " "}}}));
  client_.diagnostics(uri("big.sql"), 2);
  expect_alive();
}

TEST_F(ConformanceTest, AVeryLongLine) {
  start();
  client_.open(uri("long.sql"), "SELECT '" + std::string(5'000'000, 'x') + "'; DROP TABLE t;");
  EXPECT_THAT(client_.diagnostics(uri("long.sql"), 1), Not(IsEmpty()));
}

TEST_F(ConformanceTest, UrisOfAllKinds) {
  start();
  for (const std::string& u :
       {std::string("untitled:Untitled-1"), std::string("file:///c%3A/Users/x.sql"),
        std::string("git:/a/b.sql?%7B%7D"), std::string("vscode-notebook-cell:/x.sql#abc"),
        std::string("inmemory://model/1"), std::string("file:"),
        folder_.uri("mit Leerzeichen/ä ß 文.sql"), std::string("file:///%"),
        std::string("file:///a%00b.sql"), std::string("file:///dev/null/x.sql"),
        std::string("untitled:") + std::string(5000, 'a')}) {
    client_.open(u, "DROP TABLE x;\n");
    const Json params = client_.notification("textDocument/publishDiagnostics");
    EXPECT_EQ(params["uri"], u);
    hover_at(u, position(0, 3));
    client_.close(u);
    client_.notification("textDocument/publishDiagnostics");
  }
  expect_alive();
}

TEST_F(ConformanceTest, PositionsOutOfRange) {
  client_.behave_badly();
  start();
  const std::string u = uri("a.sql");
  client_.open(u, "DROP TABLE x;\r\n\xF0\x90\x80\x80");
  for (const Json& place :
       {position(0, 4294967295), position(4294967295, 0), Json({{"line", -1}, {"character", -1}}),
        Json({{"line", 1}, {"character", 1}}), Json({{"line", 1e300}, {"character", 0.5}})}) {
    EXPECT_TRUE(hover_at(u, place).contains("result")) << place;
  }
  EXPECT_EQ(hover_at(u, {{"line", "x"}, {"character", 0}})["error"]["code"], -32602);
  expect_alive();
}

TEST_F(ConformanceTest, ACancelledRequestIsAnsweredOnce) {
  start();
  const std::string u = uri("a.sql");
  client_.open(u, "DROP TABLE x;\n");
  constexpr int kRequests = 100;
  for (int i = 0; i < kRequests; ++i) {
    const int64_t id = client_.send_request(
        "textDocument/hover", {{"textDocument", {{"uri", u}}}, {"position", position(0, 1)}});
    client_.notify("$/cancelRequest", {{"id", id}});
    const Json answer = client_.response(id);
    if (answer.contains("error")) {
      EXPECT_EQ(answer["error"]["code"], -32800);
    }
  }
  expect_alive();
}

TEST_F(ConformanceTest, UnknownCommand) {
  start();
  EXPECT_EQ(client_.request("workspace/executeCommand", {{"command", "rm -rf"}})["error"]["code"],
            -32602);
}

TEST_F(ConformanceTest, WritesNothingToItsOutputButMessages) {
  // The splitter of the wire would find its way around a stray line, so the raw bytes are counted.
  start();
  client_.open(uri("a.sql"), "DROP TABLE x;\n");
  client_.diagnostics(uri("a.sql"), 1);
  client_.request("shutdown", nullptr);
  client_.notify("exit", nullptr);
  EXPECT_EQ(wire_.exit_code(), 0);
  EXPECT_EQ(wire_.bytes_received(), wire_.bytes_of_messages());
}

TEST_F(ConformanceTest, TakesTheOptionThatEditorsAdd) {
  ProcessWire wire({"lsp", "--stdio"});
  Client client(wire);
  client.initialize_in(folder_.root());
  client.request("shutdown", nullptr);
  client.notify("exit", nullptr);
  EXPECT_EQ(wire.exit_code(), 0);
}

}  // namespace
}  // namespace belay::lsp::testing

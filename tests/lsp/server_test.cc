// The whole server in this process: what it tells a client of documents, histories and settings.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_system.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kDropsColumn =
    "SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN phone;\n";

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : wire_(disk_), client_(wire_) {
    folder_.write("belay.toml", "dialect = \"postgresql\"\n");
    folder_.write("migrations/0001_start.up.sql",
                  "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n");
    folder_.write("migrations/0001_start.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_change.up.sql", kDropsColumn);
    folder_.write("migrations/0002_change.down.sql", "SELECT 1;\n");
  }

  void start() { client_.initialize_in(folder_.root()); }
  void start(const Json& capabilities, const Json& options = nullptr) {
    client_.initialize({{"processId", nullptr},
                        {"rootUri", "file://" + folder_.root()},
                        {"capabilities", capabilities},
                        {"initializationOptions", options}});
  }
  std::string uri(const std::string& name) const { return folder_.uri(name); }
  Json about(const std::string& document) const { return {{"textDocument", {{"uri", document}}}}; }
  std::vector<std::string> lens_commands(const std::string& document) {
    std::vector<std::string> out;
    for (const Json& lens : client_.result("textDocument/codeLens", about(document))) {
      out.push_back(lens["command"]["command"].get<std::string>());
    }
    return out;
  }
  Json hover_at(const std::string& document, uint32_t line, uint32_t character) {
    Json params = about(document);
    params["position"] = position(line, character);
    return client_.request("textDocument/hover", params);
  }

  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
};

TEST_F(ServerTest, PushesDiagnosticsWithTheirVersion) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn, 3);
  EXPECT_THAT(codes(client_.diagnostics(u, 3)), ElementsAre("drop-column"));
  client_.change(u, 4,
                 Json::array({{{"range", range(position(1, 0), position(2, 0))}, {"text", ""}}}));
  EXPECT_THAT(codes(client_.diagnostics(u, 4)), IsEmpty());
}

TEST_F(ServerTest, SaysOnlyWhatTheClientUnderstands) {
  start(Json::object());
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  const Json d = client_.diagnostics(u, 1).at(0);
  for (const char* optional : {"codeDescription", "data", "tags", "relatedInformation"}) {
    EXPECT_FALSE(d.contains(optional)) << optional;
  }
}

TEST_F(ServerTest, ClearsWhatItHasSaidWhenADocumentIsClosed) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(client_.diagnostics(u, 1), Not(IsEmpty()));
  client_.close(u);
  EXPECT_THAT(client_.diagnostics(u, std::nullopt), IsEmpty());
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics"));
}

TEST_F(ServerTest, AnEarlierMigrationChangesWhatIsFoundInALaterOne) {
  start();
  const std::string first = uri("migrations/0001_start.up.sql");
  const std::string second = uri("migrations/0002_change.up.sql");
  const std::string index =
      "SET lock_timeout = '1s';\nALTER TABLE users ALTER COLUMN phone TYPE varchar(9);\n";
  client_.open(second, index);
  const Json before = client_.diagnostics(second, 1);
  client_.open(first, "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n");
  client_.change(
      first, 2,
      Json::array({{{"text", "CREATE TABLE users (id bigint PRIMARY KEY, phone varchar(5));\n"}}}));
  // Widening a varchar costs nothing, so the later migration's finding goes.
  const Json after = client_.diagnostics(second, 1);
  EXPECT_THAT(codes(before), Contains("alter-column-type"));
  EXPECT_THAT(codes(after), Not(Contains("alter-column-type")));
}

TEST_F(ServerTest, AnswersWithDiagnosticsWhereTheClientAsks) {
  Json capabilities = Client::capabilities();
  capabilities["textDocument"]["diagnostic"] = Json::object();
  start(capabilities);
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  Json params = about(u);
  const Json full = client_.result("textDocument/diagnostic", params);
  EXPECT_EQ(full["kind"], "full");
  EXPECT_THAT(codes(full["items"]), ElementsAre("drop-column"));
  params["previousResultId"] = full["resultId"];
  EXPECT_EQ(client_.result("textDocument/diagnostic", params)["kind"], "unchanged");
  client_.close(u);
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics")) << "never both";
}

TEST_F(ServerTest, TellsAClientThatAsksWhenOtherDocumentsAreConcerned) {
  Json capabilities = Client::capabilities();
  capabilities["textDocument"]["diagnostic"] = Json::object();
  capabilities["workspace"]["diagnostics"] = {{"refreshSupport", true}};
  start(capabilities);
  client_.open(uri("migrations/0002_change.up.sql"), kDropsColumn);
  client_.open(uri("migrations/0001_start.up.sql"), "CREATE TABLE users (id bigint);\n");
  client_.result("textDocument/diagnostic", about(uri("migrations/0001_start.up.sql")));
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_THAT(client_.requests_of("workspace/diagnostic/refresh"), Not(IsEmpty()));
}

TEST_F(ServerTest, CountsColumnsAsNegotiated) {
  const std::string text =
      "SET lock_timeout='1s'; SELECT 'éé𐐀'; ALTER TABLE users DROP COLUMN phone;\n";
  const auto start_column = [&](const char* encoding) {
    MemoryWire wire(disk_);
    Client client(wire);
    Json capabilities = Client::capabilities();
    capabilities["general"]["positionEncodings"] = {encoding, "utf-16"};
    client.initialize({{"processId", nullptr},
                       {"rootUri", "file://" + folder_.root()},
                       {"capabilities", capabilities}});
    const std::string u = uri("migrations/0002_change.up.sql");
    client.open(u, text);
    return client.diagnostics(u, 1).at(0)["range"]["start"]["character"].get<size_t>();
  };
  const size_t bytes = text.find("phone");
  EXPECT_EQ(start_column("utf-8"), bytes);
  EXPECT_EQ(start_column("utf-16"), bytes - 2 - 2);
}

TEST_F(ServerTest, TellsMistakesInAConfigurationThatIsNotOpen) {
  folder_.write("belay.toml", "dialect = \"postgresql\"\nlayuot = \"goose\"\n");
  start();
  client_.open(uri("migrations/0002_change.up.sql"), kDropsColumn);
  const std::string config = uri("belay.toml");
  EXPECT_EQ(client_.diagnostics(config, std::nullopt).size(), 1U);
  folder_.write("belay.toml", "dialect = \"postgresql\"\n");
  client_.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", config}, {"type", 2}}}}});
  EXPECT_THAT(client_.diagnostics(config, std::nullopt), IsEmpty());
}

TEST_F(ServerTest, ReadsTheConfigurationFromItsOpenDocument) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), ElementsAre("drop-column"));
  client_.open(uri("belay.toml"), "dialect = \"postgresql\"\n[rules]\ndrop-column = \"off\"\n");
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), IsEmpty());
  client_.close(uri("belay.toml"));
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), ElementsAre("drop-column"));
}

TEST_F(ServerTest, NoticesMigrationsThatComeAndGo) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  client_.diagnostics(u, 1);
  const std::string down = uri("migrations/0002_change.down.sql");
  folder_.remove("migrations/0002_change.down.sql");
  client_.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", down}, {"type", 3}}}}});
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), Contains("missing-down"));
  folder_.write("migrations/0002_change.down.sql", "SELECT 1;\n");
  client_.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", down}, {"type", 1}}}}});
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), Not(Contains("missing-down")));
}

TEST_F(ServerTest, AFileThatWasNeverSavedJoinsItsHistory) {
  start();
  const std::string u = uri("migrations/0003_new.up.sql");
  client_.open(u, "SET lock_timeout = '1s';\nDROP TABLE users;\n");
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), Contains("drop-table"));
  const Json lenses = client_.result("textDocument/codeLens", about(u));
  EXPECT_THAT(lenses.at(0)["command"]["title"].get<std::string>(),
              HasSubstr("loses the table users"));
}

TEST_F(ServerTest, AnalysesDocumentsWithoutAFile) {
  start();
  client_.open("untitled:Untitled-1", "SET lock_timeout = '1s';\nDROP TABLE elsewhere;\n");
  EXPECT_THAT(codes(client_.diagnostics("untitled:Untitled-1", 1)), Contains("drop-table"));
}

TEST_F(ServerTest, KnowsFilesWithOddNames) {
  folder_.write("migrations/0003_mit ä#%.up.sql", kDropsColumn);
  start();
  const std::string u = uri("migrations/0003_mit ä#%.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(codes(client_.diagnostics(u, 1)), Contains("drop-column"));
}

TEST_F(ServerTest, HoverNeedsAnOpenDocument) {
  start();
  EXPECT_EQ(hover_at(uri("migrations/0002_change.up.sql"), 0, 0)["error"]["code"], -32602);
}

TEST_F(ServerTest, HoverAnswersInMarkdownOrPlainText) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  const Json hover = hover_at(u, 1, 14)["result"];
  EXPECT_EQ(hover["contents"]["kind"], "markdown");
  EXPECT_THAT(hover["contents"]["value"].get<std::string>(), HasSubstr("users.phone"));
  EXPECT_EQ(hover_at(u, 2000000000, 2000000000)["result"], nullptr);
}

TEST_F(ServerTest, ActionsEditTheVersionThatTheyAreMadeFor) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn, 9);
  const Json diagnostics = client_.diagnostics(u, 9);
  Json params = about(u);
  params["range"] = diagnostics.at(0)["range"];
  params["context"] = {{"diagnostics", diagnostics}};
  const Json actions = client_.result("textDocument/codeAction", params);
  ASSERT_FALSE(actions.empty());
  const Json& edit = actions.at(0)["edit"]["documentChanges"].at(0);
  EXPECT_EQ(edit["textDocument"], Json({{"uri", u}, {"version", 9}}));
}

TEST_F(ServerTest, ActionsUseTheOlderFormOfEditsWhereTheyMust) {
  Json capabilities = Client::capabilities();
  capabilities["workspace"].erase("workspaceEdit");
  start(capabilities);
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  Json params = about(u);
  params["range"] = range(position(0, 0), position(9, 0));
  params["context"] = {{"diagnostics", Json::array()}};
  const Json actions = client_.result("textDocument/codeAction", params);
  ASSERT_FALSE(actions.empty());
  EXPECT_TRUE(actions.at(0)["edit"]["changes"].contains(u));
}

TEST_F(ServerTest, OpensTheRulesPageThroughTheClient) {
  start();
  const Json done =
      client_.result("workspace/executeCommand",
                     {{"command", "belay.openRule"}, {"arguments", {{{"rule", "drop-column"}}}}});
  EXPECT_EQ(done["done"], true);
  EXPECT_EQ(client_.requests_of("window/showDocument").at(0),
            Json({{"uri", "https://belay.dev/rules/drop-column"}, {"external", true}}));
  const Json refused =
      client_.request("workspace/executeCommand",
                      {{"command", "belay.openRule"}, {"arguments", {{{"rule", "../../evil"}}}}});
  EXPECT_EQ(refused["error"]["code"], -32602);
}

TEST_F(ServerTest, ShowsTheRiskOfAMigration) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  client_.result("workspace/executeCommand",
                 {{"command", "belay.showRisk"}, {"arguments", {{{"uri", u}}}}});
  EXPECT_THAT(client_.notification("window/showMessage")["message"].get<std::string>(),
              HasSubstr("loses the values of users.phone"));
}

TEST_F(ServerTest, RegistersForChangesOfFiles) {
  start();
  client_.idle(std::chrono::milliseconds(20));
  const Json asked = client_.requests_of("client/registerCapability").at(0);
  EXPECT_EQ(asked["registrations"].at(0)["method"], "workspace/didChangeWatchedFiles");
}

TEST_F(ServerTest, OffersNoSessionWhereTheWorkspaceIsNotTrusted) {
  folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
  start(Client::capabilities(), {{"untrusted", true}});
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(lens_commands(u), Not(Contains("belay.begin")));
  const Json done = client_.result("workspace/executeCommand",
                                   {{"command", "belay.begin"}, {"arguments", {{{"uri", u}}}}});
  EXPECT_EQ(done["done"], false);
  EXPECT_THAT(done["message"].get<std::string>(), HasSubstr("not trusted"));
  EXPECT_FALSE(disk_.exists(folder_.path("app.db.belay")));
}

TEST_F(ServerTest, TakesSettingsFromMessagesOrAsksForThem) {
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[environments.staging]\nurl = \"sqlite:staging.db\"\n");
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(lens_commands(u), Not(Contains("belay.begin"))) << "no database, no environment";
  client_.notify("workspace/didChangeConfiguration",
                 {{"settings", {{"belay", {{"environment", "staging"}}}}}});
  EXPECT_THAT(lens_commands(u), Contains("belay.begin"));
}

TEST_F(ServerTest, AsksForSettingsWhereItCan) {
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[environments.staging]\nurl = \"sqlite:staging.db\"\n");
  Json capabilities = Client::capabilities();
  capabilities["workspace"]["configuration"] = true;
  client_.on_request("workspace/configuration", [](const Json& params) {
    EXPECT_EQ(params["items"].at(0)["section"], "belay");
    return Json::array({{{"environment", "staging"}}});
  });
  start(capabilities);
  client_.idle(std::chrono::milliseconds(20));
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  EXPECT_THAT(lens_commands(u), Contains("belay.begin"));
}

TEST_F(ServerTest, CoalescesABurstOfEditsAndEndsWithTheLast) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  constexpr int kEdits = 300;
  for (int i = 2; i <= kEdits; ++i) {
    client_.change(
        u, i, Json::array({{{"range", range(position(0, 0), position(0, 0))}, {"text", " "}}}));
  }
  const Json last = client_.diagnostics(u, kEdits);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0]["range"]["start"]["line"], 1);
}

TEST_F(ServerTest, ARequestForATextThatIsGoneIsToldSo) {
  start();
  const std::string u = uri("migrations/0002_change.up.sql");
  client_.open(u, kDropsColumn);
  client_.diagnostics(u, 1);
  // All of it reaches the server before its analysis thread has worked through it, or not; both
  // outcomes are right, a hover of another text is not.
  std::vector<int64_t> ids;
  for (int i = 2; i < 60; ++i) {
    client_.change(
        u, i, Json::array({{{"text", std::string(static_cast<size_t>(i), '\n') + kDropsColumn}}}));
    Json params = about(u);
    params["position"] = position(static_cast<uint32_t>(i) + 1, 14);
    ids.push_back(client_.send_request("textDocument/hover", params));
  }
  for (const int64_t id : ids) {
    const Json answer = client_.response(id);
    if (answer.contains("error")) {
      EXPECT_EQ(answer["error"]["code"], -32801);
    } else {
      EXPECT_FALSE(answer["result"].is_null());
    }
  }
}

TEST_F(ServerTest, TheLifecycleIsKept) {
  Json hover = about("u:x");
  hover["position"] = position(0, 0);
  EXPECT_EQ(client_.request("textDocument/hover", hover)["error"]["code"], -32002);
  start();
  const Json again = {
      {"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", Json::object()}};
  EXPECT_EQ(client_.request("initialize", again)["error"]["code"], -32600);
  EXPECT_EQ(client_.request("shutdown", nullptr)["result"], nullptr);
  EXPECT_EQ(client_.request("textDocument/hover", hover)["error"]["code"], -32600);
  client_.notify("exit", nullptr);
  EXPECT_TRUE(wire_.stopped());
  EXPECT_EQ(wire_.exit_code(), 0);
}

}  // namespace
}  // namespace belay::lsp::testing

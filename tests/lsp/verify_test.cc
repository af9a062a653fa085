// Verification through the protocol: the program on one side, real engines on the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/0001_users.up.sql",
                  "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n");
    folder_.write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_mail.up.sql", kAddsMail);
    folder_.write("migrations/0002_mail.down.sql", "SELECT 1;\n");
  }

  void start() {
    client_.initialize_in(folder_.root());
    client_.open(uri_, kAddsMail);
    client_.diagnostics(uri_, 1);
  }
  Json run(const Json& arguments) {
    return client_.result("workspace/executeCommand",
                          {{"command", "belay.verify"}, {"arguments", {arguments}}});
  }
  std::string shown(const std::string& part) {
    return client_
        .notification("window/showMessage",
                      [&](const Json& p) {
                        return p["message"].get<std::string>().find(part) != std::string::npos;
                      })["message"]
        .get<std::string>();
  }

  static constexpr const char* kAddsMail = "ALTER TABLE users ADD COLUMN mail TEXT;\n";

  ProjectFolder folder_;
  std::string uri_ = folder_.uri("migrations/0002_mail.up.sql");
  ProcessWire wire_;
  Client client_{wire_};
};

TEST_F(VerifyTest, RunsTheMigrationOfAFileAndReports) {
  start();
  const Json done = run({{"uri", uri_}});
  EXPECT_EQ(done["done"], true);
  EXPECT_THAT(done["message"].get<std::string>(),
              AllOf(HasSubstr("1 migration executed: 1 differs"),
                    HasSubstr("To look at: 0002_mail (differs)")));
  EXPECT_THAT(done["report"].get<std::string>(),
              AllOf(HasSubstr("# Verification by execution"), HasSubstr("on SQLite 3."),
                    HasSubstr("| **FAIL** | 0002\\_mail | differs |"),
                    HasSubstr("## 0002\\_mail: differs\n\n- "), HasSubstr("users.mail"),
                    Not(HasSubstr("0001"))));
  EXPECT_THAT(shown("1 differs"), HasSubstr("0002_mail"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("app.db"))) << "the database is left alone";
}

TEST_F(VerifyTest, RunsAllMigrationsOfAFolderOrOfTheWorkspace) {
  start();
  for (const Json& where : {Json::object(), Json({{"uri", "file://" + folder_.root()}})}) {
    const Json done = run(where);
    EXPECT_THAT(done["message"].get<std::string>(),
                HasSubstr("2 migrations executed: 1 differs, 1 restored"));
    EXPECT_THAT(done["report"].get<std::string>(), HasSubstr("| ok | 0001\\_users | restored |"));
  }
}

TEST_F(VerifyTest, RunsWhatStandsInTheEditor) {
  start();
  client_.open(folder_.uri("migrations/0002_mail.down.sql"),
               "ALTER TABLE users DROP COLUMN mail;\n");
  EXPECT_THAT(run({{"uri", uri_}, {"migration", "0002_mail"}})["message"].get<std::string>(),
              HasSubstr("1 migration executed: 1 restored"));
}

TEST_F(VerifyTest, RunsPostgresqlOnAServerOfItsOwn) {
  folder_.write("belay.toml", "dialect = \"postgresql\"\n");
  start();
  const Json done = run({{"uri", uri_}, {"workDoneToken", 1}});
  if (done["message"].get<std::string>().find("PostgreSQL") != std::string::npos &&
      done["done"] == false) {
    GTEST_SKIP() << done["message"];
  }
  EXPECT_EQ(done["done"], true) << done;
  EXPECT_THAT(done["report"].get<std::string>(),
              AllOf(HasSubstr("on PostgreSQL "), HasSubstr("users.mail")));
}

TEST_F(VerifyTest, ShowsProgressAndCanBeCancelled) {
  // One that takes minutes, and an editor that still answers meanwhile.
  folder_.write("migrations/0003_slow.up.sql",
                "CREATE TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                "FROM n WHERE i < 10000000000) SELECT i FROM n WHERE i < 0;\n");
  folder_.write("migrations/0003_slow.down.sql", "DROP TABLE numbers;\n");
  start();
  const int64_t id = client_.send_request("workspace/executeCommand",
                                          {{"command", "belay.verify"},
                                           {"arguments", Json::array({Json::object()})},
                                           {"workDoneToken", "mine"}});
  client_.notification("$/progress", [](const Json& p) {
    return p["token"] == "mine" && p["value"]["kind"] == "report" &&
           p["value"].value("message", "").find("0003_slow") != std::string::npos;
  });
  EXPECT_THAT(run(Json::object())["message"].get<std::string>(), HasSubstr("still verifying"));
  client_.change(uri_, 2, Json::array({{{"text", "DROP TABLE users;\n"}}}));
  EXPECT_THAT(client_.diagnostics(uri_, 2), Not(IsEmpty()));
  client_.notify("window/workDoneProgress/cancel", {{"token", "mine"}});
  const Json done = client_.response(id)["result"];
  EXPECT_EQ(done["done"], false);
  EXPECT_THAT(done["message"].get<std::string>(), HasSubstr("cancelled"));
  client_.notification("$/progress", [](const Json& p) { return p["value"]["kind"] == "end"; });
}

TEST_F(VerifyTest, AServerThatIsShutDownDoesNotWaitForIt) {
  folder_.write("migrations/0003_slow.up.sql",
                "CREATE TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                "FROM n WHERE i < 10000000000) SELECT i FROM n WHERE i < 0;\n");
  start();
  client_.send_request("workspace/executeCommand", {{"command", "belay.verify"},
                                                    {"arguments", Json::array({Json::object()})},
                                                    {"workDoneToken", "mine"}});
  client_.notification("$/progress", [](const Json& p) {
    return p["value"].value("message", "").find("0003_slow") != std::string::npos;
  });
  client_.request("shutdown", nullptr);
  client_.notify("exit", nullptr);
  EXPECT_EQ(wire_.exit_code(), 0);
}

TEST_F(VerifyTest, SaysWhyItCannot) {
  start();
  EXPECT_THAT(run({{"uri", folder_.uri("nowhere.sql")}})["message"].get<std::string>(),
              HasSubstr("nowhere.sql"));
  EXPECT_THAT(run({{"uri", uri_}, {"version", 9}})["message"].get<std::string>(),
              HasSubstr("has changed since"));
  folder_.write("belay.toml", "dialect = \"mysql\"\n");
  EXPECT_THAT(run(Json::object())["message"].get<std::string>(),
              HasSubstr("which is not executed yet"));
}

TEST_F(VerifyTest, NothingRunsWhereTheWorkspaceIsNotTrusted) {
  client_.initialize({{"processId", nullptr},
                      {"rootUri", "file://" + folder_.root()},
                      {"capabilities", Client::capabilities()},
                      {"initializationOptions", {{"untrusted", true}}}});
  const Json refused = run(Json::object());
  EXPECT_EQ(refused["done"], false);
  EXPECT_THAT(refused["message"].get<std::string>(), HasSubstr("not trusted"));
}

}  // namespace
}  // namespace belay::lsp::testing

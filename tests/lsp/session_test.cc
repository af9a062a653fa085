// Sessions through the protocol: the program on one side, a real SQLite database on the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/0001_users.up.sql",
                  "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);\n"
                  "INSERT INTO users (name, phone) VALUES ('Ada', '1'), ('Bob', '2');\n");
    folder_.write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_phone.up.sql", kDropsPhone);
    folder_.write("migrations/0002_phone.down.sql", "ALTER TABLE users ADD COLUMN phone TEXT;\n");
    sql("CREATE TABLE kept (x); INSERT INTO kept VALUES (1);");
    // What the server asks; each test says what is answered.
    client_.on_request("window/showMessageRequest", [this](const Json& params) {
      questions_.push_back(params["message"].get<std::string>());
      std::optional<Json> answer;
      if (answer_ == "nothing") return answer;
      answer = Json();
      for (const Json& action : params["actions"]) {
        if (action["title"] == answer_) answer = action;
      }
      return answer;
    });
  }

  void start() {
    client_.initialize_in(folder_.root());
    client_.open(uri_, kDropsPhone);
    client_.diagnostics(uri_, 1);
  }
  Json argument() const { return {{"uri", uri_}}; }
  /// Runs a command, with that answer to its question; the result.
  Json run(const std::string& command, const std::string& answer, const Json& arguments) {
    answer_ = answer;
    return client_.result("workspace/executeCommand",
                          {{"command", "belay." + command}, {"arguments", {arguments}}});
  }
  Json run(const std::string& command, const std::string& answer) {
    return run(command, answer, argument());
  }
  std::vector<std::string> lenses() {
    std::vector<std::string> out;
    const Json params = {{"textDocument", {{"uri", uri_}}}};
    for (const Json& lens : client_.result("textDocument/codeLens", params)) {
      out.push_back(lens["command"]["title"].get<std::string>());
    }
    return out;
  }

  /// Runs SQL on the database, without Belay; the first column of all rows.
  std::vector<std::string> sql(const std::string& text) const {
    sqlite3* db = nullptr;
    std::vector<std::string> out;
    EXPECT_EQ(sqlite3_open(folder_.path("app.db").c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    sqlite3_exec(
        db, text.c_str(),
        [](void* rows, int, char** values, char**) {
          static_cast<std::vector<std::string>*>(rows)->emplace_back(values[0] ? values[0]
                                                                               : "NULL");
          return 0;
        },
        &out, &error);
    if (error != nullptr) out.emplace_back(error);
    sqlite3_free(error);
    sqlite3_close(db);
    return out;
  }
  std::vector<std::string> columns() const {
    return sql("SELECT name FROM pragma_table_info('users') ORDER BY cid");
  }
  bool has_state() const { return std::filesystem::exists(folder_.path("app.db.belay")); }

  /// Over every up, whatever the session.
  static constexpr const char* kVerdict =
      "down restores the schema, but not the values of users.phone";
  static constexpr const char* kGoTo = "Go to the down";
  static constexpr const char* kDropsPhone = "ALTER TABLE users DROP COLUMN phone;\n";

  ProjectFolder folder_;
  std::string uri_ = folder_.uri("migrations/0002_phone.up.sql");
  ProcessWire wire_;
  Client client_{wire_};
  std::string answer_;
  std::vector<std::string> questions_;
};

TEST_F(SessionTest, BeginApplyAndRollBack) {
  start();
  EXPECT_EQ(run("begin", "Begin")["done"], true);
  EXPECT_THAT(questions_.back(), HasSubstr("app.db"));
  EXPECT_THAT(columns(), IsEmpty());

  EXPECT_EQ(run("apply", "Apply")["done"], true);
  EXPECT_THAT(questions_.back(), HasSubstr("Apply 2 migrations"));
  EXPECT_THAT(questions_.back(), HasSubstr("0001_users and 0002_phone"));
  EXPECT_THAT(questions_.back(), HasSubstr("loses the values of users.phone"));
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
  EXPECT_THAT(sql("SELECT name FROM users ORDER BY id"), ElementsAre("Ada", "Bob"));

  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_THAT(columns(), IsEmpty());
  EXPECT_THAT(sql("SELECT x FROM kept"), ElementsAre("1"));
}

TEST_F(SessionTest, BeginApplyAndCommit) {
  start();
  run("begin", "Begin");
  run("apply", "Apply");
  EXPECT_EQ(run("commit", "Commit")["done"], true);
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
  EXPECT_EQ(run("rollback", "Rollback")["done"], false) << "the snapshot is gone";
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(SessionTest, ApplyGoesUpToTheMigrationOfTheFile) {
  start();
  const std::string first = folder_.uri("migrations/0001_users.up.sql");
  run("begin", "Begin");
  EXPECT_EQ(run("apply", "Apply", {{"uri", first}, {"migration", "0001_users"}})["done"], true);
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
  EXPECT_EQ(run("apply", "Apply")["done"], true);
  EXPECT_THAT(questions_.back(), HasSubstr("Apply 1 migration "));
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(SessionTest, NothingIsDoneWithoutAYes) {
  start();
  for (const char* answer : {"Cancel", "closed without an answer"}) {
    EXPECT_EQ(run("begin", answer)["done"], false);
    EXPECT_FALSE(has_state());
  }
  run("begin", "Begin");
  EXPECT_EQ(run("apply", "Cancel")["done"], false);
  EXPECT_THAT(columns(), IsEmpty());
  EXPECT_EQ(run("rollback", "Cancel")["done"], false);
  EXPECT_EQ(run("commit", "Cancel")["done"], false);
  EXPECT_THAT(lenses(), Contains("Commit"));
}

TEST_F(SessionTest, AQuestionThatNobodyAnswersGivesWayToTheNextCommand) {
  start();
  answer_ = "nothing";
  const int64_t waiting = client_.send_request(
      "workspace/executeCommand", {{"command", "belay.begin"}, {"arguments", {argument()}}});
  while (questions_.empty()) client_.idle(std::chrono::milliseconds(20));
  EXPECT_EQ(run("begin", "Begin")["done"], true);
  EXPECT_EQ(client_.response(waiting)["result"]["done"], false);
}

TEST_F(SessionTest, ACancelledQuestionDoesNothing) {
  start();
  answer_ = "nothing";
  const int64_t waiting = client_.send_request(
      "workspace/executeCommand", {{"command", "belay.begin"}, {"arguments", {argument()}}});
  while (questions_.empty()) client_.idle(std::chrono::milliseconds(20));
  client_.notify("$/cancelRequest", {{"id", waiting}});
  EXPECT_EQ(client_.response(waiting)["error"]["code"], -32800);
  EXPECT_FALSE(has_state());
  EXPECT_EQ(run("begin", "Begin")["done"], true);
}

TEST_F(SessionTest, NothingTouchesTheDatabaseBeforeACommand) {
  start();
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk high"), kVerdict, kGoTo, "Begin session",
                                    "Apply up to here", "Commit", "Rollback"));
  EXPECT_FALSE(has_state());
}

TEST_F(SessionTest, LensesFollowWhatHasHappened) {
  start();
  run("begin", "Begin");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Apply up to here",
                                    "Commit", "Rollback"));
  run("apply", "Apply");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Commit", "Rollback"));
  run("rollback", "Rollback");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Begin session"));
  client_.idle(std::chrono::milliseconds(20));
  EXPECT_GE(client_.requests_of("workspace/codeLens/refresh").size(), 3U);
}

TEST_F(SessionTest, ALensOfAnOlderTextDoesNothing) {
  start();
  run("begin", "Begin");
  client_.change(uri_, 2, Json::array({{{"text", "DROP TABLE users;\n"}}}));
  Json stale = argument();
  stale["version"] = 1;
  const size_t asked = questions_.size();
  EXPECT_EQ(run("apply", "Apply", stale)["done"], false);
  EXPECT_EQ(questions_.size(), asked);
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(SessionTest, WhatIsNotSavedDoesNotRun) {
  start();
  run("begin", "Begin");
  client_.change(uri_, 2, Json::array({{{"text", "DROP TABLE users;\n"}}}));
  const Json refused = run("apply", "Apply");
  EXPECT_EQ(refused["done"], false);
  EXPECT_THAT(refused["message"].get<std::string>(), HasSubstr("Save it first"));
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(SessionTest, AFailedMigrationIsToldAndTakenBack) {
  folder_.write("migrations/0002_phone.up.sql", "ALTER TABLE users DROP COLUMN nowhere;\n");
  client_.initialize_in(folder_.root());
  client_.open(uri_, "ALTER TABLE users DROP COLUMN nowhere;\n");
  run("begin", "Begin");
  EXPECT_EQ(run("apply", "Apply")["done"], false);
  const Json shown =
      client_.notification("window/showMessage", [](const Json& p) { return p["type"] == 1; });
  EXPECT_THAT(shown["message"].get<std::string>(), HasSubstr("0002_phone"));
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(SessionTest, CommandsThatMakeNoSenseNowSayWhy) {
  start();
  for (const char* command : {"apply", "commit", "rollback"}) {
    const Json refused = run(command, "Apply");
    EXPECT_EQ(refused["done"], false);
    EXPECT_THAT(refused["message"].get<std::string>(), HasSubstr("No session is open")) << command;
  }
  EXPECT_THAT(questions_, IsEmpty());
  run("begin", "Begin");
  EXPECT_THAT(run("begin", "Begin")["message"].get<std::string>(), HasSubstr("already open"));
}

TEST_F(SessionTest, StatusAsksNothingAndTellsHowThingsStand) {
  start();
  EXPECT_EQ(run("status", "")["done"], true);
  EXPECT_THAT(questions_, IsEmpty());
  EXPECT_FALSE(has_state());
  run("begin", "Begin");
  EXPECT_THAT(lenses(), Not(Contains("Begin session")));
}

TEST_F(SessionTest, RollBackTellsOfOthersWork) {
  folder_.write("migrations/0003_kept.up.sql", "DELETE FROM kept WHERE x > 7;\n");
  start();
  run("begin", "Begin");
  sql("INSERT INTO kept VALUES (2)");
  run("rollback", "Rollback");
  EXPECT_THAT(questions_.back(), HasSubstr("Others"));
  EXPECT_THAT(sql("SELECT count(*) FROM kept"), ElementsAre("1"));
}

TEST_F(SessionTest, ProgressGoesUnderTheClientsTokenOrUnderOneOfOurs) {
  start();
  answer_ = "Begin";
  client_.result(
      "workspace/executeCommand",
      {{"command", "belay.begin"}, {"arguments", {argument()}}, {"workDoneToken", "mine"}});
  const auto of = [](const char* token, const char* kind) {
    return [=](const Json& p) { return p["token"] == token && p["value"]["kind"] == kind; };
  };
  client_.notification("$/progress", of("mine", "begin"));
  client_.notification("$/progress", of("mine", "end"));
  EXPECT_THAT(client_.requests_of("window/workDoneProgress/create"), IsEmpty());
  run("status", "");
  client_.idle(std::chrono::milliseconds(20));
  EXPECT_EQ(client_.requests_of("window/workDoneProgress/create").size(), 1U);
}

TEST_F(SessionTest, WithoutADatabaseThereIsNoSession) {
  folder_.write("belay.toml", "dialect = \"sqlite\"\n");
  start();
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo));
  EXPECT_THAT(run("begin", "Begin")["message"].get<std::string>(),
              HasSubstr("no database is configured"));
}

TEST_F(SessionTest, EditingGoesOnWhileACommandWaitsForAnotherWriter) {
  start();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder_.path("app.db").c_str(), &other), SQLITE_OK);
  run("begin", "Begin");
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  answer_ = "Apply";
  const int64_t applying = client_.send_request(
      "workspace/executeCommand", {{"command", "belay.apply"}, {"arguments", {argument()}}});
  const std::string another = folder_.uri("migrations/0003_more.up.sql");
  client_.open(another, "DROP TABLE users;\n");
  EXPECT_THAT(codes(client_.diagnostics(another, 1)), Contains("drop-table"));
  client_.close(another);
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_EQ(client_.response(applying)["result"]["done"], true);
}

}  // namespace
}  // namespace belay::lsp::testing

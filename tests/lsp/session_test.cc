// Sessions through the protocol: the program on one side, a real SQLite database on the other.

#include "tests/lsp/support/session_fixture.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk high"), kVerdict, kGoTo, "Plan",
                                    "Begin session", "Apply up to here", "Commit", "Rollback"));
  EXPECT_FALSE(has_state());
}

TEST_F(SessionTest, LensesFollowWhatHasHappened) {
  start();
  run("begin", "Begin");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Plan", "Apply up to here",
                                    "Commit", "Rollback"));
  run("apply", "Apply");
  EXPECT_THAT(lenses(),
              ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Take back", "Commit", "Rollback"));
  run("rollback", "Rollback");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), kVerdict, kGoTo, "Plan", "Begin session"));
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

class FailingMigration : public SessionTest {
 protected:
  static constexpr const char* kFails =
      "INSERT INTO kept VALUES (2);\nALTER TABLE users DROP COLUMN nowhere;\n";

  FailingMigration() { folder_.write("migrations/0002_phone.up.sql", kFails); }

  void begin() {
    client_.initialize_in(folder_.root());
    client_.open(uri_, kFails);
    client_.diagnostics(uri_, 1);
    run("begin", "Begin");
  }
  /// The answer to the question whether to apply; the offer behind it is answered with `offered`.
  Json apply(const std::string& offered) {
    offered_ = offered;
    client_.on_request("window/showMessageRequest", [this](const Json& params) {
      const bool is_offer =
          params["message"].get<std::string>().find("Roll back now") != std::string::npos;
      if (is_offer) offer_id_ = client_.last_request_id();
      answer_ = is_offer ? offered_ : params["actions"][0]["title"].get<std::string>();
      return answered(params);
    });
    const Json result = run("apply", "");
    while (questions_.back().starts_with("Apply")) client_.idle(std::chrono::milliseconds(20));
    return result;
  }
  /// The next diagnostics with, or without, a run that has failed.
  Json next(bool failed) {
    return client_.notification("textDocument/publishDiagnostics", [&](const Json& p) {
      return p["uri"] == uri_ && has_failure(p["diagnostics"]) == failed;
    })["diagnostics"];
  }
  static bool has_failure(const Json& diagnostics) {
    const std::vector<std::string> all = codes(diagnostics);
    return std::find(all.begin(), all.end(), "run-failed") != all.end();
  }

  std::string offered_;
  Json offer_id_;
};

TEST_F(FailingMigration, TellsWhatHappenedAndOffersTheWayBack) {
  begin();
  EXPECT_EQ(apply("Rollback")["done"], false);
  EXPECT_THAT(questions_.back(), HasSubstr("0002_phone failed"));
  EXPECT_THAT(questions_.back(), HasSubstr("no such column"));
  EXPECT_THAT(questions_.back(), HasSubstr("Roll back now"));
  const size_t asked = questions_.size();
  client_.notification("window/showMessage", [](const Json& p) {
    return p["message"].get<std::string>().find("rolled back") != std::string::npos;
  });
  EXPECT_EQ(questions_.size(), asked) << "whoever has said yes is not asked twice";
  EXPECT_THAT(columns(), IsEmpty());
  EXPECT_THAT(sql("SELECT x FROM kept"), ElementsAre("1"));
}

TEST_F(FailingMigration, KeepsTheSessionWhereThatIsWanted) {
  begin();
  apply("Keep the session");
  client_.idle(std::chrono::milliseconds(200));
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
  EXPECT_THAT(lenses(), Contains("Rollback"));
}

TEST_F(FailingMigration, AnOldOfferAsksAgainBeforeItEndsAnotherSession) {
  begin();
  apply("nothing");
  const Json offer = offer_id_;
  EXPECT_EQ(run("rollback", "")["done"], true);
  client_.on_request("window/showMessageRequest",
                     [this](const Json& params) { return answered(params); });
  EXPECT_EQ(run("begin", "Begin")["done"], true);
  sql("INSERT INTO kept VALUES (7)");
  const size_t asked = questions_.size();
  answer_ = "Cancel";
  client_.answer_late(offer, {{"title", "Rollback"}});
  while (questions_.size() == asked) client_.idle(std::chrono::milliseconds(20));
  EXPECT_THAT(questions_.back(), HasSubstr("Roll "));
  client_.idle(std::chrono::milliseconds(200));
  EXPECT_THAT(lenses(), Contains("Rollback")) << "the new session is still open";
  EXPECT_THAT(sql("SELECT count(*) FROM kept"), ElementsAre("2"));
}

TEST_F(FailingMigration, IsUnderlinedAtTheStatementUntilItIsEditedOrTakenBack) {
  begin();
  apply("Keep the session");
  const Json shown = next(true);
  const auto failure = std::find_if(shown.begin(), shown.end(),
                                    [](const Json& d) { return d["code"] == "run-failed"; });
  ASSERT_NE(failure, shown.end());
  EXPECT_EQ((*failure)["severity"], 1);
  EXPECT_EQ((*failure)["range"], range(position(1, 0), position(1, 37)));
  EXPECT_THAT((*failure)["message"].get<std::string>(), HasSubstr("no such column"));
  EXPECT_THAT((*failure)["message"].get<std::string>(), HasSubstr("Nothing of the migration"));

  client_.change(uri_, 2, Json::array({{{"text", "SELECT 1;\n"}}}));
  EXPECT_FALSE(has_failure(client_.diagnostics(uri_, 2))) << "another text may not fail";
  client_.change(uri_, 3, Json::array({{{"text", kFails}}}));
  EXPECT_TRUE(has_failure(client_.diagnostics(uri_, 3))) << "this one does";
  run("rollback", "");
  next(false);
}

TEST_F(FailingMigration, IsToldOfAFileThatIsNotOpen) {
  begin();
  const std::string third = folder_.uri("migrations/0003_more.up.sql");
  folder_.write("migrations/0003_more.up.sql", "SELECT 1;\n");
  client_.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", third}, {"type", 1}}}}});
  client_.open(third, "SELECT 1;\n");
  client_.close(uri_);
  uri_ = third;
  apply("Keep the session");
  uri_ = folder_.uri("migrations/0002_phone.up.sql");
  next(true);
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

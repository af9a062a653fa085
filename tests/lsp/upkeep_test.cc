// What looks after a database, through the protocol: the ways back, plans and checks, snapshots.

#include "tests/lsp/support/session_fixture.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class UpkeepTest : public SessionTest {
 protected:
  void begin_and_apply() {
    start();
    run("begin", "Begin");
    run("apply", "Apply");
    ASSERT_THAT(columns(), ElementsAre("id", "name"));
  }
  static std::string message(const Json& result) { return result["message"].get<std::string>(); }
  static std::string report(const Json& result) { return result.value("report", ""); }

  /// Commits a session with both migrations and keeps its snapshot, which holds what was before.
  std::string keep_a_snapshot() {
    folder_.write("belay.toml",
                  "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n"
                  "[session]\nkeep_snapshots = 5\n");
    begin_and_apply();
    run("commit", "Commit");
    const Json listed = run("snapshots", "");
    EXPECT_EQ(listed["choices"].size(), 1U);
    return listed["choices"][0]["name"].get<std::string>();
  }

  std::string first_ = folder_.uri("migrations/0001_users.up.sql");
};

TEST_F(UpkeepTest, TakesTheMigrationOfTheFileBack) {
  begin_and_apply();
  const Json done = run("down", "Take back 0002");
  EXPECT_EQ(done["done"], true) << done;
  EXPECT_THAT(questions_.back(),
              AllOf(StartsWith("Take back on sqlite:app.db: 0002_phone?"),
                    HasSubstr("This loses the values of users.phone (by the up) (0002_phone)"),
                    HasSubstr("0001_users stays"), HasSubstr("a rollback brings back")));
  EXPECT_THAT(buttons_, ElementsAre("Take back 0002", "Cancel"));
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
}

TEST_F(UpkeepTest, TakesBackDownToTheMigrationOfAnEarlierFile) {
  begin_and_apply();
  EXPECT_EQ(run("down", "Take back 0002 and 0001",
                {{"uri", first_}, {"migration", "0001_users"}})["done"],
            true);
  EXPECT_THAT(questions_.back(), AllOf(HasSubstr("0002_phone and 0001_users"),
                                       HasSubstr("No migration stays applied")));
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(UpkeepTest, TakesTheNewestBackWhereTheirNumberIsNamed) {
  begin_and_apply();
  EXPECT_EQ(run("down", "Take back 0002", {{"uri", first_}, {"steps", 1}})["done"], true);
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
  EXPECT_EQ(run("down", "Take back", {{"uri", first_}, {"steps", 7}})["done"], false);
  EXPECT_EQ(run("down", "Take back", {{"uri", first_}, {"steps", 0}})["done"], false);
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
}

TEST_F(UpkeepTest, TakesNothingBackWhereNobodySaysWhat) {
  begin_and_apply();
  const size_t asked = questions_.size();
  for (const std::string& uri : {folder_.uri("belay.toml"), folder_.uri("migrations")}) {
    EXPECT_THAT(message(run("down", "Take back 0002", {{"uri", uri}})),
                HasSubstr("no migration that could be taken back"));
  }
  EXPECT_EQ(questions_.size(), asked);
}

TEST_F(UpkeepTest, TakesNothingBackWithoutAYesOrASession) {
  start();
  EXPECT_THAT(message(run("down", "Take back 0002")), HasSubstr("No session is open"));
  EXPECT_THAT(questions_, IsEmpty());
  run("begin", "Begin");
  EXPECT_THAT(message(run("down", "Take back 0002")), HasSubstr("is not applied"));
  run("apply", "Apply");
  // The button of a down that loses something names what goes.
  EXPECT_EQ(run("down", "Take back")["done"], false);
  EXPECT_EQ(run("down", "Cancel")["done"], false);
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(UpkeepTest, WhatOthersAppliedMeanwhileIsNotTakenBack) {
  begin_and_apply();
  answer_ = "nothing";
  const int64_t waiting = client_.send_request(
      "workspace/executeCommand",
      {{"command", "belay.down"}, {"arguments", {{{"uri", uri_}, {"steps", 1}}}}});
  const size_t asked = questions_.size();
  while (questions_.size() == asked) client_.idle(std::chrono::milliseconds(20));
  sql("DELETE FROM belay_migrations WHERE version = '0002'");
  client_.answer_late(client_.last_request_id(), {{"title", "Take back 0002"}});
  const Json answer = client_.response(waiting)["result"];
  EXPECT_EQ(answer["done"], false);
  EXPECT_THAT(message(answer), HasSubstr("other migrations are applied by now"));
  EXPECT_THAT(sql("SELECT count(*) FROM users"), ElementsAre("2"));
}

TEST_F(UpkeepTest, ADownThatIsNotSavedDoesNotRun) {
  begin_and_apply();
  const std::string down = folder_.uri("migrations/0002_phone.down.sql");
  client_.open(down, "DROP TABLE users;\n");
  EXPECT_THAT(message(run("down", "Take back 0002")), HasSubstr("Save it first"));
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(UpkeepTest, ADownThatIsKnownToFailIsRefused) {
  folder_.write("migrations/0002_phone.down.sql",
                "ALTER TABLE users ADD COLUMN phone TEXT;\nINSERT INTO nowhere SELECT 1;\n");
  begin_and_apply();
  const Json refused = run("down", "Take back 0002");
  EXPECT_EQ(refused["done"], false);
  EXPECT_THAT(message(refused), HasSubstr("nowhere"));
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(UpkeepTest, RedoesTheMigrationOfTheFile) {
  begin_and_apply();
  EXPECT_EQ(run("redo", "Redo 0002")["done"], true);
  EXPECT_THAT(questions_.back(), HasSubstr("Take back and apply again on sqlite:app.db"));
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(UpkeepTest, PlanIsAPageWithWhatAnApplyWouldDo) {
  start();
  const Json planned = run("plan", "");
  EXPECT_EQ(planned["done"], true) << planned;
  EXPECT_THAT(questions_, IsEmpty());
  EXPECT_THAT(report(planned),
              AllOf(StartsWith("# Plan\n\nsqlite:app.db\n"), HasSubstr("- **0002\\_phone**: "),
                    HasSubstr("  - destroys the values of users.phone\n")));
  EXPECT_THAT(columns(), IsEmpty());
  EXPECT_FALSE(has_state());
}

TEST_F(UpkeepTest, PlanTellsOfWhatIsNotSaved) {
  start();
  client_.change(uri_, 2, Json::array({{{"text", "DROP TABLE users;\n"}}}));
  EXPECT_THAT(message(run("plan", "")),
              HasSubstr("0002_phone.up.sql has changes that are not saved"));
}

TEST_F(UpkeepTest, DoctorChecksAndProblemsAreToldAndChangeNothing) {
  begin_and_apply();
  questions_.clear();
  EXPECT_THAT(report(run("doctor", "")), StartsWith("# Doctor\n\nsqlite:app.db\n"));
  EXPECT_THAT(report(run("check", "")), StartsWith("# Check of the data\n"));
  EXPECT_THAT(report(run("verifySchema", "")), StartsWith("# Check of the schema\n"));
  EXPECT_THAT(report(run("ledgerProblems", "")), StartsWith("# Problems of the ledger\n"));
  EXPECT_THAT(questions_, IsEmpty());

  sql("UPDATE belay_migrations SET checksum = 'x', sql_checksum = 'x' WHERE version = '0002'");
  sql("CREATE TABLE stranger (x)");
  EXPECT_THAT(message(run("verifySchema", "")), HasSubstr("drift"));
  EXPECT_THAT(report(run("ledgerProblems", "")), HasSubstr("0002"));
  EXPECT_THAT(sql("SELECT checksum FROM belay_migrations WHERE version = '0002'"),
              ElementsAre("x"));
}

TEST_F(UpkeepTest, DoctorTellsOfADatabaseThatCannotBeReached) {
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:nowhere/at/all.db\"\n");
  start();
  const Json told = run("doctor", "");
  EXPECT_EQ(told["done"], true) << told;
  EXPECT_THAT(report(told), HasSubstr("nowhere/at/all.db"));
}

TEST_F(UpkeepTest, AKeptSnapshotIsListedRestoredAndTakenBack) {
  const std::string snapshot = keep_a_snapshot();
  EXPECT_EQ(run("restore", "Cancel")["done"], false);
  const Json restored = run("restore", "Restore", {{"uri", uri_}, {"snapshot", snapshot}});
  EXPECT_EQ(restored["done"], true) << restored;
  EXPECT_THAT(questions_.back(),
              AllOf(HasSubstr(snapshot), HasSubstr("A session is opened for it")));
  EXPECT_THAT(columns(), IsEmpty()) << "it holds what was before the first migration";
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
}

TEST_F(UpkeepTest, OnlyKeptSnapshotsAreRestored) {
  keep_a_snapshot();
  const size_t asked = questions_.size();
  const Json refused =
      run("restore", "Restore", {{"uri", uri_}, {"snapshot", folder_.path("app.db")}});
  EXPECT_EQ(refused["done"], false);
  EXPECT_THAT(message(refused), HasSubstr("is kept"));
  EXPECT_EQ(questions_.size(), asked);
}

TEST_F(UpkeepTest, ASnapshotIsRemovedOnlyAfterAYes) {
  const std::string snapshot = keep_a_snapshot();
  const Json argument = {{"uri", uri_}, {"snapshot", snapshot}};
  EXPECT_EQ(run("dropSnapshot", "Cancel", argument)["done"], false);
  EXPECT_EQ(run("snapshots", "")["choices"].size(), 1U);
  EXPECT_EQ(run("pruneSnapshots", "Remove")["done"], true);
  EXPECT_EQ(run("snapshots", "")["choices"].size(), 1U) << "the last good one stays";
  EXPECT_EQ(run("dropSnapshot", "Remove", argument)["done"], true);
  EXPECT_THAT(questions_.back(), HasSubstr("cannot be brought back"));
  EXPECT_EQ(run("snapshots", "")["choices"].size(), 0U);
  EXPECT_THAT(message(run("dropSnapshot", "Remove")), HasSubstr("no snapshot is kept"));
}

TEST_F(UpkeepTest, FreshEmptiesAndAppliesWithinASession) {
  start();
  EXPECT_EQ(run("fresh", "Cancel")["done"], false);
  EXPECT_THAT(sql("SELECT x FROM kept"), ElementsAre("1"));
  EXPECT_EQ(run("fresh", "Empty and apply")["done"], true);
  EXPECT_THAT(columns(), ElementsAre("id", "name"));
  EXPECT_THAT(sql("SELECT x FROM kept"), ElementsAre(HasSubstr("no such table")));
  EXPECT_THAT(message(run("fresh", "Empty and apply")), HasSubstr("a session is open"));
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_THAT(sql("SELECT x FROM kept"), ElementsAre("1"));
}

TEST_F(UpkeepTest, NothingOfAllThatInAFolderThatIsNotTrusted) {
  const std::string uri = "file://" + folder_.root();
  client_.initialize({{"processId", nullptr},
                      {"rootUri", uri},
                      {"capabilities", Client::capabilities()},
                      {"initializationOptions", {{"untrusted", true}}},
                      {"workspaceFolders", {{{"uri", uri}, {"name", "project"}}}}});
  for (const char* command :
       {"down", "redo", "restore", "fresh", "dropSnapshot", "pruneSnapshots", "plan", "doctor",
        "check", "verifySchema", "ledgerProblems", "snapshots", "environments"}) {
    const Json refused = run(command, "");
    EXPECT_EQ(refused["done"], false) << command;
    EXPECT_THAT(message(refused), HasSubstr("not trusted")) << command;
  }
  EXPECT_FALSE(has_state());
}

TEST_F(UpkeepTest, AnApplyRunsTheValidationsOfTheProject) {
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n"
                "[session]\non_failure = \"rollback\"\n"
                "[session.validations]\nno_bob = \"SELECT name FROM users WHERE name = 'Bob'\"\n");
  start();
  run("begin", "Begin");
  const Json applied = run("apply", "Apply");
  EXPECT_EQ(applied["done"], false);
  EXPECT_THAT(questions_.back(), AllOf(HasSubstr("1 validation"), HasSubstr("by itself")));
  EXPECT_THAT(message(applied), AllOf(HasSubstr("no_bob"), HasSubstr("rolled back")));
  EXPECT_THAT(columns(), IsEmpty());
}

}  // namespace
}  // namespace belay::lsp::testing

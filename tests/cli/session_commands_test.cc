// The commands around a session as scripts and people call them: exit codes, what is asked and what
// is refused where nobody can be asked, and that JSON has every key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <belay/connection.h>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class SessionCommandsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    write("0001_people.up.sql", "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n");
    write("0001_people.down.sql", "DROP TABLE people;\n");
    write("0002_index.up.sql", "CREATE INDEX people_name ON people (name);\n");
    write("0002_index.down.sql", "DROP INDEX people_name;\n");
    write("0003_mail.up.sql", "ALTER TABLE people ADD COLUMN mail TEXT;\n");
  }
  void write(const std::string& name, const std::string& text) const {
    folder_.write("migrations/" + name, text);
  }
  Answer belay(std::vector<std::string> arguments, RunOptions options = {}) const {
    options.folder = folder_.path();
    return run_belay(arguments, options);
  }
  /// One that must answer with this code; its output.
  std::string must(const std::vector<std::string>& arguments, int exit_code = 0) const {
    const Answer answer = belay(arguments);
    EXPECT_EQ(answer.exit_code, exit_code) << answer.out << answer.err;
    return answer.out + answer.err;
  }
  Json json(std::vector<std::string> arguments, int exit_code = 0) const {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Answer answer = belay(arguments);
    EXPECT_EQ(answer.exit_code, exit_code) << answer.out << answer.err;
    EXPECT_EQ(std::count(answer.out.begin(), answer.out.end(), '\n'), 1) << "one line";
    return Json::parse(answer.out, nullptr, /*allow_exceptions=*/false);
  }
  /// With 0001 and 0002 applied, in an open session, and a row that somebody wrote.
  void open_session() const {
    must({"begin"});
    must({"apply", "--to", "0002"});
  }
  std::unique_ptr<runtime::Connection> database() const {
    runtime::ConnectionOptions options;
    options.base_directory = folder_.path();
    auto made = runtime::connect(*runtime::parse_database_url("sqlite:app.db", nullptr), options);
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }

  ScratchFolder folder_;
};

TEST_F(SessionCommandsTest, PlanTellsWhatEachMigrationCosts) {
  EXPECT_THAT(must({"plan"}), HasSubstr("3 migrations are pending.\n"));
  open_session();
  EXPECT_TRUE(database()->execute("INSERT INTO people (name) VALUES ('Ada')").ok());
  write("0003_mail.up.sql", "ALTER TABLE people DROP COLUMN id;\n");
  write("0004_drop.up.sql", "DROP INDEX people_name;\nALTER TABLE people DROP COLUMN name;\n");
  write("0005_some.up.sql", "DELETE FROM people WHERE id > 3;\n");
  const Json plan = json({"plan"});
  for (const char* key :
       {"database",        "migrations", "database_exists", "session_open", "applied",
        "pending",         "edited",     "comments_edited", "missing",      "half_applied",
        "half_taken_back", "drift",      "guard",           "tables",       "database_bytes",
        "snapshot_bytes",  "obstacles",  "headline",        "warnings",     "notes",
        "next_steps"}) {
    EXPECT_TRUE(plan.contains(key)) << key;
  }
  EXPECT_EQ(plan["applied"], 2);
  EXPECT_EQ(plan["session_open"], true);
  EXPECT_EQ(plan["drift"]["state"], "none");
  ASSERT_EQ(plan["pending"].size(), 3U);
  const Json& drop = plan["pending"][1];
  EXPECT_EQ(drop["id"], "0004_drop");
  EXPECT_EQ(drop["risk"], "high");
  EXPECT_EQ(drop["category"], "dangerous");
  EXPECT_EQ(drop["verdict"], "no-down");
  EXPECT_EQ(drop["losses"][0]["table"], "people");
  EXPECT_EQ(drop["losses"][0]["column"], "name");
  EXPECT_EQ(drop["locks"][0]["relation"], "people");
  EXPECT_EQ(drop["locks"][0]["rewrite"], true);
  EXPECT_EQ(drop["guard"]["guard"], "tables");
  EXPECT_TRUE(drop["estimate"]["ms"].is_number());
  EXPECT_EQ(drop["estimate"]["bytes"], plan["tables"][0]["bytes"]);
  EXPECT_EQ(plan["tables"][0]["rows"], 1);
  const Json& some = plan["pending"][2];
  EXPECT_TRUE(some["estimate"]["ms"].is_null());
  EXPECT_THAT(some["estimate"]["basis"].get<std::string>(), HasSubstr("DELETE with a condition"));
}

TEST_F(SessionCommandsTest, PendingAndShow) {
  open_session();
  EXPECT_THAT(must({"pending"}), AllOf(HasSubstr("1 migration is pending.\n"),
                                       HasSubstr("0003_mail"), Not(HasSubstr("0002"))));
  EXPECT_EQ(json({"pending"})["pending"][0]["version"], "0003");
  EXPECT_THAT(must({"show", "0002"}),
              AllOf(HasSubstr("0002_index is done.\n"), HasSubstr("0002_index.down.sql:1\n"),
                    HasSubstr("restored: ")));
  write("0002_index.up.sql", "-- why\nCREATE INDEX people_name ON people (name);\n");
  const Json view = json({"show", "0002_index"});
  EXPECT_EQ(view["edited_since"], "comments");
  EXPECT_EQ(view["up"]["last_line"], 2);
  EXPECT_EQ(view["ledger"]["state"], "done");
  EXPECT_TRUE(json({"show", "0003"})["ledger"].is_null());
  EXPECT_THAT(must({"show", "0009"}, 1), HasSubstr("there is no migration `0009`"));
  must({"show"}, 2);
}

TEST_F(SessionCommandsTest, ADryRunLeavesNothing) {
  must({"begin"});
  must({"apply", "--steps", "1"});
  EXPECT_THAT(must({"apply", "--dry-run"}), HasSubstr("2 migrations ran in a dry run"));
  const Json run = json({"apply", "--dry-run", "--steps", "1"});
  EXPECT_EQ(run["migrations"].size(), 1U);
  EXPECT_EQ(run["not_tried"].size(), 0U);
  EXPECT_EQ(json({"pending"})["pending"].size(), 2U);
  write("0002_index.up.sql", "CREATE INDEX people_name ON people (nobody);\n");
  EXPECT_THAT(must({"apply", "--dry-run"}, 1), HasSubstr("0002_index would fail"));
  must({"apply", "--steps", "0"}, 2);
}

TEST_F(SessionCommandsTest, SnapshotsAreKeptListedVerifiedAndPruned) {
  EXPECT_THAT(must({"snapshots"}), HasSubstr("No snapshots are kept"));
  must({"begin"});
  must({"apply"});
  must({"commit"});
  for (int i = 0; i < 2; ++i) {
    must({"begin"});
    must({"commit", "--keep-snapshot"});
  }
  const Json kept = json({"snapshots", "--verify"});
  ASSERT_EQ(kept["snapshots"].size(), 2U);
  for (const char* key : {"session", "taken_at", "state", "guard", "problem", "path", "bytes"}) {
    EXPECT_TRUE(kept["snapshots"][0].contains(key)) << key;
  }
  EXPECT_EQ(kept["snapshots"][0]["state"], "kept");
  EXPECT_EQ(json({"snapshots", "--prune"})["removed"].size(), 1U);
  EXPECT_EQ(json({"snapshots", "--prune"})["removed"].size(), 0U) << "the last one stays";
  const std::string last = json({"snapshots"})["snapshots"][0]["session"];
  EXPECT_THAT(must({"snapshots", "--drop", last}, 1), HasSubstr("was not confirmed"));
  EXPECT_EQ(json({"snapshots", "--drop", last, "--yes"})["removed"][0], last);
  EXPECT_THAT(must({"snapshots", "--drop", "x", "--yes"}, 1),
              HasSubstr("no snapshot of a session"));
  must({"snapshots", "--prune", "--older-than", "soon"}, 1);
}

TEST_F(SessionCommandsTest, RestoreHappensWithinASession) {
  must({"begin"});
  must({"apply"});
  must({"commit"});
  must({"begin"});
  must({"commit", "--keep-snapshot"});
  const std::string kept = json({"snapshots"})["snapshots"][0]["session"];
  EXPECT_TRUE(database()->execute("INSERT INTO people (name) VALUES ('Ada')").ok());
  EXPECT_THAT(must({"restore", kept}, 1), HasSubstr("was not confirmed"));
  must({"restore"}, 2);
  EXPECT_THAT(must({"restore", "nothing", "--yes"}, 1), HasSubstr("neither a kept snapshot"));
  EXPECT_TRUE(json({"status"})["session"].is_null()) << "none was opened for nothing";
  const Json restored = json({"restore", kept, "--yes"});
  EXPECT_EQ(restored["source"], kept);
  EXPECT_EQ(database()->query("SELECT count(*) FROM people")->number(), 0);
  must({"rollback"});
  EXPECT_EQ(database()->query("SELECT count(*) FROM people")->number(), 1);
}

TEST_F(SessionCommandsTest, FreshIsForDevelopment) {
  EXPECT_THAT(must({"fresh"}, 1), HasSubstr("was not confirmed"));
  must({"fresh", "--yes", "--commit"});
  EXPECT_TRUE(database()->execute("INSERT INTO people (name) VALUES ('Ada')").ok());
  EXPECT_EQ(json({"fresh", "--yes"})["migrations"].size(), 3U);
  EXPECT_EQ(database()->query("SELECT count(*) FROM people")->number(), 0);
  EXPECT_THAT(must({"fresh", "--yes"}, 1), HasSubstr("a session is open"));
  must({"rollback"});
  EXPECT_EQ(database()->query("SELECT count(*) FROM people")->number(), 1);
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[environments.live]\nurl = \"sqlite:app.db\"\n"
                "kind = \"production\"\n");
  EXPECT_THAT(must({"fresh", "--yes", "--environment", "live"}, 1),
              HasSubstr("`live` is no environment for development"));
}

TEST_F(SessionCommandsTest, DoctorSaysWhetherSessionsCanWork) {
  EXPECT_THAT(must({"doctor"}),
              AllOf(HasSubstr("Sessions can work on "), HasSubstr("3 migrations in ")));
  const Json report = json({"doctor"});
  EXPECT_EQ(report["sound"], true);
  for (const char* key : {"level", "topic", "text", "hint"}) {
    EXPECT_TRUE(report["findings"][0].contains(key)) << key;
  }
  write("0003_mail.up.sql", "INSERT INTO people VALUES ('unfinished);\n");
  write("0003_other.up.sql", "SELECT 1;\n");
  EXPECT_THAT(must({"doctor"}, 1), HasSubstr("migrations cannot be run as they are"));
  folder_.write("app.db", "no database at all, but long enough to be looked at as one");
  EXPECT_THAT(must({"doctor"}, 1), HasSubstr("connection (!!)"));
}

TEST_F(SessionCommandsTest, WhatOnlyAddsNeedsNoCopy) {
  must({"begin"});
  must({"apply"});
  must({"commit"});
  write("0004_tags.up.sql", "CREATE TABLE tags (name TEXT);\n");
  write("0005_more.up.sql",
        "CREATE INDEX people_mail ON people (mail);\n"
        "INSERT INTO tags VALUES ('new');\n");
  const Json plan = json({"plan"});
  EXPECT_EQ(plan["guard"]["guard"], "transaction");
  EXPECT_EQ(plan["snapshot_bytes"], 0);
  EXPECT_EQ(plan["pending"][0]["guard"]["guard"], "transaction");
  EXPECT_THAT(must({"begin"}), HasSubstr("nothing is copied"));
  must({"apply"});
  EXPECT_THAT(must({"rollback"}), HasSubstr("what was new is gone"));
}

TEST_F(SessionCommandsTest, ADownThatLosesNothingNeedsNoWord) {
  open_session();
  EXPECT_THAT(must({"down", "--dry-run"}),
              AllOf(HasSubstr("0001_people, which stays"), HasSubstr("Data loss       none")));
  EXPECT_THAT(must({"down"}), HasSubstr("1 migration was taken back; 0001_people stays applied"));
  const Json redo = json({"redo"});
  EXPECT_EQ(redo["migrations"].size(), 2U);
  EXPECT_EQ(redo["migrations"][0]["direction"], "down");
  EXPECT_EQ(redo["migrations"][1]["state"], "done");
}

TEST_F(SessionCommandsTest, ADownThatLosesRowsIsRefusedUnlessItsVersionIsNamed) {
  open_session();
  EXPECT_TRUE(database()->execute("INSERT INTO people (name) VALUES ('Ada')").ok());
  EXPECT_THAT(must({"down", "--to", "0"}, 1),
              AllOf(HasSubstr("0001_people has to be confirmed"),
                    HasSubstr("lost would be the table people"), HasSubstr("--confirm 0001")));
  const Json plan = json({"down", "--to", "0", "--dry-run"});
  EXPECT_EQ(plan["items"][0]["needs_confirmation"], false);
  EXPECT_EQ(plan["items"][1]["needs_confirmation"], true);
  EXPECT_TRUE(plan["stays"].is_null());
  EXPECT_TRUE(plan["estimated_ms"].is_number());
  must({"down", "--to", "0", "--confirm", "0002"}, 1);
  EXPECT_EQ(json({"down", "--to", "0", "--confirm", "0002", "--confirm", "0001"})["failed"], false);
}

TEST_F(SessionCommandsTest, OnATerminalTheVersionIsTyped) {
  open_session();
  EXPECT_TRUE(database()->execute("INSERT INTO people (name) VALUES ('Ada')").ok());
  RunOptions options;
  options.terminal = true;
  options.input = "yes\n";
  Answer answer = belay({"down", "--to", "0"}, options);
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("To take back 0001_people, type its version, 0001:"),
                                HasSubstr("nothing was taken back")));
  EXPECT_EQ(json({"pending"})["pending"].size(), 1U);
  options.input = "0001\n";
  answer = belay({"down", "--to", "0"}, options);
  EXPECT_EQ(answer.exit_code, 0) << answer.out;
  EXPECT_EQ(json({"pending"})["pending"].size(), 3U);
}

TEST_F(SessionCommandsTest, DownMindsItsCommandLineTheWindowAndTheSession) {
  open_session();
  must({"down", "--to", "0001", "--steps", "1"}, 2);
  must({"down", "--steps", "-1"}, 2);
  EXPECT_THAT(must({"down", "--steps", "3"}, 1), HasSubstr("only 2 migrations are applied"));
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n"
                "[runtime]\nrollback_window = \"7d\"\n");
  EXPECT_TRUE(database()
                  ->execute("UPDATE belay_migrations SET applied_at = '2020-01-31T12:00:00.000Z'")
                  .ok());
  EXPECT_THAT(must({"down"}, 1),
              HasSubstr("longer ago than the rollback window of 604800 seconds"));
  must({"down", "--beyond-window"});
  must({"commit"});
  EXPECT_THAT(must({"redo"}, 1), HasSubstr("longer ago"));
  EXPECT_THAT(must({"redo", "--beyond-window"}, 1), HasSubstr("no session is open"));
  EXPECT_THAT(must({"redo", "--beyond-window", "--without-snapshot"}, 1),
              HasSubstr("has to be confirmed"));
  must({"redo", "--beyond-window", "--without-snapshot", "--yes"});
}

TEST_F(SessionCommandsTest, WithoutADownItSaysWhatToDo) {
  open_session();
  must({"apply"});
  EXPECT_THAT(must({"down"}, 1),
              AllOf(HasSubstr("0003_mail cannot be taken back: it has no down"),
                    HasSubstr("belay new NAME"), HasSubstr("belay generate-down")));
}

TEST_F(SessionCommandsTest, HistoryCheckAndVerifySchema) {
  open_session();
  must({"down"});
  const Json history = json({"history"});
  ASSERT_EQ(history["events"].size(), 4U);
  EXPECT_EQ(history["events"][3]["kind"], "taken-back");
  EXPECT_EQ(history["events"][3]["command"], "down");
  EXPECT_EQ(history["ledger"][1]["state"], "rolled_back");
  EXPECT_EQ(json({"check"})["sound"], true);
  EXPECT_EQ(json({"verify-schema"})["drift"]["state"], "none");
  EXPECT_TRUE(database()->execute("CREATE TABLE by_hand (x REFERENCES people)").ok());
  EXPECT_TRUE(database()->execute("INSERT INTO by_hand VALUES (7)").ok());
  EXPECT_THAT(must({"verify-schema"}, 1), HasSubstr("The schema has drifted"));
  const Json check = json({"check"}, 1);
  EXPECT_EQ(check["foreign_key_violations"], 1);
  EXPECT_EQ(check["row_changes"][0]["table"], "by_hand");
}

TEST_F(SessionCommandsTest, BaselineAndRepairWantAYes) {
  folder_.write("app.db", "");
  EXPECT_THAT(must({"baseline", "0002"}, 1), HasSubstr("nothing was marked"));
  EXPECT_EQ(json({"baseline", "0002", "--yes"})["marked"].size(), 2U);
  EXPECT_EQ(json({"pending"})["pending"].size(), 1U);
  must({"baseline"}, 2);
  EXPECT_THAT(must({"repair"}), HasSubstr("The ledger is in order"));

  write("0003_mail.up.sql", "nonsense;\n");
  must({"apply", "--without-snapshot", "--yes"}, 1);
  EXPECT_THAT(must({"repair"}, 1),
              AllOf(HasSubstr("The ledger has 1 problem"), HasSubstr("nothing was changed")));
  EXPECT_EQ(json({"repair"}, 1)["changed"], false);
  const Json repaired = json({"repair", "--yes"});
  EXPECT_EQ(repaired["changed"], true);
  EXPECT_EQ(repaired["problems"][0]["kind"], "failed");
  must({"repair", "--mark-applied", "0003"}, 1);
}

}  // namespace
}  // namespace belay::cli

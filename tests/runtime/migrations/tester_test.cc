// MigrationTester, as a project's tests use it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <belay/migration_tester.h>
#include <belay/migrations.h>

namespace belay::testing {
namespace {

using runtime::MigrationScript;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Statements = std::vector<std::string>;

MigrationScript migration(std::string version, const Statements& up, const Statements& down = {}) {
  const auto program = [](const Statements& statements) {
    return [statements](runtime::Connection& connection) -> Result<void> {
      for (const std::string& sql : statements) BELAY_TRY(connection.execute(sql));
      return {};
    };
  };
  MigrationScript out;
  out.version = std::move(version);
  out.name = "m";
  out.up.program = program(up);
  if (!down.empty()) out.down.emplace().program = program(down);
  return out;
}

const MigrationScript kPeople =
    migration("1", {"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, born INTEGER)"},
              {"DROP TABLE people"});

std::vector<MigrationTrial> tried(std::vector<MigrationScript> migrations) {
  MigrationTester tester(std::move(migrations), {});
  tester.before("2", [](Database& db) {
    db.execute("INSERT INTO people (name, born) VALUES ('Ada', 1815), (NULL, NULL)");
  });
  return tester.try_all();
}

TEST(MigrationTester, PassesWhatComesAndGoes) {
  const auto trials = tried({kPeople, migration("2", {"ALTER TABLE people ADD COLUMN mail TEXT"},
                                                {"ALTER TABLE people DROP COLUMN mail"})});
  ASSERT_EQ(trials.size(), 2U);
  for (const MigrationTrial& trial : trials) {
    EXPECT_TRUE(trial.passed()) << trial.to_string();
    EXPECT_TRUE(trial.up && trial.down && trial.up_again);
  }
  EXPECT_EQ(trials[1].to_string(), "2_m: up, down and up again");
}

TEST(MigrationTester, FindsValuesThatDoNotComeBack) {
  const auto trials = tried({kPeople, migration("2", {"ALTER TABLE people DROP COLUMN name"},
                                                {"ALTER TABLE people ADD COLUMN name TEXT"})});
  EXPECT_FALSE(trials[1].passed());
  EXPECT_THAT(trials[1].to_string(), HasSubstr("of people hold other values"));
}

TEST(MigrationTester, FindsRowsAndTablesAndSchemaThatDiffer) {
  const auto trials = tried({kPeople, migration("2", {"CREATE TABLE log (x)"},
                                                {"DELETE FROM people WHERE name IS NULL",
                                                 "CREATE INDEX by_name ON people (name)"})});
  EXPECT_THAT(trials[1].differences,
              ElementsAre("the schema is another one", "people has 1 row, and had 2",
                          "the table log is there, and was not"));
}

TEST(MigrationTester, TellsWhatFailed) {
  const auto up = tried({kPeople, migration("2", {"DROP TABLE nowhere"}), migration("3", {})});
  ASSERT_EQ(up.size(), 2U) << "what comes behind is not tried";
  EXPECT_THAT(up[1].to_string(),
              HasSubstr("2_m: its up failed: script:1:1: no such table: nowhere"));
  const auto down =
      tried({kPeople, migration("2", {"CREATE TABLE t (x)"}, {"DROP TABLE nowhere"})});
  EXPECT_THAT(down[1].to_string(),
              HasSubstr("its down failed: script:1:1: no such table: nowhere"));
}

TEST(MigrationTester, LooksBehindAnUp) {
  MigrationTester tester({kPeople}, {});
  tester.after("1", [](Database& db) {
    if (db.query("SELECT * FROM people").empty()) throw MigrationError("nobody is there");
  });
  EXPECT_THROW(tester.try_all(), MigrationError);
  MigrationTester unknown({kPeople}, {});
  unknown.before("7", [](Database&) {});
  EXPECT_THROW(unknown.try_all(), MigrationError);
}

}  // namespace
}  // namespace belay::testing

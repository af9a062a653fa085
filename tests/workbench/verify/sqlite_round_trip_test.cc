#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using rollback::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SqliteRoundTripTest : public ::testing::Test {
 protected:
  RoundTrip run(const std::string& before, const std::string& up, const std::string& down,
                uint32_t rows = 3) {
    return round_trip(*engine_, before, up, down, rows);
  }

  std::unique_ptr<ScratchEngine> engine_ = sqlite_engine({});
};

TEST_F(SqliteRoundTripTest, ADownThatTakesBackAllRestores) {
  const RoundTrip trip = run("CREATE TABLE t (a INT);", "ALTER TABLE t ADD COLUMN b INT;",
                             "ALTER TABLE t DROP COLUMN b;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_THAT(trip.differences, IsEmpty());
  EXPECT_TRUE(trip.reup && trip.reup->ok());
  EXPECT_THAT(trip.reup_differences, IsEmpty());
}

TEST_F(SqliteRoundTripTest, ARebuildThatForgetsAnIndexDiffers) {
  const RoundTrip trip =
      run("CREATE TABLE t (a INT); CREATE INDEX i ON t (a);", "ALTER TABLE t ADD COLUMN b INT;",
          "CREATE TABLE n (a INT);\nINSERT INTO n SELECT a FROM t;\n"
          "DROP TABLE t;\nALTER TABLE n RENAME TO t;");
  EXPECT_EQ(trip.verdict, Verdict::kDiffers);
  EXPECT_THAT(lines_of(trip.differences), ElementsAre("missing index i"));
  EXPECT_THAT(trip.lost, IsEmpty());
}

TEST_F(SqliteRoundTripTest, AColumnAtTheEndIsAnotherOrder) {
  const RoundTrip trip = run("CREATE TABLE t (a INT, b INT);", "ALTER TABLE t DROP COLUMN a;",
                             "ALTER TABLE t ADD COLUMN a INT;", 0);
  EXPECT_EQ(trip.verdict, Verdict::kRestoredButOrder);
  EXPECT_THAT(lines_of(trip.differences),
              ElementsAre("changed table t; column order: a, b -> b, a"));
}

TEST_F(SqliteRoundTripTest, RowsShowWhatIsLost) {
  const RoundTrip trip =
      run("CREATE TABLE t (a INT, b TEXT); CREATE TABLE u (a INT);",
          "ALTER TABLE t DROP COLUMN b; DELETE FROM u;", "ALTER TABLE t ADD COLUMN b TEXT;");
  EXPECT_EQ(trip.verdict, Verdict::kRestoredDataLost);
  // The last of the three rows has a NULL there, which is as it was.
  EXPECT_THAT(lines_of(trip.lost), ElementsAre("t.b: 2", "u: 3"));
}

TEST_F(SqliteRoundTripTest, RowsThatTheUpInsertedAreLeftBehind) {
  const RoundTrip trip = run("CREATE TABLE t (a INT);", "INSERT INTO t VALUES (7);", "SELECT 1;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_THAT(lines_of(trip.added), ElementsAre("t: 1"));
}

TEST_F(SqliteRoundTripTest, ADownThatFailsSaysWhere) {
  const RoundTrip trip =
      run("CREATE TABLE t (a INT);", "ALTER TABLE t ADD COLUMN b INT;", "\n  DROP TABLE other;");
  EXPECT_EQ(trip.verdict, Verdict::kDownFailed);
  EXPECT_EQ(trip.down->error->message, "no such table: other");
  EXPECT_EQ(trip.down->error->place.to_string(), "down.sql:2:3");
  EXPECT_FALSE(trip.down_fails_on_rows);
}

TEST_F(SqliteRoundTripTest, ADownMayFailOnRowsAlone) {
  const RoundTrip trip = run("CREATE TABLE t (a INT);", "ALTER TABLE t ADD COLUMN b INT;",
                             "CREATE TABLE n (a INT NOT NULL);\nINSERT INTO n SELECT a FROM t;\n"
                             "DROP TABLE t;\nALTER TABLE n RENAME TO t;");
  EXPECT_EQ(trip.verdict, Verdict::kDownFailed);
  EXPECT_TRUE(trip.down_fails_on_rows);
  EXPECT_EQ(trip.down->error->code_name, "SQLITE_CONSTRAINT_NOTNULL");
}

TEST_F(SqliteRoundTripTest, AnUpThatFailsOnRowsIsJudgedWithoutThem) {
  const RoundTrip trip = run("CREATE TABLE t (a INT, b INT DEFAULT 1);",
                             "CREATE TABLE n (a INT NOT NULL);\n"
                             "INSERT INTO n SELECT a FROM t;",
                             "DROP TABLE n;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  ASSERT_TRUE(trip.up_error_on_rows);
  EXPECT_EQ(trip.up_error_on_rows->code_name, "SQLITE_CONSTRAINT_NOTNULL");
}

TEST_F(SqliteRoundTripTest, AnUpThatFailsHasNoVerdict) {
  const RoundTrip trip = run("CREATE TABLE t (a INT);", "CREATE TABLE t (a INT);", "DROP TABLE t;");
  EXPECT_FALSE(trip.verdict);
  EXPECT_EQ(trip.up.error->place.to_string(), "up.sql:1:14");
}

TEST_F(SqliteRoundTripTest, AnEmptyDownLeavesWhatTheUpMade) {
  const RoundTrip trip = run("", "CREATE TABLE t (a INT);", "-- nothing\n");
  EXPECT_EQ(trip.verdict, Verdict::kDiffers);
  EXPECT_THAT(lines_of(trip.differences), ElementsAre("extra table t"));
}

TEST_F(SqliteRoundTripTest, AnEmptyDownOfAnUpWithoutEffectRestores) {
  EXPECT_EQ(run("CREATE TABLE t (a INT);", "SELECT 1;", "").verdict, Verdict::kRestored);
}

TEST_F(SqliteRoundTripTest, ASecondUpMayFail) {
  const RoundTrip trip =
      run("CREATE TABLE t (a INT UNIQUE);", "INSERT INTO t VALUES (70);", "SELECT 1;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  ASSERT_TRUE(trip.reup && trip.reup->error);
  EXPECT_THAT(trip.reup->error->message, HasSubstr("UNIQUE"));
}

TEST_F(SqliteRoundTripTest, AScriptMayHaveItsOwnTransaction) {
  const RoundTrip trip =
      run("CREATE TABLE t (a INT);", "BEGIN; ALTER TABLE t ADD COLUMN b INT; COMMIT;",
          "BEGIN; ALTER TABLE t DROP COLUMN b; COMMIT;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_EQ(trip.up.mode, RunOutcome::Mode::kOwn);
}

TEST_F(SqliteRoundTripTest, NoFileIsReached) {
  const std::string file = ::testing::TempDir() + "belay-never-made.db";
  for (const std::string& up : {"ATTACH '" + file + "' AS other; CREATE TABLE other.t (a INT);",
                                "BEGIN; COMMIT; VACUUM INTO '" + file + "';"}) {
    const RoundTrip trip = run("CREATE TABLE t (a INT);", up, "SELECT 1;");
    ASSERT_TRUE(trip.up.error) << up;
    EXPECT_EQ(trip.up.error->code_name, "SQLITE_AUTH") << up;
    EXPECT_FALSE(std::filesystem::exists(file)) << up;
  }
  EXPECT_EQ(run("CREATE TABLE t (a INT);", "BEGIN; COMMIT; VACUUM;", "SELECT 1;").verdict,
            Verdict::kRestored);
}

TEST_F(SqliteRoundTripTest, WhatAScriptSetsUpReachesNoOther) {
  const RoundTrip trip = run("CREATE TABLE t (a INT);",
                             "CREATE TEMP TABLE keep (a INT); ALTER TABLE t ADD COLUMN b INT;",
                             "CREATE TEMP TABLE keep (a INT); ALTER TABLE t DROP COLUMN b;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
}

}  // namespace
}  // namespace belay::workbench

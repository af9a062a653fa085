#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using project::TransactionHabit;
using rollback::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PostgresRoundTripTest : public OnPostgres {
 protected:
  static RoundTrip run(const std::string& before, const std::string& up, const std::string& down,
                       uint32_t rows = 3) {
    return round_trip(engine(), before, up, down, rows);
  }
};

TEST_P(PostgresRoundTripTest, ADownThatTakesBackAllRestores) {
  const RoundTrip trip =
      run("CREATE TABLE t (a int);", "CREATE INDEX i ON t (a); ALTER TABLE t ADD b int DEFAULT 1;",
          "ALTER TABLE t DROP b; DROP INDEX i;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_TRUE(trip.reup && trip.reup->ok());
  EXPECT_THAT(trip.reup_differences, IsEmpty());
}

TEST_P(PostgresRoundTripTest, AnAttributeThatIsForgottenDiffers) {
  const RoundTrip trip = run("CREATE TABLE t (a int NOT NULL DEFAULT 7);", "ALTER TABLE t DROP a;",
                             "ALTER TABLE t ADD a int DEFAULT 7;");
  EXPECT_EQ(trip.verdict, Verdict::kDiffers);
  EXPECT_THAT(lines_of(trip.differences),
              ElementsAre("changed column public.t.a; not null: 1 -> "));
  EXPECT_THAT(lines_of(trip.lost), ElementsAre("public.t.a: 3"));
}

TEST_P(PostgresRoundTripTest, AColumnThatIsAddedAgainHasLostItsValues) {
  const RoundTrip trip =
      run("CREATE TABLE t (a int, b text);", "ALTER TABLE t DROP b;", "ALTER TABLE t ADD b text;");
  EXPECT_EQ(trip.verdict, Verdict::kRestoredDataLost);
  EXPECT_THAT(lines_of(trip.lost), ElementsAre("public.t.b: 2"));
}

TEST_P(PostgresRoundTripTest, ARenameLosesNothing) {
  const RoundTrip trip = run("CREATE TABLE t (a int, b text);",
                             "ALTER TABLE t RENAME b TO c; ALTER TABLE t RENAME TO u;",
                             "ALTER TABLE u RENAME TO t; ALTER TABLE t RENAME c TO b;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_THAT(trip.lost, IsEmpty());
}

TEST_P(PostgresRoundTripTest, ANarrowerTypeLosesWhatDoesNotFit) {
  const RoundTrip trip =
      run("CREATE TABLE t (a text);", "ALTER TABLE t ALTER a TYPE varchar(1) USING left(a, 1);",
          "ALTER TABLE t ALTER a TYPE text;");
  EXPECT_EQ(trip.verdict, Verdict::kRestoredDataLost);
}

TEST_P(PostgresRoundTripTest, ColumnsThatTheServerComputesAreNoLoss) {
  const std::string kind = is_18() ? "VIRTUAL" : "STORED";
  const RoundTrip trip = run(
      "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) " + kind + ");",
      "ALTER TABLE t DROP b;", "ALTER TABLE t ADD b int GENERATED ALWAYS AS (a + 1) " + kind + ";");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_THAT(trip.filled.refused, IsEmpty());
}

TEST_P(PostgresRoundTripTest, NotNullWithoutDefaultFailsOnRows) {
  const RoundTrip trip = run("CREATE TABLE t (a int, b int NOT NULL);", "ALTER TABLE t DROP b;",
                             "ALTER TABLE t ADD b int NOT NULL;");
  EXPECT_EQ(trip.verdict, Verdict::kDownFailed);
  EXPECT_TRUE(trip.down_fails_on_rows);
  EXPECT_EQ(trip.down->error->code_name, "23502");
}

TEST_P(PostgresRoundTripTest, ADownThatRaisesHasDeclaredItself) {
  const RoundTrip trip = run("CREATE TABLE t (a int, b int);", "ALTER TABLE t DROP b;",
                             "DO $$BEGIN RAISE EXCEPTION 'there is no way back'; END$$;");
  EXPECT_EQ(trip.verdict, Verdict::kDeclaredIrreversible);
  EXPECT_EQ(trip.down->error->message, "there is no way back");
}

TEST_P(PostgresRoundTripTest, AnErrorHasItsPlaceAndItsState) {
  const RoundTrip trip = run("CREATE TABLE t (a int);", "ALTER TABLE t ADD b int;",
                             "-- höher\nALTER TABLE t DROP b;\nSELECT 'ä', nothing FROM t;");
  EXPECT_EQ(trip.verdict, Verdict::kDownFailed);
  EXPECT_EQ(trip.down->error->code_name, "42703");
  EXPECT_EQ(trip.down->error->place.to_string(), "down.sql:3:13");
}

TEST_P(PostgresRoundTripTest, ANumberThatASequenceGivesIsFreeBehindGeneratedRows) {
  const RoundTrip trip = run("CREATE TABLE t (id serial PRIMARY KEY, a int);",
                             "INSERT INTO t (a) VALUES (1);", "DELETE FROM t WHERE id = 4;");
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
  EXPECT_FALSE(trip.up_error_on_rows);
}

TEST_P(PostgresRoundTripTest, RowsOfACopyStatementArrive) {
  const RoundTrip trip =
      run("CREATE TABLE t (a int, b text);",
          "COPY t (a, b) FROM stdin;\n7\tx\n8\ty\n\\.\n\nUPDATE t SET a = 9;", "DELETE FROM t;", 0);
  EXPECT_TRUE(trip.up.ok());
  EXPECT_EQ(trip.verdict, Verdict::kRestored);
}

TEST_P(PostgresRoundTripTest, ARoleIsNotInTheWayOfTheNextRun) {
  for (int i = 0; i < 2; ++i) {
    const RoundTrip trip =
        run("CREATE TABLE t (a int);", "CREATE ROLE \"Reader\"; GRANT SELECT ON t TO \"Reader\";",
            "REVOKE SELECT ON t FROM \"Reader\"; DROP ROLE \"Reader\";");
    EXPECT_TRUE(trip.up.ok());
    EXPECT_TRUE(trip.reup && trip.reup->ok());
  }
}

/// Runs a script on an empty database with a table `t`.
RunOutcome run_alone(ScratchEngine& engine, const std::string& sql, TransactionHabit habit) {
  const std::unique_ptr<ScratchDatabase> database = *engine.create();
  const std::unique_ptr<runtime::Connection> connection = *database->connect();
  EXPECT_TRUE(connection->execute("CREATE TABLE t (a int)").ok());
  return run_script(*connection, {{sql, "up.sql", 0, 1}, habit});
}

TEST_P(PostgresRoundTripTest, ScriptsRunAsTheirToolsRunThem) {
  const std::string alone = "CREATE INDEX CONCURRENTLY i ON t (a);";
  EXPECT_EQ(run_alone(engine(), alone, TransactionHabit::kPerScript).error->code_name, "25001");
  EXPECT_TRUE(run_alone(engine(), alone, TransactionHabit::kNone).ok());
  EXPECT_TRUE(run_alone(engine(), alone, TransactionHabit::kSimpleQuery).ok());
  // Of several statements the server makes a transaction.
  EXPECT_EQ(
      run_alone(engine(), "SELECT 1;" + alone, TransactionHabit::kSimpleQuery).error->code_name,
      "25001");
  EXPECT_TRUE(run_alone(engine(), "SELECT 1;" + alone, TransactionHabit::kUnknown).ok());
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresRoundTripTest, ::testing::ValuesIn(kPostgresServers),
                         server_name);

}  // namespace
}  // namespace belay::workbench

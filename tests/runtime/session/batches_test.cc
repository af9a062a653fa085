// Statements that run in batches: every row once, whatever the statement changes and whoever stops
// it.
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BatchesTest : public SessionFixture {
 protected:
  void SetUp() override { run_sql(database_, "PRAGMA journal_mode=delete"); }

  /// Ten rows with gaps between their keys, `done` 0.
  void make_rows() {
    run_sql(database_,
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT NOT NULL DEFAULT 0, "
            "done INT NOT NULL DEFAULT 0, CHECK (n < 100));"
            "INSERT INTO t (id) SELECT value * value FROM json_each('[1,2,3,4,5,6,7,8,9,10]');");
  }
  ApplyReport apply(const std::string& sql) {
    must_begin();
    return must_apply({migration("0001", "fill", sql)});
  }
  std::string query(const std::string& sql) { return query_text(database_, sql); }
};

constexpr const char* kCount =
    "-- belay:batch table=t key=id size=3\n"
    "UPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;\n";

/// A loop that takes its page by LIMIT and OFFSET over this condition leaves out every second one.
TEST_F(BatchesTest, AConditionThatTheUpdateItselfChangesLosesNoRow) {
  make_rows();
  const ApplyReport report = apply(
      "-- belay:batch table=t key=id size=3\n"
      "UPDATE t SET done = 1, n = n + 1 WHERE done = 0 AND id >= $1 AND id <= $2;\n");
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1 AND done = 1"), "10");
  ASSERT_THAT(report.migrations, SizeIs(1));
  ASSERT_THAT(report.migrations[0].batched, SizeIs(1));
  const BatchedStatement& batched = report.migrations[0].batched[0];
  EXPECT_EQ(batched.batches, 4U);
  EXPECT_EQ(batched.rows, 10U);
  EXPECT_EQ(batched.changed, 10U);
  EXPECT_EQ(batched.came_to, "100");
  EXPECT_TRUE(batched.done);
  EXPECT_FALSE(report.migrations[0].in_transaction);
  EXPECT_THAT(report.migrations[0].notes,
              Contains(HasSubstr("in batches of 3 rows by the key id of t")));
  EXPECT_EQ(query("SELECT batches IS NULL AND state = 'done' FROM belay_migrations"), "1");
}

TEST_F(BatchesTest, AnEmptyTableIsDoneAtOnce) {
  make_rows();
  run_sql(database_, "DELETE FROM t");
  const ApplyReport report = apply(kCount);
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_EQ(report.migrations[0].statements_done, 1U);
  EXPECT_THAT(report.migrations[0].batched, IsEmpty());
}

TEST_F(BatchesTest, GoesOnBehindTheLastBatchThatWasCommitted) {
  make_rows();
  run_sql(database_, "UPDATE t SET n = 99 WHERE id = 64");  // the third batch breaks the CHECK
  ApplyReport report = apply(kCount);
  ASSERT_TRUE(report.failed);
  EXPECT_THAT(report.headline, HasSubstr("0 of its 1 statement and 2 batches of the next one (up "
                                         "to the key 36) have run and stay"));
  EXPECT_EQ(report.migrations[0].error->place.line, 2U);
  EXPECT_EQ(query("SELECT group_concat(id) FROM t WHERE n = 1"), "1,4,9,16,25,36");
  const StatusReport found = status({migration("0001", "fill", kCount)});
  ASSERT_TRUE(found.failed.has_value());
  EXPECT_TRUE(found.failed->is_partial());
  EXPECT_THAT(to_text(found), HasSubstr("up to the key 36"));
  EXPECT_THAT(refused(session().commit()).message, HasSubstr("applied in part"));

  run_sql(database_, "UPDATE t SET n = 0 WHERE id = 64");
  std::string larger = kCount;
  larger.replace(larger.find("size=3"), 6, "size=4");  // the size may change
  report = must_succeed({migration("0001", "fill", larger)});
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1"), "10");
  EXPECT_EQ(report.migrations[0].batched[0].batches, 3U) << "all runs together";
  EXPECT_EQ(report.migrations[0].batched[0].rows, 10U);
  EXPECT_THAT(report.migrations[0].notes, Contains(HasSubstr("goes on behind the key 36")));
}

TEST_F(BatchesTest, AStatementThatWasEditedHalfWayDoesNotGoOn) {
  make_rows();
  run_sql(database_, "UPDATE t SET n = 99 WHERE id = 64");
  EXPECT_TRUE(apply(kCount).failed);
  for (const auto& [from, to] : {std::pair("n + 1", "n + 2"), std::pair("table=t", "table=T")}) {
    std::string other = kCount;
    other.replace(other.find(from), std::string(from).size(), to);
    const Error error = refused(session().apply({{migration("0001", "fill", other)}}));
    EXPECT_THAT(error.message, HasSubstr("is not the statement that ran in batches"));
    EXPECT_THAT(error.where, HasSubstr("2:1"));
  }
}

TEST_F(BatchesTest, ARollbackTakesBatchesBackToo) {
  make_rows();
  const std::string before = dump(database_);
  run_sql(database_, "UPDATE t SET n = 99 WHERE id = 64");
  EXPECT_TRUE(apply(kCount).failed);
  must_roll_back();
  EXPECT_EQ(query("SELECT sum(n) FROM t"), "99");
}

/// Others write between two batches, from a connection of their own.
TEST_F(BatchesTest, RowsOfOthersAreDoneUpToTheLastKeyOfTheStart) {
  make_rows();
  int batches = 0;
  options_.progress = [&](const Progress& p) {
    if (p.stage != Stage::kBatching || ++batches != 2) return;  // the first batch is committed
    EXPECT_EQ(p.done, 3U);
    EXPECT_EQ(p.total, 10U);
    run_sql(database_,
            "INSERT INTO t (id) VALUES (2), (50), (1000); DELETE FROM t WHERE id IN (49, 100)");
  };
  const ApplyReport report = apply(kCount);
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_EQ(query("SELECT group_concat(id) FROM t WHERE n = 0"), "2,1000")
      << "one behind the last batch of then, one behind the end";
  EXPECT_EQ(query("SELECT group_concat(id) FROM t WHERE n = 1"), "1,4,9,16,25,36,50,64,81");
}

TEST_F(BatchesTest, CancelledBetweenTwoBatchesKeepsThem) {
  make_rows();
  std::string slow = kCount;
  slow.replace(slow.find("size=3"), 6, "size=3 pause=1m");
  options_.progress = [&, seen = 0](const Progress& p) mutable {
    if (p.stage == Stage::kBatching && ++seen == 2) options_.cancellation.cancel();
  };
  const ApplyReport report = apply(slow);
  EXPECT_TRUE(report.cancelled);
  EXPECT_THAT(report.headline, HasSubstr("1 batch of the next one (up to the key 9) have run"));
  options_.cancellation = {};
  options_.progress = {};
  must_succeed({migration("0001", "fill", kCount)});
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1"), "10");
}

TEST_F(BatchesTest, KeysMayBeTextInAnyOrderOrOfSeveralKinds) {
  run_sql(database_,
          "CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, n INT DEFAULT 0);"
          "INSERT INTO t (id) VALUES ('b'), ('A'), ('Z'), ('c'), (''), ('a b'), ('''\"'), "
          "(char(0x1F600)), (CAST(X'ff80' AS TEXT)), ('z' || char(0) || '1');"
          "CREATE TABLE m (id UNIQUE, n INT DEFAULT 0);"
          "INSERT INTO m (id) VALUES (2), (1.5), ('x'), (X'00ff'), (-9223372036854775808), "
          "(9223372036854775807), (0.1);");
  const ApplyReport report = apply(
      "-- belay:batch table=t key=id size=1\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;\n"
      "-- belay:batch table=m key=id size=2\nUPDATE m SET n = n + 1 WHERE id BETWEEN $1 AND $2;");
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1"), "10");
  EXPECT_EQ(query("SELECT count(*) FROM m WHERE n = 1"), "7");
}

TEST_F(BatchesTest, WithoutAKeyThatCanBePagedByNothingRuns) {
  run_sql(
      database_,
      "CREATE TABLE pairs (a INT, b INT, c INT UNIQUE, d INT UNIQUE, n INT, PRIMARY KEY (a, b));"
      "CREATE UNIQUE INDEX some ON pairs (n) WHERE n > 0;"
      "INSERT INTO pairs VALUES (1, 1, 1, NULL, 1); CREATE VIEW v AS SELECT * FROM pairs;");
  must_begin();
  const std::string before = dump(database_);
  const auto error_for = [&](const std::string& table, const std::string& key) {
    const Error error = refused(session().apply(
        {{migration("0001", "m",
                    "CREATE TABLE early (x);\n\n  -- belay:batch table=" + table + " key=" + key +
                        "\nDELETE FROM " + table + " WHERE " + key + " BETWEEN $1 AND $2;")}}));
    EXPECT_THAT(error.where, HasSubstr("3:3"));
    EXPECT_THAT(error.message, HasSubstr("nothing was run"));
    return error.message;
  };
  EXPECT_THAT(error_for("pairs", "a"), HasSubstr("column a of pairs is not unique by itself"));
  EXPECT_THAT(error_for("pairs", "n"), HasSubstr("column n of pairs is not unique by itself"));
  EXPECT_THAT(error_for("pairs", "d"), HasSubstr("rows in pairs whose d is NULL"));
  EXPECT_THAT(error_for("pairs", "nothing"), HasSubstr("has no column nothing"));
  EXPECT_THAT(error_for("v", "c"), HasSubstr("v is not a table"));
  EXPECT_THAT(error_for("nowhere", "id"), HasSubstr("there is no table nowhere"));
  EXPECT_EQ(dump(database_), before);
  must_succeed({migration("0001", "m",
                          "-- belay:batch table=pairs key=c\nDELETE FROM pairs WHERE c BETWEEN $1 "
                          "AND $2;")});
  EXPECT_EQ(query("SELECT count(*) FROM pairs"), "0");
}

TEST_F(BatchesTest, ATableThatTheScriptItselfMakesIsLookedAtInItsTurn) {
  const ApplyReport report = apply(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT);\nINSERT INTO t VALUES (1, 1), (2, 2);\n" +
      std::string("-- belay:batch table=t key=n\nDELETE FROM t WHERE n BETWEEN $1 AND $2;"));
  EXPECT_TRUE(report.failed);
  EXPECT_EQ(report.migrations[0].statements_done, 2U);
  EXPECT_THAT(report.migrations[0].error->message, HasSubstr("not unique by itself"));
  EXPECT_EQ(report.migrations[0].error->place.line, 3U);
}

TEST_F(BatchesTest, PlanAndDryRunTellOfThem) {
  make_rows();
  const std::vector<MigrationScript> list = {migration("0001", "fill", kCount)};
  const PlanReport plan = expect(session().plan(list));
  ASSERT_THAT(plan.pending, SizeIs(1));
  EXPECT_THAT(plan.pending[0].notes, Contains(HasSubstr("its statement 1 runs in batches of 3")));
  EXPECT_THAT(plan.obstacles, IsEmpty());
  must_begin();
  const DryRunReport dry = expect(session().dry_run(list));
  ASSERT_THAT(dry.not_tried, SizeIs(1));
  EXPECT_THAT(dry.not_tried[0].why, HasSubstr("in batches"));
  run_sql(database_, "DROP TABLE t; CREATE TABLE t (id INT)");
  EXPECT_THAT(expect(session().plan(list)).obstacles, Contains(HasSubstr("not unique by itself")));
}

TEST_F(BatchesTest, ADownGoesOnToo) {
  make_rows();
  MigrationScript script = migration("0001", "m", "UPDATE t SET n = 10;");
  script.down.emplace().sql =
      "-- belay:batch table=t key=id size=4\nUPDATE t SET n = n - 10 WHERE id BETWEEN $1 AND $2;\n"
      "SELECT 1;";
  script.down_advice.verdict = DownAdvice::Verdict::kExact;
  must_begin();
  must_succeed({script});
  run_sql(database_,
          "CREATE TRIGGER stop BEFORE UPDATE ON t WHEN old.id = 49 BEGIN SELECT RAISE(ABORT, 'no');"
          " END");
  const std::vector<MigrationScript> list = {script};
  EXPECT_TRUE(expect(session().down(list)).failed);
  EXPECT_EQ(query("SELECT state || statements_done FROM belay_migrations"), "rolling_back0");
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 0"), "4");
  EXPECT_THAT(refused(session().apply(list)).message, HasSubstr("taken back in part"));
  run_sql(database_, "DROP TRIGGER stop");
  EXPECT_FALSE(expect(session().down(list)).failed);
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 0"), "10");
}

TEST_F(BatchesTest, ALedgerOfAnOlderBelayGetsTheColumn) {
  make_rows();
  must_begin();
  must_succeed({migration("0001", "first", "CREATE TABLE other (x);")});
  must_commit();
  run_sql(database_, "ALTER TABLE belay_migrations DROP COLUMN batches");
  EXPECT_THAT(status().ledger, SizeIs(1));
  must_begin();
  must_succeed(
      {migration("0001", "first", "CREATE TABLE other (x);"), migration("0002", "fill", kCount)});
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1"), "10");
}

}  // namespace
}  // namespace belay::testing

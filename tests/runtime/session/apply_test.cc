// What is looked at around a migration, and how scripts go on that cannot run in one transaction.
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = MigrationWarning::Kind;

class ApplyTest : public SessionFixture {
 protected:
  void SetUp() override {
    make_shop(database_);
    must_begin();
  }

  /// The report on the only migration, with this script.
  MigrationReport run(const std::string& sql) {
    ApplyReport report = must_apply({migration("0001", "m", sql)});
    EXPECT_THAT(report.migrations, SizeIs(1));
    return report.migrations.empty() ? MigrationReport{} : report.migrations[0];
  }
  std::string count(const std::string& table) {
    return query_text(database_, "SELECT count(*) FROM " + table);
  }
};

TEST_F(ApplyTest, RowsThatAStatementTakesAreNoSurprise) {
  for (const char* sql : {"DELETE FROM log WHERE rowid < 5", "DROP TABLE settings",
                          "CREATE TABLE l2 AS SELECT * FROM log; DROP TRIGGER order_added; DROP "
                          "TABLE log; ALTER TABLE l2 "
                          "RENAME TO log"}) {
    const MigrationReport report =
        expect(session().apply({{migration(sql, "m", sql)}})).migrations[0];
    EXPECT_EQ(report.state, MigrationState::kDone) << sql;
    EXPECT_THAT(report.warnings, IsEmpty()) << sql;
  }
}

TEST_F(ApplyTest, RowsThatATriggerTakesAre) {
  const MigrationReport report =
      run("CREATE TRIGGER t AFTER INSERT ON settings BEGIN DELETE FROM log; END;\n"
          "INSERT INTO settings VALUES ('a', 'b');");
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_EQ(report.warnings[0].kind, Kind::kRowsLost);
  EXPECT_EQ(report.warnings[0].table, "log");
  EXPECT_THAT(report.warnings[0].message,
              HasSubstr("49 rows of log are gone (49 before, 0 after)"));
}

TEST_F(ApplyTest, RowsThatARebuildLeavesBehindAre) {
  const MigrationReport report =
      run("CREATE TABLE l2 AS SELECT * FROM log WHERE rowid % 2;\n"
          "DROP TRIGGER order_added;\nDROP TABLE log;\nALTER TABLE l2 RENAME TO log;");
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_EQ(report.warnings[0].kind, Kind::kRebuildLost);
}

TEST_F(ApplyTest, RowsThatTheCallerSaidWouldGoAreNoSurprise) {
  must_roll_back();
  BeginOptions options;
  options.advice.emplace().losing_rows = {"LOG"};
  expect(session().begin(options));
  const MigrationReport report =
      run("CREATE TABLE l2 AS SELECT * FROM log WHERE rowid % 2;\n"
          "DROP TRIGGER order_added;\nDROP TABLE log;\nALTER TABLE l2 RENAME TO log;");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(report.row_changes, SizeIs(1)) << "reported all the same";
}

TEST_F(ApplyTest, OnlyNewOrphansAreReported) {
  run_sql(database_, "INSERT INTO orders VALUES (900, 77, 1, NULL)");
  const MigrationReport report = run("INSERT INTO orders VALUES (901, 78, 1, NULL);");
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_EQ(report.warnings[0].kind, Kind::kForeignKeys);
  EXPECT_EQ(report.warnings[0].table, "orders");
  EXPECT_THAT(report.warnings[0].message, HasSubstr("orders row 901 references customers"));
}

TEST_F(ApplyTest, StrictTakesASurpriseBack) {
  apply_options_.strict = true;
  const MigrationReport report =
      run("PRAGMA foreign_keys=ON;\nDELETE FROM customers WHERE id = 1;");
  EXPECT_EQ(report.state, MigrationState::kFailed);
  ASSERT_TRUE(report.error.has_value());
  EXPECT_THAT(report.error->message, HasSubstr("20 rows of orders are gone"));
  EXPECT_EQ(count("orders"), "60");
  EXPECT_EQ(count("customers"), "3");
}

TEST_F(ApplyTest, WhatNoSnapshotBringsBackIsSaid) {
  const std::string other = directory_.file("other.db");
  const MigrationReport report =
      run("ATTACH '" + other + "' AS other;\nCREATE TABLE other.t (x);\nDETACH other;");
  EXPECT_EQ(report.state, MigrationState::kDone);
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings[0].kind, Kind::kNotGuarded);
}

TEST_F(ApplyTest, ASettingOfOneMigrationDoesNotReachTheNext) {
  const ApplyReport report =
      must_succeed({migration("0001", "on", "PRAGMA foreign_keys=ON;\nSELECT 1;"),
                    migration("0002", "delete", "DELETE FROM customers WHERE id = 1;")});
  EXPECT_EQ(count("orders"), "60") << "no cascade: foreign keys are off again";
  EXPECT_THAT(report.warnings, Contains(HasSubstr("point to rows that do not exist")));
}

TEST_F(ApplyTest, AScriptByStatementsGoesOnWhereItStopped) {
  MigrationScript script = migration("0001", "m",
                                     "VACUUM;\n"
                                     "INSERT INTO log VALUES ('once');\n"
                                     "INSERT INTO nowhere VALUES (1);\n"
                                     "INSERT INTO log VALUES ('last');");
  ApplyReport report = must_apply({script});
  EXPECT_TRUE(report.failed);
  EXPECT_EQ(report.migrations[0].statements_done, 2U);
  EXPECT_THAT(report.headline, HasSubstr("2 of its 4 statements have run and stay"));

  script.up.sql.replace(script.up.sql.find("nowhere VALUES (1)"), 18, "log VALUES ('fixed')");
  report = must_succeed({script});
  EXPECT_EQ(
      query_text(database_,
                 "SELECT group_concat(message, ' ') FROM log WHERE message NOT LIKE 'order%'"),
      "once fixed last");
  EXPECT_EQ(query_text(database_, "SELECT state || statements_done FROM belay_migrations"),
            "done4");
}

TEST_F(ApplyTest, AScriptWhoseBeginningChangedDoesNotGoOn) {
  MigrationScript script =
      migration("0001", "m", "VACUUM;\nINSERT INTO log VALUES ('a');\nINSERT INTO no VALUES (1);");
  EXPECT_TRUE(must_apply({script}).failed);
  script.up.sql = "VACUUM;\nINSERT INTO log VALUES ('b');\nSELECT 1;";
  const Error error = refused(session().apply({{script}}));
  EXPECT_THAT(error.message, HasSubstr("applied in part"));
  EXPECT_THAT(error.hint, HasSubstr("roll the session back"));
  const Error gone = refused(session().apply({{migration("0002", "other", "SELECT 1;")}}));
  EXPECT_THAT(gone.message, HasSubstr("not among the migrations"));
}

TEST_F(ApplyTest, ATransactionThatAScriptLeavesOpenIsTakenBack) {
  const ApplyReport report =
      must_apply({migration("0001", "m", "VACUUM;\nBEGIN;\nDELETE FROM orders;\n")});
  ASSERT_TRUE(report.failed);
  EXPECT_THAT(report.headline, HasSubstr("leaves a transaction open"));
  EXPECT_EQ(count("orders"), "60");
}

TEST_F(ApplyTest, AMigrationBehindAnAppliedOneRunsAndIsNoted) {
  must_succeed({migration("0002", "b", "CREATE TABLE b (x);")});
  const ApplyReport report = must_succeed({migration("0001", "a", "CREATE TABLE a (x);"),
                                           migration("0002", "b", "CREATE TABLE b (x);")});
  EXPECT_THAT(report.notes, Contains(HasSubstr("out of order")));
}

TEST_F(ApplyTest, NothingRunsWhereOneOfTheScriptsCannot) {
  const std::vector<MigrationScript> list = {
      migration("0001", "fine", "DELETE FROM log;"),
      migration("0002", "trap", "CREATE TABLE x (y);\nPRAGMA foreign_keys=OFF;\nDROP TABLE x;")};
  const Error error = refused(session().apply(list));
  EXPECT_EQ(error.where, "migrations/0002_trap.sql:2:1");
  EXPECT_EQ(count("log"), "49");
}

}  // namespace
}  // namespace belay::testing

#include "workbench/run_report.h"

#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Status = RunReport::Status;

class RunReportTest : public ProjectFixture {
 protected:
  void SetUp() override {
    write("belay.toml",
          "dialect = \"sqlite\"\ndefault_environment = \"test\"\n[environments.test]\nurl = "
          "\"sqlite:app.db\"\n");
    write("migrations/1_people.up.sql",
          "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);\n"
          "INSERT INTO people (name) VALUES ('a'), ('b');\n");
    write("migrations/1_people.down.sql", "DROP TABLE people;\n");
    write("migrations/2_phone.up.sql",
          "ALTER TABLE people DROP COLUMN phone;\nCREATE INDEX people_name ON people (name);\n");
    testing::run_sql(file("app.db"), "CREATE TABLE other (x); INSERT INTO other VALUES (1);");
  }

  RunReport apply_all() {
    const SessionTarget project = target();
    expect(begin(project));
    const RunStart start = start_run(project, "apply");
    return report_run(project, start, apply(project, {}));
  }
};

TEST_F(RunReportTest, TellsWhatWasMeasuredAndWhatIsKnown) {
  const RunReport report = apply_all();
  EXPECT_EQ(report.status, Status::kSucceeded) << report.error;
  EXPECT_EQ(report.command, "apply");
  EXPECT_EQ(report.database, "sqlite:app.db");
  EXPECT_EQ(report.environment, "test");
  EXPECT_FALSE(report.session.empty());
  ASSERT_EQ(report.migrations.size(), 2U);
  const RunReport::Migration& second = report.migrations[1];
  EXPECT_EQ(second.id, "2_phone");
  EXPECT_TRUE(second.succeeded);
  EXPECT_EQ(second.risk, "high");
  EXPECT_EQ(second.reversibility, "no-down");
  EXPECT_EQ(second.rollback_script, "");
  EXPECT_THAT(second.data_loss, ElementsAre("the values of people.phone"));
  EXPECT_THAT(report.migrations[0].rollback_script, HasSubstr("1_people.down.sql"));
  EXPECT_GE(second.started_at, report.started_at);
  EXPECT_LE(second.ended_at, report.ended_at);
  EXPECT_THAT(second.ended_at, StartsWith("20"));
  EXPECT_THAT(report.added, ElementsAre("table people", "index people_name of people"));
  EXPECT_THAT(report.deleted, ElementsAre("column people.phone"));
  EXPECT_THAT(report.modified, IsEmpty());
  EXPECT_EQ(report.change_type, RunReport::ChangeType::kSchemaAndData);
  EXPECT_EQ(report.rows_added, 2);
  EXPECT_EQ(report.rows_removed, 0);
  EXPECT_EQ(report.checks, RunReport::Checks::kPassed);
  EXPECT_EQ(report.backup, RunReport::Backup::kCreated);
  ASSERT_TRUE(report.snapshot.has_value());
  EXPECT_EQ(report.snapshot->strategy, "sqlite-objects") << "no table of before is touched";
  EXPECT_EQ(report.snapshot->rows, 0U);
  EXPECT_FALSE(report.rollback_tested);
  ASSERT_TRUE(report.size_delta().has_value());
  EXPECT_GT(*report.size_delta(), 0);
  EXPECT_GT(report.peak_memory_bytes.value_or(0), 1U << 20U);
  EXPECT_EQ(report.error_rate(), 0.0);
  EXPECT_EQ(report.pending, 0U);
  EXPECT_FALSE(report.health_checks.has_value()) << "there was none";
  EXPECT_THAT(report.monitoring, Contains(HasSubstr("programs that still expect the schema")));
}

TEST_F(RunReportTest, WhatIsAppliedBeforeAFailureMakesItPartial) {
  write("migrations/3_bad.up.sql", "INSERT INTO nowhere VALUES (1);\n");
  const RunReport report = apply_all();
  EXPECT_EQ(report.status, Status::kPartial);
  EXPECT_THAT(report.error, HasSubstr("no such table: nowhere"));
  EXPECT_DOUBLE_EQ(report.error_rate().value_or(-1), 1.0 / 3.0);
  EXPECT_EQ(report.pending, 1U);
}

TEST_F(RunReportTest, AFailureOfWhichNothingStaysIsOne) {
  write("migrations/1_people.up.sql", "INSERT INTO nowhere VALUES (1);\n");
  const RunReport report = apply_all();
  EXPECT_EQ(report.status, Status::kFailed);
  EXPECT_THAT(report.added, IsEmpty()) << "what it did not do is no change";
}

TEST_F(RunReportTest, ARefusalIsToldWithoutAnyInvention) {
  const SessionTarget project = target();
  const RunReport report = report_run(project, start_run(project, "apply"), apply(project, {}));
  EXPECT_EQ(report.status, Status::kFailed);
  EXPECT_THAT(report.error, HasSubstr("no session is open"));
  EXPECT_FALSE(report.error_rate().has_value());
  EXPECT_FALSE(report.rows_added.has_value());
  EXPECT_FALSE(report.pending.has_value());
  EXPECT_FALSE(report.snapshot.has_value());
}

TEST_F(RunReportTest, RowsThatGoUnaskedAreIssues) {
  write("migrations/3_trap.up.sql",
        "CREATE TRIGGER t AFTER INSERT ON people BEGIN DELETE FROM other; END;\n"
        "INSERT INTO people (name) VALUES ('c');\n");
  const RunReport report = apply_all();
  EXPECT_EQ(report.checks, RunReport::Checks::kIssues);
  EXPECT_THAT(report.issues, Contains(HasSubstr("1 row of other are gone")));
  EXPECT_EQ(report.rows_removed, 1);
}

TEST_F(RunReportTest, ARollbackIsATestOfIt) {
  apply_all();
  const SessionTarget project = target();
  const RunStart start = start_run(project, "rollback");
  const RunReport report = report_run(project, start, rollback(project, false));
  EXPECT_EQ(report.status, Status::kSucceeded);
  EXPECT_TRUE(report.rollback_tested);
  EXPECT_EQ(report.backup, RunReport::Backup::kDropped);
}

TEST_F(RunReportTest, BeginAndCommitHaveTheirSnapshot) {
  const SessionTarget project = target();
  RunReport report = report_run(project, start_run(project, "begin"), begin(project));
  EXPECT_EQ(report.backup, RunReport::Backup::kCreated);
  EXPECT_TRUE(report.snapshot && report.snapshot->verified);
  runtime::CommitOptions options;
  options.keep_snapshot = true;
  report = report_run(project, start_run(project, "commit"), commit(project, options));
  EXPECT_EQ(report.backup, RunReport::Backup::kKept);
}

TEST_F(RunReportTest, ADatabaseThatDoesNotExistNeedsNoBackup) {
  std::filesystem::remove(file("app.db"));
  const RunReport report = apply_all();
  EXPECT_EQ(report.status, Status::kSucceeded) << report.error;
  EXPECT_EQ(report.backup, RunReport::Backup::kNothingThere);
  EXPECT_FALSE(report.size_before.has_value());
  EXPECT_FALSE(report.size_delta().has_value());
}

}  // namespace
}  // namespace belay::workbench

#include "workbench/checked_apply.h"

#include "tests/workbench/sessions/project_fixture.h"
#include "workbench/run_report.h"

namespace belay::workbench {
namespace {

using project::OnFailure;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class CheckedApplyTest : public ProjectFixture {
 protected:
  void SetUp() override {
    testing::run_sql(file("app.db"),
                     "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);"
                     "INSERT INTO people VALUES (1, 'a'), (2, 'b');");
    before_ = testing::dump(file("app.db"));
    write("migrations/1_a.up.sql", "UPDATE people SET name = NULL WHERE id = 1;\n");
  }
  void configure(const std::string& session) {
    write("belay.toml",
          "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n[session]\n" + session);
  }
  CheckedApply run(OnFailure on_failure) {
    const SessionTarget project = target();
    expect(begin(project));
    start_ = start_run(project, "apply");
    return expect(apply_checked(project, {}, on_failure));
  }
  bool is_as_before() const { return testing::dump(file("app.db")) == before_; }

  std::string before_;
  RunStart start_;
};

TEST_F(CheckedApplyTest, AllIsWell) {
  configure(
      "health = [\"true\"]\n[session.validations]\nnobody = \"SELECT id FROM people WHERE id < "
      "0\"\n"
      "count = \"SELECT count(*) = 2 AS ok FROM people\"\n");
  const CheckedApply result = run(OnFailure::kRollback);
  EXPECT_TRUE(result.well()) << result.failure;
  EXPECT_EQ(result.validations.size(), 2U);
  EXPECT_EQ(result.health->attempts, 1U);
  EXPECT_FALSE(result.rolled_back.has_value());
  const RunReport report = report_run(target(), start_, Result<CheckedApply>(result));
  EXPECT_EQ(report.status, RunReport::Status::kSucceeded);
  EXPECT_EQ(report.health_failures, 0U);
}

TEST_F(CheckedApplyTest, AValidationThatFailsBringsEverythingBack) {
  configure("[session.validations]\nnamed = \"SELECT id FROM people WHERE name IS NULL\"\n");
  const CheckedApply result = run(OnFailure::kRollback);
  EXPECT_THAT(result.failure, AllOf(HasSubstr("validation `named` failed"), HasSubstr("1 row: 1")))
      << "a row with the id 1 is no `ok`";
  ASSERT_TRUE(result.rolled_back.has_value());
  EXPECT_THAT(result.rolled_back->notes, Contains(HasSubstr("because the validation `named`")));
  EXPECT_TRUE(is_as_before());
  const RunReport report = report_run(target(), start_, Result<CheckedApply>(result));
  EXPECT_EQ(report.status, RunReport::Status::kFailed);
  EXPECT_EQ(report.checks, RunReport::Checks::kIssues);
  EXPECT_TRUE(report.rollback_tested);
}

TEST_F(CheckedApplyTest, AVerdictThatIsNotOkFails) {
  configure("[session.validations]\ncount = \"SELECT count(*) > 5 AS ok FROM people\"\n");
  EXPECT_THAT(run(OnFailure::kKeep).failure, HasSubstr("ok is 0"));
}

TEST_F(CheckedApplyTest, AValidationCannotWrite) {
  configure("[session.validations]\nbad = \"DELETE FROM people\"\n");
  const CheckedApply result = run(OnFailure::kKeep);
  EXPECT_THAT(result.failure, HasSubstr("validation `bad` failed"));
  EXPECT_EQ(testing::query_text(file("app.db"), "SELECT count(*) FROM people"), "2");
}

TEST_F(CheckedApplyTest, AHealthCheckIsTriedAgainAndThenFails) {
  configure("health = [\"sh\", \"-c\", \"echo x >> tried; exit 3\"]\nhealth_attempts = 2\n");
  const CheckedApply result = run(OnFailure::kRollback);
  EXPECT_THAT(result.failure, AllOf(HasSubstr("failed 2 times"), HasSubstr("ended with 3")));
  EXPECT_EQ(testing::read_bytes(file("tried")), "x\nx\n");
  EXPECT_TRUE(is_as_before());
  EXPECT_EQ(report_run(target(), start_, Result<CheckedApply>(result)).health_failures, 2U);
}

TEST_F(CheckedApplyTest, AServiceThatComesUpLateIsWell) {
  configure("health = [\"sh\", \"-c\", \"test -e up || { touch up; exit 1; }\"]\n");
  const CheckedApply result = run(OnFailure::kRollback);
  EXPECT_TRUE(result.well());
  EXPECT_EQ(result.health->attempts, 2U);
}

TEST_F(CheckedApplyTest, AScriptThatFailsIsRolledBackWithWhatCameBeforeIt) {
  configure("");
  write("migrations/2_b.up.sql", "INSERT INTO nowhere VALUES (1);\n");
  const CheckedApply result = run(OnFailure::kRollback);
  EXPECT_EQ(result.failure, "2_b failed");
  EXPECT_TRUE(result.rolled_back.has_value());
  EXPECT_TRUE(is_as_before());
}

TEST_F(CheckedApplyTest, WithoutThatWishTheSessionStaysOpen) {
  configure("[session.validations]\nnamed = \"SELECT id FROM people WHERE name IS NULL\"\n");
  for (const OnFailure what : {OnFailure::kAsk, OnFailure::kKeep}) {
    const CheckedApply result = run(what);
    EXPECT_FALSE(result.well());
    EXPECT_FALSE(result.rolled_back.has_value());
    EXPECT_EQ(expect(status(target())).phase, runtime::SessionPhase::kOpen);
    expect(rollback(target(), false));
  }
}

TEST_F(CheckedApplyTest, OthersWritesKeepItFromGoingBackByItself) {
  configure("health = [\"sh\", \"-c\", \"sqlite3 app.db 'DELETE FROM people'; exit 1\"]\n");
  if (std::system("sqlite3 --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no sqlite3 here";
  write("belay.toml", testing::read_bytes(file("belay.toml")) + "health_attempts = 1\n");
  const CheckedApply result = run(OnFailure::kRollback);
  ASSERT_TRUE(result.rollback_error.has_value());
  EXPECT_THAT(result.rollback_error->message, HasSubstr("others have written"));
  EXPECT_EQ(expect(status(target())).phase, runtime::SessionPhase::kOpen);
}

}  // namespace
}  // namespace belay::workbench

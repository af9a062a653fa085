// What a run on staging and production asks for. Standard input is a file here: nobody can be
// asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class EnvironmentsOnTheCommandLine : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("belay.toml",
                  "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:dev.db\"\n"
                  "[environments.staging]\nurl = \"sqlite:staging.db\"\n"
                  "[environments.production]\nurl = \"sqlite:live.db\"\n");
    folder_.write("migrations/1_a.up.sql", "CREATE TABLE users (id INTEGER, phone TEXT);\n");
    folder_.write("migrations/2_b.up.sql", "ALTER TABLE users DROP COLUMN phone;\n");
    options_.folder = folder_.path();
  }
  Answer run(const std::vector<std::string>& arguments) { return run_belay(arguments, options_); }

  ScratchFolder folder_;
  RunOptions options_;
};

TEST_F(EnvironmentsOnTheCommandLine, DevelopmentAsksNothing) {
  EXPECT_EQ(run({"begin"}).exit_code, 0);
  EXPECT_EQ(run({"apply"}).exit_code, 0);
  EXPECT_EQ(run({"rollback"}).exit_code, 0);
}

TEST_F(EnvironmentsOnTheCommandLine, StagingWantsAYesWhereSomethingIsLost) {
  const std::string on = "--environment=staging";
  EXPECT_EQ(run({"begin", on}).exit_code, 0);
  EXPECT_EQ(run({"apply", on, "--to", "1"}).exit_code, 0) << "it loses nothing";
  const Answer refused = run({"apply", on});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("will lose the values of users.phone"), HasSubstr("pass --yes")));
  EXPECT_EQ(run({"apply", on, "--yes"}).exit_code, 0);
}

TEST_F(EnvironmentsOnTheCommandLine, ProductionWantsBothFlagsOfAScript) {
  options_.environment["APP_ENV"] = "production";
  EXPECT_EQ(run({"begin"}).exit_code, 0);
  for (const std::vector<std::string>& call : std::vector<std::vector<std::string>>{
           {"apply"}, {"apply", "--yes"}, {"apply", "--production"}, {"rollback", "--yes"}}) {
    const Answer refused = run(call);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("sqlite:live.db (production) is production"));
  }
  EXPECT_EQ(run({"apply", "--yes", "--production"}).exit_code, 0);
  EXPECT_EQ(run({"rollback", "--yes", "--production"}).exit_code, 0);
}

TEST_F(EnvironmentsOnTheCommandLine, WithoutASnapshotTheFlagIsAskedForAsBefore) {
  const Answer refused = run({"apply", "--without-snapshot"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("without a snapshot has to be confirmed"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "dev.db"));
  EXPECT_EQ(run({"apply", "--without-snapshot", "--yes"}).exit_code, 0);
}

TEST_F(EnvironmentsOnTheCommandLine, TheFlagMakesItProduction) {
  EXPECT_EQ(run({"begin"}).exit_code, 0);
  EXPECT_EQ(run({"apply", "--production"}).exit_code, 1);
}

}  // namespace
}  // namespace belay::cli

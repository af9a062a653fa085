// What `[session]` does around `begin` and `apply`, as people see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SessionSettings : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("migrations/1_a.up.sql", "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n");
    options_.folder = folder_.path();
  }
  void configure(const std::string& session) const {
    folder_.write(
        "belay.toml",
        "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n[session]\n" + session);
  }

  ScratchFolder folder_;
  RunOptions options_;
};

TEST_F(SessionSettings, AFailedValidationRollsBackWhereThatIsWished) {
  configure("[session.validations]\nempty = \"SELECT x FROM a\"\n");
  EXPECT_EQ(run_belay({"begin"}, options_).exit_code, 0);
  const Answer answer = run_belay({"apply", "--rollback-on-failure"}, options_);
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("Warning: the validation `empty` failed: it gave 1 row: 1."),
                    HasSubstr("is rolled back"),
                    HasSubstr("rolled back by itself, because the validation `empty`")));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "app.db"));
}

TEST_F(SessionSettings, WithoutThatTheSessionStaysOpen) {
  configure("[session.validations]\nempty = \"SELECT x FROM a\"\n");
  EXPECT_EQ(run_belay({"begin"}, options_).exit_code, 0);
  EXPECT_EQ(run_belay({"apply"}, options_).exit_code, 1);
  EXPECT_THAT(run_belay({"status"}, options_).out, HasSubstr("is open"));
}

TEST_F(SessionSettings, HooksAreShownBeforeTheyRun) {
  configure("maintenance_file = \"flag\"\non_begin = [\"touch\", \"begun\"]\n");
  const Answer answer = run_belay({"begin"}, options_);
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_THAT(answer.err, HasSubstr("belay.toml has it call before a session: touch begun"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "begun"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "flag"));
  EXPECT_EQ(run_belay({"commit"}, options_).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "flag"));
}

}  // namespace
}  // namespace belay::cli

#include "workbench/dot_env.h"

#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string value(const std::string& text) {
  const DotEnv env = parse_dot_env(text, ".env");
  EXPECT_THAT(env.problems, IsEmpty()) << text;
  const auto found = env.variables.find("A");
  return found == env.variables.end() ? "(none)" : found->second;
}

TEST(DotEnv, ReadsValuesExactly) {
  EXPECT_EQ(value("A=b"), "b");
  EXPECT_EQ(value("\xEF\xBB\xBF"
                  "A=b\r\n"),
            "b");
  EXPECT_EQ(value("  export\tA=b # why"), "b");
  EXPECT_EQ(value("A="), "");
  EXPECT_EQ(value("A= # nothing"), "");
  EXPECT_EQ(value("A=b#c"), "b#c") << "a comment needs white space before it";
  EXPECT_EQ(value("A=p@ss$word%=1"), "p@ss$word%=1");
  EXPECT_EQ(value("A='a ${b} $(c) \"`\\n' # why"), "a ${b} $(c) \"`\\n");
  EXPECT_EQ(value("A=\"a \\\"b\\\" \\$(c) \\\\ \\n#\""), "a \"b\" $(c) \\ \n#");
  EXPECT_EQ(value("# A=x\n\nA=1\nA=2"), "2");
  EXPECT_EQ(value("export=1\nA=\xC3\xA4"), "\xC3\xA4");
}

TEST(DotEnv, TellsLinesThatItCannotReadByTheirPlaceAndNotTheirValue) {
  const DotEnv env = parse_dot_env(
      "A=1\nsecret-name=x\nB=$(cat secret)\nC=\"secret\nD='secret\nE=a secret\nF=se\"cret\"\n"
      "G=\"${secret}\"\nH = secret\nI='a'secret\nJ=\"\\q\"\n1K=secret\nL=2",
      ".env");
  EXPECT_EQ(env.variables, (std::map<std::string, std::string>{{"A", "1"}, {"L", "2"}}));
  ASSERT_EQ(env.problems.size(), 11U);
  EXPECT_THAT(env.problems[0], HasSubstr(".env:2: there is no `=` right behind the name"));
  EXPECT_THAT(env.problems[1], HasSubstr(".env:3: no command is run"));
  EXPECT_THAT(env.problems[2], HasSubstr("not closed"));
  for (const std::string& problem : env.problems) EXPECT_THAT(problem, Not(HasSubstr("secret")));
}

class DotEnvBesideTheConfiguration : public ProjectFixture {
 protected:
  void SetUp() override {
    write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:${NAME}.db\"\n");
    write("migrations/1_a.up.sql", "CREATE TABLE a (x);\n");
  }
};

TEST_F(DotEnvBesideTheConfiguration, ComesAfterTheProcessesEnvironment) {
  write(".env", "NAME=from-file\n");
  EXPECT_EQ(target().url, "sqlite:from-file.db");
  variables_["NAME"] = "from-process";
  EXPECT_EQ(target().url, "sqlite:from-process.db");
}

TEST_F(DotEnvBesideTheConfiguration, ItsBadLinesAreTold) {
  write(".env", "NAME=$(cat secret)\n");
  const Result<SessionTarget> none = find_target(DiskFileSystem(), request());
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("`${NAME}` is not set"));
  EXPECT_THAT(none.error().hint, AllOf(HasSubstr(".env:1: no command"), Not(HasSubstr("secret"))));
  write(".env", "NAME=app\nwhat is this\n");
  EXPECT_THAT(expect(status(target())).warnings, Contains(HasSubstr(".env:2: ")));
}

TEST_F(DotEnvBesideTheConfiguration, TheSessionItselfFindsTheVariable) {
  write(".env", "NAME=app\n");
  expect(begin(target()));
  expect(apply(target(), {}));
  EXPECT_TRUE(std::filesystem::exists(file("app.db")));
}

}  // namespace
}  // namespace belay::workbench

#include "workbench/environments.h"

#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EnvironmentsTest : public ProjectFixture {
 protected:
  EnvironmentsTest() {
    write("migrations/0001_users.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    configure("");
  }
  void configure(const std::string& more) {
    write("belay.toml", "dialect = \"sqlite\"\n" + more +
                            "[database]\nurl = \"sqlite:app.db\"\n"
                            "[environments.dev]\nurl = \"sqlite:dev.db\"\n"
                            "[environments.eu]\nkind = \"production\"\n");
  }
  /// `name kind`, with a star where it counts.
  std::vector<std::string> listed(const std::string& asked_for) {
    SessionRequest asked = request();
    asked.load.overrides.environment = asked_for;
    std::vector<std::string> out;
    for (const EnvironmentChoice& e : expect(environments(DiskFileSystem(), asked)).choices) {
      out.push_back(e.name + " " + std::string(project::environment_kind_name(e.kind)) +
                    (e.has_database ? "" : " without a database") + (e.counts ? " *" : ""));
    }
    return out;
  }
};

TEST_F(EnvironmentsTest, AreThoseOfTheFileWithTheOneThatCounts) {
  EXPECT_THAT(listed(""), ElementsAre("dev development", "eu production without a database"));
  EXPECT_THAT(listed("dev"), ElementsAre("dev development *", "eu production without a database"));
  configure("default_environment = \"eu\"\n");
  EXPECT_THAT(listed(""), ElementsAre("dev development", "eu production without a database *"));
  EXPECT_THAT(listed("dev"), ElementsAre("dev development *", "eu production without a database"));
}

TEST_F(EnvironmentsTest, TheVariableChoosesWhereNothingElseDoes) {
  variables_["APP_ENV"] = "dev";
  EXPECT_EQ(expect(environments(DiskFileSystem(), request())).otherwise, "dev");
}

TEST_F(EnvironmentsTest, ListingOpensNoDatabase) {
  listed("dev");
  EXPECT_FALSE(std::filesystem::exists(file("dev.db")));
}

TEST_F(EnvironmentsTest, MistakesInTheConfigurationAreTold) {
  configure("colour = 1\n");
  const Result<Environments> told = environments(DiskFileSystem(), request());
  ASSERT_FALSE(told.ok());
  EXPECT_THAT(told.error().to_string(), HasSubstr("colour"));
}

TEST_F(EnvironmentsTest, APlaceNamesTheEnvironmentWithItsKind) {
  EXPECT_EQ(place_of(target()), "sqlite:app.db");
  SessionRequest asked = request();
  asked.load.overrides.environment = "dev";
  EXPECT_EQ(place_of(expect_target(asked)), "sqlite:dev.db (dev, development)");
}

}  // namespace
}  // namespace belay::workbench

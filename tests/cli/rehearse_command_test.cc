// Rehearsals, and the schema of the configuration, as scripts and people call them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include <belay/connection.h>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class RehearseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/0001_people.up.sql",
                  "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n"
                  "INSERT INTO people (name) VALUES ('Ada'), ('Bob'), ('Cy');\n");
    folder_.write("migrations/0002_names.up.sql",
                  "UPDATE people SET name = upper(name);\n"
                  "CREATE INDEX people_name ON people (name);\n");
    folder_.write("migrations/0003_vacuum.up.sql", "VACUUM;\n");
  }
  Answer belay(std::vector<std::string> arguments) const {
    RunOptions options;
    options.folder = folder_.path();
    return run_belay(arguments, options);
  }
  Json rehearsed(std::vector<std::string> arguments, int exit_code) const {
    arguments.insert(arguments.begin(), "rehearse");
    arguments.insert(arguments.end(), {"--format", "json"});
    const Answer answer = belay(arguments);
    EXPECT_EQ(answer.exit_code, exit_code) << answer.out << answer.err;
    return Json::parse(answer.out, nullptr, /*allow_exceptions=*/false);
  }
  std::string dump() const {
    runtime::ConnectionOptions options;
    options.base_directory = folder_.path();
    auto made = runtime::connect(*runtime::parse_database_url("sqlite:app.db", nullptr), options);
    EXPECT_TRUE(made.ok());
    auto rows = (*made)->query(
        "SELECT group_concat(name), (SELECT count(*) FROM belay_migrations) "
        "FROM people");
    EXPECT_TRUE(rows.ok());
    return rows->text() + " " + std::to_string(rows->number(0, 1));
  }
  void expect_nothing_left() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr("rehearsal")));
    }
  }

  ScratchFolder folder_;
};

TEST_F(RehearseTest, MeasuresEachStatementOnACopyThatIsThrownAway) {
  ASSERT_EQ(belay({"begin"}).exit_code, 0);
  ASSERT_EQ(belay({"apply", "--to", "0001"}).exit_code, 0);
  const std::string before = dump();
  const Json report = rehearsed({}, 0);
  EXPECT_EQ(report["well"], true);
  ASSERT_EQ(report["migrations"].size(), 2U) << report;
  const Json& statements = report["migrations"][0]["statements"];
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0]["rows"], 3);
  EXPECT_EQ(statements[0]["line"], 1);
  EXPECT_GE(statements[0]["us"], 0);
  EXPECT_THAT(statements[0]["locked"].dump(), HasSubstr("the database"));
  EXPECT_EQ(statements[1]["line"], 2);
  EXPECT_EQ(report["migrations"][1]["in_transaction"], false) << "a dry run could not try this one";
  EXPECT_EQ(dump(), before);
  expect_nothing_left();
  EXPECT_EQ(belay({"rollback"}).exit_code, 0) << "the session is as it was";
}

TEST_F(RehearseTest, StopsWhereItIsToldTo) {
  ASSERT_EQ(belay({"begin"}).exit_code, 0);
  ASSERT_EQ(belay({"apply", "--to", "0001"}).exit_code, 0);
  EXPECT_EQ(rehearsed({"--to", "0002"}, 0)["migrations"].size(), 1U);
}

TEST_F(RehearseTest, AFailureIsTheCopysAlone) {
  folder_.write("migrations/0002_names.up.sql",
                "UPDATE people SET name = 'x';\nALTER TABLE people DROP COLUMN nowhere;\n");
  ASSERT_EQ(belay({"begin"}).exit_code, 0);
  ASSERT_EQ(belay({"apply", "--to", "0001"}).exit_code, 0);
  const std::string before = dump();
  const Answer answer = belay({"rehearse"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("0002_names fails on a copy of sqlite:app.db"),
                                HasSubstr("nowhere"), HasSubstr("3 rows")));
  EXPECT_EQ(dump(), before);
  expect_nothing_left();
}

TEST_F(RehearseTest, WithoutADatabaseThereIsNothingToCopy) {
  const Answer answer = belay({"rehearse"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.err, HasSubstr("there is no database to copy"));
  expect_nothing_left();
}

TEST_F(RehearseTest, TheSchemaOfTheConfigurationKnowsEveryKey) {
  const Answer answer = belay({"config-schema"});
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const Json schema = Json::parse(answer.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_EQ(schema["additionalProperties"], false);
  const Json& properties = schema["properties"];
  EXPECT_THAT(properties["dialect"]["enum"].dump(), AllOf(HasSubstr("sqlite"), HasSubstr("pg")));
  EXPECT_EQ(properties["database"]["properties"]["url"]["type"], "string");
  EXPECT_EQ(properties["database"]["additionalProperties"], false);
  const Json& environment = properties["environments"]["additionalProperties"];
  EXPECT_THAT(environment["properties"]["kind"]["enum"].dump(), HasSubstr("production"));
  EXPECT_EQ(properties["session"]["properties"]["validations"]["additionalProperties"]["type"],
            "string");
  EXPECT_TRUE(properties["rules"]["properties"].contains("set-not-null"));
  EXPECT_EQ(properties["rules"]["additionalProperties"], false);
}

}  // namespace
}  // namespace belay::cli

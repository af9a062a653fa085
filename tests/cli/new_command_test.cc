#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::HasSubstr;

TEST(NewCommand, MakesTheNextMigrationAndPrintsItsFiles) {
  const ScratchFolder folder;
  folder.write("migrations/0007_a.up.sql", "CREATE TABLE a (x int);\n");
  folder.write("migrations/0007_a.down.sql", "DROP TABLE a;\n");
  RunOptions options;
  options.folder = folder.path();
  Answer answer = run_belay({"new", "add phone"}, options);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("migrations/0008_add_phone.up.sql\n"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "migrations/0008_add_phone.down.sql"));
  answer = run_belay({"new", "more", "--format", "json"}, options);
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["version"], "0009");
  EXPECT_EQ(json["layout"], "golang-migrate");
  EXPECT_EQ(json["files"].size(), 2U);
}

TEST(NewCommand, NeedsANameAndALayout) {
  const ScratchFolder folder;
  RunOptions options;
  options.folder = folder.path();
  EXPECT_EQ(run_belay({"new"}, options).exit_code, 2);
  const Answer nothing = run_belay({"new", "first"}, options);
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--layout NAME"));
  EXPECT_EQ(run_belay({"new", "first", "--layout", "goose"}, options).exit_code, 0);
}

}  // namespace
}  // namespace belay::cli

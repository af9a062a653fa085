// What `discover` does with paths, configuration, single files and whatever else stands in the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/project/project.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Project found(const MemoryFiles& files, const std::string& path, const Config& config = {},
              const Overrides& overrides = {}) {
  auto project = discover(files, path, config, overrides);
  EXPECT_TRUE(project.ok()) << (project.ok() ? "" : project.error().to_string());
  return project.ok() ? *project : Project{};
}

std::vector<std::string> directories(const Project& project) {
  std::vector<std::string> out;
  for (const MigrationSet& set : project.sets) out.push_back(set.directory);
  return out;
}

std::vector<std::string> ids(const MigrationSet& set) {
  std::vector<std::string> out;
  for (const Migration& migration : set.migrations) out.push_back(migration.id);
  return out;
}

const MemoryFiles kTwoServices = {{"/p/shop/migrations/1_a.up.sql", "A;"},
                                  {"/p/shop/migrations/1_a.down.sql", "B;"},
                                  {"/p/blog/db/migrations/1_b.sql", "-- +goose Up\nA;\n"},
                                  {"/p/blog/db/migrations/2_c.sql", "-- +goose Up\nB;\n"}};

TEST(Discover, FindsEverySetBelowAFolderInTheOrderOfPaths) {
  EXPECT_THAT(directories(found(kTwoServices, "/p")),
              ElementsAre("/p/blog/db/migrations", "/p/shop/migrations"));
  EXPECT_THAT(directories(found(kTwoServices, "/p/blog")), ElementsAre("/p/blog/db/migrations"));
}

TEST(Discover, NormalizesThePath) {
  EXPECT_THAT(directories(found(kTwoServices, "/p/./shop/../shop/")),
              ElementsAre("/p/shop/migrations"));
}

TEST(Discover, AFileBringsItsWholeHistory) {
  const Project project = found(kTwoServices, "/p/blog/db/migrations/2_c.sql");
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_THAT(ids(project.sets[0]), ElementsAre("1_b", "2_c"));
}

TEST(Discover, AFileThatBelongsToNothingIsASetOfItsOwn) {
  const MemoryFiles files = {{"/p/fix.sql", "UPDATE t SET a = 1;"}, {"/p/other.sql", "B;"}};
  const Project project = found(files, "/p/fix.sql");
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].layout, Layout::kPlain);
  ASSERT_THAT(project.sets[0].migrations, SizeIs(1));
  EXPECT_EQ(project.sets[0].migrations[0].id, "fix");
  EXPECT_EQ(project.sets[0].migrations[0].up->range, (ByteRange{0, 19}));
}

TEST(Discover, AFileThatIsNoSqlIsNoMigration) {
  const MemoryFiles files = {{"/p/README.md", "# words"}};
  const Project project = found(files, "/p/README.md");
  EXPECT_THAT(project.sets, IsEmpty());
  EXPECT_THAT(project.choices.back().why, HasSubstr("no SQL"));
}

TEST(Discover, AFileThatDirectsOthersBringsTheirSet) {
  const MemoryFiles files = {{"/p/m/2024_a/up.sql", "A;"}, {"/p/m/2024_a/metadata.toml", ""}};
  EXPECT_THAT(directories(found(files, "/p/m/2024_a/metadata.toml")), ElementsAre("/p/m"));
}

TEST(Discover, ALoneFileKeepsItsMarks) {
  const MemoryFiles files = {{"/p/fix.sql", "-- +goose Up\nA;\n-- +goose Down\nB;\n"}};
  const Project project = found(files, "/p/fix.sql");
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].layout, Layout::kGoose);
  EXPECT_TRUE(project.sets[0].migrations[0].down);
}

TEST(Discover, LooseFilesOfANamedFolderAreReadOneByOne) {
  const MemoryFiles files = {{"/p/a.sql", "A;"}, {"/p/b.sql", "B;"}, {"/p/notes.txt", ""}};
  EXPECT_THAT(found(files, "/p").sets, SizeIs(2));
}

TEST(Discover, AFolderInsideASetBringsTheSet) {
  const MemoryFiles files = {{"/p/migrations/2024_a/up.sql", "A;"},
                             {"/p/migrations/2024_a/down.sql", "B;"},
                             {"/p/migrations/2025_b/up.sql", "C;"}};
  const Project project = found(files, "/p/migrations/2025_b");
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_THAT(ids(project.sets[0]), ElementsAre("2024_a", "2025_b"));
}

TEST(Discover, AMissingPathIsAnError) {
  const auto project = discover(kTwoServices, "/p/nothing", {}, {});
  ASSERT_FALSE(project.ok());
  EXPECT_EQ(project.error().where, "/p/nothing");
}

TEST(Discover, AnUnreadableFileIsAnErrorWhenNamedAndAProblemWhenFound) {
  MemoryFiles files = kTwoServices;
  files.make_unreadable("/p/blog/db/migrations/2_c.sql");
  EXPECT_FALSE(discover(files, "/p/blog/db/migrations/2_c.sql", {}, {}).ok());
  const Project project = found(files, "/p/blog");
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_THAT(project.sets[0].migrations, SizeIs(2));
  ASSERT_THAT(project.sets[0].problems, SizeIs(1)) << "and not one about its missing marks";
  EXPECT_EQ(project.sets[0].problems[0].kind, LayoutProblem::Kind::kUnreadable);
  EXPECT_EQ(project.sets[0].problems[0].path, "/p/blog/db/migrations/2_c.sql");
}

// -- Configuration ------------------------------------------------------------------------------

Config config_in(const std::string& folder) {
  Config config;
  config.path = folder + "/belay.toml";
  return config;
}

TEST(Discover, ConfiguredFoldersCountFromTheFileAndNothingElseIsRead) {
  Config config = config_in("/p");
  config.migrations = {"shop/migrations"};
  const Project project = found(kTwoServices, "/p", config);
  EXPECT_EQ(project.root, "/p");
  EXPECT_THAT(directories(project), ElementsAre("/p/shop/migrations"));
}

TEST(Discover, AConfiguredFolderThatIsNotThereIsAnError) {
  Config config = config_in("/p");
  config.migrations = {"shop/migration"};
  const auto project = discover(kTwoServices, "/p", config, {});
  ASSERT_FALSE(project.ok());
  EXPECT_THAT(project.error().message, HasSubstr("`shop/migration`"));
  EXPECT_EQ(project.error().where, "/p/belay.toml");
}

TEST(Discover, AFolderNamedForTheRunComesBeforeConfiguredOnes) {
  Config config = config_in("/p");
  config.migrations = {"shop/migrations"};
  const Project project = found(kTwoServices, "/p/blog", config);
  EXPECT_THAT(directories(project), ElementsAre("/p/blog/db/migrations"));
}

TEST(Discover, AConfiguredFolderIsReadWhateverItsFilesAreCalled) {
  const MemoryFiles files = {{"/p/sql/migrate/a.sql", "A;"}, {"/p/sql/migrate/b.sql", "B;"}};
  Config config = config_in("/p");
  config.migrations = {"sql/migrate"};
  const Project project = found(files, "/p", config);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_THAT(ids(project.sets[0]), ElementsAre("a", "b"));
}

TEST(Discover, ExcludedPathsAreNotThere) {
  Config config = config_in("/p");
  config.exclude = {"blog/**", "**/1_a.down.sql"};
  const Project project = found(kTwoServices, "/p", config);
  ASSERT_THAT(directories(project), ElementsAre("/p/shop/migrations"));
  EXPECT_FALSE(project.sets[0].migrations[0].down);
  EXPECT_THAT(project.choices.back().why, HasSubstr("`exclude`"));
}

TEST(Discover, AStatedLayoutIsHowFoldersAreRead) {
  Overrides overrides;
  overrides.layout = Layout::kSqlx;
  const Project project = found(kTwoServices, "/p/shop", {}, overrides);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].layout, Layout::kSqlx);
  EXPECT_EQ(project.sets[0].transaction, TransactionHabit::kPerScript);
}

TEST(Discover, AStatedHabitIsTheSetsAndADirectiveComesBeforeIt) {
  const MemoryFiles files = {{"/p/m/1_a.sql", "-- +goose Up\nA;\n"},
                             {"/p/m/2_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nB;\n"}};
  Config config;
  config.transaction = TransactionHabit::kSimpleQuery;
  const Project project = found(files, "/p", config);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].migrations[0].up->transaction, TransactionHabit::kSimpleQuery);
  EXPECT_EQ(project.sets[0].migrations[1].up->transaction, TransactionHabit::kNone);
}

TEST(Discover, TheEnvironmentOfTheRunBecomesTheDefault) {
  Overrides overrides;
  overrides.environment = "staging";
  EXPECT_EQ(found(kTwoServices, "/p", {}, overrides).config.default_environment, "staging");
}

// -- The walk -----------------------------------------------------------------------------------

TEST(Discover, DoesNotSearchForEver) {
  std::string deep = "/p";
  for (int i = 0; i < 14; ++i) deep += "/d";
  const MemoryFiles files = {{deep + "/migrations/1_a.sql", "A;"}};
  const Project project = found(files, "/p");
  EXPECT_THAT(project.sets, IsEmpty());
  EXPECT_THAT(project.choices.front().why, HasSubstr("levels down"));
}

TEST(Discover, ReadsAndListsNothingTwice) {
  const MemoryFiles files = {{"/p/a/1_a.postgres.up.sql", ""},
                             {"/p/a/1_a.sqlite.up.sql", ""},
                             {"/p/a/1_a.down.sql", ""},
                             {"/p/b/migrations/V1__x.sql", "A;"},
                             {"/p/b/migrations/more/V2__x.sql", "A;"},
                             {"/p/c/sqitch.plan", "%project=a\n\na 2024-01-01T00:00:00Z A <a@b>\n"},
                             {"/p/c/deploy/a.sql", "A;"},
                             {"/p/d/sql/1_x.sql", "-- migrate:up\n"},
                             {"/p/e/x.sql", "--liquibase formatted sql\n--changeset a:1\nA;\n"},
                             {"/p/go.mod", "module x\n"}};
  std::vector<std::string> handed_on;
  const auto project = discover(files, "/p", {}, {}, [&](const std::string& path, std::string) {
    handed_on.push_back(path);
  });
  ASSERT_TRUE(project.ok());
  EXPECT_THAT(project->sets, SizeIs(6));
  for (const auto& [path, count] : files.reads()) EXPECT_EQ(count, 1) << path;
  for (const auto& [path, count] : files.lists()) EXPECT_EQ(count, 1) << path;
  EXPECT_EQ(handed_on.size(), 9u);
}

TEST(Discover, TenThousandFilesOfOneFolderKeepTheirOrder) {
  MemoryFiles files = {};
  for (int i = 1; i <= 5000; ++i) {
    files.write("/p/migrations/" + std::to_string(i) + "_x.up.sql", "A;");
    files.write("/p/migrations/" + std::to_string(i) + "_x.down.sql", "B;");
  }
  const Project project = found(files, "/p");
  ASSERT_THAT(project.sets, SizeIs(1));
  ASSERT_THAT(project.sets[0].migrations, SizeIs(5000));
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(project.sets[0].migrations[i].version, std::to_string(i + 1));
    ASSERT_TRUE(project.sets[0].migrations[i].down);
  }
}

}  // namespace
}  // namespace belay::project

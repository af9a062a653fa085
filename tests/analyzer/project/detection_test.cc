// Which layout and which dialect a folder is taken for, and the reasons that are given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/project/project.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::project {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Project found(const MemoryFiles& files, const Config& config = {},
              const Overrides& overrides = {}) {
  auto project = discover(files, "/p", config, overrides);
  EXPECT_TRUE(project.ok());
  return project.ok() ? *project : Project{};
}

std::string why(const std::vector<Choice>& choices, std::string_view what) {
  for (const Choice& choice : choices) {
    if (choice.what == what) return choice.why;
  }
  return "no such choice";
}

/// Expects one set, of this layout, for a reason that says `reason`.
void expect_layout(const MemoryFiles& files, Layout layout, std::string_view reason) {
  const Project project = found(files);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(layout_name(project.sets[0].layout), layout_name(layout));
  EXPECT_THAT(why(project.sets[0].choices, "layout"), HasSubstr(reason));
}

void expect_dialect(const MemoryFiles& files, Engine engine, std::string_view reason) {
  const Project project = found(files);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(engine_name(project.sets[0].dialect.engine), engine_name(engine));
  EXPECT_THAT(why(project.sets[0].choices, "dialect"), HasSubstr(reason));
}

// -- Names that several tools share
// -----------------------------------------------------------------

TEST(LayoutDetection, PairsAreGolangMigratesUnlessSomethingSaysOtherwise) {
  const std::pair<const std::string, std::string> up = {"/p/migrations/1_a.up.sql", "A;"};
  const std::pair<const std::string, std::string> down = {"/p/migrations/1_a.down.sql", "B;"};
  expect_layout({up, down}, Layout::kGolangMigrate, "sqlx reads the same");
  expect_layout({up, down, {"/p/Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"}}, Layout::kSqlx,
                "`Cargo.toml` names sqlx");
  expect_layout({up, down, {"/p/Cargo.toml", "[dependencies]\nsqlxmq = \"0.8\"\n"}},
                Layout::kGolangMigrate, "golang-migrate");
  expect_layout({up, down, {"/p/go.mod", "require maragu.dev/migrate v0.6.0\n"}}, Layout::kUpDown,
                "`go.mod` names maragu.dev/migrate");
  expect_layout({up, down, {"/p/package.json", "{\"dependencies\":{\"node-pg-migrate\":\"7\"}}"}},
                Layout::kNodePgMigrate, "`package.json` names node-pg-migrate");
  expect_layout({{up.first, "-- no-transaction\nA;"}, down}, Layout::kSqlx,
                "begins with sqlx's `-- no-transaction`");
}

TEST(LayoutDetection, TheManifestOfARepositoryAboveTheRootDoesNotCount) {
  expect_layout({{"/p/.git/HEAD", ""},
                 {"/Cargo.toml", "sqlx = \"0.8\""},
                 {"/p/migrations/1_a.up.sql", "A;"},
                 {"/p/migrations/1_a.down.sql", "B;"}},
                Layout::kGolangMigrate, "golang-migrate");
}

TEST(LayoutDetection, ANumberWithoutMarksIsPlainOrSqlx) {
  expect_layout({{"/p/migrations/1_a.sql", "A;"}}, Layout::kPlain, "no marks");
  expect_layout({{"/p/migrations/1_a.sql", "A;"}, {"/p/Cargo.toml", "sqlx = \"0.8\"\n"}},
                Layout::kSqlx, "`Cargo.toml` names sqlx");
  expect_layout({{"/p/migrations/1_a.sql", "A;"}, {"/p/migrations/atlas.sum", ""}}, Layout::kPlain,
                "Atlas");
}

TEST(LayoutDetection, AUWithoutItsVIsRefinerys) {
  expect_layout({{"/p/m/V1__a.sql", ""}, {"/p/m/U2__b.sql", ""}}, Layout::kRefinery,
                "not Flyway's undo");
  expect_layout({{"/p/m/V1__a.sql", ""}, {"/p/m/U1__a.sql", ""}}, Layout::kFlyway, "undoes");
  expect_layout({{"/p/m/V1__a.sql", ""}, {"/p/Cargo.toml", "refinery = \"0.8\"\n"}},
                Layout::kRefinery, "`Cargo.toml` names refinery");
  expect_layout({{"/p/m/V1__a.sql", ""}, {"/p/pom.xml", "<artifactId>flyway-core</artifactId>"}},
                Layout::kFlyway, "`pom.xml` names flyway");
}

TEST(LayoutDetection, MarksDecideBetweenNumberedFiles) {
  expect_layout({{"/p/m/1_a.sql", "-- +goose Up\nA;\n"}}, Layout::kGoose, "`-- +goose`");
  expect_layout({{"/p/m/1_a.sql", "-- migrate:up\nA;\n"}}, Layout::kDbmate, "`-- migrate:up`");
  expect_layout({{"/p/m/1_a.sql", "-- +migrate Up\nA;\n"}}, Layout::kSqlMigrate, "`-- +migrate`");
  expect_layout({{"/p/m/1_a.sql", "-- Up Migration\nA;\n"}}, Layout::kNodePgMigrate,
                "`-- Up Migration`");
  expect_layout({{"/p/m/a.sql", "--liquibase formatted sql\n--changeset a:1\nA;\n"}},
                Layout::kLiquibase, "formatted sql");
}

TEST(LayoutDetection, AMarkInOneFileOfManyDecidesNothing) {
  expect_layout({{"/p/migrations/1_a.sql", "A;\n"},
                 {"/p/migrations/2_b.sql", "B;\n"},
                 {"/p/migrations/3_c.sql", "-- +goose Up\nC;\n"}},
                Layout::kPlain, "no marks");
}

TEST(LayoutDetection, WordsThatEndInUpAreNoDirections) {
  expect_layout({{"/p/migrations/1_create.sql", "A;"}, {"/p/migrations/2_clean_up.sql", "B;"}},
                Layout::kPlain, "no marks");
}

// -- Folders that are no migrations
// -----------------------------------------------------------------

TEST(LayoutDetection, AWalkDoesNotTakeAnySqlForMigrations) {
  for (const std::string_view path :
       {"/p/queries/get_user.sql", "/p/queries/1_list.sql", "/p/test/setup.sql",
        "/p/node_modules/x/migrations/1_a.sql", "/p/.cache/migrations/1_a.sql",
        "/p/target/migrations/1_a.up.sql", "/p/bin/start_up.sql"}) {
    const Project project =
        found({{std::string(path), "SELECT 1;"}, {"/p/README", ""}, {"/p/queries/other.sql", ""}});
    EXPECT_THAT(project.sets, IsEmpty()) << path;
    EXPECT_THAT(why(project.choices, "migrations"), HasSubstr("no folder here")) << path;
  }
}

TEST(LayoutDetection, AFolderFullOfNumbersIsOneWhateverItsName) {
  expect_layout({{"/p/schema/01.sql", "A;"}, {"/p/schema/02.sql", "B;"}}, Layout::kPlain,
                "have a number");
}

// -- Dialects
// ---------------------------------------------------------------------------------------

TEST(DialectDetection, TheFoldersNameComesBeforeItsText) {
  expect_dialect({{"/p/migrations/sqlite3/1_a.up.sql", "CREATE TABLE t (id SERIAL);"},
                  {"/p/migrations/sqlite3/1_a.down.sql", ""}},
                 Engine::kSqlite, "the folder `sqlite3` is named for it");
  expect_dialect({{"/p/pg/migrations/1_a.sql", "PRAGMA x;"}}, Engine::kPostgres, "`pg`");
}

TEST(DialectDetection, TheToolsConfigurationComesBeforeTheFoldersName) {
  expect_dialect({{"/p/mysql/sqitch.conf", "[core]\n\tengine = pg\n"},
                  {"/p/mysql/sqitch.plan", "%project=a\n\na 2024-01-01T00:00:00Z A <a@b>\n"},
                  {"/p/mysql/deploy/a.sql", "A;"}},
                 Engine::kPostgres, "`sqitch.conf`");
  expect_dialect({{"/p/prisma/migrations/1_a/migration.sql", "A;"},
                  {"/p/prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n"}},
                 Engine::kSqlite, "`migration_lock.toml`");
  expect_dialect(
      {{"/p/prisma/migrations/1_a/migration.sql", "A;"},
       {"/p/prisma/schema.prisma",
        "generator g {\n provider = \"x\"\n}\ndatasource db {\n  provider = \"mysql\"\n}"}},
      Engine::kMysql, "`schema.prisma`");
  expect_dialect(
      {{"/p/flyway.conf", "flyway.url=jdbc:mariadb://localhost/a\n"}, {"/p/sql/V1__a.sql", "A;"}},
      Engine::kMariadb, "`flyway.conf`");
}

TEST(DialectDetection, NothingSaidMeansPostgresqlAndSaysSo) {
  expect_dialect({{"/p/migrations/1_a.sql", "SELECT 1;"}}, Engine::kPostgres,
                 "nothing in the files speaks for one engine");
}

TEST(DialectDetection, SetsForUnknownEnginesAreLeftOutWithAWord) {
  const Project project =
      found({{"/p/prisma/migrations/1_a/migration.sql", "A;"},
             {"/p/prisma/migrations/migration_lock.toml", "provider = \"sqlserver\"\n"}});
  EXPECT_THAT(project.sets, IsEmpty());
  EXPECT_THAT(why(project.choices, "ignored"), HasSubstr("`sqlserver`"));
}

TEST(DialectDetection, AStatedDialectComesFirst) {
  Config config;
  config.engine = Engine::kMariadb;
  config.version = EngineVersion{10, 11, 0};
  const MemoryFiles files = {{"/p/migrations/1_a.sql", "CREATE TABLE t (id SERIAL);"}};
  Project project = found(files, config);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].dialect, (Dialect{Engine::kMariadb, {10, 11, 0}}));
  EXPECT_EQ(why(project.sets[0].choices, "version"), "`version` in belay.toml");
  Overrides overrides;
  overrides.engine = Engine::kSqlite;
  project = found(files, config, overrides);
  EXPECT_EQ(project.sets[0].dialect, (Dialect{Engine::kSqlite, default_version(Engine::kSqlite)}))
      << "a version of MariaDB says nothing about SQLite";
  EXPECT_EQ(why(project.sets[0].choices, "dialect"), "given for this run");
}

TEST(DialectDetection, FoldersOfOtherEnginesThanTheStatedOneAreLeftOut) {
  Config config;
  config.engine = Engine::kPostgres;
  const MemoryFiles files = {{"/p/migrations/postgres/1_a.sql", "A;"},
                             {"/p/migrations/sqlite/1_a.sql", "A;"}};
  const Project project = found(files, config);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].directory, "/p/migrations/postgres");
  EXPECT_THAT(why(project.choices, "ignored"), HasSubstr("`sqlite` is named for another engine"));
}

TEST(DialectDetection, AFileInAFolderOfAnotherEngineIsReadForThatOne) {
  Config config;
  config.engine = Engine::kPostgres;
  config.version = EngineVersion{16, 0, 0};
  const MemoryFiles files = {{"/p/migrations/postgres/1_a.sql", "A;"},
                             {"/p/migrations/sqlite/1_a.sql", "A;"}};
  const std::string file = "/p/migrations/sqlite/1_a.sql";
  auto project = discover(files, file, config, {});
  ASSERT_TRUE(project.ok());
  ASSERT_THAT(project->sets, SizeIs(1));
  EXPECT_EQ(project->sets[0].dialect, (Dialect{Engine::kSqlite, default_version(Engine::kSqlite)}))
      << "the configured version is PostgreSQL's";
  Overrides overrides;
  overrides.engine = Engine::kMysql;
  project = discover(files, file, config, overrides);
  EXPECT_EQ(project->sets[0].dialect.engine, Engine::kMysql) << "this run was told so";
  config.path = "/p/belay.toml";
  config.migrations = {"migrations/sqlite"};
  project = discover(files, "/p", config, {});
  ASSERT_THAT(project->sets, SizeIs(1));
  EXPECT_EQ(project->sets[0].dialect.engine, Engine::kPostgres) << "belay.toml says both";
}

TEST(DialectDetection, PopMakesASetForEachDialectAndOnlyTheStatedOne) {
  const MemoryFiles files = {{"/p/m/1_a.postgres.up.sql", ""},
                             {"/p/m/1_a.sqlite3.up.sql", ""},
                             {"/p/m/1_a.cockroach.up.sql", ""},
                             {"/p/m/1_a.down.sql", ""}};
  EXPECT_THAT(found(files).sets, SizeIs(2));
  Config config;
  config.engine = Engine::kSqlite;
  const Project project = found(files, config);
  ASSERT_THAT(project.sets, SizeIs(1));
  EXPECT_EQ(project.sets[0].dialect.engine, Engine::kSqlite);
}

}  // namespace
}  // namespace belay::project

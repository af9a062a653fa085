// Details of single layouts that are clearer in a few lines than as a fixture.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/project.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::project {
namespace {

using belay::testing::Annotated;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = LayoutProblem::Kind;

MigrationSet one_set(const MemoryFiles& files) {
  auto project = discover(files, "/p", {}, {});
  EXPECT_TRUE(project.ok());
  EXPECT_THAT(project->sets, SizeIs(1));
  return project.ok() && !project->sets.empty() ? project->sets[0] : MigrationSet{};
}

std::vector<std::string> ids(const MigrationSet& set) {
  std::vector<std::string> out;
  for (const Migration& migration : set.migrations) out.push_back(migration.id);
  return out;
}

/// `up file -> down file` of each migration.
std::vector<std::string> pairs(const MigrationSet& set) {
  std::vector<std::string> out;
  for (const Migration& migration : set.migrations) {
    out.push_back(std::string(path::file_name(migration.up->path)) + " -> " +
                  (migration.down ? std::string(path::file_name(migration.down->path)) : "none"));
  }
  return out;
}

// -- Order ----------------------------------------------------------------------------------------

TEST(Order, GolangMigrateComparesNumbers) {
  EXPECT_THAT(ids(one_set({{"/p/m/9_a.up.sql", ""},
                           {"/p/m/010_b.up.sql", ""},
                           {"/p/m/100_c.up.sql", ""},
                           {"/p/m/9_a.down.sql", ""}})),
              ElementsAre("9_a", "010_b", "100_c"));
}

TEST(Order, DbmateComparesNamesAsText) {
  EXPECT_THAT(ids(one_set({{"/p/m/9_a.sql", "-- migrate:up\n-- migrate:down\n"},
                           {"/p/m/10_b.sql", "-- migrate:up\n-- migrate:down\n"}})),
              ElementsAre("10_b", "9_a"));
}

TEST(Order, DieselIgnoresDashesAndComparesText) {
  EXPECT_THAT(ids(one_set({{"/p/m/2018-01-01-000000_b/up.sql", ""},
                           {"/p/m/20170101000000_a/up.sql", ""},
                           {"/p/m/20190101000000_c/up.sql", ""},
                           {"/p/m/2026-06-26-100902-0000_d/up.sql", ""}})),
              ElementsAre("20170101000000_a", "2018-01-01-000000_b", "20190101000000_c",
                          "2026-06-26-100902-0000_d"));
}

TEST(Order, FlywayComparesPartsAndPutsRepeatableOnesLast) {
  EXPECT_THAT(ids(one_set({{"/p/m/V1_10__c.sql", ""},
                           {"/p/m/V1.9__b.sql", ""},
                           {"/p/m/R__a.sql", ""},
                           {"/p/m/V1__a.sql", ""},
                           {"/p/m/V20240101__d.sql", ""}})),
              ElementsAre("V1__a", "V1.9__b", "V1_10__c", "V20240101__d", "R__a"));
}

TEST(Order, NodePgMigrateTakesSeventeenDigitsForADate) {
  const std::string text = "-- Up Migration\n-- Down Migration\n";
  EXPECT_THAT(
      ids(one_set({{"/p/m/1704189600000_second.sql", text},
                   {"/p/m/20240102090000000_first.sql", text},
                   {"/p/m/20240102110000000_third.sql", text}})),
      ElementsAre("20240102090000000_first", "1704189600000_second", "20240102110000000_third"));
}

TEST(Order, SharedNumbersAreOrderedByName) {
  EXPECT_THAT(ids(one_set({{"/p/m/0001_create_table_b.up.sql", ""},
                           {"/p/m/0001_create_table_a.up.sql", ""},
                           {"/p/m/0002_x.up.sql", ""},
                           {"/p/m/0002_y.up.sql", ""},
                           {"/p/m/0003_x.up.sql", ""},
                           {"/p/m/0003_y.up.sql", ""}})),
              ElementsAre("0001_create_table_a", "0001_create_table_b", "0002_x", "0002_y",
                          "0003_x", "0003_y"));
}

// -- Pairs ----------------------------------------------------------------------------------------

TEST(Pairs, GolangMigrateGoesByTheNumberWhateverTheTitle) {
  const MigrationSet set =
      one_set({{"/p/m/0001_drop_job_id.up.sql", ""}, {"/p/m/1_drop_join_id.down.sql", ""}});
  EXPECT_THAT(pairs(set), ElementsAre("0001_drop_job_id.up.sql -> 1_drop_join_id.down.sql"));
  EXPECT_THAT(set.problems, IsEmpty());
}

TEST(Pairs, UpDownGoesByTheNameAndThenByALonelyNumber) {
  const MigrationSet set = one_set({{"/p/m/V1.A.up.sql", ""},
                                    {"/p/m/V1.A.down.sql", ""},
                                    {"/p/m/V2.B.up.sql", ""},
                                    {"/p/m/V2.C.down.sql", ""},
                                    {"/p/m/V3.D.up.sql", ""},
                                    {"/p/m/V3.E.up.sql", ""},
                                    {"/p/m/V3.F.down.sql", ""}});
  EXPECT_THAT(pairs(set),
              ElementsAre("V1.A.up.sql -> V1.A.down.sql", "V2.B.up.sql -> V2.C.down.sql",
                          "V3.D.up.sql -> none", "V3.E.up.sql -> none"));
  ASSERT_THAT(set.problems, SizeIs(1));
  EXPECT_EQ(set.problems[0].kind, Kind::kDownWithoutUp) << "two could be meant";
}

TEST(Pairs, ASecondDownForOneNumberIsADuplicate) {
  const MigrationSet set =
      one_set({{"/p/m/1_a.up.sql", ""}, {"/p/m/1_a.down.sql", ""}, {"/p/m/1_b.down.sql", ""}});
  ASSERT_THAT(set.problems, SizeIs(1));
  EXPECT_EQ(set.problems[0].kind, Kind::kDuplicateVersion);
  EXPECT_EQ(set.problems[0].path, "/p/m/1_b.down.sql");
  EXPECT_EQ(set.problems[0].related_path, "/p/m/1_a.down.sql");
}

// -- What only one tool has
// -------------------------------------------------------------------------

TEST(Scripts, AByteOrderMarkIsNoPartOfTheScript) {
  const MigrationSet set =
      one_set({{"/p/m/1_a.up.sql", "\xEF\xBB\xBFSELECT 1;"}, {"/p/m/1_a.down.sql", ""}});
  EXPECT_EQ(set.migrations[0].up->range, (ByteRange{3, 12}));
}

TEST(Diesel, MetadataWithoutTheKeyMeansNoTransaction) {
  const std::string up = "/p/m/2024_a/up.sql";
  const auto habit = [&](const std::string& metadata) {
    return one_set({{up, ""}, {"/p/m/2024_a/metadata.toml", metadata}})
        .migrations[0]
        .up->transaction;
  };
  EXPECT_EQ(habit("run_in_transaction = false\n"), TransactionHabit::kNone);
  EXPECT_EQ(habit("run_in_transaction = true\n"), TransactionHabit::kPerScript);
  EXPECT_EQ(habit("# nothing\n"), TransactionHabit::kNone) << "diesel's own default for the field";
  EXPECT_EQ(habit("not toml"), TransactionHabit::kPerScript) << "diesel takes it for no file";
}

TEST(Sqlx, TheDirectiveHasToBeTheFirstBytes) {
  const MigrationSet set =
      one_set({{"/p/migrations/1_a.sql", "-- no-transaction, for the index\nA;"},
               {"/p/migrations/2_b.sql", "\n-- no-transaction\nB;"}});
  EXPECT_EQ(set.layout, Layout::kSqlx);
  EXPECT_EQ(set.migrations[0].up->transaction, TransactionHabit::kNone);
  EXPECT_EQ(set.migrations[0].up->transaction_directive, (ByteRange{0, 17}));
  EXPECT_EQ(set.migrations[1].up->transaction, TransactionHabit::kPerScript);
  EXPECT_TRUE(set.migrations[1].one_way);
}

TEST(Flyway, FoldersOfEnginesAreSetsOfTheirOwn) {
  const MemoryFiles files = {{"/p/db/migration/V1__common.sql", ""},
                             {"/p/db/migration/more/V2__common.sql", ""},
                             {"/p/db/migration/mysql/V3__a.sql", ""},
                             {"/p/db/migration/more/sqlite/V3__b.sql", ""}};
  const auto project = discover(files, "/p", {}, {});
  ASSERT_TRUE(project.ok());
  ASSERT_THAT(project->sets, SizeIs(3));
  EXPECT_THAT(ids(project->sets[0]), ElementsAre("V1__common", "V2__common"));
  EXPECT_EQ(project->sets[1].dialect.engine, Engine::kSqlite);
  EXPECT_EQ(project->sets[2].dialect.engine, Engine::kMysql);
}

TEST(Sqitch, SettingsOfTheEngineComeBeforeThoseOfTheCore) {
  const MigrationSet set =
      one_set({{"/p/sqitch.conf",
                "[core]\n  engine = pg\n  top_dir = wrong\n[engine \"pg\"]\n  top_dir = \"db\"\n"
                "[deploy]\n  mode = all\n"},
               {"/p/db/sqitch.plan", "%project=x\n\na 2024-01-01T00:00:00Z A B <a@b>\n"},
               {"/p/db/deploy/a.sql", "A;"},
               {"/p/db/revert/a.sql", "B;"}});
  EXPECT_EQ(set.directory, "/p");
  EXPECT_THAT(pairs(set), ElementsAre("a.sql -> a.sql"));
  EXPECT_EQ(set.dialect.engine, Engine::kPostgres);
}

// -- Liquibase ------------------------------------------------------------------------------------

Changelog changelog(std::string_view body) {
  return read_changelog("--liquibase formatted sql\n" + std::string(body), "a.sql");
}

TEST(Changelog, IsNoneWithoutItsFirstLine) {
  EXPECT_FALSE(read_changelog("", "a.sql").formatted);
  EXPECT_FALSE(read_changelog("--changeset a:1\nA;\n", "a.sql").formatted);
  EXPECT_TRUE(
      read_changelog("\n\n  --  LIQUIBASE Formatted SQL logicalFilePath:x\n", "a.sql").formatted);
}

TEST(Changelog, ReadsAuthorsIdsAndAttributes) {
  const Changelog log = changelog(
      "-- changeset anna:1 RunInTransaction:FALSE dbms:mysql,mariadb runOnChange:true\nA;\n"
      "--changeset \"Bert B\":\"the second\" ignore:true\nB;\n"
      "--changeset c:3:x labels:\"a b\"\nC;\n");
  EXPECT_THAT(log.problems, IsEmpty());
  ASSERT_THAT(log.items, SizeIs(3));
  const Changeset& first = *log.items[0].changeset;
  EXPECT_EQ(first.author, "anna");
  EXPECT_EQ(first.id, "1");
  EXPECT_FALSE(first.run_in_transaction);
  EXPECT_EQ(first.dbms, "mysql,mariadb");
  EXPECT_TRUE(first.runs_again);
  EXPECT_EQ(log.items[1].changeset->author, "Bert B");
  EXPECT_EQ(log.items[1].changeset->id, "the second");
  EXPECT_TRUE(log.items[1].changeset->ignored);
  EXPECT_EQ(log.items[2].changeset->id, "3:x");
}

TEST(Changelog, RollbacksStandAloneInTheUnwrappedText) {
  const std::string text =
      "--liquibase formatted sql\n--changeset a:1\nCREATE TABLE é (id int);\n"
      "  -- ROLLBACK DROP TABLE é;\n--rollback DROP TABLE x;\nINSERT INTO é VALUES (1);\n";
  const Changelog log = read_changelog(text, "a.sql");
  const Changeset& set = *log.items[0].changeset;
  ASSERT_TRUE(set.down && log.rollbacks);
  EXPECT_EQ(log.rollbacks->size(), text.size());
  EXPECT_THAT(log.rollbacks->substr(set.down->begin), ::testing::StartsWith("DROP TABLE é;"));
  EXPECT_EQ(log.rollbacks->find("CREATE"), std::string::npos);
  EXPECT_EQ(log.rollbacks->find("INSERT"), std::string::npos);
  EXPECT_EQ(log.rollbacks->find("rollback"), std::string::npos);
  EXPECT_EQ(log.rollbacks->find("DROP TABLE x;"), text.find("DROP TABLE x;"));
}

TEST(Changelog, ABlockCommentRollsBack) {
  const Changelog log = changelog(
      "--changeset a:1\nA;\n/* liquibase rollback\nDROP a;\nDROP b; */\n--changeset b:2\nB;\n");
  const Changeset& set = *log.items[0].changeset;
  ASSERT_TRUE(set.down);
  EXPECT_EQ(set.down->of(*log.rollbacks), "DROP a;\nDROP b; ");
  EXPECT_FALSE(log.items[1].changeset->down);
}

TEST(Changelog, AnEmptyRollbackIsADeclaration) {
  EXPECT_TRUE(
      changelog("--changeset a:1\nA;\n--rollback empty\n").items[0].changeset->declared_one_way);
  EXPECT_TRUE(changelog("--changeset a:1\nA;\n--rollback Not Required\n")
                  .items[0]
                  .changeset->declared_one_way);
  EXPECT_FALSE(changelog("--changeset a:1\nA;\n").items[0].changeset->declared_one_way);
}

TEST(Changelog, ItsOwnLinesAreNoPartOfTheScript) {
  // `--x` without a space is no comment to MySQL.
  const Changelog log = changelog("--changeset a:1\n--comment a word\nA;\n--rollback B;\n");
  ASSERT_TRUE(log.script);
  EXPECT_EQ(log.script->find("--comment"), std::string::npos);
  EXPECT_EQ(log.script->find("--rollback"), std::string::npos);
  EXPECT_NE(log.script->find("A;"), std::string::npos);
}

TEST(Changelog, AnEndDelimiterBecomesASemicolon) {
  const Changelog log = changelog(
      "--changeset a:1 endDelimiter:/\nCREATE PROCEDURE p() BEGIN SELECT 1; END\n/\nA/\n"
      "--changeset a:2\nB /\n");
  const std::string& script = *log.script;
  EXPECT_THAT(script, HasSubstr("END\n;\nA;\n"));
  EXPECT_THAT(script, HasSubstr("B /\n")) << "the delimiter is the changeset's own";
}

/// Expects one problem at the one marked place.
void expect_problem(std::string_view annotated_source, std::string_view message) {
  const Annotated source("--liquibase formatted sql\n" + std::string(annotated_source));
  const Changelog log = read_changelog(source.text, "a.sql");
  ASSERT_THAT(log.problems, SizeIs(1)) << annotated_source;
  EXPECT_EQ(log.problems[0].range, source.ranges[0]) << log.problems[0].range.of(source.text);
  EXPECT_THAT(log.problems[0].message, HasSubstr(message));
}

TEST(Changelog, TellsWhatLiquibaseRefusesOrPassesOver) {
  expect_problem("[[--changeset a: 1]]\nA;\n", "without white space around the colon");
  expect_problem("[[--changeset]]\nA;\n", "author:id");
  expect_problem("[[-changeset a:1]]\n", "one dash is no comment");
  expect_problem("--changeset a:1\nA;\n[[--change set b:2]]\nB;\n", "takes this for a comment");
  expect_problem("--changeset a:1\nA;\n[[---changeset b:2]]\nB;\n", "takes this for a comment");
  expect_problem("[[SELECT 1;]]\n--changeset a:1\nA;\n", "before the first changeset");
  expect_problem("--changeset a:1\nA;\n[[/* liquibase rollback]]\nB;\n", "does not end");
  expect_problem("--changeset a:1\nA;\n[[--rollback\tB;]]\n", "wants a space");
  expect_problem("--changeset a:1\nA;\n[[--ignoreLines:all]]\n", "wants `--ignoreLines:start`");
}

TEST(Changelog, OrdinaryCommentsAreFine) {
  EXPECT_THAT(changelog("/* a long\nexplanation */\n-- changes: see below\n--changeset a:1\nA;\n"
                        "-- rolls back: nothing\n--rollbacks\n")
                  .problems,
              IsEmpty());
}

TEST(RunsOn, ReadsDbmsLists) {
  EXPECT_TRUE(runs_on("", Engine::kPostgres));
  EXPECT_TRUE(runs_on("postgresql", Engine::kPostgres));
  EXPECT_FALSE(runs_on("mysql,h2", Engine::kPostgres));
  EXPECT_TRUE(runs_on("!h2", Engine::kPostgres));
  EXPECT_FALSE(runs_on("all,!postgresql", Engine::kPostgres));
  EXPECT_TRUE(runs_on(" h2 , sqlite ", Engine::kSqlite));
}

}  // namespace
}  // namespace belay::project

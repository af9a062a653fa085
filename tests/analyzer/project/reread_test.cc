// `reread` after an edit gives what `discover` would give, or says that it cannot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/project/project.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/analyzer/project/reading.h"

namespace belay::project {
namespace {

using testing::SizeIs;

/// Files of a project that is edited: what a set becomes by `reread`, and what it would be if it
/// were discovered anew.
class Edited {
 public:
  explicit Edited(MemoryFiles files) : files_(std::move(files)), set_(discovered()) {}

  /// Changes a file and reads it again; false where `reread` gives up.
  bool edit(const std::string& path, const std::string& text) {
    files_.write(path, text);
    return reread(set_, path, text);
  }

  std::string reread_reading() const { return describe(set_, "/p", text_of()); }
  std::string fresh_reading() const { return describe(discovered(), "/p", text_of()); }
  const MigrationSet& set() const { return set_; }

 private:
  MigrationSet discovered() const {
    auto project = discover(files_, "/p", {}, {});
    EXPECT_TRUE(project.ok());
    EXPECT_THAT(project->sets, SizeIs(1));
    return project.ok() && !project->sets.empty() ? project->sets[0] : MigrationSet{};
  }
  std::function<std::string(const std::string&)> text_of() const {
    return [this](const std::string& path) { return files_.read(path, 1 << 20).value(); };
  }

  MemoryFiles files_;
  MigrationSet set_;
};

void expect_followed(Edited& edited, const std::string& path, const std::string& text) {
  ASSERT_TRUE(edited.edit(path, text)) << text;
  EXPECT_EQ(edited.reread_reading(), edited.fresh_reading()) << text;
}

TEST(Reread, FollowsMarksInBothDirections) {
  Edited edited({{"/p/m/1_a.sql", "-- +goose Up\nA;\n-- +goose Down\nB;\n"},
                 {"/p/m/2_b.sql", "-- +goose Up\nC;\n"}});
  const std::string path = "/p/m/1_a.sql";
  expect_followed(edited, path, "-- +goose Up\nA;\nA2;\n\n-- +goose Down\nB;\n");
  expect_followed(edited, path, "-- +goose Up\nA;\n");
  expect_followed(edited, path, "-- +goose NO TRANSACTION\n-- +goose Up\nA\n-- +goose Down\nB;\n");
  expect_followed(edited, path, "");
  EXPECT_THAT(edited.set().problems, SizeIs(1)) << "no `Up` any more";
  expect_followed(edited, path, "-- +goose Up\nA;\n-- +goose Down\nB;\n");
  EXPECT_TRUE(edited.set().problems.empty()) << "what was wrong is forgotten";
}

TEST(Reread, KeepsProblemsOfOtherFilesAndOfNames) {
  Edited edited({{"/p/m/1_a.sql", "-- +goose Up\nA;\n"},
                 {"/p/m/01_b.sql", "-- +goose Up\nB;\n"},
                 {"/p/m/2_c.sql", "C;\n"}});
  ASSERT_THAT(edited.set().problems, SizeIs(2));
  expect_followed(edited, "/p/m/1_a.sql", "-- +goose Up\nA2;\n");
  EXPECT_THAT(edited.set().problems, SizeIs(2));
}

TEST(Reread, FollowsWholeFilesAndTheirDirectives) {
  Edited edited({{"/p/Cargo.toml", "sqlx = \"0.8\""},
                 {"/p/migrations/1_a.up.sql", "A;"},
                 {"/p/migrations/1_a.down.sql", "B;"}});
  expect_followed(edited, "/p/migrations/1_a.up.sql", "-- no-transaction\nA;");
  EXPECT_EQ(edited.set().migrations[0].up->transaction, TransactionHabit::kNone);
  expect_followed(edited, "/p/migrations/1_a.up.sql", "\xEF\xBB\xBFlonger than it was;");
  EXPECT_EQ(edited.set().migrations[0].up->transaction, TransactionHabit::kPerScript);
  expect_followed(edited, "/p/migrations/1_a.down.sql", "");
}

TEST(Reread, KeepsWhatAnotherFileOrTheNameSaysOfTheTransaction) {
  Edited diesel({{"/p/m/2024_a/up.sql", "A;"},
                 {"/p/m/2024_a/metadata.toml", "run_in_transaction = false\n"}});
  expect_followed(diesel, "/p/m/2024_a/up.sql", "A; A;");
  EXPECT_EQ(diesel.set().migrations[0].up->directive_path, "/p/m/2024_a/metadata.toml");
  Edited pop({{"/p/m/1_a.postgres.autocommit.up.sql", "A;"}, {"/p/m/1_a.postgres.down.sql", ""}});
  expect_followed(pop, "/p/m/1_a.postgres.autocommit.up.sql", "A; A;");
  EXPECT_EQ(pop.set().migrations[0].up->transaction, TransactionHabit::kNone);
}

TEST(Reread, GivesUpWhereTheChangeReachesFurther) {
  Edited edited({{"/p/m/2024_a/up.sql", "A;"},
                 {"/p/m/2024_a/metadata.toml", "run_in_transaction = false\n"}});
  EXPECT_FALSE(edited.edit("/p/m/2024_a/metadata.toml", "run_in_transaction = true\n"));
  EXPECT_FALSE(edited.edit("/p/m/2025_b/up.sql", "B;"));
  ASSERT_THAT(edited.set().migrations, SizeIs(1));
  EXPECT_EQ(edited.set().migrations[0].up->transaction, TransactionHabit::kNone)
      << "the set is as it was";
}

TEST(Reread, FollowsChangesetsThatComeAndGo) {
  const std::string head = "--liquibase formatted sql\n";
  Edited edited({{"/p/c/1.sql", head + "--changeset a:1\nA;\n"},
                 {"/p/c/2.sql", head + "--changeset a:1\nB;\n--rollback C;\n"},
                 {"/p/c/3.sql", head + "--changeset a:1\nD;\n"}});
  const std::string path = "/p/c/2.sql";
  expect_followed(edited, path,
                  head + "--changeset a:1\nB;\n--changeset b:2 runInTransaction:false\nE;\n");
  expect_followed(edited, path, head + "--changeset b:2\nE;\n--rollback empty\n--rollback x;\n");
  expect_followed(edited, path, head + "S;\n--changeset b:2\nE;\n--changset b:3\n");
  EXPECT_FALSE(edited.set().problems.empty());
}

TEST(Reread, GivesUpOnIncludesAndRollbacksByOthers) {
  const std::string head = "--liquibase formatted sql\n";
  Edited edited({{"/p/c/1.sql", head + "--changeset a:1\nA;\n"},
                 {"/p/c/2.sql", head + "--changeset a:2\nB;\n"
                                       "--rollback changeSetId:1 changeSetAuthor:a "
                                       "changeSetPath:c/1.sql\n"}});
  const std::string before = edited.reread_reading();
  ASSERT_TRUE(edited.set().migrations[1].down) << before;
  EXPECT_FALSE(reread(const_cast<MigrationSet&>(edited.set()), "/p/c/1.sql",
                      head + "--changeset a:1\nA; A;\n"));
  EXPECT_FALSE(reread(const_cast<MigrationSet&>(edited.set()), "/p/c/2.sql",
                      head + "--include file:1.sql relativeToChangelogFile:true\n"));
  EXPECT_EQ(edited.reread_reading(), before);
}

}  // namespace
}  // namespace belay::project

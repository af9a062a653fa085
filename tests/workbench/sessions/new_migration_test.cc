// Over a copy of each layout's fixture: one migration more, with both directions where the layout
// has them, behind all others.
#include "workbench/new_migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/runtime/test_database.h"
#include "workbench/new_version.h"

namespace belay::workbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

std::chrono::system_clock::time_point at(int64_t seconds, int ms = 0) {
  return std::chrono::system_clock::from_time_t(seconds) + std::chrono::milliseconds(ms);
}
const auto kNow = at(1'790'000'000, 123);  // 2026-09-21T14:13:20.123Z

TEST(NextVersion, GoesOnInItsOwnStyle) {
  const auto next = [](const char* newest) { return next_version(newest, kNow); };
  EXPECT_EQ(next("0042"), "0043");
  EXPECT_EQ(next("9"), "10");
  EXPECT_EQ(next("099"), "100");
  EXPECT_EQ(next("2.9"), "2.10");
  EXPECT_EQ(next("1_1"), "1_2");
  EXPECT_EQ(next("20240131120000"), "20260921141320");
  EXPECT_EQ(next("20240131120000999"), "20260921141320123");
  EXPECT_EQ(next("2024-01-31-120000"), "2026-09-21-141320");
  EXPECT_EQ(next("202401311200"), "202609211413");
  EXPECT_EQ(next("20240131"), "20260921");
  EXPECT_EQ(next("1704103200"), "1790000000");
  EXPECT_EQ(next("1704103200000"), "1790000000123");
  EXPECT_EQ(next("20241399999999"), "20241400000000") << "no time, so a number";
}

TEST(NextVersion, IsLaterThanTheNewest) {
  EXPECT_EQ(next_version("20260921141320", kNow), "20260921141321");
  EXPECT_EQ(next_version("20301231235959", kNow), "20310101000000");
  EXPECT_EQ(next_version("1790000000123", kNow), "1790000000124");
  EXPECT_EQ(next_version("20260921", kNow), "20260922");
}

struct Case {
  const char* fixture;
  const char* folder;  ///< of the history, in the fixture
  bool down;           ///< the layout has a way back
  const char* first;   ///< the first file, from the history's folder
};

class NewMigrationIn : public ::testing::TestWithParam<Case> {};

Result<project::MigrationSet> load(const std::string& path) {
  Result<LoadedProject> project = load_project(DiskFileSystem(), path, {});
  if (!project) return std::move(project).error();
  if (project->project.sets.empty()) return Error{"no set", path, ""};
  return std::move(project->project.sets[0]);
}

TEST_P(NewMigrationIn, IsOneMoreBehindAllOthers) {
  const TemporaryDirectory directory;
  const std::string copy = directory.file("project");
  fs::copy(std::string(BELAY_SOURCE_DIR) + "/migrations-fixtures/layouts/" + GetParam().fixture,
           copy, fs::copy_options::recursive);
  const std::string folder = copy + "/" + GetParam().folder;
  Result<project::MigrationSet> before = load(folder);
  ASSERT_TRUE(before.ok()) << before.error().to_string();

  NewMigrationRequest request;
  request.path = folder;
  request.name = "Add  phone/numbers!";
  request.now = kNow;
  request.author = "Anna Berg";
  request.mail = "anna@example.com";
  const Result<NewMigration> planned = plan_new_migration(DiskFileSystem(), request);
  ASSERT_TRUE(planned.ok()) << planned.error().to_string();
  EXPECT_EQ(path::relative_to(planned->files[0].path, path::absolute(folder)), GetParam().first);
  const Result<void> written = write_new_migration(*planned);
  ASSERT_TRUE(written.ok()) << written.error().to_string();

  Result<project::MigrationSet> after = load(folder);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->layout, before->layout);
  EXPECT_EQ(after->problems.size(), before->problems.size());
  ASSERT_EQ(after->migrations.size(), before->migrations.size() + 1);
  const project::Migration* added = nullptr;
  for (const project::Migration& m : after->migrations) {
    const bool known = std::any_of(before->migrations.begin(), before->migrations.end(),
                                   [&](const project::Migration& old) { return old.id == m.id; });
    if (!known) added = &m;
  }
  ASSERT_NE(added, nullptr);
  EXPECT_TRUE(added->up.has_value());
  EXPECT_EQ(added->down.has_value(), GetParam().down);
  // What stands behind it has no number of its own, or runs after all versions.
  for (const project::Migration* m = added + 1; m < &*after->migrations.end(); ++m) {
    EXPECT_TRUE(m->kind != project::Migration::Kind::kVersioned || m->version.empty()) << m->id;
  }

  // Once more with the same version and name: nothing is overwritten, and nothing is left behind.
  if (planned->files[0].appended && planned->files.size() == 1) {
    EXPECT_FALSE(plan_new_migration(DiskFileSystem(), request).ok()) << "the name is taken";
  } else {
    EXPECT_FALSE(write_new_migration(*planned).ok());
  }
  for (const NewFile& file : planned->files) EXPECT_TRUE(fs::exists(file.path)) << file.path;
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, NewMigrationIn,
    ::testing::Values(
        Case{"golang-migrate", "db/migrations", true, "000004_Add_phone_numbers.up.sql"},
        Case{"dbmate", "db/migrations", true, "20260921141320_Add_phone_numbers.sql"},
        Case{"goose", "sql", true, "11_Add_phone_numbers.sql"},
        Case{"sql-migrate", "migrations", true, "13_Add_phone_numbers.sql"},
        Case{"diesel", "migrations", true, "2026-09-21-141320_Add_phone_numbers/up.sql"},
        Case{"sqlx", "migrations", true, "20260921141320_Add_phone_numbers.up.sql"},
        Case{"sqlx-one-way", "migrations", false, "11_Add_phone_numbers.sql"},
        Case{"flyway", "src/main/resources/db/migration", true, "v3/V4__Add_phone_numbers.sql"},
        Case{"flyway-one-way", "db/migration", false, "v2/V3__Add_phone_numbers.sql"},
        Case{"node-pg-migrate", "migrations", true, "1790000000123_Add-phone-numbers.sql"},
        Case{"prisma", "prisma/migrations", false,
             "20260921141320_Add_phone_numbers/migration.sql"},
        Case{"refinery", "migrations", false, "V12__Add_phone_numbers.sql"},
        Case{"pop", "migrations", true, "20260921141320_Add_phone_numbers.up.sql"},
        Case{"up-down", "storage/migrations", true, "V0006.Add_phone_numbers_up.sql"},
        Case{"rollback-folder", "migrations", true, "012_Add_phone_numbers.sql"},
        Case{"sqitch", ".", true, "sqitch.plan"},
        Case{"liquibase", "db/changelog", true, "root.sql"},
        Case{"plain", "schema", false, "migrations/11_Add-phone-numbers.sql"}),
    [](const auto& test) {
      std::string name = test.param.fixture;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(NewMigration, BeginsAHistoryInEveryLayout) {
  for (const project::Layout layout : project::all_layouts()) {
    SCOPED_TRACE(project::layout_name(layout));
    const TemporaryDirectory directory;
    NewMigrationRequest request;
    request.path = directory.path();
    request.name = "first";
    request.now = kNow;
    request.author = "Anna Berg";
    request.mail = "anna@example.com";
    request.load.overrides.layout = layout;
    const Result<NewMigration> planned = plan_new_migration(DiskFileSystem(), request);
    ASSERT_TRUE(planned.ok()) << planned.error().to_string();
    ASSERT_TRUE(write_new_migration(*planned).ok());
    Result<LoadedProject> project = load_project(DiskFileSystem(), directory.path(), request.load);
    ASSERT_TRUE(project.ok());
    ASSERT_EQ(project->project.sets.size(), 1U);
    EXPECT_EQ(project->project.sets[0].migrations.size(), 1U);
  }
}

TEST(NewMigration, RefusesWhatItCannotPlace) {
  const TemporaryDirectory directory;
  NewMigrationRequest request;
  request.path = directory.path();
  request.name = "first";
  EXPECT_THAT(plan_new_migration(DiskFileSystem(), request).error().hint, HasSubstr("--layout"));
  request.load.overrides.layout = project::Layout::kGoose;
  request.name = " !/ ";
  EXPECT_THAT(plan_new_migration(DiskFileSystem(), request).error().message,
              HasSubstr("no letter or digit"));
}

TEST(NewMigration, AFileThatIsThereStopsAllOfIt) {
  const TemporaryDirectory directory;
  NewMigration migration;
  migration.files = {{directory.file("1_a.up.sql"), "x"}, {directory.file("1_a.down.sql"), "y"}};
  testing::write_bytes(directory.file("1_a.down.sql"), "mine");
  const Result<void> done = write_new_migration(migration);
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("is there already"));
  EXPECT_FALSE(fs::exists(directory.file("1_a.up.sql")));
  EXPECT_EQ(testing::read_bytes(directory.file("1_a.down.sql")), "mine");
}

}  // namespace
}  // namespace belay::workbench

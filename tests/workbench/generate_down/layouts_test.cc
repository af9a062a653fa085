// Where a down goes and what it looks like there, layout by layout.

#include <gtest/gtest.h>

#include "tests/workbench/generate_down/layered_files.h"
#include "workbench/generate_down.h"

namespace belay::workbench {
namespace {

constexpr std::string_view kUp = "CREATE TABLE notes (id int PRIMARY KEY);\n";
constexpr std::string_view kDown = "DROP TABLE notes;\n";
const std::string kRoot = "/no-such-root/app/migrations/";

struct Case {
  std::string up_path;
  std::string up_text;
  std::string down_path;
  std::string down_text;  ///< the whole file
  project::Layout layout;
};

Result<GeneratedDownFile> generate(const LayeredFiles& files, const std::string& path,
                                   project::Layout layout, GenerateDownOptions options = {}) {
  LoadOptions load;
  load.overrides.layout = layout;
  load.overrides.engine = Engine::kPostgres;
  return generate_down(files, path, load, options);
}

class InLayout : public testing::TestWithParam<Case> {};

TEST_P(InLayout, GoesWhereTheToolReadsIt) {
  const Case& c = GetParam();
  LayeredFiles files;
  files.put(kRoot + c.up_path, c.up_text);
  const Result<GeneratedDownFile> down = generate(files, kRoot + c.up_path, c.layout);
  ASSERT_TRUE(down) << down.error().to_string();
  EXPECT_EQ(down->path, kRoot + c.down_path);
  EXPECT_EQ(down->new_text, c.down_text);
  // The verdict comes from reading it back, so the layout has found it there.
  EXPECT_EQ(down->reversibility.verdict, rollback::Verdict::kRestored)
      << down->reversibility.reason;
}

std::string text(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view p : parts) out += p;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, InLayout,
    testing::Values(
        Case{"0001_notes.up.sql", std::string(kUp), "0001_notes.down.sql", std::string(kDown),
             project::Layout::kGolangMigrate},
        Case{"0001_notes.up.sql", std::string(kUp), "0001_notes.down.sql", std::string(kDown),
             project::Layout::kSqlx},
        Case{"V1.Notes.up.sql", std::string(kUp), "V1.Notes.down.sql", std::string(kDown),
             project::Layout::kUpDown},
        Case{"20200101_notes.postgres.up.sql", std::string(kUp), "20200101_notes.postgres.down.sql",
             std::string(kDown), project::Layout::kPop},
        Case{"2020-01-01-000000_notes/up.sql", std::string(kUp), "2020-01-01-000000_notes/down.sql",
             std::string(kDown), project::Layout::kDiesel},
        Case{"20200101000000_notes/migration.sql", std::string(kUp),
             "20200101000000_notes/down.sql", std::string(kDown), project::Layout::kPrisma},
        Case{"V1__notes.sql", std::string(kUp), "U1__notes.sql", std::string(kDown),
             project::Layout::kFlyway},
        Case{"001_notes.sql", std::string(kUp), "rollback/001_rollback.sql", std::string(kDown),
             project::Layout::kRollbackFolder},
        Case{"1_notes.sql", text({"-- migrate:up\n", kUp, "\n-- migrate:down\n"}), "1_notes.sql",
             text({"-- migrate:up\n", kUp, "\n-- migrate:down\n", kDown}),
             project::Layout::kDbmate},
        Case{"1_notes.sql", text({"-- +goose Up\n", kUp}), "1_notes.sql",
             text({"-- +goose Up\n", kUp, "\n-- +goose Down\n", kDown}), project::Layout::kGoose},
        Case{"1_notes.sql", text({"-- +migrate Up\n", kUp}), "1_notes.sql",
             text({"-- +migrate Up\n", kUp, "\n-- +migrate Down\n", kDown}),
             project::Layout::kSqlMigrate},
        Case{"1_notes.sql", text({"-- Up Migration\n", kUp}), "1_notes.sql",
             text({"-- Up Migration\n", kUp, "\n-- Down Migration\n", kDown}),
             project::Layout::kNodePgMigrate}),
    [](const auto& test) {
      std::string name(project::layout_name(test.param.layout));
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(GenerateDown, MarksAStatementWithSemicolonsForGoose) {
  LayeredFiles files;
  const std::string before = "-- +goose Up\n-- +goose StatementBegin\n";
  files.put(kRoot + "1_f.sql", before +
                                   "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\n"
                                   "BEGIN RETURN 1; END $$;\n-- +goose StatementEnd\n");
  files.put(kRoot + "2_g.sql", "-- +goose Up\nDROP FUNCTION f();\n");
  const auto down = generate(files, kRoot + "2_g.sql", project::Layout::kGoose);
  ASSERT_TRUE(down) << down.error().to_string();
  EXPECT_NE(down->new_text.find("-- +goose StatementBegin\nCREATE FUNCTION"), std::string::npos)
      << down->new_text;
  EXPECT_EQ(down->reversibility.verdict, rollback::Verdict::kRestored)
      << down->reversibility.reason;
}

TEST(GenerateDown, CompletesWhatADownForgot) {
  LayeredFiles files;
  files.put(kRoot + "0001_a.up.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);\n");
  files.put(kRoot + "0001_a.down.sql", "DROP TABLE b");
  const auto down =
      generate(files, kRoot + "0001_a.up.sql", project::Layout::kGolangMigrate, {.complete = true});
  ASSERT_TRUE(down) << down.error().to_string();
  EXPECT_EQ(down->new_text, "DROP TABLE b;\nDROP TABLE a;\n");
  EXPECT_EQ(down->reversibility.verdict, rollback::Verdict::kRestored);
}

TEST(GenerateDown, HasNothingToAddToAWholeDown) {
  LayeredFiles files;
  files.put(kRoot + "0001_a.up.sql", "CREATE TABLE a (id int);\n");
  files.put(kRoot + "0001_a.down.sql", "DROP TABLE a;\n");
  const auto down =
      generate(files, kRoot + "0001_a.up.sql", project::Layout::kGolangMigrate, {.complete = true});
  ASSERT_TRUE(down) << down.error().to_string();
  EXPECT_TRUE(down->nothing_to_do);
  EXPECT_TRUE(down->has_down);
}

TEST(GenerateDown, SaysWhereThereIsNoPlaceForIt) {
  LayeredFiles files;
  files.put(kRoot + "1_a.sql", std::string(kUp));
  const auto down = generate(files, kRoot + "1_a.sql", project::Layout::kPlain);
  ASSERT_TRUE(down) << down.error().to_string();
  EXPECT_EQ(down->path, "");
  EXPECT_NE(down->no_place, "");
  EXPECT_EQ(down->printed, kDown);
}

}  // namespace
}  // namespace belay::workbench

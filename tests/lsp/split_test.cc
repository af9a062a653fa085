#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lsp/features/split_actions.h"
#include "tests/lsp/support/open_project.h"

namespace belay::lsp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kUp = "/p/migrations/0002_change.up.sql";

class SplitActionsTest : public ::testing::Test {
 protected:
  SplitActionsTest() {
    project_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    project_.write("/p/migrations/0001_start.up.sql",
                   "CREATE TABLE orders (id bigint PRIMARY KEY, total int);\n");
    project_.write("/p/migrations/0001_start.down.sql", "DROP TABLE orders;\n");
    project_.write(kUp, "SELECT 1;\n");
    project_.write("/p/migrations/0002_change.down.sql",
                   "ALTER TABLE orders DROP CONSTRAINT \"größe\";\n");
  }
  std::vector<CodeAction> actions(const std::vector<std::string>& only = {}) {
    return split_actions(project_.input(), {"", project_.marked(), {}, only});
  }

  testing::OpenProject project_;
};

/// Not saved yet: what is tried is what stands in the editor.
constexpr const char* kMarked =
    "/* 𐐀 */ ALTER TABLE orders ADD [[CONSTRAINT]] \"größe\" CHECK (total > 0); -- é\r\n";

TEST_F(SplitActionsTest, AnActionMakesTheFilesOfTheNextMigration) {
  project_.open(kUp, kMarked);
  const std::vector<CodeAction> found = actions();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "refactor.rewrite");
  ASSERT_TRUE(found[0].data);
  const Result<WorkspaceEdit> edit = split_edit(project_.input(), *found[0].data);
  ASSERT_TRUE(edit.ok()) << edit.error().to_string();
  EXPECT_THAT(edit->created,
              ElementsAre("file:///p/migrations/0003_validate_gr%C3%B6%C3%9Fe.up.sql",
                          "file:///p/migrations/0003_validate_gr%C3%B6%C3%9Fe.down.sql"));
  EXPECT_EQ(project_.after(edit->documents.at(0)),
            "/* 𐐀 */ ALTER TABLE orders ADD CONSTRAINT \"größe\" CHECK (total > 0) NOT VALID; "
            "-- é\r\n");
  EXPECT_EQ(edit->documents.at(0).version, 7);
  EXPECT_EQ(edit->documents.at(1).edits.at(0).second,
            "ALTER TABLE orders VALIDATE CONSTRAINT \"größe\";\n");
}

TEST_F(SplitActionsTest, IsARefactoring) {
  project_.open(kUp, kMarked);
  EXPECT_EQ(actions({"refactor"}).size(), 1U);
  EXPECT_THAT(actions({"quickfix"}), IsEmpty());
  EXPECT_THAT(actions({"source"}), IsEmpty());
}

TEST_F(SplitActionsTest, IsOfferedOnTheStatementAlone) {
  project_.open(kUp, "[[SELECT]] 1;\nALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\n");
  EXPECT_THAT(actions(), IsEmpty());
}

TEST_F(SplitActionsTest, AHistoryIsReadAnewOncePerStatementAndState) {
  project_.open(kUp, kMarked);
  actions();
  const auto reads = project_.files().reads();
  EXPECT_EQ(actions().size(), 1U);
  EXPECT_EQ(project_.files().reads(), reads);
  project_.open(kUp, "-- more\n" + std::string(kMarked));
  EXPECT_EQ(actions().size(), 1U);
  EXPECT_NE(project_.files().reads(), reads);
}

}  // namespace
}  // namespace belay::lsp

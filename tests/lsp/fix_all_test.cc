#include "analyzer/fix_all.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lsp/features/diagnostics.h"
#include "lsp/features/fix_all_actions.h"
#include "tests/lsp/support/open_project.h"

namespace belay::lsp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr const char* kUp = "/p/migrations/0002_change.up.sql";

class FixAllTest : public ::testing::Test {
 protected:
  FixAllTest() {
    project_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    project_.write("/p/migrations/0001_start.up.sql",
                   "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n"
                   "CREATE TABLE orders (id bigint PRIMARY KEY, total int, user_id bigint);\n");
    project_.write("/p/migrations/0001_start.down.sql", "DROP TABLE orders;\nDROP TABLE users;\n");
    project_.write("/p/migrations/0002_change.down.sql", "SELECT 1;\n");
  }

  void open(std::string_view marked) { project_.open(kUp, marked); }
  std::vector<std::string> titles(const std::vector<std::string>& only = {}) {
    std::vector<std::string> out;
    const CodeActionParams params{"", project_.everything(), {}, only};
    for (const CodeAction& action : fix_all_actions(project_.input(), params)) {
      out.push_back(action.title);
    }
    return out;
  }
  /// The document after everything, or all of a rule, was fixed.
  std::string fixed(const std::string& rule = "", ColumnUnit unit = ColumnUnit::kUtf16) {
    CodeActionData data;
    data.rule = rule;
    const Result<WorkspaceEdit> edit = fix_all_edit(project_.input(unit), data);
    if (!edit) return "error: " + edit.error().message;
    return project_.after(edit->documents.at(0), unit);
  }
  std::vector<std::string> rules() {
    std::vector<std::string> out;
    for (const Diagnostic& d : diagnostics(project_.input())) out.push_back(d.code);
    return out;
  }

  testing::OpenProject project_;
};

constexpr const char* kTwoChecks =
    "SET lock_timeout = '1s';\n"
    "ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\n"
    "ALTER TABLE orders ADD CONSTRAINT b CHECK (total < 9);\n";

TEST_F(FixAllTest, OfARuleIsOfferedWhereSeveralFindingsHaveFixes) {
  open(kTwoChecks);
  EXPECT_THAT(titles(), UnorderedElementsAre("Fix all of check-not-valid-missing in this file",
                                             "Fix all that Belay can fix in this file"));
  open("SET lock_timeout = '1s';\nALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\n");
  EXPECT_THAT(titles(), IsEmpty());
  EXPECT_THAT(titles({"source"}), ElementsAre("Fix all that Belay can fix in this file"));
  open("SET lock_timeout = '1s';\nSELECT 1;\n");
  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(FixAllTest, IsOfferedForTheKindsThatAreAskedFor) {
  open(kTwoChecks);
  for (const char* kind : {"source", "source.fixAll", "source.fixAll.belay"}) {
    EXPECT_THAT(titles({kind}), ElementsAre("Fix all that Belay can fix in this file")) << kind;
  }
  EXPECT_THAT(titles({"quickfix"}), ElementsAre("Fix all of check-not-valid-missing in this file"));
  EXPECT_THAT(titles({"source.fixAll.other", "refactor", "source.organizeImports"}), IsEmpty());
}

TEST_F(FixAllTest, EverythingIsFixedUntilNothingIsLeft) {
  open(
      "ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\n"
      "ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (user_id) REFERENCES users;\n");
  const std::string text = fixed();
  open(text);
  EXPECT_THAT(titles(), IsEmpty()) << text;
  for (const char* rule : {"check-not-valid-missing", "fk-not-valid-missing", "syntax-error"}) {
    EXPECT_THAT(rules(), Not(Contains(rule))) << text;
  }
}

TEST_F(FixAllTest, OneRuleLeavesTheOthersAlone) {
  open(
      "ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\n"
      "ALTER TABLE orders ADD CONSTRAINT b CHECK (total < 9);\n"
      "ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users;\n");
  open(fixed("check-not-valid-missing"));
  EXPECT_THAT(rules(), Not(Contains("check-not-valid-missing")));
  EXPECT_THAT(rules(), Contains("fk-not-valid-missing"));
}

TEST_F(FixAllTest, KeepsItsPlacesInEveryUnitAndWithCarriageReturns) {
  open(
      "SET lock_timeout = '1s';\r\n/* 𐐀é */ ALTER TABLE orders ADD CONSTRAINT a CHECK (total > "
      "0);\r\n"
      "ALTER TABLE orders ADD CONSTRAINT \"é\" CHECK (total < 9); -- 𐐀\r\n");
  const std::string utf16 = fixed();
  EXPECT_EQ(utf16, fixed("", ColumnUnit::kUtf8));
  EXPECT_EQ(utf16, fixed("", ColumnUnit::kUtf32));
  EXPECT_THAT(utf16, ::testing::HasSubstr("CHECK (total < 9) NOT VALID; -- 𐐀\r\n"));
}

TEST_F(FixAllTest, NothingIsFixedWhereAStatementCannotBeRead) {
  open("ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);\nALTER TABEL orders;\n");
  EXPECT_THAT(rules(), Contains("syntax-error"));
  EXPECT_THAT(titles(), IsEmpty());
  EXPECT_EQ(fixed(), "error: there is nothing that can be fixed any more");
}

TEST(FixesTogetherTest, ALaterOneGivesWayWhereTwoTouch) {
  const auto finding = [](const char* rule, std::vector<TextEdit> edits) {
    Finding out;
    out.rule = rule;
    out.fixes.push_back({"fix", "/f.sql", std::move(edits)});
    return out;
  };
  const Finding first = finding("a", {{{0, 4}, "x"}, {{10, 10}, "y"}});
  const Finding overlaps = finding("b", {{{3, 5}, "z"}});
  const Finding same_place = finding("b", {{{10, 10}, "z"}, {{20, 21}, "w"}});
  const Finding beside = finding("c", {{{4, 6}, "v"}});
  EXPECT_THAT(fixes_together({&first, &overlaps, &same_place, &beside}, "/f.sql", ""),
              ElementsAre(TextEdit{{0, 4}, "x"}, TextEdit{{4, 6}, "v"}, TextEdit{{10, 10}, "y"}));
  EXPECT_THAT(fixes_together({&first, &same_place}, "/f.sql", "b"),
              ElementsAre(TextEdit{{10, 10}, "z"}, TextEdit{{20, 21}, "w"}));
  EXPECT_THAT(fixes_together({&first}, "/other.sql", ""), IsEmpty());
}

}  // namespace
}  // namespace belay::lsp

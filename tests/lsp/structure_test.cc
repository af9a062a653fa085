// What an editor folds, selects and follows in a script.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lsp/features/document_links.h"
#include "lsp/features/folding.h"
#include "lsp/features/selection.h"
#include "lsp/file_operations.h"
#include "tests/lsp/support/open_project.h"

namespace belay::lsp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kUp = "/p/migrations/0002_change.up.sql";

class StructureTest : public ::testing::Test {
 protected:
  StructureTest() {
    project_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    project_.write("/p/migrations/0001_start.up.sql", "CREATE TABLE users (id bigint);\n");
  }

  /// `first-last kind`, counted from 1.
  std::vector<std::string> folds() {
    std::vector<std::string> out;
    for (const FoldingRange& f : folding_ranges(project_.input())) {
      const char* const kinds[] = {"", " comment", " region"};
      out.push_back(std::to_string(f.start_line + 1) + "-" + std::to_string(f.end_line + 1) +
                    kinds[static_cast<size_t>(f.kind)]);
    }
    return out;
  }
  /// What is selected at the point, from the inside out.
  std::vector<std::string> selections(ColumnUnit unit = ColumnUnit::kUtf16) {
    std::vector<std::string> out;
    const std::string_view text = project_.text().text();
    for (PositionRange range : selection_ranges(project_.input(unit), project_.point(0, unit))) {
      out.emplace_back(project_.text().lines().range_of(text, range, unit).of(text));
    }
    return out;
  }
  std::vector<std::pair<std::string, std::string>> links() {
    std::vector<std::pair<std::string, std::string>> out;
    const std::string_view text = project_.text().text();
    for (const DocumentLink& link : document_links(project_.input())) {
      const ByteRange range =
          project_.text().lines().range_of(text, link.range, ColumnUnit::kUtf16);
      out.emplace_back(std::string(range.of(text)), link.target);
    }
    return out;
  }

  testing::OpenProject project_;
};

TEST_F(StructureTest, StatementsBodiesBlocksAndCommentsFold) {
  project_.open(kUp,
                "-- one\n"
                "-- two\n"
                "BEGIN;\n"
                "CREATE TABLE a (\n"
                "  id int\n"
                ");\n"
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\n"
                "BEGIN\n"
                "  RETURN 1;\n"
                "END $$;\n"
                "COMMIT;\n"
                "/* long\n"
                "   comment */\n"
                "SELECT 1; -- beside\n"
                "-- alone\n");
  EXPECT_THAT(folds(), ElementsAre("1-2 comment", "3-11", "4-6", "7-10", "12-13 comment"));
}

TEST_F(StructureTest, CarriageReturnsCountAsLineEnds) {
  project_.open(kUp, "-- one\r\n-- two\r\n\r\nSELECT\r\n  1;\r\nSELECT 2;\r\n");
  EXPECT_THAT(folds(), ElementsAre("1-2 comment", "4-5"));
}

TEST_F(StructureTest, CommentsWithSomethingBetweenThemAreNoBlock) {
  project_.open(kUp, "-- one\n\n-- two\nSELECT 1; -- three\n-- four\n");
  EXPECT_THAT(folds(), IsEmpty());
}

TEST_F(StructureTest, AFileOfBothDirectionsFoldsEach) {
  testing::OpenProject project;
  project.write("/q/belay.toml", "dialect = \"postgresql\"\nlayout = \"dbmate\"\n");
  project.open("/q/migrations/20240101000000_a.sql",
               "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n");
  std::vector<FoldingRange> found = folding_ranges(project.input());
  EXPECT_THAT(found, ElementsAre(FoldingRange{0, 1, FoldingRange::Kind::kRegion},
                                 FoldingRange{3, 4, FoldingRange::Kind::kRegion}));
}

TEST_F(StructureTest, ASelectionGrowsFromTheTokenToTheDocument) {
  project_.open(kUp, "CREATE TABLE a (id int, note ^text NOT NULL);\nSELECT 1;\n");
  EXPECT_THAT(
      selections(),
      ElementsAre("text", "note text NOT NULL", "id int, note text NOT NULL",
                  "(id int, note text NOT NULL)", "CREATE TABLE a (id int, note text NOT NULL)",
                  "CREATE TABLE a (id int, note text NOT NULL);",
                  "CREATE TABLE a (id int, note text NOT NULL);\nSELECT 1;\n"));
}

TEST_F(StructureTest, ClausesAreSelectedWhole) {
  project_.open(kUp, "SELECT a, f(^b, c) FROM t WHERE x;\n");
  EXPECT_THAT(selections(),
              ElementsAre("b", "b, c", "(b, c)", "f(b, c)", "SELECT a, f(b, c)",
                          "SELECT a, f(b, c) FROM t WHERE x", "SELECT a, f(b, c) FROM t WHERE x;",
                          "SELECT a, f(b, c) FROM t WHERE x;\n"));
  project_.open(kUp, "UPDATE t SET a = 1, ^b = 2 WHERE id > 3;");
  EXPECT_THAT(selections(), ElementsAre("b", "b = 2", "SET a = 1, b = 2",
                                        "UPDATE t SET a = 1, b = 2 WHERE id > 3",
                                        "UPDATE t SET a = 1, b = 2 WHERE id > 3;"));
}

TEST_F(StructureTest, ACommentIsSelectedBeforeWhatItStandsIn) {
  project_.open(kUp, "-- a ^comment\r\nSELECT 1;\r\n");
  EXPECT_THAT(selections(), ElementsAre("-- a comment", "-- a comment\r\nSELECT 1;\r\n"));
}

TEST_F(StructureTest, SelectionsAreTheSameInEveryUnit) {
  project_.open(kUp, "SELECT '𐐀é', ^\"é𐐀\" FROM t;\r\n");
  const auto utf16 = selections();
  EXPECT_EQ(utf16.front(), "\"é𐐀\"");
  EXPECT_EQ(utf16, selections(ColumnUnit::kUtf8));
  EXPECT_EQ(utf16, selections(ColumnUnit::kUtf32));
}

TEST_F(StructureTest, EveryPlaceOfATextHasNestedSelections) {
  project_.open(kUp,
                "-- c\nALTER TABLE a ADD b int, ADD CHECK (b > (1 + 2));\n((,\n"
                "INSERT INTO a VALUES (1, 'x'), (2, $$y$$)) ; ]",
                /*points=*/false);
  const auto size = static_cast<uint32_t>(project_.text().text().size());
  for (uint32_t at = 0; at <= size; ++at) {
    const Position here = project_.text().position_at(at, ColumnUnit::kUtf16);
    PositionRange inner{here, here};
    for (const PositionRange range : selection_ranges(project_.input(), here)) {
      EXPECT_LE(range.start, inner.start) << at;
      EXPECT_GE(range.end, inner.end) << at;
      EXPECT_TRUE(range != inner || at == size) << at;
      inner = range;
    }
  }
}

TEST_F(StructureTest, CommentsLeadToFilesAndRules) {
  project_.open(kUp,
                "-- See 0001_start.up.sql, migrations/0001_start.up.sql and no_such.sql.\n"
                "-- belay:ignore drop-table, no-such-rule: like set-not-null\n"
                "DROP TABLE users;\n");
  EXPECT_THAT(
      links(),
      ElementsAre(Pair("0001_start.up.sql", "file:///p/migrations/0001_start.up.sql"),
                  Pair("migrations/0001_start.up.sql", "file:///p/migrations/0001_start.up.sql"),
                  Pair("drop-table", "https://belay.dev/rules/drop-table")));
}

TEST_F(StructureTest, IncludesLeadToTheirFiles) {
  project_.open(kUp, "\\i shared/types.sql\n\\ir '../seed data.sql'\n\\echo x\nSELECT 1;\n");
  EXPECT_THAT(links(),
              ElementsAre(Pair("shared/types.sql", "file:///p/migrations/shared/types.sql"),
                          Pair("../seed data.sql", "file:///p/seed%20data.sql")));
}

TEST_F(StructureTest, TheConfigurationLeadsToWhatItNames) {
  project_.open("/p/belay.toml",
                "dialect = \"postgresql\"\nmigrations = [\"migrations\", 'more'] # \"none\"\n"
                "[session]\nmaintenance_file = \"down.html\"\n");
  EXPECT_THAT(links(), ElementsAre(Pair("migrations", "file:///p/migrations"),
                                   Pair("more", "file:///p/more"),
                                   Pair("down.html", "file:///p/down.html")));
}

// --- files ------------------------------------------------------------------------------------

struct Beside {
  const char* layout;
  const char* up;
  const char* down;  ///< empty: none
};

TEST_F(StructureTest, ADownIsMadeBesideAnUpWhereTheLayoutHasOne) {
  constexpr Beside kCases[] = {
      {"golang-migrate", "/p/m/000002_b.up.sql", "/p/m/000002_b.down.sql"},
      {"golang-migrate", "/p/m/000002_b.down.sql", ""},
      {"golang-migrate", "/p/m/notes.sql", ""},
      {"diesel", "/p/m/2024-01-01-000000_b/up.sql", "/p/m/2024-01-01-000000_b/down.sql"},
      {"diesel", "/p/m/2024-01-01-000000_b/down.sql", ""},
      {"flyway", "/p/m/V2__b.sql", "/p/m/U2__b.sql"},
      {"flyway", "/p/m/R__b.sql", ""},
      {"sqitch", "/p/m/deploy/b.sql", "/p/m/revert/b.sql"},
      {"dbmate", "/p/m/20240101000000_b.sql", ""},
      {"prisma", "/p/m/20240101000000_b/migration.sql", ""},
  };
  for (const Beside& c : kCases) {
    project::MigrationSet set;
    set.layout = *project::layout_from_name(c.layout);
    set.directory = "/p/m";
    EXPECT_EQ(down_beside(set, c.up, project_.files()).value_or(""), c.down) << c.up;
  }
}

TEST_F(StructureTest, ADownThatIsThereIsLeftAlone) {
  project::MigrationSet set;
  set.layout = project::Layout::kGolangMigrate;
  project_.write("/p/m/000002_b.down.sql", "SELECT 1;");
  EXPECT_EQ(down_beside(set, "/p/m/000002_b.up.sql", project_.files()), std::nullopt);
}

}  // namespace
}  // namespace belay::lsp

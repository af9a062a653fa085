#include "analyzer/project/marks/marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/project/text_lines.h"
#include "tests/support/annotated.h"

namespace belay::project {
namespace {

using belay::testing::Annotated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = LayoutProblem::Kind;

/// The kinds of what is wrong, in order.
std::vector<Kind> kinds(const MarkedFile& file) {
  std::vector<Kind> out;
  for (const LayoutProblem& problem : file.problems) out.push_back(problem.kind);
  return out;
}

/// Expects the parts at the marked places: first up, then down.
void expect_parts(Layout layout, std::string_view annotated_source) {
  const Annotated source(annotated_source);
  const MarkedFile file = read_marks(layout, source.text, "a.sql");
  ASSERT_TRUE(file.up) << annotated_source;
  EXPECT_EQ(file.up->range, source.ranges[0]) << file.up->range.of(source.text);
  ASSERT_EQ(file.down.has_value(), source.ranges.size() > 1) << annotated_source;
  if (!file.down) return;
  EXPECT_EQ(file.down->range, source.ranges[1]) << file.down->range.of(source.text);
}

/// Expects one problem at the one marked place.
void expect_problem(Layout layout, std::string_view annotated_source, Kind kind,
                    std::string_view message) {
  const Annotated source(annotated_source);
  const MarkedFile file = read_marks(layout, source.text, "a.sql");
  ASSERT_EQ(file.problems.size(), 1u) << annotated_source;
  EXPECT_EQ(file.problems[0].kind, kind);
  EXPECT_EQ(file.problems[0].path, "a.sql");
  EXPECT_EQ(file.problems[0].range, source.ranges[0]) << file.problems[0].range.of(source.text);
  EXPECT_THAT(file.problems[0].message, ::testing::HasSubstr(message));
}

// -- goose ----------------------------------------------------------------------------------------

TEST(GooseMarks, PartsReachFromBehindAMarkToTheNext) {
  expect_parts(Layout::kGoose, "-- +goose Up\n[[SELECT 1;\n]]-- +goose Down\n[[SELECT 2;\n]]");
  expect_parts(Layout::kGoose, "-- a word\n\n--  +goose   up  \r\n[[SELECT 1;\r\n]]");
  expect_parts(Layout::kGoose, "--+goose Up\n[[SELECT 1;]]");
  expect_parts(Layout::kGoose, "-- +goose Up\n[[]]-- +goose Down\n[[]]");
}

TEST(GooseMarks, AMarkInsideAStringCountsAsItDoesForGoose) {
  expect_parts(Layout::kGoose,
               "-- +goose Up\n[[INSERT INTO t VALUES ('\n]]-- +goose Down\n[[');\n]]");
}

TEST(GooseMarks, NoTransactionCountsForBothDirectionsWhereverItStands) {
  const Annotated source(
      "-- +goose Up\nSELECT 1;\n-- +goose Down\n[[-- +goose NO TRANSACTION]]\nSELECT 2;\n");
  const MarkedFile file = read_marks(Layout::kGoose, source.text, "a.sql");
  EXPECT_TRUE(file.up->no_transaction);
  EXPECT_TRUE(file.down->no_transaction);
  EXPECT_EQ(file.up->directive, source.ranges[0]);
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(GooseMarks, ABlockWithoutSemicolonGetsOneInTheUnwrappedText) {
  const std::string text =
      "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a (é int)\n-- +goose StatementEnd\n"
      "-- +goose StatementBegin\nCREATE TABLE b (id int);\n-- +goose StatementEnd\n"
      "-- +goose Down\nDROP TABLE a;\n";
  const MarkedFile file = read_marks(Layout::kGoose, text, "a.sql");
  ASSERT_TRUE(file.up->unwrapped);
  ASSERT_EQ(file.up->unwrapped->size(), text.size());
  const size_t end_mark = text.find("-- +goose StatementEnd");
  EXPECT_EQ(file.up->unwrapped->substr(end_mark, 22), ";" + std::string(21, ' '));
  const size_t second = text.rfind("-- +goose StatementEnd");
  EXPECT_EQ(file.up->unwrapped->substr(second, 22), "-- +goose StatementEnd")
      << "a statement that ends itself needs nothing";
  EXPECT_FALSE(file.down->unwrapped);
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(GooseMarks, TheLastStatementNeedsItsSemicolonAtTheEndOfALine) {
  expect_problem(Layout::kGoose,
                 "-- +goose Up\nSELECT 1;\n[[SELECT 2\n  FROM t]]\n\n-- +goose Down\nSELECT 3;\n",
                 Kind::kMissingSemicolon, "does not end with a semicolon");
  expect_problem(Layout::kGoose, "-- +goose Up\nSELECT 1;\n-- +goose Down\n[[SELECT 2]]",
                 Kind::kMissingSemicolon, "goose refuses it");
  expect_problem(Layout::kGoose, "-- +goose Up\n[[SELECT 1; SELECT 2 -- a; b;]]\n",
                 Kind::kMissingSemicolon, "end of its line");
}

TEST(GooseMarks, ASemicolonBeforeACommentIsOne) {
  for (const std::string_view text :
       {"-- +goose Up\nSELECT 1; -- done\n", "-- +goose Up\nSELECT 1;\n-- done\n",
        "-- +goose Up\nSELECT 1;   \n\t\n", "-- +goose Up\n-- nothing to do\n",
        "-- +goose Up\r\nSELECT 1;\r\n-- +goose Down\r\n-- nothing\r\n"}) {
    EXPECT_THAT(kinds(read_marks(Layout::kGoose, text, "a.sql")), IsEmpty()) << text;
  }
}

TEST(GooseMarks, TellsWhatGooseRefuses) {
  expect_problem(Layout::kGoose, "-- +goose Up\n[[-- +goose Donw]]\nSELECT 1;\n", Kind::kBadMark,
                 "goose knows no `+goose Donw`, and refuses the file; did you mean `Down`?");
  expect_problem(Layout::kGoose, "-- +goose Up\n[[-- see the +goose manual]]\nSELECT 1;\n",
                 Kind::kBadMark, "goose knows no");
  expect_problem(Layout::kGoose, "-- +goose Up\nSELECT 1;\n[[  -- +goose Down]]\nSELECT 2;\n",
                 Kind::kBadMark, "white space before it");
  expect_problem(Layout::kGoose, "[[SELECT 0;]]\n-- +goose Up\nSELECT 1;\n", Kind::kBadMark,
                 "before `-- +goose Up`");
  expect_problem(Layout::kGoose, "[[\xEF\xBB\xBF-- +goose Up]]\nSELECT 1;\n", Kind::kBadMark,
                 "byte order mark");
  expect_problem(Layout::kGoose, "[[]]SELECT 1;\n", Kind::kBadMark, "without `-- +goose Up`");
  expect_problem(Layout::kGoose,
                 "-- +goose Up\n[[-- +goose StatementBegin]]\nSELECT 1;\n-- +goose Down\n",
                 Kind::kBadMark, "without `StatementEnd`");
  expect_problem(Layout::kGoose, "-- +goose Up\nSELECT 1;\n[[-- +goose StatementEnd]]\n",
                 Kind::kBadMark, "without `StatementBegin`");
}

// -- sql-migrate ----------------------------------------------------------------------------------

TEST(SqlMigrateMarks, OptionsCountForTheirDirection) {
  const Annotated source(
      "-- +migrate Up [[notransaction]]\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n");
  const MarkedFile file = read_marks(Layout::kSqlMigrate, source.text, "a.sql");
  EXPECT_TRUE(file.up->no_transaction);
  EXPECT_EQ(file.up->directive, source.ranges[0]);
  EXPECT_FALSE(file.down->no_transaction);
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(SqlMigrateMarks, SeveralPartsOfOneDirectionRunTogether) {
  const std::string text =
      "-- +migrate Up\nA;\n-- +migrate Down\nB;\n-- +migrate Up\nC;\n-- +migrate Down\nD;\n";
  const MarkedFile file = read_marks(Layout::kSqlMigrate, text, "a.sql");
  ASSERT_TRUE(file.up->unwrapped && file.down->unwrapped);
  EXPECT_EQ(file.up->unwrapped->find('B'), std::string::npos);
  EXPECT_EQ(file.up->unwrapped->at(text.find('A')), 'A');
  EXPECT_EQ(file.up->unwrapped->at(text.find('C')), 'C');
  EXPECT_EQ(file.down->unwrapped->at(text.rfind("D;")), 'D');
  EXPECT_EQ(file.down->unwrapped->find('C'), std::string::npos);
}

TEST(SqlMigrateMarks, TellsMarksThatTheToolDoesNotSee) {
  expect_problem(Layout::kSqlMigrate, "-- +migrate Up\nA;\n[[--+migrate Down]]\nB;\n",
                 Kind::kBadMark, "write `-- +migrate Down`");
  expect_problem(Layout::kSqlMigrate, "-- +migrate Up\nA;\n[[-- +migrate down]]\nB;\n",
                 Kind::kBadMark, "write `-- +migrate Down`");
  expect_problem(Layout::kSqlMigrate, "[[]]A;\n", Kind::kBadMark, "without `-- +migrate Up`");
  expect_problem(Layout::kSqlMigrate, "-- +migrate Up\n[[A]]\n-- +migrate Down\nB;\n",
                 Kind::kMissingSemicolon, "sql-migrate refuses the file");
}

// -- dbmate ---------------------------------------------------------------------------------------

TEST(DbmateMarks, PartsAndOptions) {
  expect_parts(Layout::kDbmate, "-- migrate:up\n[[A;\n]]-- migrate:down\n[[B;\n]]");
  expect_parts(Layout::kDbmate, "--migrate:up\r\n[[A;\r\n]]--   migrate:down  \r\n[[B;]]");
  const Annotated source("-- migrate:up x:y [[transaction:false]]\nA;\n-- migrate:down\nB;\n");
  const MarkedFile file = read_marks(Layout::kDbmate, source.text, "a.sql");
  EXPECT_TRUE(file.up->no_transaction);
  EXPECT_EQ(file.up->directive, source.ranges[0]);
  EXPECT_FALSE(file.down->no_transaction);
}

TEST(DbmateMarks, TellsWhatDbmateRefusesOrDoesNotSee) {
  expect_problem(Layout::kDbmate, "[[-- migrate:up]]\nA;\n", Kind::kBadMark,
                 "no `-- migrate:down` follows");
  expect_problem(Layout::kDbmate,
                 "-- migrate:up\nA;\n-- migrate:down\nB;\n[[-- migrate:down]]\nC;\n",
                 Kind::kBadMark, "a second time");
  expect_problem(Layout::kDbmate, "[[SET x = 1;]]\n-- migrate:up\nA;\n-- migrate:down\nB;\n",
                 Kind::kBadMark, "before `-- migrate:up`");
  expect_problem(Layout::kDbmate, "-- migrate:up\nA;\n-- migrate:down\nB;\n[[ -- migrate:up]]\n",
                 Kind::kBadMark, "write `-- migrate:up`");
}

TEST(DbmateMarks, ACommentAboutMigratingIsNone) {
  EXPECT_THAT(kinds(read_marks(Layout::kDbmate,
                               "-- migrate the users of old\n-- migrated by hand\n-- migrate:up\n"
                               "A;\n-- migrate:down\nB;\n",
                               "a.sql")),
              IsEmpty());
}

// -- node-pg-migrate
// --------------------------------------------------------------------------------

TEST(NodePgMigrateMarks, TakesTheFirstMarkOfEachKindInAnyOrder) {
  expect_parts(Layout::kNodePgMigrate, "-- Up Migration\n[[A;\n]]-- Down Migration\n[[B;\n]]");
  expect_parts(Layout::kNodePgMigrate, "  ---- - up\tmigrationS\n[[A;\n]]");
  const Annotated source(
      "-- Down Migration\n[[B;\n]]-- Up Migration\n[[A;\n-- Up Migration\nC;\n]]");
  const MarkedFile file = read_marks(Layout::kNodePgMigrate, source.text, "a.sql");
  EXPECT_EQ(file.up->range, source.ranges[1]);
  EXPECT_EQ(file.down->range, source.ranges[0]);
  EXPECT_THAT(file.problems, IsEmpty());
}

TEST(NodePgMigrateMarks, WithoutUpTheWholeFileIsUp) {
  expect_parts(Layout::kNodePgMigrate, "[[A;\n]]");
  expect_problem(Layout::kNodePgMigrate, "A;\n[[-- Down Migration]]\nB;\n", Kind::kBadMark,
                 "runs the whole file as the up");
}

// -- all ------------------------------------------------------------------------------------------

TEST(LayoutOfMarks, KnowsEachToolByItsMarks) {
  EXPECT_EQ(layout_of_marks("\n-- x\n-- +goose Up\n"), Layout::kGoose);
  EXPECT_EQ(layout_of_marks("-- +migrate Up\n"), Layout::kSqlMigrate);
  EXPECT_EQ(layout_of_marks("--migrate:up\n"), Layout::kDbmate);
  EXPECT_EQ(layout_of_marks("-- Up Migration\n"), Layout::kNodePgMigrate);
  EXPECT_EQ(layout_of_marks("\n  --liquibase formatted sql\n"), Layout::kLiquibase);
  EXPECT_EQ(layout_of_marks("\xEF\xBB\xBF-- liquibase formatted sql\n"), Layout::kLiquibase);
}

TEST(LayoutOfMarks, SeesNoMarksWhereThereAreNone) {
  for (const std::string_view text :
       {"", "SELECT 1 -- +goose Up\n", "SELECT '-- migrate:up';\n", "-- goose up\n", "--\n", "-",
        "SELECT 1;\n--liquibase formatted sql\n", "-- down with migration\n"}) {
    EXPECT_EQ(layout_of_marks(text), std::nullopt) << text;
  }
}

TEST(CommentLines, AreFoundAtTheBeginningOfALineOnly) {
  const std::string text = "a -- no\n  -- one\n--two\nb\n\t--three";
  CommentLineReader lines(text);
  std::vector<std::string> found;
  for (TextLine line; lines.next(line);) found.emplace_back(line.text);
  EXPECT_THAT(found, ElementsAre("  -- one", "--two", "\t--three"));
}

}  // namespace
}  // namespace belay::project

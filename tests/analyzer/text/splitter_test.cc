#include "analyzer/text/splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace belay {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> split(std::string_view text, Engine engine) {
  std::vector<std::string> out;
  Splitter splitter(text, engine);
  Segment segment;
  while (splitter.next(segment)) {
    std::string piece(segment.range.of(text));
    if (segment.kind == SegmentKind::kClientCommand) piece = "shell: " + piece;
    if (segment.kind == SegmentKind::kCopyData) piece = "rows: " + piece;
    if (segment.kind == SegmentKind::kStatement && !segment.terminated) piece += " <end>";
    out.push_back(std::move(piece));
  }
  return out;
}

TEST(Splitter, CutsAtSemicolonsAndKeepsALastStatementWithoutOne) {
  EXPECT_THAT(split("SELECT 1; ;;\n  SELECT 2", Engine::kPostgres),
              ElementsAre("SELECT 1", "SELECT 2 <end>"));
  EXPECT_THAT(split("", Engine::kSqlite), ElementsAre());
  EXPECT_THAT(split(" -- only a comment\n", Engine::kSqlite), ElementsAre());
}

TEST(Splitter, StringsQuotesAndCommentsHideSemicolons) {
  EXPECT_THAT(
      split("SELECT ';', \"a;b\" -- ; x\n/* ; */ FROM t; SELECT 'it''s; fine'", Engine::kPostgres),
      ElementsAre("SELECT ';', \"a;b\" -- ; x\n/* ; */ FROM t", "SELECT 'it''s; fine' <end>"));
  EXPECT_THAT(split("SELECT `a;b`, [c;d]; SELECT 2;", Engine::kSqlite),
              ElementsAre("SELECT `a;b`, [c;d]", "SELECT 2"));
}

TEST(Splitter, NestedCommentsAreOnesOfPostgresAlone) {
  EXPECT_THAT(split("/* a /* b */ ; */ SELECT 1;", Engine::kPostgres), ElementsAre("SELECT 1"));
  EXPECT_THAT(split("SELECT 1 /* a /* b */; SELECT 2;", Engine::kSqlite),
              ElementsAre("SELECT 1", "SELECT 2"));
}

TEST(Splitter, BackslashesEscapeWhereTheDialectSaysSo) {
  EXPECT_THAT(split(R"(SELECT E'\';'; SELECT '\';)", Engine::kPostgres),
              ElementsAre(R"(SELECT E'\';')", R"(SELECT '\')"));
  EXPECT_THAT(split(R"(SELECT '\';'; SELECT 2;)", Engine::kMysql),
              ElementsAre(R"(SELECT '\';')", "SELECT 2"));
}

TEST(Splitter, DollarQuotesMayHoldAnything) {
  EXPECT_THAT(
      split("CREATE FUNCTION f() AS $a$ BEGIN; $$ ; $$ END; $a$ LANGUAGE sql; SELECT $1;",
            Engine::kPostgres),
      ElementsAre("CREATE FUNCTION f() AS $a$ BEGIN; $$ ; $$ END; $a$ LANGUAGE sql", "SELECT $1"));
}

TEST(Splitter, BodiesOfTriggersStayWhole) {
  const std::string trigger =
      "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n"
      "  UPDATE b SET n = CASE WHEN 1 THEN 2 END;\n  DELETE FROM c;\nEND";
  EXPECT_THAT(split(trigger + "; SELECT 1;", Engine::kSqlite), ElementsAre(trigger, "SELECT 1"));
  const std::string procedure =
      "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; "
      "CASE 1 WHEN 1 THEN SELECT 2; END CASE; END";
  EXPECT_THAT(split(procedure + "; SELECT 3;", Engine::kMysql), ElementsAre(procedure, "SELECT 3"));
  // A table may be called like a kind of object.
  EXPECT_THAT(split("CREATE TABLE trigger (begin int); SELECT 1;", Engine::kSqlite),
              ElementsAre("CREATE TABLE trigger (begin int)", "SELECT 1"));
}

TEST(Splitter, BodiesInStandardSqlStayWhole) {
  const std::string function =
      "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC\n"
      "  SELECT CASE WHEN a > 1 THEN 1 END;\n  SELECT 2;\nEND";
  EXPECT_THAT(split(function + "; SELECT 1;", Engine::kPostgres),
              ElementsAre(function, "SELECT 1"));
  const std::string rule = "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)";
  EXPECT_THAT(split(rule + "; SELECT 1;", Engine::kPostgres), ElementsAre(rule, "SELECT 1"));
}

TEST(Splitter, DelimiterIsACommandOfTheShell) {
  EXPECT_THAT(split("DELIMITER //\nCREATE TRIGGER t BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;",
                    Engine::kMysql),
              ElementsAre("shell: DELIMITER //", "CREATE TRIGGER t BEGIN SELECT 1; END",
                          "shell: DELIMITER ;", "SELECT 2"));
  EXPECT_THAT(split("DELIMITER $$\nSELECT 1; SELECT 2 END$$ SELECT 3$$", Engine::kMysql),
              ElementsAre("shell: DELIMITER $$", "SELECT 1; SELECT 2 END", "SELECT 3"));
}

TEST(Splitter, MysqlCommentsHaveRulesOfTheirOwn) {
  EXPECT_THAT(
      split("SELECT 1 # ;\n; SELECT 5--1; -- ;\n/*!40000 SELECT 3; */ SELECT 4;", Engine::kMysql),
      ElementsAre("SELECT 1", "SELECT 5--1", "SELECT 3", "SELECT 4"));
}

TEST(Splitter, CommandsOfTheShellsAreNoStatements) {
  EXPECT_THAT(split("\\connect shop\nSELECT 1;\n\\i more.sql\n", Engine::kPostgres),
              ElementsAre("shell: \\connect shop", "SELECT 1", "shell: \\i more.sql"));
  EXPECT_THAT(split("SELECT 1 \\gexec\nSELECT 2;", Engine::kPostgres),
              ElementsAre("SELECT 1", "shell: \\gexec", "SELECT 2"));
  EXPECT_THAT(split(".mode csv\nSELECT .5;\n", Engine::kSqlite),
              ElementsAre("shell: .mode csv", "SELECT .5"));
}

TEST(Splitter, RowsBehindCopyAreNoStatements) {
  EXPECT_THAT(split("COPY a FROM stdin;\n1\tit's; one\n2\t--\n\\.\n\nSELECT 1;", Engine::kPostgres),
              ElementsAre("COPY a FROM stdin", "rows: 1\tit's; one\n2\t--\n\\.", "SELECT 1"));
  EXPECT_THAT(split("COPY a FROM stdin;\n1\n2", Engine::kPostgres),
              ElementsAre("COPY a FROM stdin", "rows: 1\n2"));
}

TEST(Splitter, PlaceholdersOfRunnersAreTokens) {
  EXPECT_THAT(split("CREATE TABLE ${schema}.a_${n} (x {{ type }}); SELECT 1;", Engine::kPostgres),
              ElementsAre("CREATE TABLE ${schema}.a_${n} (x {{ type }})", "SELECT 1"));
}

TEST(Splitter, WhatDoesNotEndEndsWithTheText) {
  EXPECT_THAT(split("SELECT 1; SELECT 'abc; SELECT 2;", Engine::kPostgres),
              ElementsAre("SELECT 1", "SELECT 'abc; SELECT 2; <end>"));
  EXPECT_THAT(split("SELECT 1; /* abc; SELECT 2;", Engine::kPostgres),
              ElementsAre("SELECT 1", "/* abc; SELECT 2; <end>"));
}

TEST(Splitter, KeepsOffsetsOfTheWholeTextWithinARange) {
  const std::string text = "-- up\nSELECT 1;\n-- down\nSELECT 2;";
  const auto begin = static_cast<uint32_t>(text.find("-- down"));
  Splitter splitter(text, {begin, static_cast<uint32_t>(text.size())}, Engine::kPostgres);
  Segment segment;
  ASSERT_TRUE(splitter.next(segment));
  EXPECT_EQ(segment.range.of(text), "SELECT 2");
  EXPECT_FALSE(splitter.next(segment));
}

/// Whatever the bytes: the pieces come in order, do not overlap, and the splitter comes to an end.
TEST(Splitter, SurvivesAnyBytes) {
  const std::string all =
      "SELECT 'a;b' \"c\" $x$ ; $x$ /* */ -- \n \\ \xFF\xC3 ${a} {{b}} `c` [d]; "
      "CREATE TRIGGER t BEGIN END; COPY a FROM stdin;\n1\n\\.\n";
  for (Engine engine : {Engine::kPostgres, Engine::kSqlite, Engine::kMysql, Engine::kMariadb}) {
    for (size_t from = 0; from < all.size(); ++from) {
      for (size_t length = 0; from + length <= all.size(); length += 7) {
        const std::string text = all.substr(from, length) + std::string(from % 3 == 0, '\0');
        Splitter splitter(text, engine);
        Segment segment;
        uint32_t end = 0;
        size_t pieces = 0;
        while (splitter.next(segment)) {
          ASSERT_LE(end, segment.range.begin);
          ASSERT_LT(segment.range.begin, segment.range.end);
          ASSERT_LE(segment.range.end, text.size());
          end = segment.range.end;
          ASSERT_LE(++pieces, text.size());
        }
      }
    }
  }
}

}  // namespace
}  // namespace belay

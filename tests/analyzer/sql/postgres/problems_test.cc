// Statements that cannot be read: where the problem lies, what is said of it, and what becomes of
// the statements around it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/sql/script.h"
#include "tests/support/annotated.h"

namespace belay::sql::postgres {
namespace {

using belay::testing::Annotated;
using belay::testing::mark;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

ParsedScript parse(std::string_view text, Recovery recovery) {
  return parse_script(text, {0, static_cast<uint32_t>(text.size())}, kDialect, recovery, nullptr);
}

/// The places of all problems, in the document.
std::vector<ByteRange> problems_of(const ParsedScript& script) {
  std::vector<ByteRange> out;
  for (const ScriptStatement& s : script.statements) {
    if (s.parsed == nullptr) continue;
    for (const Problem& p : s.parsed->problems) out.push_back(p.range.shifted(s.range.begin));
  }
  return out;
}

/// What each statement does: `create_table`, `unknown`; `client` for a command of psql.
std::vector<std::string> outline(const ParsedScript& script) {
  std::vector<std::string> out;
  for (const ScriptStatement& s : script.statements) {
    if (s.parsed == nullptr) {
      out.emplace_back("client");
      continue;
    }
    for (const Operation& o : s.parsed->operations) out.emplace_back(operation_name(o));
  }
  return out;
}

struct Case {
  const char* marked;
  const char* message;  ///< a part of it
};

void expect_problem(const Case& c) {
  const Annotated sql(c.marked);
  const StatementPtr statement = parse_statement(sql.text, kDialect);
  ASSERT_EQ(statement->problems.size(), 1U) << c.marked;
  const Problem& problem = statement->problems[0];
  EXPECT_EQ(problem.range, sql.ranges.at(0)) << c.marked << "\n" << mark(sql.text, {problem.range});
  EXPECT_THAT(problem.message, HasSubstr(c.message)) << c.marked;
  ASSERT_EQ(statement->operations.size(), 1U) << c.marked;
  EXPECT_NE(statement->operations[0].as<Unknown>(), nullptr) << c.marked;
}

TEST(PostgresProblems, StandAtTheToken) {
  const Case cases[] = {
      {"CREATE TABLE t (a int,[[,]])", "syntax error at or near \",\""},
      {"CREATE TABLE [[(]]a int)", "syntax error at or near \"(\""},
      {"CREATE TABLE t (a int[[]]", "syntax error at end of input"},
      {"DROP [[TABEL]] t", "syntax error at or near \"TABEL\""},
      {"ALTER TABLE t ADD COLUMN a int NOT [[NUL]]", "syntax error at or near \"NUL\""},
      {"SELECT [['unterminated]]", "unterminated quoted string"},
      {"SELECT [[\"unterminated]]", "unterminated quoted identifier"},
      {"SELECT [[$a$ never ends]]", "unterminated dollar-quoted string"},
      {"SELECT 1 [[/* never ends]]", "unterminated /* comment"},
      {"SELECT [[\"\"]]", "zero-length delimited identifier"},
      {"SELECT E'[[\\]]u00zz'", "invalid Unicode escape"},
      {"ALTER TABLE t [[MODIFY]] a int", "syntax error at or near \"MODIFY\""},
      {"CREATE TABLE t (a int [[AUTO_INCREMENT]])", "syntax error at or near \"AUTO_INCREMENT\""},
  };
  for (const Case& c : cases) expect_problem(c);
}

TEST(PostgresProblems, AreCountedInCharactersByThePostgresParserAndInBytesHere) {
  expect_problem({"SELECT 'é', '漢字', '😀' FORM [[t]]", "syntax error at or near \"t\""});
}

TEST(PostgresProblems, NulBytes) {
  const std::string text("DROP TABLE a\0, b", 16);
  const StatementPtr statement = parse_statement(text, kDialect);
  ASSERT_EQ(statement->problems.size(), 1U);
  EXPECT_EQ(statement->problems[0].range, (ByteRange{12, 13}));
  EXPECT_NE(statement->operations.at(0).as<Unknown>(), nullptr);
}

TEST(PostgresProblems, LeaveTheOtherStatementsAlone) {
  const Annotated sql(
      "CREATE TABLE a (x int);\nCREATE TABEL b (y int);\nDROP TABLE c;\nALTER TABLE d ADD;\n");
  const ParsedScript script = parse(sql.text, Recovery::kExact);
  EXPECT_THAT(outline(script), ElementsAre("create_table", "unknown", "drop_table", "unknown"));
}

TEST(PostgresProblems, InAScriptStandAtTheirPlaceInTheDocument) {
  const Annotated sql(
      "-- Größe 漢字\r\nCREATE TABLE a (x int);\r\n\r\n/* 😀 */ CREATE [[TABEL]] b (y int);\r\n"
      "DROP TABLE é; DROP [[TABEL]] \"ü\";");
  EXPECT_EQ(problems_of(parse(sql.text, Recovery::kExact)), sql.ranges);
  EXPECT_EQ(problems_of(parse(sql.text, Recovery::kGenerous)), sql.ranges);
}

// --- recovery -------------------------------------------------------------------------------

TEST(PostgresRecovery, AMissingSemicolonIsOneProblemAsTheServerSeesIt) {
  const Annotated sql("CREATE TABLE a (x int)\n[[DROP]] TABLE b;\nDROP TABLE c;\n");
  const ParsedScript script = parse(sql.text, Recovery::kExact);
  EXPECT_EQ(problems_of(script), sql.ranges);
  EXPECT_THAT(outline(script), ElementsAre("unknown", "drop_table"));
}

TEST(PostgresRecovery, AMissingSemicolonIsForgivenWhileSomebodyTypes) {
  const ParsedScript script =
      parse("CREATE TABLE a (x int)\nDROP TABLE b;\nDROP TABLE c;\n", Recovery::kGenerous);
  EXPECT_THAT(problems_of(script), IsEmpty());
  EXPECT_THAT(outline(script), ElementsAre("create_table", "drop_table", "drop_table"));
}

TEST(PostgresRecovery, HalfAStatementDoesNotSwallowTheNext) {
  const Annotated sql("ALTER TABLE a ADD[[]]\nDROP TABLE b;\n");
  const ParsedScript script = parse(sql.text, Recovery::kGenerous);
  EXPECT_THAT(outline(script), ElementsAre("unknown", "drop_table"));
  EXPECT_EQ(problems_of(script), sql.ranges);
}

TEST(PostgresRecovery, AnOpenQuoteEndsWithItsLine) {
  const Annotated sql("INSERT INTO a VALUES ([['it);]]\nDROP TABLE b;\nSELECT 'x';\n");
  const ParsedScript script = parse(sql.text, Recovery::kGenerous);
  EXPECT_THAT(outline(script), ElementsAre("unknown", "drop_table", "select"));
  EXPECT_EQ(problems_of(script), sql.ranges);
}

TEST(PostgresRecovery, AnOpenQuoteGoesOnToTheEndAsTheServerSeesIt) {
  const ParsedScript script =
      parse("INSERT INTO a VALUES ('it);\nDROP TABLE b;\n", Recovery::kExact);
  EXPECT_THAT(outline(script), ElementsAre("unknown"));
}

TEST(PostgresRecovery, AnOpenCommentOrBodyEndsWithItsLine) {
  EXPECT_THAT(outline(parse("DROP TABLE a; /* why\nDROP TABLE b;\n", Recovery::kGenerous)),
              ::testing::Contains("drop_table").Times(2));
  EXPECT_THAT(outline(parse("DO $x$ BEGIN\nDROP TABLE b;\n", Recovery::kGenerous)),
              ::testing::Contains("drop_table"));
}

}  // namespace
}  // namespace belay::sql::postgres

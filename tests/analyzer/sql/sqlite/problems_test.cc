// Statements that SQLite refuses: where the problem lies and what is said about it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/sql/sqlite/statements.h"
#include "tests/support/annotated.h"

namespace belay::sql::sqlite {
namespace {

using belay::testing::Annotated;
using belay::testing::covered;
using ::testing::HasSubstr;

struct Case {
  const char* marked;
  const char* message;  ///< a part of it
};

void expect_problem(const Case& c) {
  const Annotated sql(c.marked);
  const StatementPtr statement = parse_text(sql.text);
  ASSERT_EQ(statement->problems.size(), 1U) << c.marked;
  const Problem& problem = statement->problems[0];
  EXPECT_EQ(problem.range, sql.ranges.at(0))
      << c.marked << ": " << covered(sql.text, problem.range);
  EXPECT_THAT(problem.message, HasSubstr(c.message)) << c.marked;
  ASSERT_EQ(statement->operations.size(), 1U) << c.marked;
  EXPECT_NE(statement->operations[0].as<Unknown>(), nullptr) << c.marked;
}

TEST(SqliteProblems, SyntaxErrors) {
  const Case cases[] = {
      {"DROP TABLE [[,]]", "syntax error at \",\""},
      {"CREATE TABLE t (a [[=]])", "syntax error at \"=\""},
      {"DROP TABLE[[]]", "incomplete statement"},
      {"CREATE TABLE t (a INT[[]]", "incomplete statement"},
      {"SELECT [['unterminated]]", "unrecognized token \"'unterminated\""},
      {"SELECT [[1abc]]", "unrecognized token \"1abc\""},
  };
  for (const Case& c : cases) expect_problem(c);
}

TEST(SqliteProblems, LongTokensAreCut) {
  const std::string text = "SELECT '" + std::string(1000, 'x');
  const StatementPtr statement = parse_text(text);
  ASSERT_EQ(statement->problems.size(), 1U);
  EXPECT_LT(statement->problems[0].message.size(), 80U);
  EXPECT_EQ(statement->problems[0].range, (ByteRange{7, static_cast<uint32_t>(text.size())}));
}

TEST(SqliteProblems, HintsForOtherDatabasesStatements) {
  const Case cases[] = {
      {"ALTER TABLE t [[ALTER]] COLUMN a SET NOT NULL",
       "SQLite has no ALTER COLUMN: the table has to be rebuilt"},
      {"ALTER TABLE t [[MODIFY]] a INT", "the table has to be rebuilt"},
      {"ALTER TABLE t ADD [[CONSTRAINT]] x CHECK (a)", "cannot add a constraint"},
      {"ALTER TABLE t ADD [[FOREIGN]] KEY (a) REFERENCES u", "cannot add a constraint"},
      {"ALTER TABLE t DROP [[CONSTRAINT]] x", "cannot drop a constraint"},
      {"ALTER TABLE t ADD COLUMN a INT[[,]] ADD COLUMN b INT", "one thing with each ALTER TABLE"},
      {"ALTER TABLE IF [[EXISTS]] t ADD COLUMN a", "no IF EXISTS"},
      {"ALTER TABLE t ADD COLUMN IF NOT [[EXISTS]] a INT", "no IF EXISTS"},
      {"ALTER TABLE t [[OWNER]] TO x", "ALTER TABLE has RENAME"},
      {"ALTER [[INDEX]] i RENAME TO j", "alters tables only"},
      {"CREATE [[OR]] REPLACE VIEW v AS SELECT 1", "no CREATE OR REPLACE"},
      {"CREATE [[SEQUENCE]] s", "tables, indexes, views and triggers only"},
      {"CREATE INDEX CONCURRENTLY [[i]] ON t (a)", "no CONCURRENTLY"},
      {"CREATE INDEX i ON t [[USING]] btree (a)", "leave USING out"},
      {"CREATE INDEX i ON t (a) [[INCLUDE]] (b)", "no INCLUDE"},
      {"CREATE TABLE t (a INT PRIMARY KEY [[AUTO_INCREMENT]])", "AUTOINCREMENT"},
      {"CREATE TABLE t (a INTEGER [[AUTOINCREMENT]] PRIMARY KEY)", "right behind PRIMARY KEY"},
      {"CREATE TABLE t (a INT DEFAULT now[[(]]))", "DEFAULT (...)"},
      {"CREATE TABLE t (a INT) ENGINE [[=]] InnoDB", "WITHOUT ROWID and STRICT"},
      {"CREATE TABLE t (a, [[INDEX]] i (a))", "CREATE INDEX"},
      {"CREATE TRIGGER x AFTER INSERT ON t FOR EACH [[STATEMENT]] BEGIN SELECT 1; END", "each row"},
      {"CREATE TRIGGER x AFTER INSERT ON t [[EXECUTE]] FUNCTION f()", "BEGIN ... END"},
      {"DROP TABLE t [[CASCADE]]", "no CASCADE"},
      {"DROP TABLE t[[,]] u", "one object with each DROP"},
      {"[[TRUNCATE]] TABLE t", "DELETE FROM without WHERE"},
      {"[[COMMENT]] ON TABLE t IS 'x'", "keeps no comments"},
      {"[[GRANT]] SELECT ON t TO u", "no users"},
      {"[[SET]] search_path = x", "PRAGMA"},
      {"[[START]] TRANSACTION", "BEGIN"},
      {"INSERT [[IGNORE]] INTO t VALUES (1)", "INSERT OR IGNORE"},
      {"INSERT INTO t VALUES (1) ON [[DUPLICATE]] KEY UPDATE a = 1", "ON CONFLICT"},
      {"INSERT INTO t SELECT * FROM u ON CONFLICT [[DO]] NOTHING", "WHERE true"},
      {"DELETE FROM t [[USING]] u", "subquery"},
      {"SELECT a[[:]]:text FROM t", "CAST(value AS type)"},
      {"SELECT * FROM t WHERE a [[ILIKE]] 'x'", "no ILIKE"},
      {"SELECT a ILIKE [['x']] FROM t", "no ILIKE"},
      {"BEGIN [[WORK]]", "TRANSACTION"},
  };
  for (const Case& c : cases) expect_problem(c);
}

TEST(SqliteProblems, Definitions) {
  const Case cases[] = {
      {"CREATE TABLE t (a, [[A]])", "defined twice"},
      {"CREATE TABLE t (a PRIMARY KEY, b [[PRIMARY KEY]])", "more than one primary key"},
      {"CREATE TABLE t (a INT [[PRIMARY KEY AUTOINCREMENT]])", "INTEGER PRIMARY KEY only"},
      {"CREATE TABLE [[t]] (a) WITHOUT ROWID", "needs a primary key"},
      {"CREATE TABLE t ([[a]]) STRICT", "needs a type"},
      {"CREATE TABLE t (a [[VARCHAR(9)]]) STRICT", "knows no type \"VARCHAR(9)\""},
      {"CREATE TABLE t (a DEFAULT [[(b)]], b)", "not constant"},
      {"CREATE TABLE [[t]] (a AS (1))", "only generated columns"},
      {"CREATE TABLE t (a, [[FOREIGN KEY (a) REFERENCES u (x, y)]])", "1 columns and references 2"},
      {"CREATE TABLE t (a, UNIQUE ([[b]]))", "no column \"b\""},
      {"CREATE TABLE t (a, UNIQUE ([[lower(a)]]))", "no expressions"},
      {"CREATE TABLE t (a CHECK ([[b]] > 0))", "no column \"b\""},
      {"CREATE TABLE t (a CHECK (a IN ([[SELECT]] 1)))", "a subquery"},
      {"CREATE TABLE t (a CHECK (a > [[?]]))", "a parameter"},
      {"CREATE TABLE t (a, b AS ([[random]]()))", "not deterministic"},
      {"CREATE TABLE t (a, b AS (a) [[PERSISTED]])", "STORED or VIRTUAL"},
      {"CREATE TABLE t (a) [[foo]]", "WITHOUT ROWID and STRICT"},
      {"CREATE TABLE [[sqlite_x]] (a)", "reserved"},
      {"CREATE INDEX i ON t ([[a NULLS LAST]])", "NULLS FIRST"},
      {"CREATE VIEW v AS SELECT [[:x]]", "parameter"},
      {"SELECT 1 LIMIT 1 [[UNION]] SELECT 2", "LIMIT stands behind the last SELECT"},
      {"CREATE TABLE t (a, b AS (a) STORED [[DEFAULT 1]])", "has no default"},
      {"UPDATE t SET (a, b) = [[(]]1, 2, 3)", "2 columns and 3 values"},
      {"WITH q AS (SELECT 1), [[q]] AS (SELECT 2) SELECT 1", "twice"},
      {"INSERT INTO t (a, b) [[VALUES (1)]]", "2 columns and 1 values"},
  };
  for (const Case& c : cases) expect_problem(c);
}

TEST(SqliteProblems, SyntaxErrorRightBehindComesOnTop) {
  expect_problem({"CREATE TABLE t (a, A [[=]])", "syntax error"});
  expect_problem({"CREATE TABLE t (a, [[A]], =)", "defined twice"});
}

TEST(SqliteProblems, VersionsAreNotTheParsersBusiness) {
  const char* newer_than_3_8 = "ALTER TABLE t DROP COLUMN a";
  const StatementPtr statement =
      parse(newer_than_3_8, tokens_of(newer_than_3_8), 0, {Engine::kSqlite, {3, 8, 0}});
  EXPECT_TRUE(statement->problems.empty());
}

TEST(SqliteProblems, LaterSyntaxIsTaken) {
  for (
      const char* text : {
          "SELECT group_concat(a ORDER BY b) FROM t",  // 3.44
          "SELECT left(a, 1) FROM t",                  // 3.41
          "SELECT 1_000_000",                          // 3.46
          "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT RAISE(ABORT, 'a' || new.b); END",  // 3.47
      }) {
    EXPECT_TRUE(parse_text(text)->problems.empty()) << text;
  }
}

}  // namespace
}  // namespace belay::sql::sqlite

// What stands in migration files beside plain statements: commands of psql, rows behind COPY,
// placeholders of runners, the many quotes, byte order marks and line ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/sql/script.h"
#include "tests/support/annotated.h"

namespace belay::sql::postgres {
namespace {

using belay::testing::Annotated;
using belay::testing::mark;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

ParsedScript parse(std::string_view text) {
  return parse_script(text, {0, static_cast<uint32_t>(text.size())}, kDialect, Recovery::kExact,
                      nullptr);
}

std::vector<ByteRange> ranges_of(const ParsedScript& script) {
  std::vector<ByteRange> out;
  for (const ScriptStatement& s : script.statements) out.push_back(s.range);
  return out;
}

/// The statements are those that are marked, and all can be read.
void expect_statements(std::string_view marked) {
  const Annotated sql(marked);
  const ParsedScript script = parse(sql.text);
  EXPECT_EQ(ranges_of(script), sql.ranges) << mark(sql.text, ranges_of(script));
  for (const ScriptStatement& s : script.statements) {
    if (s.parsed == nullptr) continue;
    EXPECT_THAT(s.parsed->problems, IsEmpty())
        << s.parsed->text << ": " << s.parsed->problems[0].message;
  }
}

/// The one operation of a script of one statement.
Operation only_operation(std::string_view text) {
  const ParsedScript script = parse(text);
  if (script.statements.size() != 1 || script.statements[0].parsed == nullptr ||
      script.statements[0].parsed->operations.size() != 1) {
    ADD_FAILURE() << "not one operation: " << text;
    return {{}, Unknown{}};
  }
  const StatementPtr& statement = script.statements[0].parsed;
  EXPECT_THAT(statement->problems, IsEmpty()) << text;
  return statement->operations[0];
}

TEST(PostgresScripts, CommandsOfPsql) {
  expect_statements("[[\\connect shop]]\n[[SELECT 1]];\n[[\\set ON_ERROR_STOP on]]\n");
  const ParsedScript script = parse("\\i other.sql\nSELECT 1;\n");
  ASSERT_EQ(script.statements.size(), 2U);
  EXPECT_TRUE(script.statements[0].is_client_command());
  EXPECT_FALSE(script.statements[1].is_client_command());
}

TEST(PostgresScripts, RowsBehindCopyAreNoStatements) {
  expect_statements(
      "[[COPY t (a, b) FROM stdin]];\n1\tit's; -- not SQL\n2\t\\N\n$$ /* \n\\.\n\n[[SELECT 1]];\n");
  expect_statements("[[COPY t TO stdout]];\n[[SELECT 1]];");
  expect_statements("[[COPY t FROM '/tmp/x']];\n[[SELECT 1]];");
  expect_statements("[[COPY t FROM STDIN WITH (FORMAT csv)]];\r\n1,2\r\n\\.\r\n[[SELECT 1]];");
  expect_statements("[[COPY t FROM stdin]];\nthe data never end\n");
}

TEST(PostgresScripts, PlaceholdersOfRunnersAreNames) {
  const Operation drop = only_operation("DROP TABLE ${schema}.orders;");
  ASSERT_NE(drop.as<DropTable>(), nullptr);
  EXPECT_EQ(drop.as<DropTable>()->table.name.id, "orders");
  EXPECT_NE(only_operation("CREATE TABLE ${prefix}_a (x int)").as<CreateTable>(), nullptr);
  EXPECT_NE(only_operation("CREATE TABLE {{ .Schema }}.a (x int)").as<CreateTable>(), nullptr);
  EXPECT_NE(only_operation("ALTER TABLE a OWNER TO ${owner}").as<SetOwner>(), nullptr);
  // In a string they are text.
  const Operation insert = only_operation("INSERT INTO t VALUES ('${a} {{ b }}')");
  EXPECT_NE(insert.as<Insert>(), nullptr);
}

TEST(PostgresScripts, APlaceholderDoesNotMoveWhatStandsBehindIt) {
  const Annotated sql("ALTER TABLE ${schema}.t ADD COLUMN [[c]] int");
  const Operation operation = only_operation(sql.text);
  ASSERT_NE(operation.as<AddColumn>(), nullptr);
  EXPECT_EQ(operation.as<AddColumn>()->column.name.range, sql.ranges[0]);
}

TEST(PostgresScripts, DollarQuotes) {
  expect_statements(
      "[[CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN; RETURN $$;$$; END $f$]];\n"
      "[[SELECT $$it's; \"x\" -- no comment$$]];");
  expect_statements("[[SELECT $ü$;$ü$]]; [[SELECT 1]];");
  expect_statements("[[SELECT a$b$ FROM t]]; [[SELECT $1]];");  // $ within a name, a parameter
}

TEST(PostgresScripts, BodiesWithoutQuotes) {
  expect_statements(
      "[[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; "
      "END]];\n[[SELECT 1]];");
  expect_statements(
      "[[CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); DELETE FROM "
      "b)]];\n[[SELECT 1]];");
}

TEST(PostgresScripts, CommentsNest) {
  expect_statements("/* a /* b; */ c; */ [[SELECT /* ; */ 1]] /* ; */;\n-- ; '\n[[SELECT 2]];");
  expect_statements("[[SELECT 1 --;\n + 1]];");
}

TEST(PostgresScripts, EscapesInStrings) {
  expect_statements("[[SELECT E'it\\'s; \\\\']]; [[SELECT e'\\n;']];");
  expect_statements("[[SELECT 'C:\\']]; [[SELECT 1]];");  // a backslash is no escape here
  expect_statements("[[SELECT 'a''b;']]; [[SELECT U&'\\0061;', B'1', X'1F', N'x;']];");
  expect_statements("[[SELECT 'a'\n  'b;']];");
  expect_statements("[[SELECT \"a;\"\"b\"]]; [[SELECT U&\"d\\0061;\"]];");
}

TEST(PostgresScripts, StringsAreReadAsTheStandardSaysWhateverTheScriptSets) {
  // What a server from 9.1 on does by default. With the setting turned off, a backslash before a
  // quote reads otherwise; such scripts say E'' as a rule.
  const ParsedScript script =
      parse("SET standard_conforming_strings = off;\nSELECT 'a\\\\b';\nSELECT 2;\n");
  ASSERT_EQ(script.statements.size(), 3U);
  const auto* set = script.statements[0].parsed->operations.at(0).as<SetVariable>();
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(set->name.id, "standard_conforming_strings");
  EXPECT_EQ(set->value, "off");
}

TEST(PostgresScripts, ByteOrderMarks) {
  // A project's scripts begin behind it.
  const Annotated sql("\xEF\xBB\xBF[[SELECT 1]];\n[[SELECT 2]];");
  const ParsedScript script = parse_script(sql.text, {3, static_cast<uint32_t>(sql.text.size())},
                                           kDialect, Recovery::kExact, nullptr);
  EXPECT_EQ(ranges_of(script), sql.ranges);
}

TEST(PostgresScripts, AllKindsOfLineEnds) {
  expect_statements("[[SELECT 1]];\r\n[[SELECT\r\n2]];\r\n");
  expect_statements("-- a comment\r[[SELECT 1]];\r[[SELECT 2]];\r");  // the server agrees
  expect_statements("[[\\set x 1]]\r\n[[SELECT 1]];\r\n");
}

TEST(PostgresScripts, EmptyOnes) {
  for (const char* text : {"", "\n", ";", " ; ; \n;", "-- only\n", "/* a /* b */ */"}) {
    EXPECT_THAT(parse(text).statements, IsEmpty()) << text;
  }
}

TEST(PostgresScripts, BytesThatAreNoUtf8) {
  expect_statements("[[SELECT 'caf\xE9']]; [[SELECT 2]];");
  const ParsedScript script = parse("DROP TABLE caf\xE9; SELECT 2;");
  ASSERT_EQ(script.statements.size(), 2U);
}

TEST(PostgresScripts, WhatDidNotChangeIsNotParsedAgain) {
  const std::string text = "SELECT 1;\nSELECT 2;\nSELECT 3;\n";
  const std::string edited = "SELECT 1;\n\n\nSELECT 22;\nSELECT 3;\n";
  const ParsedScript before = parse(text);
  const ParsedScript after = parse_script(edited, {0, static_cast<uint32_t>(edited.size())},
                                          kDialect, Recovery::kExact, &before);
  ASSERT_EQ(after.statements.size(), 3U);
  EXPECT_EQ(after.statements[0].parsed, before.statements[0].parsed);
  EXPECT_NE(after.statements[1].parsed, before.statements[1].parsed);
  EXPECT_EQ(after.statements[2].parsed, before.statements[2].parsed);
}

}  // namespace
}  // namespace belay::sql::postgres

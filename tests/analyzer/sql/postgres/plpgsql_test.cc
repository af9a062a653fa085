// What stands inside of blocks and functions: the statements, where they are, how they come to run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/sql/postgres/outline.h"
#include "tests/analyzer/sql/postgres/spelling.h"
#include "tests/support/annotated.h"

namespace belay::sql::postgres {
namespace {

using belay::testing::Annotated;
using belay::testing::covered;
using belay::testing::mark;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

StatementPtr parse(std::string_view text) {
  const StatementPtr out = parse_statement(text, kDialect);
  EXPECT_THAT(out->problems, IsEmpty()) << text;
  return out;
}

/// A body that can be read, as text.
std::vector<std::string> read(std::string_view text) {
  const StatementPtr statement = parse(text);
  const RoutineBody& body = code_of(*statement);
  EXPECT_EQ(body.unknown, "") << text;
  for (const Problem& p : body.problems) {
    ADD_FAILURE() << p.message << ": " << mark(statement->text, {p.range});
  }
  return outline(body);
}

/// A block with these statements in it.
std::string block(std::string_view statements) {
  return "DO $$\nBEGIN\n" + std::string(statements) + "\nEND $$";
}

/// The marked places are those of the steps.
void expect_steps(std::string_view marked) {
  const Annotated sql(marked);
  const StatementPtr statement = parse(sql.text);
  const std::vector<ByteRange> found = step_ranges(code_of(*statement));
  EXPECT_EQ(found, sql.ranges) << mark(sql.text, found);
}

/// The names of all operations in the body stand where they are spelled.
void expect_names_in_place(const ParsedStatement& statement) {
  ParsedStatement all;
  all.text = statement.text;
  all.operations = all_operations(code_of(statement));
  EXPECT_EQ(misplaced(all), "") << statement.text;
}

// --- statements and their places ----------------------------------------------------------------

TEST(Plpgsql, StatementsStandWhereTheyAre) {
  expect_steps(
      "DO $$\nBEGIN\n  [[CREATE TABLE a (x int)]];\n\n  -- a comment; with a semicolon\n"
      "  [[DROP TABLE /* not; here */ b]];\nEND\n$$");
  expect_steps("DO LANGUAGE plpgsql $body$begin [[null]]; [[null]] ; end;$body$");
  expect_steps("DO 'BEGIN [[DELETE FROM t WHERE a = ''it''''s'']]; [[DROP TABLE \"b\"]]; END'");
  expect_steps("DO E'BEGIN\\n [[DELETE FROM t WHERE a = \\'x\\']];\\t[[DROP TABLE b]]; END'");
  expect_steps("DO $ü$ BEGIN [[INSERT INTO t VALUES ('漢字 😀')]]; [[DROP TABLE é]]; END $ü$");
  expect_steps("DO $$\r\nBEGIN\r\n[[DROP TABLE a]];\r\n[[DROP TABLE b]];\r\nEND $$");
}

TEST(Plpgsql, NamesStandWhereTheyAreSpelled) {
  const char* const texts[] = {
      "DO $$ BEGIN ALTER TABLE s.t ADD COLUMN \"C c\" varchar(9) DEFAULT 'x'; END $$",
      "DO 'BEGIN ALTER TABLE s.t ADD COLUMN \"C c\" varchar(9) DEFAULT ''it''''s''; DROP TABLE u; "
      "END'",
      "DO E'BEGIN\\nUPDATE é SET a = \\'\\\\\\', b = 2 WHERE c = 3;\\nDROP TABLE u;\\nEND'",
      "DO $$ BEGIN EXECUTE 'ALTER TABLE a DROP COLUMN ü'; END $$",
      "DO 'BEGIN EXECUTE ''CREATE TABLE a (b text DEFAULT ''''c'''', d int)''; END'",
      "DO $$ BEGIN EXECUTE $q$DO 'BEGIN DROP TABLE a, b; END'$q$; END $$",
      "CREATE FUNCTION f(a int) RETURNS trigger LANGUAGE plpgsql AS $f$\n"
      "BEGIN INSERT INTO log (x, y) SELECT u.a, now() FROM s.u; RETURN NEW; END $f$",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'UPDATE t SET a = ''x''; SELECT b FROM t'",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM t WHERE a = 1; SELECT b FROM u; "
      "END",
  };
  for (const char* text : texts) expect_names_in_place(*parse(text));
}

TEST(Plpgsql, OneLineForEachKindOfStatement) {
  EXPECT_THAT(
      read("DO $$ DECLARE x int := 1; y text; c CURSOR (n int) FOR SELECT a FROM t WHERE a = n;\n"
           "  r record; z CONSTANT text DEFAULT 'z'; w t.a%TYPE; v t%ROWTYPE; al ALIAS FOR x;\n"
           "BEGIN\n"
           "  x := 2; y = 'b'; r.a := 3; w[1] := 4;\n"
           "  SELECT a, b INTO STRICT x, y FROM t;\n"
           "  INSERT INTO t (a) VALUES (1) RETURNING a INTO x;\n"
           "  UPDATE t SET a = x RETURNING b INTO y;\n"
           "  PERFORM pg_sleep(1);\n"
           "  CALL s.p(1);\n"
           "  GET DIAGNOSTICS x = ROW_COUNT;\n"
           "  OPEN c(3); FETCH NEXT FROM c INTO r; MOVE c; CLOSE c;\n"
           "  ASSERT x > 0, 'no';\n"
           "  RAISE NOTICE 'a % b', x;\n"
           "  NULL;\n"
           "  COMMIT;\n"
           "  CREATE INDEX i ON t (a);\n"
           "  RETURN;\n"
           "END $$"),
      ElementsAre("expression", "expression", "expression", "expression", "expression",
                  "expression", "expression", "statement select", "statement insert",
                  "statement update", "statement select", "statement call calls s.p", "nothing",
                  "expression", "nothing", "nothing", "nothing", "assert", "raise notice 'a % b'",
                  "nothing", "statement transaction", "statement create_index", "return"));
}

TEST(Plpgsql, ReturnsOfFunctions) {
  EXPECT_THAT(read("CREATE FUNCTION f() RETURNS SETOF t LANGUAGE plpgsql AS $$\n"
                   "BEGIN RETURN QUERY SELECT * FROM t; RETURN NEXT r; \n"
                   "RETURN QUERY EXECUTE 'SELECT 1'; RETURN; DROP TABLE t; END $$"),
              ElementsAre("statement select", "expression", "dynamic", "return",
                          "statement perhaps drop_table"));
}

// --- control flow -------------------------------------------------------------------------------

TEST(Plpgsql, ConditionsAndLoops) {
  EXPECT_THAT(
      read(block("IF a > 1 THEN DROP TABLE a; ELSIF b THEN DROP TABLE b; ELSEIF c THEN NULL;\n"
                 "ELSE DROP TABLE d; END IF;\n"
                 "CASE x WHEN 1, 2 THEN DROP TABLE e; ELSE NULL; END CASE;\n"
                 "CASE WHEN a = 1 THEN NULL; WHEN (CASE WHEN b THEN c END) THEN NULL; END CASE;\n"
                 "FOR i IN 1..10 LOOP NULL; END LOOP;\n"
                 "FOR i IN REVERSE f(10) .. 1 BY 2 LOOP NULL; END LOOP;\n"
                 "FOR r IN SELECT * FROM t LOOP UPDATE t SET a = 1; END LOOP;\n"
                 "FOREACH x SLICE 1 IN ARRAY ARRAY['a', 'b'] LOOP NULL; END LOOP;\n"
                 "WHILE x < 3 LOOP x := x + 1; EXIT WHEN x = 2; CONTINUE; END LOOP;\n"
                 "LOOP EXIT; END LOOP;\n"
                 "DROP TABLE z;")),
      ElementsAre(
          "if [?]", "  statement perhaps drop_table", "else [?]", "  statement perhaps drop_table",
          "else [?]", "  nothing perhaps", "else", "  statement perhaps drop_table", "if [?]",
          "  statement perhaps drop_table", "else", "  nothing perhaps", "if [?]",
          "  nothing perhaps", "else [?]", "  nothing perhaps", "loop", "  nothing repeatedly",
          "loop calls f", "  nothing repeatedly", "loop", "  statement repeatedly update", "loop",
          "  nothing repeatedly", "loop [?]", "  expression repeatedly", "  exit repeatedly [?]",
          "  exit repeatedly", "loop", "  exit repeatedly", "statement drop_table"));
}

TEST(Plpgsql, BlocksLabelsAndHandlers) {
  EXPECT_THAT(
      read("DO $$ << outer >> DECLARE a int; BEGIN\n"
           "  <<l>> WHILE true LOOP EXIT l WHEN a = 1; EXIT outer; END LOOP l;\n"
           "  DROP TABLE a;\n"
           "  BEGIN DROP TABLE b; EXCEPTION\n"
           "    WHEN undefined_function OR SQLSTATE '42P01' THEN RAISE WARNING 'w';\n"
           "    WHEN others THEN DROP TABLE c; RAISE; END;\n"
           "END outer $$"),
      ElementsAre("loop [?]", "  exit repeatedly l [?]", "  exit repeatedly outer",
                  "statement perhaps drop_table", "block perhaps [?]",
                  "  statement perhaps drop_table", "when undefined_function undefined_table",
                  "  raise in-handler warning 'w'", "when others",
                  "  statement in-handler drop_table", "  raise in-handler exception ''"));
}

TEST(Plpgsql, WhatFollowsAConditionalReturnRunsPerhaps) {
  EXPECT_THAT(read(block("DROP TABLE a; IF x THEN RETURN; END IF; DROP TABLE b;")),
              ElementsAre("statement drop_table", "if [?]", "  return perhaps",
                          "statement perhaps drop_table"));
  // An exception ends the migration, not the block alone.
  EXPECT_THAT(read(block("IF x THEN RAISE EXCEPTION 'no'; END IF; DROP TABLE b;")),
              ElementsAre("if [?]", "  raise perhaps exception 'no'", "statement drop_table"));
}

TEST(Plpgsql, Raises) {
  EXPECT_THAT(
      read(block("RAISE 'a''b'; RAISE EXCEPTION $q$x$q$ USING HINT = 'h', ERRCODE = "
                 "'23505'; RAISE unique_violation USING MESSAGE = 'm'; RAISE SQLSTATE "
                 "'22012'; RAISE EXCEPTION USING MESSAGE = 'a' || b; RAISE INFO '%', f(1);")),
      ElementsAre("raise exception 'a'b'", "raise exception 'x' 23505",
                  "raise exception 'm' unique_violation", "raise exception '' 22012",
                  "raise exception ''", "raise info '%' calls f"));
}

TEST(Plpgsql, ARefusalIsAnExceptionBeforeEverythingElse) {
  const auto refuses = [](std::string_view statements) {
    return code_of(*parse(block(statements))).refusal() != nullptr;
  };
  EXPECT_TRUE(refuses("RAISE EXCEPTION 'this cannot be undone';"));
  EXPECT_TRUE(refuses("RAISE NOTICE 'well'; PERFORM 1; RAISE EXCEPTION 'no';"));
  EXPECT_FALSE(refuses("IF a THEN RAISE EXCEPTION 'no'; END IF;"));
  EXPECT_FALSE(refuses("DROP TABLE a; RAISE EXCEPTION 'no';"));
  EXPECT_FALSE(refuses("RAISE WARNING 'careful';"));
  EXPECT_FALSE(refuses("BEGIN RAISE EXCEPTION 'no'; EXCEPTION WHEN others THEN NULL; END;"));
}

// --- dynamic SQL --------------------------------------------------------------------------------

/// The operations of the block's one EXECUTE and the text that each one covers.
std::vector<std::string> executed(std::string_view expression) {
  const StatementPtr statement = parse(block("EXECUTE " + std::string(expression) + ";"));
  std::vector<std::string> out;
  for (const Operation& o : code_of(*statement).steps.at(0).operations) {
    out.push_back(std::string(operation_name(o)) + ": " + std::string(o.range.of(statement->text)));
  }
  return out;
}

TEST(PlpgsqlDynamic, ConstantsAreStatic) {
  EXPECT_THAT(executed("'DROP TABLE a; DROP TABLE b'"),
              ElementsAre("drop_table: DROP TABLE a", "drop_table: DROP TABLE b"));
  EXPECT_THAT(executed("('DROP TABLE ' || ('a'))"), ElementsAre("drop_table: DROP TABLE ' || ('a"));
  EXPECT_THAT(executed("format('DROP TABLE %I', 'A b')"), ElementsAre("drop_table: DROP TABLE %I"));
  EXPECT_THAT(executed("format('COMMENT ON TABLE %s IS %L', 'a', 'it''s')"),
              ElementsAre("comment: COMMENT ON TABLE %s IS %L"));
  EXPECT_THAT(executed("'DROP TABLE ' || quote_ident('a') || ' CASCADE'"),
              ElementsAre("drop_table: DROP TABLE ' || quote_ident('a') || ' CASCADE"));
  EXPECT_THAT(executed("'SELECT $1' USING 1"), ElementsAre("select: SELECT $1", "select: 1"));
}

TEST(PlpgsqlDynamic, SubstitutedNamesMeanWhatTheArgumentSays) {
  const StatementPtr statement = parse(block("EXECUTE format('DROP TABLE %I.%I', 'S', 'a\"b');"));
  const auto* drop = code_of(*statement).steps.at(0).operations.at(0).as<DropTable>();
  ASSERT_NE(drop, nullptr);
  EXPECT_EQ(drop->table.schema.id, "S");
  EXPECT_EQ(drop->table.name.id, "a\"b");
  EXPECT_EQ(covered(statement->text, drop->table.range),
            covered(statement->text, {static_cast<uint32_t>(statement->text.find("%I")),
                                      static_cast<uint32_t>(statement->text.find("%I") + 5)}));
}

TEST(PlpgsqlDynamic, AnythingElseIsUnknownAtItsPlace) {
  for (const char* expression :
       {"'DROP TABLE ' || name", "format('DROP TABLE %I', name)", "format('DROP TABLE %1$I', 'a')",
        "query", "'DROP ' 'TABLE a'", "f('DROP TABLE a')", "'a' || 1", "U&'DROP TABLE a'"}) {
    const StatementPtr statement =
        parse_statement(block("EXECUTE " + std::string(expression) + ";"), kDialect);
    const RoutineBody& body = code_of(*statement);
    if (!body.problems.empty()) continue;  // two literals on one line are no SQL
    ASSERT_EQ(body.steps.at(0).operations.size(), 1U) << expression;
    EXPECT_NE(body.steps[0].operations[0].as<Unknown>(), nullptr) << expression;
    EXPECT_EQ(body.steps[0].operations[0].range.of(statement->text), expression);
    EXPECT_TRUE(body.effects.dynamic) << expression;
  }
}

TEST(PlpgsqlDynamic, LoopsOverDynamicQueries) {
  EXPECT_THAT(read(block("FOR r IN EXECUTE 'SELECT * FROM t' USING 1 LOOP NULL; END LOOP;")),
              ElementsAre("loop", "  nothing repeatedly"));
  EXPECT_THAT(read(block("FOR r IN EXECUTE q LOOP EXECUTE r.x; END LOOP;")),
              ElementsAre("loop unknown", "  dynamic repeatedly unknown"));
}

// --- what a body may do -------------------------------------------------------------------------

std::vector<std::string> names_of(const std::vector<QualifiedName>& names) {
  std::vector<std::string> out;
  for (const QualifiedName& n : names) out.push_back(n.to_string());
  return out;
}

TEST(PlpgsqlEffects, TablesAndCalls) {
  const StatementPtr statement = parse(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n int := s.g(1); BEGIN\n"
      "INSERT INTO a SELECT x FROM b WHERE y IN (SELECT z FROM c) ON CONFLICT DO UPDATE SET x = "
      "h();\n"
      "UPDATE s.d SET x = 1 FROM e WHERE d.i = e.i; DELETE FROM a; TRUNCATE k;\n"
      "IF lower(NEW.x) = 'a' AND EXISTS (SELECT count(*) FROM m) THEN PERFORM nextval('q'); END "
      "IF;\n"
      "WITH w AS (SELECT 1) SELECT 1 INTO n FROM w; RETURN NEW; END $$");
  const BodyEffects& effects = code_of(*statement).effects;
  EXPECT_THAT(names_of(effects.writes), ElementsAre("a", "s.d", "k"));
  EXPECT_THAT(names_of(effects.reads), ElementsAre("b", "c", "e", "m"));
  EXPECT_THAT(names_of(effects.calls), ElementsAre("s.g", "h", "nextval"));
  EXPECT_FALSE(effects.has_ddl);
  EXPECT_FALSE(effects.dynamic);
  EXPECT_FALSE(effects.raises);
  EXPECT_TRUE(effects.may_change());
}

TEST(PlpgsqlEffects, AFunctionThatChangesNothing) {
  const StatementPtr statement = parse(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); "
      "RETURN NEW; END $$");
  EXPECT_FALSE(code_of(*statement).effects.may_change());
}

TEST(PlpgsqlEffects, TheRest) {
  const auto effects = [](std::string_view statements) {
    return code_of(*parse(block(statements))).effects;
  };
  EXPECT_TRUE(effects("CREATE TABLE a ();").has_ddl);
  EXPECT_TRUE(effects("EXECUTE q;").dynamic);
  EXPECT_FALSE(effects("EXECUTE 'SELECT 1';").dynamic);
  EXPECT_TRUE(effects("RAISE EXCEPTION 'x';").raises);
  EXPECT_FALSE(effects("RAISE NOTICE 'x';").raises);
  EXPECT_TRUE(effects("ASSERT a;").raises);
  EXPECT_TRUE(effects("CASE a WHEN 1 THEN NULL; END CASE;").raises);
  EXPECT_TRUE(effects("COMMIT;").ends_transactions);
  EXPECT_TRUE(effects("SET search_path = s;").changes_settings);
  EXPECT_TRUE(effects("DO 'BEGIN DROP TABLE a; END';").has_ddl);
  EXPECT_FALSE(effects("CREATE TEMP TABLE x AS SELECT g();").calls.empty());
}

// --- bodies in other languages ------------------------------------------------------------------

TEST(Bodies, InSql) {
  EXPECT_THAT(read("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS $$ INSERT INTO t VALUES "
                   "($1); SELECT 1; $$"),
              ElementsAre("statement insert", "statement select"));
  EXPECT_THAT(read("CREATE PROCEDURE f() BEGIN ATOMIC INSERT INTO t VALUES (CASE WHEN true THEN 1 "
                   "END); DELETE FROM u; END"),
              ElementsAre("statement insert", "statement delete"));
  EXPECT_THAT(read("CREATE FUNCTION f() RETURNS int RETURN (SELECT max(a) FROM t)"),
              ElementsAre("statement select"));
  expect_steps(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS '[[SELECT ''a'']]; [[SELECT b FROM c]]'");
}

TEST(Bodies, InOtherLanguagesAreUnknown) {
  for (const char* text : {"DO LANGUAGE plpython3u $$ plpy.execute('DROP TABLE a') $$",
                           "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'symbol'",
                           "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4pl'"}) {
    const StatementPtr statement = parse(text);
    const RoutineBody& body = code_of(*statement);
    EXPECT_THAT(body.unknown, HasSubstr("it is written in")) << text;
    ASSERT_EQ(body.steps.size(), 1U) << text;
    EXPECT_NE(body.steps[0].operations.at(0).as<Unknown>(), nullptr) << text;
    EXPECT_TRUE(body.effects.may_change()) << text;
  }
}

TEST(Bodies, WhoseQuotesCannotBeTracedAreUnknown) {
  for (const char* text :
       {"DO 'BEGIN '\n 'NULL; END'", "DO U&'BEGIN NULL; \\0045ND'", "DO E'BEGIN NULL; \\x45ND'"}) {
    EXPECT_THAT(code_of(*parse(text)).unknown, HasSubstr("quotes")) << text;
  }
}

// --- odd input ----------------------------------------------------------------------------------

TEST(PlpgsqlOdd, PlaceholdersAreNames) {
  EXPECT_THAT(read(block("DROP TABLE ${schema}.t; IF '{{ env }}' = 'x' THEN ALTER TABLE {{ t }} "
                         "ADD COLUMN a int; END IF;")),
              ElementsAre("statement drop_table", "if [?]", "  statement perhaps add_column"));
}

struct Broken {
  const char* marked;
  const char* message;
};

TEST(PlpgsqlOdd, BrokenBodiesTellWhere) {
  const Broken cases[] = {
      {"DO $$ BEGIN DELETE [[FORM]] t; END $$", "syntax error at or near \"FORM\""},
      {"DO $$ BEGIN IF a THEN NULL; [[EN]] IF; END $$", "syntax error at or near \"EN\""},
      {"DO $$ BEGIN IF a NULL[[;]] END IF; END $$", "syntax error at or near \";\""},
      {"DO $$ BEGIN NULL; [[]]$$", "syntax error at end of input"},
      {"DO $$ [[NULL]]; $$", "syntax error at or near \"NULL\""},
      {"DO $$[[]]$$", "syntax error at end of input"},
      {"DO $$ BEGIN NULL; END; [[SELECT]] 1 $$", "syntax error at or near \"SELECT\""},
      {"DO $$ BEGIN x := [[]]; END $$", "missing"},
      {"DO $$ BEGIN x := 1 [[+]]; END $$", "syntax error at end of input"},
      {"DO $$ BEGIN NULL [[END]] $$", "syntax error at or near \"END\""},
      {"DO $$ BEGIN FOR i IN 1..3 NULL[[;]] END LOOP; END $$", "syntax error at or near \";\""},
      {"DO 'BEGIN SELECT ''é'' FORM [[''x'']]; END'", "syntax error at or near"},
      {"DO $$ BEGIN EXECUTE 'DROP [[TABEL]] t'; END $$", "syntax error at or near \"TABEL\""},
      {"DO $$ BEGIN SELECT 'é' FROM [[WHERE]]; END $$", "syntax error at or near \"WHERE\""},
  };
  for (const Broken& c : cases) {
    const Annotated sql(c.marked);
    const StatementPtr statement = parse(sql.text);
    const RoutineBody& body = code_of(*statement);
    ASSERT_FALSE(body.problems.empty()) << c.marked;
    EXPECT_THAT(body.problems[0].message, HasSubstr(c.message)) << c.marked;
    EXPECT_TRUE(body.effects.unknown) << c.marked;
    if (std::string_view(c.marked).find(" [[+]]") != std::string_view::npos) continue;
    EXPECT_EQ(body.problems[0].range, sql.ranges.at(0)) << mark(sql.text, {body.problems[0].range});
  }
}

TEST(PlpgsqlOdd, DeepNestingIsGivenUpAndDoesNotCrash) {
  std::string text = "DO $$ BEGIN ";
  for (int i = 0; i < 50'000; ++i) text += "IF a THEN ";
  text += "NULL; ";
  for (int i = 0; i < 50'000; ++i) text += "END IF; ";
  const StatementPtr statement = parse(text + "END $$");
  EXPECT_THAT(code_of(*statement).unknown, HasSubstr("nested too deeply"));
  EXPECT_TRUE(code_of(*statement).effects.may_change());

  std::string brackets = "DO $$ BEGIN x := ";
  brackets += std::string(100'000, '(') + "1" + std::string(100'000, ')') + "; END $$";
  EXPECT_FALSE(code_of(*parse(brackets)).problems.empty());  // the server's own limit
}

TEST(PlpgsqlOdd, BodiesInBodiesInBodies) {
  std::string text = "DROP TABLE a";
  for (int i = 0; i < 12; ++i) {
    const std::string tag = "$q" + std::to_string(i) + "$";
    text = "DO " + tag + " BEGIN " + text + "; END " + tag;
  }
  const StatementPtr statement = parse(text);
  EXPECT_TRUE(code_of(*statement).effects.unknown);
}

TEST(PlpgsqlOdd, LargeBodies) {
  std::string text = "DO $$ BEGIN\n";
  while (text.size() < 1'000'000) text += "  INSERT INTO t (a, b) VALUES (1, 'it''s');\n";
  const StatementPtr statement = parse(text + "END $$");
  const RoutineBody& body = code_of(*statement);
  EXPECT_GT(body.steps.size(), 20'000U);
  EXPECT_THAT(body.problems, IsEmpty());
  EXPECT_EQ(body.steps.back().range.of(statement->text),
            "INSERT INTO t (a, b) VALUES (1, 'it''s')");
}

TEST(PlpgsqlOdd, EveryBeginningOfABodyIsRead) {
  const std::string whole =
      "<<l>> DECLARE c CURSOR (a int) FOR SELECT 1; x text := 'é'; BEGIN FOR r IN EXECUTE "
      "format('%I', 'a') USING 1 LOOP EXIT l WHEN a; END LOOP; CASE a WHEN 1 THEN RAISE EXCEPTION "
      "'x %', 1 USING HINT = 'h'; END CASE; SELECT 1 INTO STRICT x; OPEN c FOR EXECUTE 'x'; "
      "EXCEPTION WHEN SQLSTATE '42P01' OR others THEN GET STACKED DIAGNOSTICS x = MESSAGE_TEXT; "
      "END";
  for (size_t size = 0; size <= whole.size(); ++size) {
    for (const char* quote : {"$$", "'"}) {
      std::string body = whole.substr(0, size);
      if (*quote == '\'') {
        std::string doubled;
        for (const char c : body) doubled.append(c == '\'' ? 2 : 1, c);
        body = doubled;
      }
      const StatementPtr statement = parse_statement("DO " + (quote + body) + quote, kDialect);
      for (const Operation& o : all_operations(code_of(*statement))) {
        EXPECT_LE(o.range.begin, o.range.end) << body;
        EXPECT_LE(o.range.end, statement->text.size()) << body;
      }
    }
  }
}

}  // namespace
}  // namespace belay::sql::postgres

// Conditions that ask whether an object exists, and those that only look as if they did.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/sql/postgres/outline.h"
#include "tests/support/annotated.h"

namespace belay::sql::postgres {
namespace {

using belay::testing::Annotated;
using belay::testing::mark;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

/// What a condition says in words; `?` where it is not recognised.
std::string condition(std::string_view expression, std::string_view declarations = "") {
  const StatementPtr statement =
      parse_statement("DO $$ DECLARE " + std::string(declarations) + " BEGIN IF " +
                          std::string(expression) + " THEN DROP TABLE x; END IF; END $$",
                      kDialect);
  const RoutineBody& body = code_of(*statement);
  for (const Problem& p : body.problems) ADD_FAILURE() << p.message << ": " << expression;
  return in_words(*body.steps.back().branches.at(0).condition);
}

struct Case {
  const char* expression;
  const char* words;
};

TEST(ExistenceGuards, OfTheCatalog) {
  const Case cases[] = {
      {"NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood')",
       "not exists type mood in any schema"},
      {"EXISTS (SELECT * FROM pg_catalog.pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
       "WHERE t.typname = 'mood' AND n.nspname = 'public')",
       "exists type public.mood"},
      {"NOT EXISTS (SELECT FROM pg_type, pg_namespace n WHERE n.oid = typnamespace AND "
       "typname = 'mood' AND nspname = current_schema())",
       "not exists type mood in the current schema"},
      {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood' AND typtype = 'e')",
       "exists enum mood in any schema"},
      {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood' AND typnamespace = "
       "'s'::regnamespace)",
       "exists type s.mood"},
      {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood' AND pg_type_is_visible(oid))",
       "exists type mood in the search path"},
      {"NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 't')",
       "not exists relation t in any schema"},
      {"EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 't' AND c.relkind IN ('r', 'p'))",
       "exists table t in any schema"},
      {"EXISTS (SELECT 1 FROM pg_class c INNER JOIN pg_index i ON c.oid = i.indexrelid WHERE "
       "relname = 'i')",
       "exists index i in any schema"},
      {"NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c')",
       "not exists constraint c in any schema"},
      {"NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c' AND conrelid = "
       "'s.t'::regclass)",
       "not exists constraint s.t.c (fails without t)"},
      {"NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c' AND conrelid = "
       "to_regclass('t') AND contype = 'f')",
       "not exists foreign key constraint t.c in the search path"},
      {"EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE "
       "t.relname = 't' AND c.conname = 'c')",
       "exists constraint t.c in any schema"},
      {"EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'c' AND "
       "NOT attisdropped AND attnum > 0)",
       "exists column t.c in the search path (fails without t)"},
      {"NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE "
       "t.typname = 'mood' AND e.enumlabel = 'sad')",
       "not exists enum value mood.sad in any schema"},
      {"EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'sad' AND enumtypid = 'mood'::regtype)",
       "exists enum value mood.sad in the search path (fails without mood)"},
      {"EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'sad' AND enumtypid = (SELECT oid FROM "
       "pg_type WHERE typname = 'mood'))",
       "exists enum value mood.sad in any schema"},
      {"NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'g' AND NOT tgisinternal)",
       "not exists trigger g in any schema"},
      {"EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'f')", "exists function f in any schema"},
      {"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'r')",
       "not exists role r in any schema"},
      {"EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'e')",
       "exists extension e in any schema"},
      {"EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 's' LIMIT 1)",
       "exists schema s in any schema"},
      {"EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 't')",
       "exists table public.t"},
      {"EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 't' AND indexname = 'i')",
       "exists index t.i in any schema"},
      {"EXISTS (SELECT 1 FROM pg_policies WHERE policyname = 'p' AND tablename = 't')",
       "exists policy t.p in any schema"},
  };
  for (const Case& c : cases) EXPECT_EQ(condition(c.expression), c.words) << c.expression;
}

TEST(ExistenceGuards, OfTheInformationSchema) {
  const Case cases[] = {
      {"EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND "
       "column_name='c')",
       "exists column t.c in any schema"},
      {"NOT EXISTS (SELECT column_name FROM information_schema.columns WHERE table_schema = 's' "
       "AND "
       "table_name = 't' AND column_name = 'c' AND table_catalog = current_database())",
       "not exists column s.t.c"},
      {"EXISTS (SELECT FROM information_schema.tables WHERE table_schema = current_schema AND "
       "table_name = 't')",
       "exists table or view t in the current schema"},
      {"EXISTS (SELECT FROM information_schema.tables WHERE table_name = 't' AND table_type = "
       "'BASE "
       "TABLE')",
       "exists table t in any schema"},
      {"NOT EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE constraint_name = 'c' "
       "AND table_name = 't')",
       "not exists constraint t.c in any schema"},
      {"NOT EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE constraint_type = "
       "'PRIMARY KEY' AND table_name = 't')",
       "not exists primary key constraint t.* in any schema"},
      {"EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 's')",
       "exists schema s in any schema"},
      {"EXISTS (SELECT 1 FROM information_schema.views WHERE table_name = 'v')",
       "exists view v in any schema"},
      {"EXISTS (SELECT 1 FROM information_schema.sequences WHERE sequence_name = 'q')",
       "exists sequence q in any schema"},
  };
  for (const Case& c : cases) EXPECT_EQ(condition(c.expression), c.words) << c.expression;
}

TEST(ExistenceGuards, AroundThem) {
  const Case cases[] = {
      {"to_regclass('public.t') IS NULL", "not exists relation public.t"},
      {"to_regclass('\"T x\"') IS NOT NULL", "?"},
      {"to_regclass('\"T\"') IS NOT NULL", "exists relation T in the search path"},
      {"to_regtype('Mood') IS NULL", "not exists type mood in the search path"},
      {"(SELECT to_regclass('t')) IS NULL", "not exists relation t in the search path"},
      {"(SELECT 1 FROM pg_type WHERE typname = 'm') IS NULL", "not exists type m in any schema"},
      {"(SELECT count(*) FROM pg_type WHERE typname = 'm') = 0", "not exists type m in any schema"},
      {"(SELECT count(1) FROM pg_type WHERE typname = 'm') > 0", "exists type m in any schema"},
      {"(SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm')) = false",
       "not exists type m in any schema"},
      {"NOT (NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm'))",
       "exists type m in any schema"},
      {"to_regtype('a') IS NULL AND to_regclass('b') IS NOT NULL",
       "not exists type a in the search path and exists relation b in the search path"},
      {"to_regtype('a') IS NULL OR to_regclass('b') IS NULL",
       "not (exists type a in the search path and exists relation b in the search path)"},
      {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm') IS NOT TRUE",
       "not exists type m in any schema"},
  };
  for (const Case& c : cases) EXPECT_EQ(condition(c.expression), c.words) << c.expression;
}

TEST(ExistenceGuards, WhatAsksForMoreIsNotRecognised) {
  const char* const expressions[] = {
      "EXISTS (SELECT 1 FROM t WHERE typname = 'm')",
      "EXISTS (SELECT 1 FROM s.pg_type WHERE typname = 'm')",
      "EXISTS (SELECT 1 FROM columns WHERE column_name = 'c' AND table_name = 't')",
      "EXISTS (SELECT 1 FROM pg_type)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = name)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname LIKE 'm%')",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' OR typname = 'n')",
      "EXISTS (SELECT 1 FROM pg_type WHERE lower(typname) = 'm')",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname <> 'm')",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname IN ('a', 'b'))",
      "EXISTS (SELECT count(*) FROM pg_type WHERE typname = 'm')",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' GROUP BY 1)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' HAVING count(*) > 1)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' LIMIT 0)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' OFFSET 1)",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm' UNION SELECT 2)",
      "EXISTS (SELECT 1 FROM pg_type LEFT JOIN pg_namespace n ON n.oid = typnamespace WHERE "
      "typname = 'm')",
      "EXISTS (SELECT 1 FROM pg_type, pg_class WHERE typname = 'm' AND relname = 't')",
      "EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'c')",
      "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = "
      "'c' AND is_nullable = 'YES')",
      "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = "
      "'c' AND data_type = 'text')",
      "EXISTS (SELECT 1 FROM information_schema.constraint_column_usage WHERE constraint_name = "
      "'c' "
      "AND table_name = 't')",
      "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c' AND convalidated)",
      "EXISTS (SELECT 1 FROM pg_attribute WHERE attname = 'c' AND attisdropped)",
      "(SELECT count(*) FROM pg_type WHERE typname = 'm') > 1",
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm') AND x > 1",
      "f() AND EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm')",
      "to_regclass(name) IS NULL",
      "to_regtype('bigint') IS NULL",
      "current_user = 'x'",
      "true",
  };
  for (const char* e : expressions) EXPECT_EQ(condition(e), "?") << e;
}

TEST(ExistenceGuards, AVariableOfAColumnsNameIsNoColumn) {
  EXPECT_EQ(condition("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm')", "typname text := 'm';"),
            "?");
  EXPECT_EQ(condition("EXISTS (SELECT 1 FROM pg_type t WHERE t.typname = 'm')", "t record;"), "?");
  EXPECT_EQ(condition("EXISTS (SELECT 1 FROM pg_type t WHERE t.typname = 'm')", "typname text;"),
            "exists type m in any schema");
}

TEST(ExistenceGuards, StandAtTheNamesThatTheyAskFor) {
  const Annotated sql(
      "DO 'BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = [[''c'']] AND conrelid "
      "= [[''s.t'']]::regclass) THEN NULL; END IF; END'");
  const StatementPtr statement = parse_statement(sql.text, kDialect);
  const Branch& branch = code_of(*statement).steps.at(0).branches.at(0);
  ASSERT_EQ(branch.condition->all_of.size(), 1U);
  const ExistenceGuard& guard = branch.condition->all_of[0];
  EXPECT_EQ((std::vector{guard.name.range, guard.owner.range}), sql.ranges)
      << mark(sql.text, {guard.name.range, guard.owner.range});
}

// --- through variables --------------------------------------------------------------------------

std::string last_condition(std::string_view statements) {
  const StatementPtr statement = parse_statement(
      "DO $$ DECLARE v bool; w bool; BEGIN " + std::string(statements) + " END $$", kDialect);
  const RoutineBody& body = code_of(*statement);
  for (const Problem& p : body.problems) ADD_FAILURE() << p.message << ": " << statements;
  return in_words(*body.steps.back().branches.at(0).condition);
}

TEST(ExistenceGuards, ThroughVariables) {
  constexpr const char* kSaid = "not exists type m in any schema";
  EXPECT_EQ(
      last_condition("v := (SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm')); IF NOT "
                     "v THEN NULL; END IF;"),
      kSaid);
  EXPECT_EQ(
      last_condition("SELECT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm') INTO v; RAISE "
                     "NOTICE 'x'; IF v = false THEN NULL; END IF;"),
      kSaid);
  EXPECT_EQ(
      last_condition("PERFORM 1 FROM pg_type WHERE typname = 'm'; IF NOT FOUND THEN NULL; END "
                     "IF;"),
      kSaid);
}

TEST(ExistenceGuards, WhatAVariableSaidIsForgottenWhereItMayBeWrong) {
  const std::string set = "v := EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm'); ";
  const std::string ask = " IF v THEN NULL; END IF;";
  EXPECT_EQ(last_condition(set + ask), "exists type m in any schema");
  for (const char* between :
       {"DROP TYPE m;", "v := true;", "PERFORM f();", "EXECUTE q;", "IF w THEN v := true; END IF;",
        "SELECT true INTO v;", "SELECT 1, true INTO w, v;", "w := f();",
        "BEGIN CREATE TYPE m AS ENUM (); EXCEPTION WHEN others THEN NULL; END;", "FETCH c INTO v;",
        "GET DIAGNOSTICS v = ROW_COUNT;"}) {
    EXPECT_EQ(last_condition(set + between + ask), "?") << between;
  }
  EXPECT_EQ(last_condition("IF w THEN " + set + "END IF;" + ask), "?");
  EXPECT_EQ(last_condition(set + "LOOP IF v THEN DROP TYPE m; END IF; END LOOP;" + ask), "?");
}

// --- errors that are caught ---------------------------------------------------------------------

/// What decides whether a block runs to its end.
std::string handled(std::string_view statements, std::string_view conditions,
                    std::string_view steps = "NULL;") {
  const StatementPtr statement =
      parse_statement("DO $$ BEGIN " + std::string(statements) + " EXCEPTION WHEN " +
                          std::string(conditions) + " THEN " + std::string(steps) + " END $$",
                      kDialect);
  const RoutineBody& body = code_of(*statement);
  for (const Problem& p : body.problems) ADD_FAILURE() << p.message << ": " << statements;
  return in_words(*body.steps.at(0).branches.at(0).condition);
}

struct Handled {
  const char* statements;
  const char* conditions;
  const char* words;
};

TEST(CaughtErrors, ThatExistenceDecides) {
  const Handled cases[] = {
      {"CREATE TYPE m AS ENUM ('a');", "duplicate_object",
       "not exists type m in the current schema"},
      {"CREATE TYPE s.m AS ENUM ('a'); CREATE DOMAIN d AS int;", "SQLSTATE '42710'",
       "not exists type s.m and not exists type d in the current schema"},
      {"CREATE TABLE t (a int);", "duplicate_table", "not exists relation t in the current schema"},
      {"CREATE INDEX i ON s.t (a);", "duplicate_table", "not exists relation s.i"},
      {"CREATE INDEX i ON t (a);", "duplicate_table", "not exists relation t.i in its schema"},
      {"ALTER TABLE t ADD COLUMN c int;", "duplicate_column",
       "not exists column t.c in the search path (fails without t)"},
      {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);", "duplicate_object",
       "not exists constraint t.c in the search path (fails without t)"},
      {"ALTER TABLE s.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u;", "duplicate_object",
       "not exists constraint s.t.c (fails without t)"},
      {"ALTER TABLE s.t ADD CONSTRAINT c UNIQUE (a);", "duplicate_table OR duplicate_object",
       "not exists relation s.c and not exists constraint s.t.c (fails without t)"},
      {"ALTER TYPE m ADD VALUE 'x';", "duplicate_object",
       "not exists enum value m.x in the search path (fails without m)"},
      {"CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f();", "duplicate_object",
       "not exists trigger t.g in the search path (fails without t)"},
      {"CREATE ROLE r; RAISE NOTICE 'made';", "duplicate_object",
       "not exists role r in any schema"},
      {"CREATE SCHEMA s;", "duplicate_schema", "not exists schema s in any schema"},
      {"DROP TABLE t;", "undefined_table", "exists relation t in the search path"},
      {"DROP TYPE t;", "undefined_object", "exists type t in the search path"},
      {"ALTER TABLE t DROP COLUMN c;", "undefined_column",
       "exists column t.c in the search path (fails without t)"},
      {"ALTER TABLE t DROP COLUMN c;", "undefined_column OR undefined_table",
       "exists relation t in the search path and exists column t.c in the search path"},
      {"ALTER TABLE t DROP CONSTRAINT c;", "undefined_object",
       "exists constraint t.c in the search path (fails without t)"},
      {"ALTER TABLE t RENAME COLUMN a TO b;", "undefined_column",
       "exists column t.a in the search path (fails without t)"},
      {"ALTER TABLE t RENAME TO u;", "undefined_table", "exists relation t in the search path"},
  };
  for (const Handled& c : cases) {
    EXPECT_EQ(handled(c.statements, c.conditions), c.words) << c.statements << c.conditions;
  }
}

TEST(CaughtErrors, ThatMoreThanExistenceDecides) {
  const Handled cases[] = {
      {"CREATE TYPE m AS ENUM ('a');", "others", "?"},
      {"CREATE TYPE m AS ENUM ('a');", "unique_violation", "?"},
      {"CREATE TYPE m AS ENUM ('a'); UPDATE t SET a = 1;", "duplicate_object", "?"},
      {"CREATE TYPE m AS ENUM ('a'); PERFORM f();", "duplicate_object", "?"},
      {"CREATE TYPE m AS ENUM ('a'); CREATE TYPE m AS ENUM ('a');", "duplicate_object", "?"},
      {"IF a THEN CREATE TYPE m AS ENUM ('a'); END IF;", "duplicate_object", "?"},
      {"CREATE TYPE m AS (a n);", "undefined_object", "?"},
      // The name of the index comes first, and its error is not caught.
      {"ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);", "duplicate_object", "?"},
      {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);", "check_violation", "?"},
      {"ALTER TABLE t ADD COLUMN c n;", "undefined_object", "?"},
      {"CREATE TABLE t (a int CONSTRAINT c UNIQUE);", "duplicate_table", "?"},
      {"CREATE TABLE t AS SELECT f();", "duplicate_table", "?"},
      {"ALTER TABLE t RENAME COLUMN a TO b;", "duplicate_column", "?"},
      {"DROP TABLE t; DROP TABLE u;", "undefined_table", "?"},
      {"DROP FUNCTION f();", "undefined_function", "?"},
      {"DROP TABLE s.t;", "undefined_table", "?"},  // without the schema: invalid_schema_name
      {"EXECUTE q;", "duplicate_object", "?"},
  };
  for (const Handled& c : cases) {
    EXPECT_EQ(handled(c.statements, c.conditions), c.words) << c.statements << c.conditions;
  }
  EXPECT_EQ(handled("CREATE TYPE m AS ENUM ('a');",
                    "duplicate_object THEN DROP TABLE a; WHEN duplicate_table"),
            "?");
}

}  // namespace
}  // namespace belay::sql::postgres

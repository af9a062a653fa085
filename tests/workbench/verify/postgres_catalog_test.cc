#include "workbench/verify/postgres_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PostgresCatalogTest : public OnPostgres {
 protected:
  static std::vector<std::string> differences(const std::string& before, const std::string& more) {
    return lines_of(
        compare(catalog_after(engine(), before), catalog_after(engine(), before + more)));
  }
};

constexpr const char* kTable = "CREATE TABLE t (a int, b text);\n";

struct Change {
  const char* before;
  const char* change;
  const char* difference;
};

TEST_P(PostgresCatalogTest, SeesEachKindOfObject) {
  const Change cases[] = {
      {"", "CREATE SCHEMA s;", "extra schema s"},
      {"", "CREATE TABLE t (a int PRIMARY KEY, b serial);", "extra table public.t"},
      {"", "CREATE VIEW v AS SELECT 1 AS a;", "extra view public.v"},
      {"", "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a;", "extra view public.v"},
      {"", "CREATE SEQUENCE s;", "extra sequence public.s"},
      {"", "CREATE TYPE e AS ENUM ('a');", "extra enum public.e"},
      {"", "CREATE DOMAIN d AS int CHECK (value > 0);", "extra domain public.d"},
      {"", "CREATE TYPE c AS (a int);", "extra type public.c"},
      {"", "CREATE TYPE r AS RANGE (subtype = int4);", nullptr},
      {"", "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
       "extra function public.f(integer)"},
      {"", "CREATE EXTENSION pg_trgm;", "extra extension pg_trgm"},
      {"", "CREATE COLLATION k (locale = 'C');", "extra collation public.k"},
      {"", "CREATE TEXT SEARCH CONFIGURATION x (COPY = english);",
       "extra text search configuration public.x"},
      {"", "CREATE PUBLICATION p;", "extra publication p"},
      {"", "CREATE CAST (text AS int) WITH INOUT;", "extra cast text as integer"},
      {"", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;",
       "extra default privileges belay - r"},
      {kTable, "CREATE INDEX i ON t (lower(b) text_pattern_ops) WHERE a > 0;",
       "extra index public.i"},
      {kTable, "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;",
       "extra constraint public.t.k"},
      {kTable, "CREATE POLICY p ON t USING (a > 0);", "extra policy public.t.p"},
      {kTable, "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;", "extra rule public.t.r"},
      {kTable, "CREATE STATISTICS s ON a, b FROM t;", "extra statistics public.s"},
      {kTable,
       "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
       "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();",
       nullptr},
  };
  for (const Change& c : cases) {
    const std::vector<std::string> found = differences(c.before, c.change);
    EXPECT_THAT(found, ::testing::Not(IsEmpty())) << c.change;
    if (c.difference != nullptr) {
      EXPECT_THAT(found, ElementsAre(c.difference)) << c.change;
    }
  }
}

TEST_P(PostgresCatalogTest, SeesEachAttribute) {
  const Change cases[] = {
      {kTable, "ALTER TABLE t ALTER a TYPE bigint;",
       "changed column public.t.a; type: integer -> bigint"},
      {kTable, "ALTER TABLE t ALTER a SET NOT NULL;", "changed column public.t.a; not null:  -> 1"},
      {kTable, "ALTER TABLE t ALTER a SET DEFAULT 1;", "changed column public.t.a; default:  -> 1"},
      {kTable, "ALTER TABLE t ALTER b SET STORAGE EXTERNAL;",
       "changed column public.t.b; storage:  -> e"},
      {kTable, "ALTER TABLE t ALTER a SET STATISTICS 7;",
       "changed column public.t.a; statistics target:  -> 7"},
      {kTable, "ALTER TABLE t ALTER b TYPE text COLLATE \"C\";",
       "changed column public.t.b; collation:  -> \"C\""},
      {kTable, "COMMENT ON COLUMN t.a IS 'x';", "changed column public.t.a; comment:  -> x"},
      {kTable, "ALTER TABLE t SET (fillfactor = 70);",
       "changed table public.t; options:  -> {fillfactor=70}"},
      {kTable, "ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
       "changed table public.t; row security:  -> 1"},
      {kTable, "ALTER TABLE t SET UNLOGGED;", "changed table public.t; persistence:  -> u"},
      {kTable, "ALTER TABLE t REPLICA IDENTITY FULL;",
       "changed table public.t; replica identity:  -> f"},
      // Which privileges an owner has depends on the version.
      {kTable, "GRANT SELECT ON t TO PUBLIC;", nullptr},
      {"CREATE TABLE t (a int PRIMARY KEY);", "ALTER INDEX t_pkey RENAME TO k;",
       "renamed constraint public.t.t_pkey -> public.t.k"},
      {"CREATE TABLE t (a int); CREATE INDEX i ON t (a);", "ALTER INDEX i RENAME TO k;",
       "renamed index public.i -> public.k"},
      {"CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;",
       "ALTER TABLE t VALIDATE CONSTRAINT k;", nullptr},
      {"CREATE TYPE e AS ENUM ('a');", "ALTER TYPE e ADD VALUE 'b';",
       "changed enum public.e; values: a -> a\nb"},
      {"CREATE SEQUENCE s;", "ALTER SEQUENCE s INCREMENT 2;",
       "changed sequence public.s; increment: 1 -> 2"},
      {"CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t;",
       "ALTER STATISTICS s SET STATISTICS 7;", "changed statistics public.s; target:  -> 7"},
  };
  for (const Change& c : cases) {
    const std::vector<std::string> found = differences(c.before, c.change);
    EXPECT_THAT(found, ::testing::Not(IsEmpty())) << c.change;
    if (c.difference != nullptr) {
      EXPECT_THAT(found, ElementsAre(c.difference)) << c.change;
    }
  }
}

TEST_P(PostgresCatalogTest, TheLayoutOfABodyIsNoDifference) {
  const std::string head = "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS ";
  EXPECT_THAT(differences(head + "$$BEGIN RETURN 1; END$$;",
                          head + "$$\nBEGIN -- one\n  RETURN 1;\nEND\n$$;"),
              IsEmpty());
  EXPECT_THAT(differences(head + "$$BEGIN RETURN 1; END$$;", head + "$$BEGIN RETURN 2; END$$;"),
              ElementsAre("changed function public.f(); body: BEGIN RETURN 1 ; END -> BEGIN RETURN "
                          "2 ; END"));
}

TEST_P(PostgresCatalogTest, PartsOfAnExtensionAreNotToldBesidesIt) {
  EXPECT_THAT(differences("", "CREATE EXTENSION citext;"), ElementsAre("extra extension citext"));
}

// Since 18 NOT NULL is a row of pg_constraint, with a name; what that says of the schema is new
// there.
TEST_P(PostgresCatalogTest, SeesWhatIsNewIn18) {
  if (!is_18()) GTEST_SKIP() << engine().version();
  const Change cases[] = {
      {kTable, "ALTER TABLE t ALTER a SET NOT NULL;", "changed column public.t.a; not null:  -> 1"},
      {kTable, "ALTER TABLE t ADD CONSTRAINT k NOT NULL a NOT VALID;",
       "changed column public.t.a; not null:  -> 1; not null not validated:  -> yes"},
      {"CREATE TABLE t (a int NOT NULL);",
       "ALTER TABLE t ALTER CONSTRAINT t_a_not_null NO INHERIT;",
       "changed column public.t.a; not null not inherited:  -> yes"},
      {"CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES t);",
       "ALTER TABLE u ALTER CONSTRAINT u_a_fkey NOT ENFORCED;", nullptr},
      {kTable, "ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) VIRTUAL;",
       "extra column public.t.c"},
      {"CREATE TABLE t (a int GENERATED ALWAYS AS (1) VIRTUAL);",
       "ALTER TABLE t ALTER a SET EXPRESSION AS (2);",
       "changed column public.t.a; generated: 1 -> 2"},
      {"CREATE EXTENSION btree_gist; CREATE TABLE t (a int, b daterange);",
       "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a, b WITHOUT OVERLAPS);",
       "extra constraint public.t.k"},
  };
  for (const Change& c : cases) {
    const std::vector<std::string> found = differences(c.before, c.change);
    EXPECT_THAT(found, ::testing::Not(IsEmpty())) << c.change;
    if (c.difference != nullptr) {
      EXPECT_THAT(found, ElementsAre(c.difference)) << c.change;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresCatalogTest, ::testing::ValuesIn(kPostgresServers),
                         server_name);

}  // namespace
}  // namespace belay::workbench

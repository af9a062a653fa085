// Statements that an engine refuses, or takes, for reasons that the schema tells: what it says was
// tried on PostgreSQL 15 and 18. The random scripts of postgres_fuzz_test.cc have found them.

#include <gtest/gtest.h>

#include <optional>

#include "analyzer/schema/replay.h"
#include "analyzer/sql/script.h"

namespace belay::schema {
namespace {

/// What the model says against the last statement of a script, as a down; empty: nothing.
std::string refusal(const std::string& script) {
  const Dialect dialect{Engine::kPostgres, default_version(Engine::kPostgres)};
  const sql::ParsedScript parsed = sql::parse_script(
      script, {0, static_cast<uint32_t>(script.size())}, dialect, sql::Recovery::kExact, nullptr);
  Replay replay{Schema(dialect)};
  std::string out;
  for (uint32_t s = 0; s < parsed.statements.size(); ++s) {
    EXPECT_EQ(out, "") << script;
    const sql::StatementPtr& statement = parsed.statements[s].parsed;
    for (size_t o = 0; o < statement->operations.size(); ++o) {
      const std::optional<Failure> failure = replay.apply(*statement, o, {1, s});
      if (failure) out = (failure->certain ? "" : "perhaps: ") + failure->message;
    }
  }
  return out;
}

struct Case {
  const char* script;
  const char* refusal;
};

class Refusals : public testing::TestWithParam<Case> {};

TEST_P(Refusals, AreWhatTheServerRefuses) {
  EXPECT_EQ(refusal(GetParam().script), GetParam().refusal);
}

const Case kNames[] = {
    {"CREATE TABLE a (p int); CREATE INDEX i ON a (p); ALTER INDEX i RENAME TO a;",
     "relation `a` exists already"},
    {"CREATE TABLE a (p int CONSTRAINT k CHECK (p > 0) CONSTRAINT l CHECK (p > 1));"
     "ALTER TABLE a RENAME CONSTRAINT k TO l;",
     "constraint `l` of `a` exists already"},
    {"CREATE TYPE e AS ENUM ('x'); CREATE TYPE f AS ENUM ('x'); ALTER TYPE e RENAME TO f;",
     "type `f` exists already"},
    {"CREATE TYPE e AS ENUM ('x', 'y'); ALTER TYPE e RENAME VALUE 'x' TO 'y';",
     "the type has the value `y` already"},
    {"CREATE TYPE e AS ENUM ('x'); DROP DOMAIN e;", "`e` is no domain"},
    {"CREATE DOMAIN d AS int; ALTER TYPE d ADD VALUE 'x';", "`d` is no enum"},
    {"CREATE MATERIALIZED VIEW v AS SELECT 1 AS p; ALTER VIEW v RENAME TO w;", "`v` is no view"},
};
INSTANTIATE_TEST_SUITE_P(OfNames, Refusals, testing::ValuesIn(kNames));

const Case kSequences[] = {
    {"CREATE TABLE a (p serial); CREATE TABLE b (q int DEFAULT nextval('a_p_seq')); DROP TABLE a;",
     "`a_p_seq` cannot be dropped: `q` of `b` needs it"},
    {"CREATE TABLE a (p serial, q int); CREATE TABLE b (q int DEFAULT nextval('a_p_seq'));"
     "ALTER TABLE a DROP COLUMN p;",
     "`a_p_seq` cannot be dropped: `q` of `b` needs it"},
    {"CREATE TABLE a (p serial); DROP TABLE a;", ""},
    {"CREATE TABLE a (p int); CREATE SEQUENCE s OWNED BY a.q;", "column `q` of `a` does not exist"},
    {"CREATE TABLE a (p int GENERATED ALWAYS AS IDENTITY); ALTER SEQUENCE a_p_seq OWNED BY NONE;",
     "`a_p_seq` belongs to an identity column"},
    {"CREATE TABLE a (p text NOT NULL); ALTER TABLE a ALTER p ADD GENERATED ALWAYS AS IDENTITY;",
     "`p` is no integer and cannot be an identity column"},
    // A serial is no identity, and keeps its sequence.
    {"CREATE TABLE a (p serial); ALTER TABLE a ALTER p DROP IDENTITY IF EXISTS;"
     "ALTER SEQUENCE a_p_seq OWNED BY NONE;",
     ""},
};
INSTANTIATE_TEST_SUITE_P(OfSequences, Refusals, testing::ValuesIn(kSequences));

const Case kKeys[] = {
    {"CREATE TABLE a (p text PRIMARY KEY); CREATE TABLE b (q int REFERENCES a);",
     "the foreign key `b_q_fkey` of `b` leads from `int4` to `text`"},
    {"CREATE TABLE a (p numeric PRIMARY KEY); CREATE TABLE b (q int REFERENCES a);", ""},
    {"CREATE TABLE a (p int PRIMARY KEY); CREATE TABLE b (q int REFERENCES a);"
     "ALTER TABLE a ALTER p TYPE text;",
     "the foreign key `b_q_fkey` of `b` leads from `int4` to `text`"},
    {"CREATE TABLE a (p int, q int, PRIMARY KEY (p, q)); CREATE TABLE b (p int REFERENCES a);",
     "`b_p_fkey` refers to another number of columns than it has"},
    {"CREATE TABLE a (p int PRIMARY KEY, q int REFERENCES a); ALTER TABLE a DROP COLUMN p;",
     "column `p` of `a` cannot be dropped: the foreign key `a_q_fkey` of `a` refers to it"},
    {"CREATE TABLE a (p int); CREATE INDEX i ON a (p); ALTER TABLE a ADD UNIQUE USING INDEX i;",
     "the index `i` cannot be a key: it is not unique"},
    {"CREATE TABLE a (p int); CREATE UNIQUE INDEX i ON a (p) WHERE p > 0;"
     "ALTER TABLE a ADD UNIQUE USING INDEX i;",
     "the index `i` cannot be a key: it is partial"},
    {"CREATE TABLE a (p int); ALTER TABLE a ADD UNIQUE (p, p);",
     "the key `a_p_p_key` of `a` has a column twice"},
    // Of two that say the same in one statement the server makes one.
    {"CREATE TABLE a (p int PRIMARY KEY UNIQUE); CREATE INDEX a_p_key ON a (p);", ""},
};
INSTANTIATE_TEST_SUITE_P(OfKeys, Refusals, testing::ValuesIn(kKeys));

const Case kTypes[] = {
    {"CREATE TYPE e AS ENUM ('x'); CREATE TABLE a (p text DEFAULT 'x');"
     "ALTER TABLE a ALTER p TYPE e USING p::e;",
     "the default of `p` does not become `e` by itself"},
    {"CREATE TABLE a (p int DEFAULT 1); ALTER TABLE a ALTER p TYPE text;", ""},
    {"CREATE TABLE a (p boolean DEFAULT true); ALTER TABLE a ALTER p TYPE int USING 1;",
     "the default of `p` does not become `int4` by itself"},
    {"CREATE TABLE a (p timestamp DEFAULT now()); ALTER TABLE a ALTER p TYPE timestamptz;", ""},
    {"CREATE TABLE a (p int DEFAULT 1); ALTER TABLE a ALTER p TYPE inet USING NULL;",
     "perhaps: the default of `p` does not become `inet` by itself"},
};
INSTANTIATE_TEST_SUITE_P(OfTypes, Refusals, testing::ValuesIn(kTypes));

const Case kViews[] = {
    {"CREATE TABLE a (p int); CREATE VIEW v AS SELECT q FROM a;",
     "no relation of the view has a column `q`"},
    {"CREATE TABLE a (p int); CREATE VIEW v AS SELECT p AS q FROM a; CREATE VIEW w AS SELECT q "
     "FROM v;",
     ""},
    {"CREATE TABLE a (p int); CREATE VIEW v AS WITH x AS (SELECT p AS n FROM a) SELECT n FROM x, "
     "a;",
     ""},
    {"CREATE TABLE a (p int, q int); CREATE VIEW v AS SELECT p, q FROM a;"
     "CREATE OR REPLACE VIEW v AS SELECT p FROM a;",
     "the view `v` cannot be replaced: its column `q` must stay where it is"},
    {"CREATE TABLE a (p int); CREATE TABLE b (p text); CREATE VIEW v AS SELECT p FROM a;"
     "CREATE OR REPLACE VIEW v AS SELECT p FROM b;",
     "the view `v` cannot be replaced: its column `p` must stay int4"},
    {"CREATE TABLE a (p int, q int); CREATE VIEW v AS SELECT p FROM a;"
     "CREATE OR REPLACE VIEW v AS SELECT p, q FROM a;",
     ""},
    {"CREATE TABLE a (p int); CREATE TABLE b (q int); CREATE VIEW v AS SELECT p, q FROM a, b;"
     "ALTER TABLE b DROP COLUMN q;",
     "column `q` of `b` cannot be dropped: the view `v` needs it"},
};
INSTANTIATE_TEST_SUITE_P(OfViews, Refusals, testing::ValuesIn(kViews));

}  // namespace
}  // namespace belay::schema

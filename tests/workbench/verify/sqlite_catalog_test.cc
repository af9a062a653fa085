#include "workbench/verify/sqlite_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> differences(const std::string& before, const std::string& after) {
  const std::unique_ptr<ScratchEngine> engine = sqlite_engine({});
  return lines_of(compare(catalog_after(*engine, before), catalog_after(*engine, after)));
}

constexpr const char* kOrders = R"(
CREATE TABLE people (id INTEGER PRIMARY KEY);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person INT NOT NULL REFERENCES people (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  state VARCHAR (10) DEFAULT 'new' COLLATE NOCASE CHECK (state IN ('new', 'paid')),
  cents INT, euros REAL GENERATED ALWAYS AS (cents / 100.0) STORED,
  UNIQUE (person, state) ON CONFLICT IGNORE
);
CREATE INDEX open_orders ON orders (lower(state), person DESC) WHERE state = 'new';
CREATE TRIGGER paid AFTER UPDATE ON orders BEGIN DELETE FROM people WHERE id = new.person; END;
CREATE VIEW paid_orders AS SELECT * FROM orders WHERE state = 'paid';
)";

TEST(SqliteCatalogTest, ALayoutOfTheTextIsNoDifference) {
  EXPECT_THAT(differences("CREATE TABLE t (a INT CHECK (a > 0))",
                          "create table \"t\" ( [a] int check(a>0) -- positive\n)"),
              IsEmpty());
}

TEST(SqliteCatalogTest, ARebuildOfTheSameTableIsNoDifference) {
  const std::string rebuilt = std::string(kOrders) + R"(
DROP VIEW paid_orders;
CREATE TABLE new_orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person INT NOT NULL REFERENCES people (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  state VARCHAR (10) DEFAULT 'new' COLLATE NOCASE CHECK (state IN ('new', 'paid')),
  cents INT, euros REAL GENERATED ALWAYS AS (cents / 100.0) STORED,
  UNIQUE (person, state) ON CONFLICT IGNORE
);
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
CREATE INDEX open_orders ON orders (lower(state), person DESC) WHERE state = 'new';
CREATE TRIGGER paid AFTER UPDATE ON orders BEGIN DELETE FROM people WHERE id = new.person; END;
CREATE VIEW paid_orders AS SELECT * FROM orders WHERE state = 'paid';
)";
  EXPECT_THAT(differences(kOrders, rebuilt), IsEmpty());
}

TEST(SqliteCatalogTest, RenamingThereAndBackIsNoDifference) {
  EXPECT_THAT(differences(kOrders, std::string(kOrders) +
                                       "ALTER TABLE orders RENAME COLUMN state TO status;\n"
                                       "ALTER TABLE orders RENAME COLUMN status TO state;\n"
                                       "ALTER TABLE people RENAME TO persons;\n"
                                       "ALTER TABLE persons RENAME TO people;\n"),
              IsEmpty());
}

struct Forgotten {
  const char* before;
  const char* after;
  const char* difference;
};

TEST(SqliteCatalogTest, SeesWhatARebuildForgot) {
  const Forgotten cases[] = {
      {"CREATE TABLE t (a INT CHECK (a > 0))", "CREATE TABLE t (a INT)",
       "changed table t; checks: a > 0 -> "},
      {"CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
       "CREATE TABLE t (a INTEGER PRIMARY KEY)", "changed table t; autoincrement: yes -> "},
      {"CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID",
       "CREATE TABLE t (a INT PRIMARY KEY NOT NULL)", "changed table t; without rowid: yes -> "},
      {"CREATE TABLE t (a INT) STRICT", "CREATE TABLE t (a INT)",
       "changed table t; strict: yes -> "},
      {"CREATE TABLE t (a INT, UNIQUE (a) ON CONFLICT REPLACE)", "CREATE TABLE t (a INT UNIQUE)",
       "changed table t; on conflict: replace -> "},
      {"CREATE TABLE t (a INT UNIQUE)", "CREATE TABLE t (a INT)",
       "changed table t; unique: (a) -> "},
      {"CREATE TABLE t (a TEXT COLLATE NOCASE)", "CREATE TABLE t (a TEXT)",
       "changed column t.a; collation: nocase -> "},
      {"CREATE TABLE t (a INT NOT NULL)", "CREATE TABLE t (a INT)",
       "changed column t.a; not null: yes -> "},
      {"CREATE TABLE t (a INT DEFAULT (1 + 1))", "CREATE TABLE t (a INT DEFAULT 2)",
       "changed column t.a; default: 1 + 1 -> 2"},
      {"CREATE TABLE t (a INT, b INT AS (a + 1))", "CREATE TABLE t (a INT, b INT AS (a + 2))",
       "changed column t.b; generated: a + 1 virtual -> a + 2 virtual"},
      {"CREATE TABLE t (a INT); CREATE INDEX i ON t (a) WHERE a > 0",
       "CREATE TABLE t (a INT); CREATE INDEX i ON t (a)", "changed index i; where: a > 0 -> "},
      {"CREATE TABLE t (a INT); CREATE UNIQUE INDEX i ON t (a)",
       "CREATE TABLE t (a INT); CREATE INDEX i ON t (a)", "changed index i; unique: yes -> "},
      {"CREATE TABLE t (a INT); CREATE TABLE c (a INT REFERENCES t (a) DEFERRABLE INITIALLY "
       "DEFERRED)",
       "CREATE TABLE t (a INT); CREATE TABLE c (a INT REFERENCES t (a))",
       "changed foreign_key c.(a); deferrable: deferrable initially deferred -> "},
      {"CREATE TABLE t (a INT); CREATE TABLE c (a INT REFERENCES t (a) ON DELETE CASCADE)",
       "CREATE TABLE t (a INT); CREATE TABLE c (a INT REFERENCES t (a))",
       "changed foreign_key c.(a); on delete: CASCADE -> NO ACTION"},
      {"CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW v AS SELECT 2 AS a",
       "changed view v; definition: create view v as select 1 as a -> create view v as select 2 as "
       "a"},
  };
  for (const Forgotten& c : cases) {
    EXPECT_THAT(differences(c.before, c.after), ElementsAre(c.difference)) << c.before;
  }
}

}  // namespace
}  // namespace belay::workbench

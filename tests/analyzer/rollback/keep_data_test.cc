#include "analyzer/rollback/generate/keep_data.h"

#include <gtest/gtest.h>

#include "tests/analyzer/rollback/history.h"

namespace belay::rollback {
namespace {

constexpr std::string_view kPeople =
    "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, age int);";

KeptPair pair(std::string_view up, Engine engine = Engine::kPostgres) {
  const History history(kPeople, up, dialect_of(engine));
  return keep_data({history.before.after, *history.up.script, history.ups, 1, true});
}

TEST(KeepData, RenamesAColumnAside) {
  const KeptPair kept = pair("ALTER TABLE people DROP COLUMN name, ADD COLUMN mail text;");
  EXPECT_EQ(kept.up,
            "ALTER TABLE people RENAME COLUMN name TO name__dropped;\n"
            "ALTER TABLE people ALTER COLUMN name__dropped DROP NOT NULL;\n"
            "ALTER TABLE people ADD COLUMN mail text;\n");
  EXPECT_EQ(kept.down.text,
            "ALTER TABLE people RENAME COLUMN name__dropped TO name;\n"
            "ALTER TABLE people DROP COLUMN mail;\n"
            "-- Rows written since with NULL in people.name stop this.\n"
            "ALTER TABLE people ALTER COLUMN name SET NOT NULL;\n");
  EXPECT_EQ(kept.reversibility.verdict, Verdict::kRestored);
}

TEST(KeepData, RenamesATableAside) {
  const KeptPair kept = pair("DROP TABLE people;", Engine::kSqlite);
  EXPECT_EQ(kept.up, "ALTER TABLE people RENAME TO people__dropped;\n");
  EXPECT_EQ(kept.down.text, "ALTER TABLE people__dropped RENAME TO people;\n");
  EXPECT_EQ(kept.reversibility.verdict, Verdict::kRestored);
}

TEST(KeepData, CopiesRowsFirst) {
  const KeptPair kept = pair("DELETE FROM people WHERE age < 18;");
  EXPECT_EQ(kept.up,
            "CREATE TABLE people__removed AS SELECT id, name, age FROM people WHERE age < 18;\n"
            "DELETE FROM people WHERE age < 18;\n");
  EXPECT_EQ(kept.down.text,
            "INSERT INTO people (id, name, age) SELECT id, name, age FROM people__removed;\n"
            "DROP TABLE people__removed;\n");
}

TEST(KeepData, CopiesValuesFirst) {
  const KeptPair kept = pair("UPDATE people SET age = 0;");
  EXPECT_EQ(kept.up,
            "CREATE TABLE people__age_before AS SELECT id, age FROM people;\n"
            "UPDATE people SET age = 0;\n");
  EXPECT_EQ(kept.down.text,
            "UPDATE people SET age = kept.age FROM people__age_before AS kept WHERE kept.id = "
            "people.id;\nDROP TABLE people__age_before;\n");
}

}  // namespace
}  // namespace belay::rollback

// Verdicts that once said `restored` of what is not.

#include <gtest/gtest.h>

#include "tests/analyzer/rollback/history.h"

namespace belay::rollback {
namespace {

Verdict verdict(std::string_view before, std::string_view up, std::string_view down,
                Engine engine = Engine::kPostgres) {
  return History(before, up, dialect_of(engine)).judge_down(down).verdict;
}

TEST(Verdict, OfATableThatNoMigrationMadeAndTheUpDropsIsUnknown) {
  EXPECT_EQ(verdict("", "DROP TABLE elsewhere;", ""), Verdict::kUnknown);
  EXPECT_EQ(verdict("", "DROP TABLE IF EXISTS elsewhere;", ""), Verdict::kRestored);
}

TEST(Verdict, OfAColumnThatNoMigrationMadeAndTheUpDropsIsUnknown) {
  EXPECT_EQ(verdict("", "ALTER TABLE elsewhere DROP COLUMN c;", ""), Verdict::kUnknown);
}

TEST(Verdict, OfATableThatTheUpMovesAsideAndDropsIsUnknown) {
  EXPECT_EQ(verdict("",
                    "CREATE TABLE fresh (id TEXT PRIMARY KEY); INSERT INTO fresh SELECT id FROM t;"
                    "DROP TABLE t; ALTER TABLE fresh RENAME TO t;",
                    "DROP TABLE t;", Engine::kSqlite),
            Verdict::kUnknown);
}

TEST(Verdict, ARebuildLosesTheValuesThatItsCopyLeavesOut) {
  const std::string_view before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
  const auto rebuilt = [&](const std::string& columns) {
    const std::string up =
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY, a TEXT, b TEXT);"
        "INSERT INTO fresh (" +
        (columns == "*" ? "id, a, b" : columns) + ") SELECT " + columns +
        " FROM t; DROP TABLE t; ALTER TABLE fresh RENAME TO t;";
    return verdict(before, up, "", Engine::kSqlite);
  };
  EXPECT_EQ(rebuilt("id, a, b"), Verdict::kRestored);
  EXPECT_EQ(rebuilt("*"), Verdict::kRestored);
  EXPECT_EQ(rebuilt("id, a"), Verdict::kRestoredDataLost);
}

TEST(Verdict, DefaultNullThatIsCutToALengthHasToGo) {
  const std::string_view before = "CREATE TABLE t (c char(36) NOT NULL);";
  const std::string_view up =
      "ALTER TABLE t ALTER COLUMN c DROP NOT NULL, ALTER COLUMN c SET DEFAULT NULL;";
  EXPECT_EQ(verdict(before, up, "ALTER TABLE t ALTER COLUMN c SET NOT NULL;"), Verdict::kDiffers);
  EXPECT_EQ(verdict(before, up,
                    "ALTER TABLE t ALTER COLUMN c SET NOT NULL, ALTER COLUMN c DROP DEFAULT;"),
            Verdict::kRestored);
}

TEST(Verdict, ATriggerIsTheSameHoweverItsStatementBegins) {
  const std::string_view before =
      "CREATE TABLE t (a TEXT);"
      "CREATE TRIGGER IF NOT EXISTS g AFTER INSERT ON t BEGIN UPDATE t SET a = replace(a, 'x', "
      "''); END;";
  EXPECT_EQ(
      verdict(before, "DROP TRIGGER g;",
              "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = replace(a, 'x', ''); END;",
              Engine::kSqlite),
      Verdict::kRestored);
  EXPECT_EQ(verdict(before, "DROP TRIGGER g;",
                    "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = trim(a, 'x'); END;",
                    Engine::kSqlite),
            Verdict::kDiffers);
}

TEST(Verdict, AWordOfATriggersBodyCounts) {
  const std::string_view before =
      "CREATE TABLE t (a TEXT); CREATE TABLE u (a TEXT);"
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO u VALUES (NEW.a); END;";
  EXPECT_EQ(verdict(before, "DROP TRIGGER g;",
                    "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO u VALUES (NEW.a); END;",
                    Engine::kSqlite),
            Verdict::kDiffers);
}

TEST(Verdict, AColumnThatATriggerNamesKeepsItsType) {
  const std::string_view before =
      "CREATE TABLE t (at timestamp);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;"
      "CREATE TRIGGER g BEFORE UPDATE OF at ON t FOR EACH ROW EXECUTE FUNCTION f();";
  const std::string_view up =
      "DROP TRIGGER g ON t; ALTER TABLE t ALTER COLUMN at TYPE timestamptz;"
      "CREATE TRIGGER g BEFORE UPDATE OF at ON t FOR EACH ROW EXECUTE FUNCTION f();";
  EXPECT_EQ(verdict(before, up, "ALTER TABLE t ALTER COLUMN at TYPE timestamp;"),
            Verdict::kDownFailed);
}

}  // namespace
}  // namespace belay::rollback

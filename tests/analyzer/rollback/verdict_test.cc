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

TEST(Verdict, OfAColumnThatTheUpAddsToATableThatNoMigrationMadeLosesNothing) {
  const std::string_view down = "ALTER TABLE elsewhere DROP COLUMN c;";
  EXPECT_EQ(verdict("", "ALTER TABLE elsewhere ADD COLUMN c int;", down), Verdict::kRestored);
  EXPECT_NE(verdict("", "ALTER TABLE elsewhere ADD COLUMN IF NOT EXISTS c int;", down),
            Verdict::kRestored);
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

TEST(Verdict, ASchemaThatNoMigrationMadeIsThereOnceSomethingIsMadeInIt) {
  EXPECT_EQ(verdict("", "CREATE TABLE shop.t (a int);", "DROP SCHEMA shop CASCADE;"),
            Verdict::kUnknown);
  EXPECT_EQ(verdict("", "CREATE TABLE t (a int);", "DROP SCHEMA shop CASCADE;"),
            Verdict::kDownFailed);
}

TEST(Verdict, ADownThatDoesNothingMaySayThatThereIsNoWayBack) {
  const std::string_view before = "CREATE TABLE t (a int);";
  EXPECT_EQ(verdict(before, "DROP TABLE t;", "-- Irreversible: the rows are in the snapshot"),
            Verdict::kDeclaredIrreversible);
  EXPECT_EQ(verdict(before, "DROP TABLE t;", "-- irreversible\nSELECT 1;"),
            Verdict::kDeclaredIrreversible);
  EXPECT_EQ(verdict(before, "DROP TABLE t;", "-- TODO\nSELECT 1;"), Verdict::kDiffers);
  // One that does something is judged by what it does.
  EXPECT_EQ(verdict(before, "DROP TABLE t;", "-- irreversible\nCREATE TABLE t (a int);"),
            Verdict::kRestoredDataLost);
}

TEST(Verdict, ATypeThatIsNarrowedBackHoldsWhatItHeldBefore) {
  const std::string_view before = "CREATE TABLE t (a numeric(10,2), b text);";
  EXPECT_EQ(verdict(before, "ALTER TABLE t ALTER COLUMN a TYPE numeric(12,4);",
                    "ALTER TABLE t ALTER COLUMN a TYPE numeric(10,2);"),
            Verdict::kRestored);
  EXPECT_EQ(verdict(before, "ALTER TABLE t ALTER COLUMN a TYPE numeric(8,1);",
                    "ALTER TABLE t ALTER COLUMN a TYPE numeric(10,2);"),
            Verdict::kRestoredDataLost);
}

/// The statement that a failing down has too early, and the one that has to come first.
std::pair<std::optional<uint32_t>, std::optional<uint32_t>> order(std::string_view up,
                                                                  std::string_view down) {
  const Reversibility r =
      History("CREATE TABLE t (id int PRIMARY KEY);", up, dialect_of(Engine::kPostgres))
          .judge_down(down);
  return {r.place ? std::optional(r.place->statement) : std::nullopt, r.runs_behind};
}

TEST(Verdict, TellsAnOrderThatFailsFromWhatFailsInAny) {
  const std::string_view up =
      "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES "
      "a);"
      "CREATE TABLE c (id int PRIMARY KEY, b int REFERENCES b);";
  EXPECT_EQ(order(up, "DROP TABLE c; DROP TABLE b; DROP TABLE a;"),
            std::pair(std::optional<uint32_t>(), std::optional<uint32_t>()));
  EXPECT_EQ(order(up, "DROP TABLE a; DROP TABLE b; DROP TABLE c;"),
            std::pair(std::optional(0U), std::optional(2U)));
  EXPECT_EQ(order(up, "DROP TABLE c; DROP TABLE a; DROP TABLE b;"),
            std::pair(std::optional(1U), std::optional(2U)));
  EXPECT_EQ(order(up, "DROP TABLE a; DROP TABLE c;"),
            std::pair(std::optional(0U), std::optional<uint32_t>()));
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

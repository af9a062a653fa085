#include "runtime/drivers/sqlite/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/annotated.h"

namespace belay::runtime::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Script script(std::string sql) {
  Script out;
  out.sql = std::move(sql);
  out.path = "up.sql";
  return out;
}

/// The plan in one line: `before | body | after`, or `by statements: ...`; the statements by their
/// first words.
std::string planned(const std::string& sql, bool transaction = true) {
  const Script text = script(sql);
  const Result<ScriptPlan> plan = plan_script(text, transaction);
  if (!plan) return plan.error().to_string();
  const auto list = [&](const std::vector<PlannedStatement>& statements) {
    std::string out;
    for (const PlannedStatement& statement : statements) {
      std::string words = text.sql.substr(statement.begin, statement.end - statement.begin);
      out += (out.empty() ? "" : ", ") + words.substr(0, words.find_first_of(" (;"));
    }
    return out;
  };
  if (!plan->one_transaction) return "by statements: " + list(plan->body);
  return list(plan->before) + " | " + list(plan->body) + " | " + list(plan->after);
}

TEST(SqliteScript, RunsOrdinaryStatementsInOneTransaction) {
  EXPECT_EQ(planned("CREATE TABLE t (a); INSERT INTO t VALUES (1);\n-- end\n"),
            " | CREATE, INSERT | ");
  EXPECT_EQ(planned(""), " |  | ");
  EXPECT_EQ(planned("-- nothing\n/* at all */;;"), " |  | ");
}

TEST(SqliteScript, LeavesATriggersBodyWhole) {
  EXPECT_EQ(
      planned(
          "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; SELECT 1; END; DROP TABLE v"),
      " | CREATE, DROP | ");
}

TEST(SqliteScript, PutsSettingsAtTheEndsOutsideTheTransaction) {
  EXPECT_EQ(planned("PRAGMA foreign_keys=OFF; DROP TABLE t; PRAGMA foreign_keys=ON;"),
            "PRAGMA | DROP | PRAGMA");
  EXPECT_EQ(planned("PRAGMA main.foreign_keys(0); PRAGMA synchronous=off; DROP TABLE t"),
            "PRAGMA, PRAGMA | DROP | ");
}

TEST(SqliteScript, TakesAScriptsOwnOuterTransactionAsItsOwn) {
  EXPECT_EQ(planned("BEGIN; CREATE TABLE t (a); COMMIT;"), " | CREATE | ");
  EXPECT_EQ(planned("BEGIN IMMEDIATE TRANSACTION; CREATE TABLE t (a); END;"), " | CREATE | ");
  EXPECT_EQ(planned("PRAGMA foreign_keys=OFF; BEGIN; DROP TABLE t; COMMIT; PRAGMA foreign_keys=ON"),
            "PRAGMA | DROP | PRAGMA");
  EXPECT_EQ(planned("SAVEPOINT a; DROP TABLE t; ROLLBACK TO a; RELEASE a"),
            " | SAVEPOINT, DROP, ROLLBACK, RELEASE | ");
}

TEST(SqliteScript, RunsByStatementsWhatOneTransactionCannotHold) {
  EXPECT_EQ(planned("DELETE FROM t; VACUUM;"), "by statements: DELETE, VACUUM");
  EXPECT_EQ(planned("PRAGMA journal_mode=WAL; DROP TABLE t"), "by statements: PRAGMA, DROP");
  EXPECT_EQ(planned("ATTACH 'x.db' AS x; DETACH x"), "by statements: ATTACH, DETACH");
  EXPECT_EQ(planned("BEGIN; DROP TABLE t; COMMIT; BEGIN; DROP TABLE u; COMMIT"),
            "by statements: BEGIN, DROP, COMMIT, BEGIN, DROP, COMMIT");
  EXPECT_EQ(planned("DROP TABLE t; BEGIN; DROP TABLE u; COMMIT"),
            "by statements: DROP, BEGIN, DROP, COMMIT");
  EXPECT_EQ(planned("DROP TABLE t;", /*transaction=*/false), "by statements: DROP");
}

TEST(SqliteScript, SaysHowItDecided) {
  EXPECT_THAT(plan_script(script("VACUUM"), true)->notes,
              ElementsAre(HasSubstr("`VACUUM` cannot run in a transaction")));
  EXPECT_THAT(plan_script(script("BEGIN; DROP TABLE t; COMMIT"), true)->notes,
              ElementsAre(HasSubstr("its own BEGIN and COMMIT are left out")));
  EXPECT_THAT(plan_script(script("DROP TABLE t"), true)->notes, IsEmpty());
}

TEST(SqliteScript, KnowsWhatTheSnapshotDoesNotHold) {
  EXPECT_THAT(plan_script(script("ATTACH 'x.db' AS x"), true)->beyond_guard,
              ElementsAre(HasSubstr("ATTACH 'x.db' AS x")));
  EXPECT_THAT(plan_script(script("VACUUM INTO 'copy.db'"), true)->beyond_guard,
              ElementsAre(HasSubstr("VACUUM INTO")));
  EXPECT_THAT(plan_script(script("VACUUM"), true)->beyond_guard, IsEmpty());
}

class Refused : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

/// The error stands at the mark.
TEST_P(Refused, WithItsPlace) {
  const belay::testing::Annotated text(GetParam().first);
  ASSERT_EQ(text.ranges.size(), 1U);
  const std::string before = text.text.substr(0, text.ranges[0].begin);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  const Result<ScriptPlan> plan = plan_script(script(text.text), true);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().where, "up.sql:" + std::to_string(line) + ":" + std::to_string(column));
  EXPECT_THAT(plan.error().message, HasSubstr(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, Refused,
    ::testing::Values(std::pair{"DROP TABLE t;\n[[PRAGMA foreign_keys=OFF]];\nDROP TABLE u;",
                                "does nothing inside"},
                      std::pair{"BEGIN;\n  [[PRAGMA foreign_keys = 0]];\nDROP TABLE t;\nCOMMIT;",
                                "does nothing inside"},
                      std::pair{"VACUUM;\nBEGIN;\n[[PRAGMA foreign_keys=off]];\nCOMMIT;",
                                "does nothing inside"},
                      std::pair{"DROP TABLE t;\n[[.read other.sql]]\n", "SQLite's shell"}));

TEST(SqliteScript, RefusesWhatSqliteWouldCutOff) {
  const Result<ScriptPlan> plan =
      plan_script(script(std::string("DROP TABLE t;\0DROP TABLE u;", 27)), true);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("NUL byte"));
  EXPECT_EQ(plan.error().where, "up.sql:1:14");
}

TEST(SqliteScript, AllowsTheSettingOutsideOfBlocks) {
  EXPECT_EQ(
      planned(
          "PRAGMA foreign_keys=OFF; BEGIN; DROP TABLE t; COMMIT; PRAGMA foreign_keys=ON; VACUUM"),
      "by statements: PRAGMA, BEGIN, DROP, COMMIT, PRAGMA, VACUUM");
  EXPECT_EQ(planned("DROP TABLE t; PRAGMA foreign_keys; DROP TABLE u"), " | DROP, PRAGMA, DROP | ");
}

std::string effects(const std::string& sql) {
  std::string out;
  const Result<ScriptPlan> plan = plan_script(script(sql), true);
  for (const TableEffect& effect : plan->effects) {
    switch (effect.kind) {
      case TableEffect::Kind::kTakesRows: out += "rows of " + effect.table; break;
      case TableEffect::Kind::kDrops: out += "drop " + effect.table; break;
      case TableEffect::Kind::kRenames:
        out += "rename " + effect.table + " to " + effect.new_name;
        break;
    }
    out += "; ";
  }
  return out;
}

TEST(SqliteScript, SeesWhichTablesLoseRows) {
  EXPECT_EQ(effects("DELETE FROM Orders WHERE x"), "rows of orders; ");
  EXPECT_EQ(effects("WITH a AS (SELECT 1) DELETE FROM main.\"My \"\"Table\""),
            "rows of my \"table; ");
  EXPECT_EQ(effects("REPLACE INTO t VALUES (1); INSERT OR REPLACE INTO [u] VALUES (1)"),
            "rows of t; rows of u; ");
  EXPECT_EQ(effects("UPDATE OR REPLACE `t` SET a = 1"), "rows of t; ");
  EXPECT_EQ(effects("DROP TABLE IF EXISTS t; DROP TABLE 'u'"), "drop t; drop u; ");
  EXPECT_EQ(effects("ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN a TO b; "
                    "ALTER TABLE u RENAME a TO b"),
            "rename t to u; ");
  EXPECT_EQ(effects("CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; END"), "");
  EXPECT_EQ(effects("UPDATE t SET a = replace(a, 'x', 'y'); DROP INDEX i"), "");
}

}  // namespace
}  // namespace belay::runtime::sqlite

// Every statement but CREATE TABLE: which operation it becomes, and where its parts stand.

#include "tests/analyzer/sql/sqlite/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/annotated.h"

namespace belay::sql::sqlite {
namespace {

using belay::testing::Annotated;
using ::testing::IsEmpty;
using Strings = std::vector<std::string>;

template <class T>
T only(std::string_view text) {
  const StatementPtr statement = parse_text(text);
  EXPECT_THAT(statement->problems, IsEmpty()) << text;
  EXPECT_EQ(statement->operations.size(), 1U) << text;
  const T* operation = statement->operations.at(0).as<T>();
  EXPECT_NE(operation, nullptr) << text;
  return operation == nullptr ? T{} : *operation;
}

Strings texts(const std::vector<QualifiedName>& names) {
  Strings out;
  for (const QualifiedName& name : names) out.push_back(name.to_string());
  return out;
}

// --- indexes, views, triggers ---------------------------------------------------------------

TEST(SqliteStatements, CreateIndex) {
  const Annotated sql(
      "CREATE UNIQUE INDEX[[]] IF NOT EXISTS [[main.I]] ON [[T]] ([[a]], [[b COLLATE nocase "
      "DESC]], "
      "[[[[lower(c)]]]]) WHERE [[b IS NOT NULL]]");
  const auto index = only<CreateIndex>(sql.text);
  EXPECT_TRUE(index.unique);
  EXPECT_TRUE(index.if_not_exists);
  EXPECT_EQ(index.concurrently_range, sql.ranges[0]);
  EXPECT_EQ(index.index.to_string(), "main.i");
  EXPECT_EQ(index.index.range, sql.ranges[1]);
  EXPECT_EQ(index.table.to_string(), "main.t");
  EXPECT_EQ(index.table.range, sql.ranges[2]);
  ASSERT_EQ(index.elements.size(), 3U);
  EXPECT_EQ(index.elements[0].column.id, "a");
  EXPECT_TRUE(index.elements[0].expression.empty());
  EXPECT_EQ(index.elements[0].range, sql.ranges[3]);
  EXPECT_EQ(index.elements[1].column.id, "b");
  EXPECT_EQ(index.elements[1].collation.name.id, "nocase");
  EXPECT_TRUE(index.elements[1].descending);
  EXPECT_EQ(index.elements[1].range, sql.ranges[4]);
  EXPECT_TRUE(index.elements[2].column.empty());
  EXPECT_EQ(index.elements[2].expression.range, sql.ranges[6]);
  EXPECT_EQ(index.predicate.range, sql.ranges[7]);
  EXPECT_EQ(index.predicate.proves_not_null, Strings{"b"});
}

TEST(SqliteStatements, StringsNameIndexedColumns) {
  const auto index = only<CreateIndex>("CREATE INDEX i ON t ('A', (\"b\"), CAST('c' AS TEXT))");
  EXPECT_EQ(index.elements.at(0).column.id, "a");
  EXPECT_EQ(index.elements.at(1).column.id, "b");
  EXPECT_TRUE(index.elements.at(2).column.empty());
}

TEST(SqliteStatements, CreateView) {
  const Annotated sql("CREATE TEMP VIEW IF NOT EXISTS [[V]] ([[x]]) AS [[SELECT f(a) FROM t]]");
  const auto view = only<CreateView>(sql.text);
  EXPECT_TRUE(view.temporary);
  EXPECT_TRUE(view.if_not_exists);
  EXPECT_EQ(view.view.to_string(), "v");
  EXPECT_EQ(view.view.range, sql.ranges[0]);
  EXPECT_EQ(view.columns.at(0).range, sql.ranges[1]);
  EXPECT_EQ(view.query.range, sql.ranges[2]);
  EXPECT_EQ(texts(view.query.relations), Strings{"t"});
  EXPECT_EQ(texts(view.query.functions), Strings{"f"});
}

TEST(SqliteStatements, CreateTrigger) {
  const Annotated sql(
      "CREATE TRIGGER IF NOT EXISTS [[Tr]] AFTER UPDATE OF [[a]], b ON [[T]] FOR EACH ROW WHEN "
      "[[new.a > 1]] BEGIN [[INSERT INTO log SELECT f(x) FROM u; UPDATE v SET a = 1; DELETE FROM "
      "w;]] "
      "END");
  const auto trigger = only<CreateTrigger>(sql.text);
  EXPECT_TRUE(trigger.if_not_exists);
  EXPECT_TRUE(trigger.for_each_row);
  EXPECT_EQ(trigger.trigger.range, sql.ranges[0]);
  EXPECT_EQ(trigger.timing, "after");
  EXPECT_EQ(trigger.events, Strings{"update"});
  EXPECT_EQ(trigger.update_columns.size(), 2U);
  EXPECT_EQ(trigger.update_columns.at(0).range, sql.ranges[1]);
  EXPECT_EQ(trigger.table.range, sql.ranges[2]);
  EXPECT_EQ(trigger.when.range, sql.ranges[3]);
  EXPECT_EQ(trigger.body.range, sql.ranges[4]);
  EXPECT_EQ(texts(trigger.body.relations), (Strings{"log", "u", "v", "w"}));
  EXPECT_EQ(texts(trigger.body.functions), Strings{"f"});
  EXPECT_EQ(ids(trigger.body.columns), (Strings{"x", "a"}));
}

TEST(SqliteStatements, QueriesKnowTheColumnsTheyName) {
  const auto view = only<CreateView>(
      "CREATE VIEW v AS SELECT t.A, * FROM t JOIN u USING (b) WHERE EXISTS (SELECT c FROM w)");
  EXPECT_EQ(ids(view.query.columns), (Strings{"a", "b", "c"}));
  const auto remove = only<Delete>("DELETE FROM t WHERE a IN (SELECT b FROM u)");
  EXPECT_EQ(ids(remove.where->columns), Strings{"a"});
  EXPECT_THAT(ids(remove.query.columns), ::testing::UnorderedElementsAre("a", "b"));
  const auto trigger = only<CreateTrigger>(
      "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO u (p) VALUES (new.q); UPDATE u SET (r, "
      "s) = (1, 2); END");
  EXPECT_EQ(ids(trigger.body.columns), (Strings{"p", "q", "r", "s"}));
}

TEST(SqliteStatements, TriggerTimes) {
  EXPECT_EQ(only<CreateTrigger>("CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END").timing,
            "before");
  EXPECT_EQ(only<CreateTrigger>("CREATE TRIGGER x BEFORE DELETE ON t BEGIN SELECT 1; END").events,
            Strings{"delete"});
  EXPECT_EQ(
      only<CreateTrigger>("CREATE TRIGGER x INSTEAD OF INSERT ON v BEGIN SELECT 1; END").timing,
      "instead of");
}

// --- ALTER and DROP -------------------------------------------------------------------------

TEST(SqliteStatements, AlterTable) {
  {
    const Annotated sql("ALTER TABLE [[main.T]] [[RENAME TO [[U]]]]");
    const StatementPtr statement = parse_text(sql.text);
    const auto rename = only<RenameTable>(sql.text);
    EXPECT_EQ(rename.table.name.to_string(), "main.t");
    EXPECT_EQ(rename.table.name.range, sql.ranges[0]);
    EXPECT_EQ(statement->operations[0].range, sql.ranges[1]);
    EXPECT_EQ(rename.new_name.id, "u");
    EXPECT_EQ(rename.new_name.range, sql.ranges[2]);
  }
  {
    const Annotated sql("ALTER TABLE t [[RENAME COLUMN [[A]] TO [[B]]]]");
    const auto rename = only<RenameColumn>(sql.text);
    EXPECT_EQ(rename.column.range, sql.ranges[1]);
    EXPECT_EQ(rename.new_name.range, sql.ranges[2]);
    EXPECT_EQ(rename.new_name.id, "b");
  }
  {
    const Annotated sql("ALTER TABLE t [[DROP [[A]]]]");
    EXPECT_EQ(only<DropColumn>(sql.text).column.range, sql.ranges[1]);
    EXPECT_EQ(parse_text(sql.text)->operations[0].range, sql.ranges[0]);
  }
}

TEST(SqliteStatements, Drop) {
  const Annotated sql("DROP TABLE IF EXISTS [[main.\"T\"]]");
  const auto table = only<DropTable>(sql.text);
  EXPECT_TRUE(table.if_exists);
  EXPECT_EQ(table.table.to_string(), "main.t");
  EXPECT_EQ(table.table.range, sql.ranges[0]);
  EXPECT_EQ(only<DropIndex>("DROP INDEX i").index.to_string(), "i");
  EXPECT_EQ(only<DropObject>("DROP VIEW v").kind, ObjectKind::kView);
  EXPECT_EQ(only<DropObject>("DROP TRIGGER IF EXISTS x").kind, ObjectKind::kTrigger);
}

// --- rows -----------------------------------------------------------------------------------

TEST(SqliteStatements, Insert) {
  const Annotated sql(
      "INSERT INTO [[main.T]] ([[a]], b) [[VALUES (1, f(2)), (3, (SELECT 4 FROM u))]]");
  const auto insert = only<Insert>(sql.text);
  EXPECT_EQ(insert.table.range, sql.ranges[0]);
  EXPECT_EQ(insert.columns.size(), 2U);
  EXPECT_EQ(insert.columns.at(0).range, sql.ranges[1]);
  EXPECT_EQ(insert.query.range, sql.ranges[2]);
  EXPECT_EQ(insert.value_rows, 2U);
  EXPECT_EQ(texts(insert.query.functions), Strings{"f"});
  EXPECT_EQ(texts(insert.query.relations), Strings{"u"});
  EXPECT_FALSE(insert.on_conflict);
  EXPECT_FALSE(insert.replace);
}

TEST(SqliteStatements, InsertForms) {
  EXPECT_FALSE(only<Insert>("INSERT INTO t SELECT * FROM u").value_rows);
  EXPECT_EQ(only<Insert>("INSERT INTO t DEFAULT VALUES").value_rows, 1U);
  EXPECT_TRUE(only<Insert>("REPLACE INTO t VALUES (1)").replace);
  EXPECT_TRUE(only<Insert>("INSERT OR REPLACE INTO t VALUES (1)").replace);
  EXPECT_TRUE(only<Insert>("INSERT OR IGNORE INTO t VALUES (1)").on_conflict);
  EXPECT_FALSE(only<Insert>("INSERT OR FAIL INTO t VALUES (1)").on_conflict);
  EXPECT_TRUE(only<Insert>("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING").on_conflict);
  const auto with = only<Insert>("WITH q AS (SELECT * FROM u) INSERT INTO t SELECT * FROM q, v");
  EXPECT_EQ(texts(with.query.relations), (Strings{"u", "v"}));
}

TEST(SqliteStatements, Update) {
  const Annotated sql(
      "UPDATE [[t]] AS x SET [[a]] = [[b + 1]], ([[c]], d) = [[(SELECT 1, 2 FROM u)]] FROM v WHERE "
      "[[a IN (SELECT 3 FROM w)]] LIMIT 1");
  const auto update = only<Update>(sql.text);
  EXPECT_EQ(update.table.range, sql.ranges[0]);
  ASSERT_EQ(update.assignments.size(), 3U);
  EXPECT_EQ(update.assignments[0].column.range, sql.ranges[1]);
  EXPECT_EQ(update.assignments[0].value.range, sql.ranges[2]);
  EXPECT_EQ(update.assignments[1].column.range, sql.ranges[3]);
  EXPECT_EQ(update.assignments[1].value.range, sql.ranges[4]);
  EXPECT_EQ(update.assignments[2].value.range, sql.ranges[4]);
  EXPECT_EQ(update.where->range, sql.ranges[5]);
  EXPECT_TRUE(update.limited);
  EXPECT_EQ(texts(update.query.relations), (Strings{"v", "u", "w"}));
}

TEST(SqliteStatements, RowsAreAssignedPartByPart) {
  const Annotated sql("UPDATE t SET (a, b) = ([[1]], [[f(c)]])");
  const auto update = only<Update>(sql.text);
  ASSERT_EQ(update.assignments.size(), 2U);
  EXPECT_EQ(update.assignments[0].value.range, sql.ranges[0]);
  EXPECT_EQ(update.assignments[0].value.literal, "1");
  EXPECT_EQ(update.assignments[1].value.range, sql.ranges[1]);
  EXPECT_EQ(update.assignments[1].value.columns.size(), 1U);
  const auto query = only<Update>("UPDATE t SET (a, b) = (SELECT 1, 2)");
  EXPECT_TRUE(query.assignments.at(0).value.has_subquery);
  EXPECT_TRUE(query.assignments.at(1).value.has_subquery);
}

TEST(SqliteStatements, Delete) {
  const Annotated sql("WITH q AS (SELECT * FROM u) DELETE FROM [[t]] WHERE [[a IN q]] RETURNING a");
  const auto remove = only<Delete>(sql.text);
  EXPECT_EQ(remove.table.range, sql.ranges[0]);
  EXPECT_EQ(remove.where->range, sql.ranges[1]);
  EXPECT_EQ(texts(remove.query.relations), Strings{"u"});
  EXPECT_FALSE(only<Delete>("DELETE FROM t").where);
}

// --- session --------------------------------------------------------------------------------

TEST(SqliteStatements, Transactions) {
  using Kind = Transaction::Kind;
  struct Case {
    const char* text;
    Kind kind;
    const char* mode;
    const char* savepoint;
  };
  const Case cases[] = {
      {"BEGIN", Kind::kBegin, "", ""},
      {"BEGIN IMMEDIATE TRANSACTION", Kind::kBegin, "immediate", ""},
      {"COMMIT", Kind::kCommit, "", ""},
      {"END TRANSACTION", Kind::kCommit, "", ""},
      {"ROLLBACK", Kind::kRollback, "", ""},
      {"SAVEPOINT S", Kind::kSavepoint, "", "s"},
      {"RELEASE SAVEPOINT s", Kind::kRelease, "", "s"},
      {"ROLLBACK TO s", Kind::kRollbackTo, "", "s"},
  };
  for (const Case& c : cases) {
    const auto transaction = only<Transaction>(c.text);
    EXPECT_EQ(transaction.kind, c.kind) << c.text;
    EXPECT_EQ(transaction.mode, c.mode) << c.text;
    EXPECT_EQ(transaction.savepoint.id, c.savepoint) << c.text;
  }
}

TEST(SqliteStatements, Pragmas) {
  struct Case {
    const char* text;
    const char* schema;
    const char* name;
    std::optional<std::string> value;
  };
  const Case cases[] = {
      {"PRAGMA Foreign_Keys", "", "foreign_keys", std::nullopt},
      {"PRAGMA foreign_keys = OFF", "", "foreign_keys", "off"},
      {"PRAGMA foreign_keys(0)", "", "foreign_keys", "0"},
      {"PRAGMA main.user_version = -3", "main", "user_version", "-3"},
      {"PRAGMA encoding = 'UTF-16'", "", "encoding", "UTF-16"},
      {"PRAGMA journal_mode = DELETE", "", "journal_mode", "delete"},
  };
  for (const Case& c : cases) {
    const auto pragma = only<Pragma>(c.text);
    EXPECT_EQ(pragma.schema.id, c.schema) << c.text;
    EXPECT_EQ(pragma.name.id, c.name) << c.text;
    EXPECT_EQ(pragma.value, c.value) << c.text;
  }
}

TEST(SqliteStatements, Maintenance) {
  EXPECT_EQ(only<Maintenance>("VACUUM main").kind, belay::sql::Maintenance::Kind::kVacuum);
  EXPECT_EQ(only<Maintenance>("ANALYZE main.t").table.to_string(), "main.t");
  EXPECT_EQ(only<Reindex>("REINDEX").kind, ObjectKind::kDatabase);
  EXPECT_EQ(only<Reindex>("REINDEX t").name.to_string(), "t");
  EXPECT_EQ(only<NoChange>("VACUUM INTO 'x.db'").what, "vacuum into");
  EXPECT_EQ(only<NoChange>("EXPLAIN QUERY PLAN DROP TABLE t").what, "explain");
  EXPECT_EQ(only<NoChange>("").what, "an empty statement");
}

TEST(SqliteStatements, AttachedDatabases) {
  const auto attach = only<AttachDatabase>("ATTACH 'x.db' AS Other");
  EXPECT_TRUE(attach.attach);
  EXPECT_EQ(attach.name.id, "other");
  EXPECT_TRUE(only<AttachDatabase>("ATTACH ? AS ?").name.empty());
  const auto detach = only<AttachDatabase>("DETACH DATABASE 'other'");
  EXPECT_FALSE(detach.attach);
  EXPECT_EQ(detach.name.id, "other");
}

// --- placeholders that a runner replaces ----------------------------------------------------

TEST(SqliteStatements, PlaceholdersStandForNames) {
  EXPECT_EQ(only<DropTable>("DROP TABLE ${prefix}_orders").table.to_string(), "${prefix}_orders");
  EXPECT_EQ(only<DropTable>("DROP TABLE {{ schema }}.t").table.to_string(), "{{ schema }}.t");
  EXPECT_EQ(only<DropTable>("DROP TABLE t_${env}").table.to_string(), "t_${env}");
  const auto table =
      only<CreateTable>("CREATE TABLE t (a DEFAULT ${value}, CHECK (${column} > 0))");
  EXPECT_EQ(table.columns[0].default_value->shape, Expression::Shape::kOther);
}

}  // namespace
}  // namespace belay::sql::sqlite

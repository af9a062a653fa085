#include "workbench/verify/contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workbench/verify/round_trips.h"
#include "workbench/verify/generated_rows.h"
#include "workbench/verify/generated_values.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Contents contents(uint64_t rows, std::vector<uint64_t> a) {
  return {{"t", {rows, {{"a", std::move(a)}}}}};
}

TEST(ContentsTest, FindsLostRowsAndValues) {
  EXPECT_THAT(lost_data(contents(2, {5, 6}), contents(2, {5, 6})), IsEmpty());
  EXPECT_THAT(lines_of(lost_data(contents(2, {5, 6}), contents(1, {5}))), ElementsAre("t: 1"));
  EXPECT_THAT(lines_of(lost_data(contents(2, {5, 6}), contents(2, {1, 6}))), ElementsAre("t.a: 1"));
  EXPECT_THAT(lines_of(lost_data(contents(2, {5, 6}), {})), ElementsAre("t: 2"));
}

TEST(ContentsTest, RowsOnTopAreNoLoss) {
  EXPECT_THAT(lost_data(contents(1, {5}), contents(2, {5, 6})), IsEmpty());
  EXPECT_THAT(lines_of(left_rows(contents(1, {5}), contents(2, {5, 6}))), ElementsAre("t: 1"));
}

TEST(GeneratedValuesTest, FitTheirTypes) {
  const auto value = [](const ColumnShape& c, Flavour f) {
    return *generated_value(c, 2, f, Engine::kPostgres);
  };
  ColumnShape column;
  column.kind = ValueKind::kText;
  EXPECT_EQ(value(column, Flavour::kLiterals), "'v2'");
  column.longest = 1;
  EXPECT_EQ(value(column, Flavour::kLiterals), "'2'");
  column.longest = 0;
  column.check_texts = {"new", "it's"};
  EXPECT_EQ(value(column, Flavour::kLiterals), "'it''s'");
  column.check_numbers = {4};
  EXPECT_EQ(value(column, Flavour::kSized), "'v2xx'");
  EXPECT_EQ(value(column, Flavour::kJson), "'{}'");
  column.kind = ValueKind::kNone;
  EXPECT_FALSE(generated_value(column, 1, Flavour::kLiterals, Engine::kPostgres));
}

/// Reads, fills and counts: `table=rows`, and the refused ones.
std::vector<std::string> filled(ScratchEngine& engine, const std::string& schema) {
  Result<std::unique_ptr<ScratchDatabase>> database = engine.create();
  Result<std::unique_ptr<runtime::Connection>> connection = (*database)->connect();
  EXPECT_TRUE(run_script(**connection, {{schema, "s.sql", 0, 1}, {}}).ok());
  const std::vector<TableShape> tables = *engine.read_tables(**connection);
  EXPECT_TRUE(engine.prepare_filling(**connection).ok());
  const FilledTables result = *fill_tables(**connection, tables, 3);
  std::vector<std::string> out;
  const Contents found = *read_contents(**connection, tables);
  for (const auto& [table, rows] : found) out.push_back(table + "=" + std::to_string(rows.rows));
  for (const RefusedTable& t : result.refused) out.push_back(t.table + ": " + t.reason);
  return out;
}

constexpr const char* kParentAndChildren = R"(
CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent (id),
  kind text NOT NULL CHECK (kind IN ('a', 'b')), size int CHECK (size >= 100));
CREATE TABLE parent (id int PRIMARY KEY, code varchar(2) UNIQUE, hash text CHECK (length(hash) = 8));
CREATE TABLE pair (a int NOT NULL, b int NOT NULL, CHECK (a <> b));
CREATE TABLE one_of (a text, b text, CHECK ((a IS NULL) <> (b IS NULL)));
CREATE TABLE never (id int CHECK (id < 0 AND id > 0) NOT NULL);
)";

TEST(GeneratedRowsTest, RespectForeignKeysAndChecksOfSqlite) {
  const std::unique_ptr<ScratchEngine> engine = sqlite_engine({});
  EXPECT_THAT(filled(*engine, kParentAndChildren),
              ElementsAre("child=3", "never=0", "one_of=2", "pair=3", "parent=3",
                          "never: CHECK constraint failed: id < 0 AND id > 0"));
}

TEST(GeneratedRowsTest, RespectForeignKeysAndChecksOfPostgres) {
  if (!postgres_programs("installed")) GTEST_SKIP() << "no PostgreSQL server is installed";
  std::string schema = kParentAndChildren;
  const std::string child = schema.substr(0, schema.find("CREATE TABLE parent"));
  schema = schema.substr(child.size()) + child;
  EXPECT_THAT(
      filled(*shared_postgres("installed"), schema),
      ElementsAre("public.child=3", "public.never=0", "public.one_of=2", "public.pair=3",
                  "public.parent=3",
                  ::testing::StartsWith("public.never: new row for relation \"never\" violates")));
}

}  // namespace
}  // namespace belay::workbench

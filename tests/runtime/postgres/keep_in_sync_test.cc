// The same as on SQLite: a table of another tool that is kept in sync says what that tool itself
// would have written, and a rollback brings it back with its sequence, whatever guards the session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/session/foreign_history/foreign_history.h"
#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/session/kept_tools.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KeepInSyncOnPostgres : public ::testing::TestWithParam<KeptTool> {
 protected:
  void SetUp() override {
    make_postgres_shop(kDatabase);
    options_.database_url = url_text(kDatabase);
    options_.base_directory = directory_.path();
    options_.free_space_margin = 0;
    const auto connection = connect_postgres(kDatabase);
    ASSERT_TRUE(foreign_history(GetParam().tool, "")->create(*connection).ok());
    run_postgres(kDatabase, "CREATE TABLE t1 (x int)");
    run_postgres(kDatabase, GetParam().first);
    AdoptOptions adopt;
    adopt.keep_in_sync = true;
    adopt.tool = GetParam().tool;
    EXPECT_EQ(expect(Session(options_).adopt(migrations_, adopt)).migrations.size(), 3U);
    before_ = dump_postgres(kDatabase, /*with_ledger=*/true);
  }
  void TearDown() override { drop_postgres(kDatabase); }

  static MigrationScript script(const std::string& version, const std::string& name, int table) {
    const std::string t = "t" + std::to_string(table);
    MigrationScript out = migration(version, name, "CREATE TABLE " + t + " (x int);\n");
    out.id = version + "_" + name;
    out.up.path = out.id + ".sql";
    out.down.emplace().sql = "DROP TABLE " + t + ";\n";
    out.down->path = out.id + ".down.sql";
    out.down_advice.verdict = DownAdvice::Verdict::kExact;
    out.up_touches = GuardAdvice{Guard::kTransaction, {}, {}, ""};
    return out;
  }

  template <class T>
  static T expect(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return result ? *std::move(result) : T{};
  }

  std::vector<std::string> rows() const {
    std::string row = GetParam().row;
    constexpr std::string_view kHex = "HEX(checksum)";
    const size_t hex = row.find(kHex);
    if (hex != std::string::npos) row.replace(hex, kHex.size(), "encode(checksum, 'hex')");
    const std::string text = query_postgres(
        kDatabase, "SELECT string_agg(" + row + ", E'\\n') FROM " + GetParam().table);
    std::vector<std::string> out;
    for (size_t at = 0; at < text.size();) {
      const size_t stop = std::min(text.find('\n', at), text.size());
      out.push_back(text.substr(at, stop - at));
      at = stop + 1;
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  void must_apply() {
    const ApplyReport report = expect(Session(options_).apply(migrations_));
    EXPECT_FALSE(report.failed) << report.headline;
    for (const MigrationReport& migration : report.migrations) {
      EXPECT_EQ(migration.row_changes.size(), 1U) << "its own table, and not the tool's";
    }
  }
  void must_go_down() {
    DownOptions down;
    down.to = "0002";
    const DownReport report = expect(Session(options_).down(migrations_, down));
    EXPECT_FALSE(report.failed) << report.headline;
    EXPECT_THAT(report.migrations[0].warnings, IsEmpty());
  }
  void must_agree() {
    EXPECT_THAT(expect(Session(options_).status(migrations_)).in_sync->differences, IsEmpty());
  }
  void must_roll_back() {
    expect(Session(options_).rollback());
    EXPECT_TRUE(same_content(dump_postgres(kDatabase, /*with_ledger=*/true), before_));
  }

  static constexpr const char* kDatabase = "in sync";
  TemporaryDirectory directory_;
  SessionOptions options_;
  std::vector<MigrationScript> migrations_ = {
      script("0001", "first", 1), script("0002", "second_one", 2), script("0003", "third", 3)};
  std::string before_;
};

TEST_P(KeepInSyncOnPostgres, SaysWhatTheToolWouldHaveWritten) {
  EXPECT_EQ(rows(), GetParam().begin);
  EXPECT_EQ(expect(Session(options_).begin()).snapshot.strategy, "postgres-template");
  must_apply();
  EXPECT_EQ(rows(), GetParam().applied);
  must_agree();
  must_go_down();
  EXPECT_EQ(rows(), GetParam().back);
  must_agree();
  must_roll_back();
}

TEST_P(KeepInSyncOnPostgres, IsBroughtBackWhereOnlyTablesAreGuarded) {
  for (const bool tables : {false, true}) {
    SCOPED_TRACE(tables ? "tables" : "nothing is copied");
    BeginOptions begin;
    begin.advice = GuardAdvice{Guard::kTransaction, {}, {}, ""};
    if (tables) begin.advice = GuardAdvice{Guard::kTables, {"t1"}, {}, ""};
    EXPECT_EQ(expect(Session(options_).begin(begin)).snapshot.strategy, "postgres-tables");
    must_apply();
    EXPECT_EQ(rows(), GetParam().applied);
    EXPECT_EQ(expect(Session(options_).status(migrations_)).foreign_writes.certainty,
              ForeignWrites::Certainty::kNone);
    must_roll_back();
  }
}

TEST_P(KeepInSyncOnPostgres, TellsWhatIsUnderWay) {
  expect(Session(options_).begin());
  migrations_[2].transaction = false;
  migrations_[2].up.sql += "INSERT INTO nowhere VALUES (1);\n";
  EXPECT_TRUE(expect(Session(options_).apply(migrations_)).failed);
  if (!GetParam().half_up.empty()) {
    EXPECT_EQ(rows(), GetParam().half_up);
  }
  must_agree();
  migrations_[2].up.sql = "CREATE TABLE t3 (x int);\n";
  EXPECT_FALSE(expect(Session(options_).apply(migrations_)).failed);
  EXPECT_EQ(rows(),
            GetParam().applied_at_last.empty() ? GetParam().applied : GetParam().applied_at_last);
  must_agree();
  must_roll_back();
}

/// What does not depend on the tool.
class KeepInSyncOfOneTool : public KeepInSyncOnPostgres {};

/// The name of the table is known in full, whatever a script does to the connection.
TEST_P(KeepInSyncOfOneTool, AScriptThatLooksElsewhereDoesNotMislead) {
  expect(Session(options_).begin());
  migrations_[2].up.sql =
      "CREATE SCHEMA elsewhere;\nSET search_path = elsewhere;\nCREATE TABLE public.t3 (x int);\n";
  EXPECT_FALSE(expect(Session(options_).apply(migrations_)).failed);
  must_agree();
  EXPECT_EQ(rows().size(), GetParam().applied.size());
  must_roll_back();
}

TEST_P(KeepInSyncOfOneTool, WhatTheToolDoesMeanwhileStops) {
  expect(Session(options_).begin());
  run_postgres(kDatabase, "DROP TABLE " + std::string(GetParam().table));
  const Result<ApplyReport> report = Session(options_).apply(migrations_);
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("it is gone"));
  RollbackOptions back;
  back.discard_foreign_writes = true;
  expect(Session(options_).rollback(back));
}

std::string tool_name(const ::testing::TestParamInfo<KeptTool>& tool) {
  std::string name = tool.param.tool;
  std::erase(name, '-');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Tools, KeepInSyncOnPostgres, ::testing::ValuesIn(kept_tools()), tool_name);
INSTANTIATE_TEST_SUITE_P(Goose, KeepInSyncOfOneTool, ::testing::Values(kept_tools()[2]), tool_name);

}  // namespace
}  // namespace belay::testing

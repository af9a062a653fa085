// A table of another tool that is kept in sync says what that tool itself would have written.
#include <algorithm>

#include <belay/adopt.h>

#include "runtime/session/foreign_history/foreign_history.h"
#include "tests/runtime/session/kept_tools.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Rows = std::vector<std::string>;

MigrationScript script(const std::string& version, const std::string& name, int table) {
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

class KeepInSync : public SessionFixture {
 protected:
  /// As the tool leaves a database in which it has applied the first migration.
  void let_tool_begin(const KeptTool& tool) {
    ConnectionOptions options;
    options.create = true;
    auto connection = connect(*parse_database_url("sqlite:" + database_, nullptr), options);
    ASSERT_TRUE(connection.ok()) << connection.error().to_string();
    const auto history = foreign_history(tool.tool, "");
    ASSERT_TRUE(history->create(**connection).ok());
    run_sql(database_, std::string("CREATE TABLE t1 (x int);") + tool.first);
  }

  AdoptReport must_keep(const char* tool) {
    AdoptOptions options;
    options.tool = tool;
    options.keep_in_sync = true;
    return expect(session().adopt(migrations_, options));
  }

  void must_begin_adding() {
    BeginOptions options;
    options.advice = GuardAdvice{Guard::kTransaction, {}, {}, ""};
    EXPECT_EQ(expect(session().begin(options)).guard, Guard::kTransaction);
  }

  Rows rows(const KeptTool& tool) const {
    std::string row = tool.row;
    constexpr std::string_view kHex = "HEX(checksum)";
    const size_t hex = row.find(kHex);
    if (hex != std::string::npos) row.replace(hex, kHex.size(), "lower(hex(checksum))");
    return lines("SELECT coalesce(group_concat(" + row + ", char(10)), '') FROM " + tool.table);
  }
  Rows lines(const std::string& sql) const {
    const std::string text = query_text(database_, sql);
    Rows out;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      out.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  DownReport must_go_down(const std::string& to) {
    DownOptions options;
    options.to = to;
    return expect(session().down(migrations_, options));
  }

  void must_agree() { EXPECT_THAT(status(migrations_).in_sync->differences, IsEmpty()); }

  Migrations migrations_ = {script("0001", "first", 1), script("0002", "second_one", 2),
                            script("0003", "third", 3)};
};

class EachTool : public KeepInSync, public ::testing::WithParamInterface<KeptTool> {
 protected:
  void SetUp() override {
    let_tool_begin(GetParam());
    const AdoptReport report = must_keep(GetParam().tool);
    EXPECT_TRUE(report.in_sync);
    before_ = dump(database_);
    EXPECT_THAT(now(), GetParam().begin) << "what is there already is not written again";
  }
  Rows now() const { return rows(GetParam()); }

  /// The third one stops at its second statement.
  void break_up() {
    migrations_[2].transaction = false;
    migrations_[2].up.sql += "INSERT INTO nowhere VALUES (1);\n";
  }
  void break_down() {
    migrations_[2].down_transaction = false;
    migrations_[2].down->sql += "INSERT INTO nowhere VALUES (1);\n";
  }
  const Rows& or_else(const Rows& rows, const Rows& otherwise) const {
    return rows.empty() ? otherwise : rows;
  }

  std::string before_;
};

TEST_P(EachTool, SaysWhatItWouldHaveWrittenItself) {
  must_begin();
  const ApplyReport applied = must_succeed(migrations_);
  EXPECT_EQ(now(), GetParam().applied);
  for (const MigrationReport& report : applied.migrations) {
    EXPECT_EQ(report.row_changes.size(), 1U) << "its own table, and not the tool's";
  }
  must_agree();
  const DownReport down = must_go_down("0002");
  EXPECT_EQ(now(), GetParam().back);
  EXPECT_THAT(down.migrations[0].warnings, IsEmpty());
  must_agree();
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(EachTool, IsBroughtBackWhereNothingWasCopied) {
  must_begin_adding();
  must_succeed(migrations_);
  EXPECT_EQ(now(), GetParam().applied);
  EXPECT_EQ(status(migrations_).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(EachTool, TellsWhatIsUnderWay) {
  must_begin();
  break_up();
  EXPECT_TRUE(must_apply(migrations_).failed);
  const Rows second(GetParam().applied.begin(),
                    GetParam().applied.end() - (GetParam().applied.size() > 1 ? 1 : 0));
  EXPECT_EQ(now(), or_else(GetParam().half_up, second));
  must_agree();
  migrations_[2].up.sql = "CREATE TABLE t3 (x int);\n";
  must_succeed(migrations_);
  EXPECT_EQ(now(), or_else(GetParam().applied_at_last, GetParam().applied));
  must_agree();
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(EachTool, TellsWhatIsBeingTakenBack) {
  must_begin();
  must_succeed(migrations_);
  break_down();
  EXPECT_TRUE(must_go_down("0002").failed);
  EXPECT_EQ(now(), or_else(GetParam().half_down, GetParam().applied));
  must_agree();
  migrations_[2].down->sql = "DROP TABLE t3;\n";
  EXPECT_FALSE(must_go_down("0002").failed);
  EXPECT_EQ(now(), or_else(GetParam().back_at_last, GetParam().back));
  must_agree();
}

TEST_P(EachTool, FollowsARepair) {
  must_begin();
  break_up();
  EXPECT_TRUE(must_apply(migrations_).failed);
  RepairOptions options;
  options.mark_pending = {"0003"};
  expect(session().repair(migrations_, options));
  must_agree();
  run_sql(database_, "DROP TABLE t3");
  EXPECT_TRUE(must_apply(migrations_).failed);
  options = {};
  options.mark_applied = {"0003"};
  expect(session().repair(migrations_, options));
  must_agree();
  const auto history = foreign_history(GetParam().tool, "");
  auto connection = connect(*parse_database_url("sqlite:" + database_, nullptr), {});
  const Result<ForeignRecords> records = history->read(**connection);
  ASSERT_TRUE(records.ok());
  EXPECT_FALSE(records->unfinished.has_value());
  EXPECT_TRUE(std::any_of(
      records->applied.begin(), records->applied.end(),
      [&](const ForeignEntry& entry) { return history->covers(entry, migrations_[2]); }));
}

TEST_P(EachTool, FollowsABaselineAndARedo) {
  expect(session().baseline(migrations_, "0002"));
  must_agree();
  run_sql(database_, "CREATE TABLE t2 (x int)");
  must_begin();
  must_succeed(migrations_);
  expect(session().redo(migrations_, DownOptions{}));
  must_agree();
  must_go_down("0");
  must_agree();
  must_succeed(migrations_);
  must_agree();
}

TEST_P(EachTool, ChangedByTheToolStopsWhatWouldWriteToIt) {
  must_begin();
  must_succeed({migrations_[0], migrations_[1]});
  must_commit();
  // The tool takes the second one back.
  ConnectionOptions options;
  auto connection = connect(*parse_database_url("sqlite:" + database_, nullptr), options);
  LedgerEntry first;
  first.version = "0001";
  ForeignChange change;
  change.migration = &migrations_[1];
  change.ledger = {&first, 1};
  ASSERT_TRUE(foreign_history(GetParam().tool, "")->set(**connection, change).ok());
  run_sql(database_, "DROP TABLE t2");
  const std::string changed = dump(database_);

  must_begin();
  const Error error = refused(session().apply(migrations_));
  EXPECT_THAT(error.message, AllOf(HasSubstr("others have changed it"), HasSubstr("nothing was")));
  EXPECT_THAT(error.hint, HasSubstr("adopt"));
  EXPECT_THAT(refused(session().baseline(migrations_, "0003")).message, HasSubstr("in sync"));
  EXPECT_THAT(status(migrations_).warnings, Contains(HasSubstr("`apply` will refuse to run")));
  EXPECT_THAT(expect(session().plan(migrations_)).obstacles, Contains(HasSubstr("in sync")));
  EXPECT_TRUE(same_content(dump(database_), changed)) << "nothing was written over it";
  must_roll_back();

  const AdoptReport report = expect(session().adopt(migrations_));
  EXPECT_EQ(report.migrations[1].outcome, AdoptedMigration::Outcome::kTakenBack);
  must_agree();
  must_begin();
  must_succeed(migrations_);
  must_agree();
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM t2"), "0") << "it was applied again";
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EachTool, ::testing::ValuesIn(kept_tools()), [](const auto& tool) {
  std::string name = tool.param.tool;
  std::erase(name, '-');
  return name;
});

TEST_F(KeepInSync, WhatOnlyBelayHasAppliedIsNotedFirst) {
  let_tool_begin(kept_tools()[1]);
  expect(session().adopt(migrations_));
  apply_options_.allow_unguarded = true;
  must_succeed(migrations_);
  EXPECT_THAT(rows(kept_tools()[1]), ElementsAre("0001")) << "it is only read";
  AdoptOptions options;
  options.keep_in_sync = true;
  options.dry_run = true;
  EXPECT_THAT(expect(session().adopt(migrations_, options)).noted,
              ElementsAre("0002_second_one", "0003_third"));
  EXPECT_THAT(rows(kept_tools()[1]), ElementsAre("0001"));
  must_keep("dbmate");
  EXPECT_THAT(rows(kept_tools()[1]), ElementsAre("0001", "0002", "0003"));
  must_agree();
}

TEST_F(KeepInSync, WhatTheToolHasAppliedIsAdopted) {
  let_tool_begin(kept_tools()[1]);
  must_keep("dbmate");
  run_sql(database_, "CREATE TABLE t2 (x int); INSERT INTO schema_migrations VALUES ('0002')");
  apply_options_.allow_unguarded = true;
  EXPECT_THAT(refused(session().apply(migrations_, apply_options_)).message,
              HasSubstr("dbmate has 0002_second_one as applied, and Belay has not"));
  expect(session().adopt(migrations_));
  EXPECT_EQ(must_succeed(migrations_).migrations.size(), 1U);
  must_agree();
}

TEST_F(KeepInSync, EndsWhereItIsAskedTo) {
  let_tool_begin(kept_tools()[1]);
  AdoptOptions options;
  options.stop_sync = true;
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message, HasSubstr("no table of"));
  must_keep("dbmate");
  EXPECT_THAT(to_text(status(migrations_)), HasSubstr("schema_migrations of dbmate"));
  expect(session().adopt(migrations_, options));
  EXPECT_FALSE(status(migrations_).in_sync.has_value());
  apply_options_.allow_unguarded = true;
  must_succeed(migrations_);
  EXPECT_THAT(rows(kept_tools()[1]), ElementsAre("0001"));
}

/// An older Belay would write to one table and not to the other.
TEST_F(KeepInSync, IsRememberedInTheLedgerByARowThatOlderOnesStopAt) {
  let_tool_begin(kept_tools()[1]);
  must_keep("dbmate");
  EXPECT_EQ(
      query_text(database_, "SELECT name || '|' || state FROM belay_migrations WHERE version = ''"),
      "dbmate schema_migrations|in-sync");
  EXPECT_EQ(status(migrations_).ledger.size(), 1U) << "it is no migration";
}

TEST_F(KeepInSync, IsRefusedWhereItCannotBeDoneRightly) {
  AdoptOptions options;
  options.keep_in_sync = true;
  run_sql(directory_.file("sqitch.db"),
          "CREATE TABLE changes (change_id TEXT PRIMARY KEY, script_hash TEXT, change TEXT, "
          "committed_at DATETIME, planned_at DATETIME);");
  run_sql(database_, "CREATE TABLE t0 (x int)");
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message,
              AllOf(HasSubstr("of sqitch cannot be kept in sync"), HasSubstr("its plan")));

  let_tool_begin(kept_tools()[0]);
  options.tool = "golang-migrate";
  run_sql(database_, "UPDATE schema_migrations SET version = 77");
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message,
              HasSubstr("version 77, and no file"));
  run_sql(database_, "UPDATE schema_migrations SET version = 1");
  migrations_[2].version = "v3";
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message,
              HasSubstr("its version is no number"));
  migrations_[2].version = "0003";
  options.preferred_tool = "goose";
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message,
              HasSubstr("laid out as those of goose"));
  EXPECT_FALSE(status(migrations_).in_sync.has_value());
}

TEST_F(KeepInSync, DoesNotBeginWithSomethingHalfDone) {
  let_tool_begin(kept_tools()[0]);
  expect(session().adopt(migrations_));
  apply_options_.allow_unguarded = true;
  migrations_[1].transaction = false;
  migrations_[1].up.sql += "INSERT INTO nowhere VALUES (1);\n";
  EXPECT_TRUE(must_apply(migrations_).failed);
  AdoptOptions options;
  options.keep_in_sync = true;
  const Error error = refused(session().adopt(migrations_, options));
  EXPECT_THAT(error.message, HasSubstr("is there by half in Belay's own ledger"));
  EXPECT_THAT(error.hint, HasSubstr("belay apply"));
}

/// What golang-migrate has passed over in silence is not applied only because it has gone on.
TEST_F(KeepInSync, ALateMigrationStaysPending) {
  let_tool_begin(kept_tools()[0]);
  const Migrations first = {migrations_[0], migrations_[2]};
  run_sql(database_, "UPDATE schema_migrations SET version = 3; CREATE TABLE t3 (x int)");
  AdoptOptions options;
  options.keep_in_sync = true;
  expect(session().adopt(first, options));
  migrations_.push_back(script("0004", "fourth", 4));
  run_sql(database_, "UPDATE schema_migrations SET version = 4; CREATE TABLE t4 (x int)");
  const AdoptReport report = expect(session().adopt(migrations_));
  EXPECT_THAT(report.late, ElementsAre("0002_second_one"));
  apply_options_.allow_unguarded = true;
  must_succeed(migrations_);
  EXPECT_THAT(rows(kept_tools()[0]), ElementsAre("4")) << "it stays at the last one";
  must_agree();
}

TEST_F(KeepInSync, FlywaysBaselineIsNotTakenBack) {
  let_tool_begin(kept_tools()[5]);
  run_sql(database_, "UPDATE flyway_schema_history SET type = 'BASELINE'");
  must_keep("flyway");
  must_begin();
  must_succeed(migrations_);
  DownOptions options;
  options.to = "0";
  const DownReport report = expect(session().down(migrations_, options));
  EXPECT_TRUE(report.failed);
  EXPECT_THAT(report.headline, HasSubstr("Flyway's baseline stands for 0001_first"));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM t1"), "0") << "it is still there";
  must_agree();
}

/// Its engine writes numbers, and through a driver adapter texts.
TEST_F(KeepInSync, PrismasTimesAreOfTheKindThatIsThere) {
  let_tool_begin(kept_tools()[6]);
  must_keep("prisma");
  apply_options_.allow_unguarded = true;
  must_succeed({migrations_[0], migrations_[1]});
  const std::string times =
      "SELECT typeof(started_at) || finished_at FROM _prisma_migrations WHERE migration_name = ";
  EXPECT_THAT(query_text(database_, times + "'0002_second_one'"),
              ::testing::MatchesRegex("text20..-..-..T..:..:..\\....[+]00:00"));
  run_sql(database_, "UPDATE _prisma_migrations SET started_at = 1, finished_at = 1");
  must_succeed(migrations_);
  EXPECT_THAT(query_text(database_, times + "'0003_third'"),
              ::testing::MatchesRegex("integer1[0-9]*"));
}

TEST_F(KeepInSync, AnAcceptedTextIsAcceptedThereToo) {
  let_tool_begin(kept_tools()[5]);
  must_keep("flyway");
  apply_options_.allow_unguarded = true;
  must_succeed(migrations_);
  migrations_[1].up.sql = "CREATE TABLE t3 (x int);\n";
  RepairOptions options;
  options.accept_checksum = {"0002"};
  expect(session().repair(migrations_, options));
  EXPECT_EQ(
      query_text(database_, "SELECT checksum FROM flyway_schema_history WHERE version = '0002'"),
      "930432234");
}

TEST_F(KeepInSync, AFileThatIsGoneStopsARepairOfIt) {
  let_tool_begin(kept_tools()[4]);
  must_keep("sqlx");
  apply_options_.allow_unguarded = true;
  migrations_[1].transaction = false;
  migrations_[1].up.sql += "INSERT INTO nowhere VALUES (1);\n";
  EXPECT_TRUE(must_apply(migrations_).failed);
  const std::string before = dump(database_);
  const Migrations others = {migrations_[0]};
  RepairOptions options;
  options.mark_pending = {"0002"};
  EXPECT_THAT(refused(session().repair(others, options)).message,
              HasSubstr("without the file of version 0002"));
  EXPECT_TRUE(same_content(dump(database_), before));
}

TEST_F(KeepInSync, ATableThatIsGoneStops) {
  let_tool_begin(kept_tools()[1]);
  must_keep("dbmate");
  run_sql(database_, "DROP TABLE schema_migrations");
  apply_options_.allow_unguarded = true;
  EXPECT_THAT(refused(session().apply(migrations_, apply_options_)).message,
              HasSubstr("it is gone"));
}

}  // namespace
}  // namespace belay::testing

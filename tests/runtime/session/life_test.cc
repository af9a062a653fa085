// The life of a session: begin, apply, commit or rollback, and what each of them says.
#include <sqlite3.h>

#include <filesystem>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Action> actions(const Report& report) {
  std::vector<Action> out;
  for (const NextStep& step : report.next_steps) out.push_back(step.action);
  return out;
}

const std::vector<MigrationScript> kGood = {
    migration("0001", "add_phone", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
    migration("0002", "drop_log", "DROP TRIGGER order_added;\nDROP TABLE log;")};

TEST_P(ShopSession, BeginTakesAVerifiedSnapshotAndChangesNothing) {
  const std::string bytes = read_bytes(database_);
  const BeginReport report = expect(session().begin());
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_EQ(read_bytes(database_), bytes);
  EXPECT_TRUE(report.database_existed);
  EXPECT_TRUE(report.snapshot.verified);
  EXPECT_EQ(report.snapshot.tables, 4U);
  EXPECT_EQ(report.snapshot.rows, 3U + 60U + 49U + 4U);
  EXPECT_EQ(report.snapshot.path, state_ + "/snapshots/" + report.session + ".db");
  // Independent: the copy is a database of its own that holds the same.
  const std::string copy = directory_.file("copy.db");
  fs::copy_file(report.snapshot.path, copy);
  EXPECT_TRUE(same_content(dump(copy), before_));
  EXPECT_THAT(actions(report), ElementsAre(Action::kApply, Action::kRollback, Action::kCommit));
  EXPECT_THAT(read_bytes(state_ + "/snapshots/" + report.session + ".json"),
              HasSubstr(report.snapshot.checksum));
}

TEST_P(ShopSession, CommitKeepsWhatWasAppliedAndLeavesNoFiles) {
  must_begin();
  const ApplyReport applied = must_succeed(kGood);
  EXPECT_EQ(applied.migrations.size(), 2U);
  EXPECT_EQ(applied.pending, 0U);
  const std::string after = dump(database_);
  const CommitReport report = must_commit();
  EXPECT_THAT(report.headline, HasSubstr("2 migrations stay"));
  EXPECT_TRUE(same_content(dump(database_), after));
  EXPECT_EQ(query_text(database_, "SELECT count(phone) FROM customers"), "0");
  EXPECT_TRUE(fs::is_empty(state_ + "/snapshots"));
  EXPECT_FALSE(fs::exists(state_ + "/journal"));
  EXPECT_THAT(read_bytes(state_ + "/audit.log"), HasSubstr("\"how\":\"committed\""));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_P(ShopSession, RollbackBringsBackEveryByteThatCounts) {
  must_begin();
  must_succeed(kGood);
  EXPECT_NE(dump(database_), before_);
  const RollbackReport report = must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_EQ(query_text(database_, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(query_text(database_, "PRAGMA journal_mode"), GetParam());
  EXPECT_EQ(report.rows, 116U);
  EXPECT_THAT(actions(report), ElementsAre(Action::kFixMigration, Action::kBegin, Action::kApply));
  EXPECT_TRUE(fs::is_empty(state_ + "/snapshots"));
}

/// Page by page, read by SQLite's shell-like library alone from copies of the files.
TEST_P(ShopSession, RollbackBringsBackEveryPage) {
  const auto pages = [&] {
    run_sql(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
    std::string bytes = read_bytes(database_);
    // Of the header's counters alone SQLite gives no second copy: change counter, schema cookie,
    // and the version of the last writer.
    for (const auto& [at, size] : {std::pair{24, 4}, std::pair{40, 4}, std::pair{92, 8}}) {
      std::fill_n(bytes.begin() + at, size, '\0');
    }
    return bytes;
  };
  const std::string pages_before = pages();
  must_begin();
  must_succeed(kGood);
  EXPECT_NE(pages(), pages_before);
  RollbackOptions options;
  expect(session().rollback(options));
  EXPECT_TRUE(pages() == pages_before);
}

TEST_P(ShopSession, RollbackWithoutApplyIsFine) {
  must_begin();
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ShopSession, ASecondBeginIsRefusedAndNamesTheFirst) {
  must_begin();
  const std::string id = status().session;
  const Error error = refused(session().begin());
  EXPECT_THAT(error.message, HasSubstr("session " + id + " is open already"));
  EXPECT_THAT(error.message, HasSubstr("begun just now"));
  EXPECT_THAT(error.hint, HasSubstr("`belay commit`"));
  EXPECT_THAT(error.hint, HasSubstr("`belay rollback`"));
}

TEST_P(ShopSession, NothingRunsWithoutASession) {
  for (const Error& error : {refused(session().apply(kGood)), refused(session().commit()),
                             refused(session().rollback())}) {
    EXPECT_THAT(error.message, HasSubstr("no session is open"));
    EXPECT_THAT(error.hint, HasSubstr("`belay begin`"));
  }
  EXPECT_FALSE(fs::exists(state_)) << "a refused command leaves nothing behind";
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ShopSession, AnotherSessionFollowsTheFirst) {
  for (int round = 0; round < 2; ++round) {
    must_begin();
    must_succeed(kGood);
    must_roll_back();
  }
  must_begin();
  must_succeed(kGood);
  must_commit();
  must_begin();
  EXPECT_THAT(must_apply(kGood).headline, HasSubstr("nothing to apply"));
  must_commit();
}

TEST_P(ShopSession, AFailedMigrationLeavesNothingOfItself) {
  std::vector<MigrationScript> list = kGood;
  list.push_back(
      migration("0003", "bad",
                "CREATE TABLE x (a);\nDELETE FROM orders;\n  INSERT INTO nowhere VALUES (1);\n"));
  list.push_back(migration("0004", "never", "DROP TABLE orders;"));
  must_begin();
  const ApplyReport report = must_apply(list);
  EXPECT_TRUE(report.failed);
  ASSERT_EQ(report.migrations.size(), 3U);
  const MigrationReport& bad = report.migrations[2];
  EXPECT_EQ(bad.state, MigrationState::kFailed);
  ASSERT_TRUE(bad.error.has_value());
  EXPECT_EQ(bad.error->place.to_string(), "migrations/0003_bad.sql:3:3");
  EXPECT_EQ(bad.error->statement, "INSERT INTO nowhere VALUES (1);");
  EXPECT_EQ(report.pending, 2U);
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM sqlite_schema WHERE name = 'x'"), "0");
  EXPECT_EQ(query_text(database_,
                       "SELECT group_concat(version || ' ' || state) FROM "
                       "(SELECT * FROM belay_migrations ORDER BY position)"),
            "0001 done,0002 done,0003 failed");
  EXPECT_THAT(query_text(database_, "SELECT error FROM belay_migrations WHERE version = '0003'"),
              HasSubstr("no such table: nowhere"));
  // What a person reads: the error, that the snapshot is there, and how to go on.
  ASSERT_TRUE(report.snapshot.has_value());
  EXPECT_THAT(to_text(report), HasSubstr("0003_bad failed: migrations/0003_bad.sql:3:3"));
  EXPECT_THAT(to_text(report), HasSubstr("nothing of it has stayed; the snapshot of session"));
  EXPECT_THAT(to_text(report), HasSubstr("1. `belay rollback`"));
}

TEST_P(ShopSession, AFailedMigrationCanBeCorrectedAndRunAgain) {
  std::vector<MigrationScript> list = {migration("0001", "a", "INSERT INTO nowhere VALUES (1);")};
  must_begin();
  EXPECT_TRUE(must_apply(list).failed);
  EXPECT_EQ(status(list).failed->display_name, "0001_a");
  list[0].up.sql = "CREATE TABLE somewhere (x);";
  must_succeed(list);
  const StatusReport report = status(list);
  EXPECT_FALSE(report.failed.has_value());
  EXPECT_THAT(report.applied, ElementsAre("0001_a"));
  EXPECT_EQ(query_text(database_,
                       "SELECT count(*) || state || coalesce(error, '') FROM belay_migrations"),
            "1done");
}

TEST_P(ShopSession, StatusTellsEverythingAndChangesNothing) {
  StatusReport report = status(kGood);
  EXPECT_EQ(report.phase, SessionPhase::kNone);
  EXPECT_EQ(report.pending, 2U);
  EXPECT_TRUE(report.database_exists);
  EXPECT_TRUE(report.reachable);
  EXPECT_THAT(actions(report), Contains(Action::kBegin));
  EXPECT_FALSE(fs::exists(state_));

  must_begin();
  must_apply({kGood[0]});
  const std::string journal = read_bytes(state_ + "/journal");
  const std::string bytes = read_bytes(database_);
  report = status(kGood);
  EXPECT_EQ(report.phase, SessionPhase::kOpen);
  EXPECT_THAT(report.applied, ElementsAre("0001_add_phone"));
  EXPECT_EQ(report.pending, 1U);
  ASSERT_EQ(report.ledger.size(), 1U);
  EXPECT_EQ(report.ledger[0].session, report.session);
  EXPECT_EQ(report.ledger[0].checksum, kGood[0].checksum());
  EXPECT_EQ(report.ledger[0].schema_before.size(), 64U);
  EXPECT_NE(report.ledger[0].schema_before, report.ledger[0].schema_after);
  EXPECT_TRUE(report.snapshot->present);
  EXPECT_EQ(report.recovery, "");
  EXPECT_EQ(report.foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  EXPECT_THAT(actions(report), ElementsAre(Action::kApply, Action::kCommit, Action::kRollback));
  EXPECT_THAT(to_text(report), HasSubstr("Pending   0002_drop_log\n"));
  EXPECT_EQ(read_bytes(state_ + "/journal"), journal);
  EXPECT_EQ(read_bytes(database_), bytes);
}

TEST_P(ShopSession, KeepsTheSnapshotWhereItIsAskedTo) {
  must_begin();
  must_succeed(kGood);
  CommitOptions options;
  options.keep_snapshot = true;
  const CommitReport report = expect(session().commit(options));
  ASSERT_TRUE(fs::exists(report.kept_snapshot));
  EXPECT_TRUE(same_content(dump(report.kept_snapshot), before_));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_P(ShopSession, RunsWithoutASnapshotOnlyWhenTold) {
  apply_options_.allow_unguarded = true;
  const ApplyReport report = must_succeed(kGood);
  EXPECT_FALSE(report.snapshot.has_value());
  EXPECT_THAT(report.headline, HasSubstr("there is no snapshot to come back to"));
  EXPECT_EQ(status(kGood).pending, 0U);
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_THAT(read_bytes(state_ + "/audit.log"), HasSubstr("run without a snapshot"));
}

TEST_P(ShopSession, RunsNoMoreThanItIsTold) {
  must_begin();
  apply_options_.limit = 1;
  EXPECT_EQ(must_succeed(kGood).pending, 1U);
  EXPECT_EQ(must_succeed(kGood).pending, 0U);
}

TEST_P(ShopSession, ReportsProgressAndRunsInOrder) {
  std::vector<std::string> seen;
  options_.progress = [&](const Progress& progress) {
    seen.push_back(std::to_string(static_cast<int>(progress.stage)) + " " +
                   std::to_string(progress.done) + "/" + std::to_string(progress.total));
  };
  must_begin();
  EXPECT_THAT(seen, Contains(HasSubstr("1 8/8")));  // all pages copied
  seen.clear();
  must_succeed(kGood);
  EXPECT_THAT(seen, ElementsAre("3 0/2", "3 1/2"));
  seen.clear();
  must_roll_back();
  // A log takes the snapshot's pages; without one those of both are compared.
  const bool wal = GetParam() == std::string("wal");
  EXPECT_THAT(seen, Contains(HasSubstr(wal ? "4 8/8" : "4 10/10")));
}

TEST_P(ShopSession, ManyPagesComeBackAsWell) {
  run_sql(database_,
          "CREATE TABLE big (id INTEGER PRIMARY KEY, x TEXT);"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
          "INSERT INTO big SELECT i, printf('%0300d', i) FROM n");
  const std::string full = dump(database_);
  for (const char* sql : {"UPDATE big SET x = id;", "DELETE FROM big;\nVACUUM;",
                          "INSERT INTO big (x) SELECT x FROM big;"}) {
    must_begin();
    must_succeed({migration("0001", "change", sql)});
    must_roll_back();
    EXPECT_TRUE(same_content(dump(database_), full)) << sql;
    EXPECT_EQ(query_text(database_, "PRAGMA integrity_check"), "ok");
  }
}

TEST_P(ShopSession, ACancelledBeginLeavesNothing) {
  const CancellationToken token;
  options_.cancellation = token;
  options_.progress = [&](const Progress& progress) {
    if (progress.stage == Stage::kVerifying) token.cancel();
  };
  EXPECT_THAT(refused(session().begin()).message, HasSubstr("cancelled"));
  options_.cancellation = {};
  options_.progress = nullptr;
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_TRUE(fs::is_empty(state_ + "/snapshots"));
}

TEST_P(ShopSession, ACancelledMigrationIsTakenBack) {
  must_begin();
  const CancellationToken token;
  options_.cancellation = token;
  options_.progress = [&](const Progress& progress) {
    if (progress.stage == Stage::kMigrating && progress.done == 1) token.cancel();
  };
  const ApplyReport report = must_apply(
      {kGood[0], migration("0002", "long",
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                           "INSERT INTO log SELECT i FROM n;")});
  EXPECT_TRUE(report.cancelled);
  EXPECT_EQ(report.pending, 1U);
  options_.cancellation = {};
  options_.progress = nullptr;
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM log"), "49");
  EXPECT_THAT(status().applied, ElementsAre("0001_add_phone"));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ShopSession, ACancelledRollbackLeavesTheSessionOpen) {
  must_begin();
  must_succeed(kGood);
  const std::string after = dump(database_);
  const CancellationToken token;
  options_.cancellation = token;
  options_.progress = [&](const Progress& progress) {
    if (progress.stage == Stage::kVerifying) token.cancel();
  };
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("cancelled"));
  options_.cancellation = {};
  options_.progress = nullptr;
  EXPECT_EQ(status().phase, SessionPhase::kOpen);
  EXPECT_TRUE(same_content(dump(database_), after));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

INSTANTIATE_TEST_SUITE_P(JournalModes, ShopSession, ::testing::Values("delete", "wal"),
                         journal_name);

class NewDatabase : public SessionFixture {};

const std::vector<MigrationScript> kCreate = {
    migration("0001", "create", "CREATE TABLE t (x);\nINSERT INTO t VALUES (1), (2);")};

TEST_F(NewDatabase, IsMadeByApplyAndRemovedByRollback) {
  const BeginReport report = expect(session().begin());
  EXPECT_FALSE(report.database_existed);
  EXPECT_THAT(report.headline, HasSubstr("does not exist yet"));
  EXPECT_FALSE(fs::exists(database_));
  must_succeed(kCreate);
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM t"), "2");
  const RollbackReport back = must_roll_back();
  EXPECT_TRUE(back.database_removed);
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    EXPECT_FALSE(fs::exists(database_ + suffix)) << suffix;
  }
}

TEST_F(NewDatabase, IsRemovedWithItsLog) {
  must_begin();
  must_succeed({migration("0001", "wal", "PRAGMA journal_mode=WAL;\nCREATE TABLE t (x);")});
  EXPECT_EQ(query_text(database_, "PRAGMA journal_mode"), "wal");
  must_roll_back();
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    EXPECT_FALSE(fs::exists(database_ + suffix)) << suffix;
  }
}

TEST_F(NewDatabase, StaysAfterCommit) {
  must_begin();
  must_succeed(kCreate);
  must_commit();
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM t"), "2");
}

TEST_F(NewDatabase, ThatOthersMadeIsNotRemovedUnasked) {
  must_begin();
  run_sql(database_, "CREATE TABLE theirs (x)");
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("theirs: new, with 0 rows"));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM theirs"), "0");
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  EXPECT_FALSE(fs::exists(database_));
}

TEST_F(NewDatabase, IsNotRemovedWhileAnotherReadsIt) {
  must_begin();
  must_succeed(kCreate);
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "BEGIN; SELECT * FROM t", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("others have the database open"));
  EXPECT_EQ(status().phase, SessionPhase::kOpen);
  sqlite3_close(reader);
  must_roll_back();
  EXPECT_FALSE(fs::exists(database_));
}

TEST_F(NewDatabase, AnEmptyFileIsAnEmptyDatabase) {
  write_bytes(database_, "");
  must_begin();
  must_succeed(kCreate);
  must_roll_back();
  EXPECT_EQ(dump(database_), "user_version 0\n");
}

TEST_F(NewDatabase, NeedsADirectoryThatExists) {
  options_.database_url = "sqlite:" + directory_.file("no/such/dir/a.db");
  EXPECT_THAT(refused(session().begin()).message, HasSubstr("does not exist"));
}

}  // namespace
}  // namespace belay::testing

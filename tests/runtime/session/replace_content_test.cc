// The whole content is replaced within a session, and kept snapshots live on behind theirs.
#include <sqlite3.h>

#include <filesystem>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using State = StoredSnapshot::State;

class ReplaceContentTest : public ShopSession {
 protected:
  /// A session that does nothing, and leaves its snapshot. Returns its name.
  std::string keep_snapshot(size_t keep_latest = 0) {
    const std::string session = expect(this->session().begin()).session;
    CommitOptions options;
    options.keep_snapshot = true;
    options.keep_latest = keep_latest;
    expect(this->session().commit(options));
    return session;
  }
  Result<ReplaceReport> restore(const std::string& source) {
    RestoreOptions options;
    options.source = source;
    return session().restore(options);
  }
  std::vector<std::string> kept() {
    std::vector<std::string> out;
    for (const StoredSnapshot& snapshot : expect(session().snapshots()).snapshots) {
      out.push_back(snapshot.session + " " + std::string(stored_state_name(snapshot.state)));
    }
    return out;
  }
  std::string snapshot_file(const std::string& session) const {
    return state_ + "/snapshots/" + session + ".db";
  }
};

TEST_P(ReplaceContentTest, AKeptSnapshotComesBackAndARollbackTakesItAway) {
  const std::string kept_session = keep_snapshot();
  run_sql(database_, "DELETE FROM orders; DROP TABLE log; CREATE TABLE later (x)");
  const std::string later = dump(database_);
  must_begin();
  const ReplaceReport report = expect(restore(kept_session));
  EXPECT_THAT(report.headline, HasSubstr("holds what " + kept_session + " holds"));
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_EQ(status().foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), later));
  EXPECT_THAT(kept(), ElementsAre(kept_session + " kept"));
  must_begin();
  expect(restore(snapshot_file(kept_session)));
  must_commit();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ReplaceContentTest, AnyDatabaseFileCanBeTheSource) {
  const std::string other = directory_.file("backup of monday.db");
  run_sql(other,
          "PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2);"
          "PRAGMA user_version=7");
  const std::string expected = dump(other);
  must_begin();
  const ReplaceReport report = expect(restore(other));
  EXPECT_EQ(report.tables, 1U);
  EXPECT_EQ(report.rows, 2U);
  EXPECT_TRUE(same_content(dump(database_), expected));
  EXPECT_TRUE(same_content(dump(other), expected));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_P(ReplaceContentTest, ADamagedSourceChangesNothing) {
  const std::string kept_session = keep_snapshot();
  std::string bytes = read_bytes(snapshot_file(kept_session));
  bytes[bytes.size() / 2] ^= 1;
  write_bytes(snapshot_file(kept_session), bytes);
  write_bytes(directory_.file("notes.txt"),
              "not a database at all, and rather longer than a header");
  run_sql(database_, "CREATE TABLE later (x)");
  const std::string later = dump(database_);
  must_begin();
  EXPECT_THAT(refused(restore(kept_session)).message, HasSubstr("damaged"));
  const Error no_database = refused(restore(directory_.file("notes.txt")));
  EXPECT_THAT(no_database.message, HasSubstr("the database was not changed"));
  EXPECT_THAT(no_database.hint, HasSubstr("no SQLite database"));
  EXPECT_THAT(refused(restore("nowhere")).message, HasSubstr("neither a kept snapshot nor a file"));
  EXPECT_TRUE(same_content(dump(database_), later));
  EXPECT_EQ(status().foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_commit();
}

TEST_P(ReplaceContentTest, NothingIsReplacedWithoutASession) {
  EXPECT_THAT(refused(restore("x")).message, HasSubstr("no session is open"));
  EXPECT_THAT(refused(session().clear()).hint, HasSubstr("begin"));
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ReplaceContentTest, ClearTakesOutEverythingButTheFile) {
  run_sql(database_,
          "CREATE VIRTUAL TABLE notes USING fts5(body); INSERT INTO notes VALUES ('x');"
          "PRAGMA user_version=12");
  const std::string full = dump(database_);
  const std::vector<MigrationScript> list = {migration("0001", "a", "CREATE TABLE a (x);")};
  must_begin();
  must_succeed(list);
  expect(session().clear());
  EXPECT_EQ(query_text(database_, "PRAGMA user_version"), "0");
  EXPECT_EQ(
      query_text(database_,
                 "SELECT group_concat(name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"),
      "");
  EXPECT_THAT(status(list).applied, IsEmpty());
  must_succeed(list);
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM belay_migrations"), "1");
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), full));
}

TEST_P(ReplaceContentTest, TheNewestGoodSnapshotIsNeverPruned) {
  const std::string first = keep_snapshot();
  const std::string second = keep_snapshot();
  const std::string third = keep_snapshot();
  // What is damaged does not count as the last good one.
  write_bytes(snapshot_file(third), "gone");
  EXPECT_THAT(kept(), ElementsAre(third + " damaged", second + " kept", first + " kept"));
  const SnapshotsReport report = expect(session().prune_snapshots({}));
  EXPECT_THAT(report.removed, ElementsAre(first));
  EXPECT_GT(report.bytes_freed, 0U);
  EXPECT_THAT(kept(), ElementsAre(third + " damaged", second + " kept"));
  PruneOptions named;
  named.sessions = {second, third};
  EXPECT_THAT(expect(session().prune_snapshots(named)).removed, SizeIs(2));
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(state_ + "/snapshots"));
}

TEST_P(ReplaceContentTest, ACommitCanKeepTheLatestFew) {
  (void)keep_snapshot(2);
  const std::string second = keep_snapshot(2);
  const std::string third = keep_snapshot(2);
  EXPECT_THAT(kept(), ElementsAre(third + " kept", second + " kept"));
}

TEST_P(ReplaceContentTest, TheSnapshotOfTheOpenSessionIsLeftAlone) {
  const std::string open = expect(session().begin()).session;
  EXPECT_THAT(kept(), ElementsAre(open + " in-use"));
  EXPECT_THAT(expect(session().prune_snapshots({})).removed, IsEmpty());
  PruneOptions named;
  named.sessions = {open};
  EXPECT_THAT(refused(session().prune_snapshots(named)).message, HasSubstr("needs its snapshot"));
  EXPECT_THAT(refused(restore(open)).hint, HasSubstr("rollback"));
  must_roll_back();
}

TEST_P(ReplaceContentTest, VerifyingReadsThemWhole) {
  const std::string kept_session = keep_snapshot();
  SnapshotsOptions whole;
  whole.verify = true;
  EXPECT_TRUE(expect(session().snapshots(whole)).sound());
  std::string bytes = read_bytes(snapshot_file(kept_session));
  bytes.back() = static_cast<char>(bytes.back() + 1);
  write_bytes(snapshot_file(kept_session), bytes);
  EXPECT_TRUE(expect(session().snapshots()).sound()) << "its size is right";
  const SnapshotsReport report = expect(session().snapshots(whole));
  EXPECT_FALSE(report.sound());
  EXPECT_EQ(report.snapshots.at(0).state, State::kDamaged);
}

INSTANTIATE_TEST_SUITE_P(Journals, ReplaceContentTest, ::testing::Values("delete", "wal"),
                         journal_name);

class DiagnosisTest : public SessionFixture {
 protected:
  std::vector<std::string> findings() {
    std::vector<std::string> out;
    for (const Finding& finding : expect(session().diagnose()).findings) {
      if (finding.level == Finding::Level::kGood) continue;
      out.push_back(std::string(level_name(finding.level)) + " " + finding.topic);
    }
    return out;
  }
};

TEST_F(DiagnosisTest, NothingIsSaidAgainstADatabaseThatIsWell) {
  make_shop(database_);
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_FALSE(fs::exists(state_)) << "it writes nothing";
}

TEST_F(DiagnosisTest, TellsWhoIsInTheWay) {
  make_shop(database_);
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(writer, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(findings(), ElementsAre("warning others"));
  sqlite3_close(writer);
  must_begin();
  EXPECT_THAT(findings(), ElementsAre("note session"));
}

TEST_F(DiagnosisTest, WhatCannotWorkIsAProblem) {
  write_bytes(database_, "this is a text and no database, however long it may be");
  EXPECT_THAT(findings(), ElementsAre("problem connection"));
  options_.database_url += "?mode=ro";
  fs::remove(database_);
  make_shop(database_);
  EXPECT_THAT(findings(), ElementsAre("problem rights"));
}

}  // namespace
}  // namespace belay::testing

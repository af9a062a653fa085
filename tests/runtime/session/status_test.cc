// What `status` and the reports tell, state by state, as a person and a program read it.
#include <sqlite3.h>

#include <filesystem>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::vector<MigrationScript> kList = {
    migration("0001", "add_phone", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
    migration("0002", "bad", "DELETE FROM orders;\nINSERT INTO nowhere VALUES (1);"),
    migration("0003", "late", "CREATE TABLE late (x);")};

class StatusTest : public SessionFixture {
 protected:
  void SetUp() override { make_shop(database_); }

  std::string text(const Migrations& migrations = kList) { return to_text(status(migrations)); }
  /// The text of the facts under a label, a line each.
  static std::string fact(const Report& report, const std::string& label) {
    std::string out;
    for (const Fact& fact : report.facts) {
      if (fact.label == label) out += fact.text + "\n";
    }
    return out;
  }
  static std::vector<std::string> commands(const Report& report) {
    std::vector<std::string> out;
    for (const NextStep& step : report.next_steps) out.push_back(step.command);
    return out;
  }
};

TEST_F(StatusTest, WithoutASession) {
  const StatusReport report = status(kList);
  EXPECT_EQ(report.headline, "No session is open on " + database_);
  EXPECT_EQ(fact(report, "Database"), "can be read\n");
  EXPECT_EQ(fact(report, "Applied"), "nothing\n");
  EXPECT_EQ(fact(report, "Pending"), "0001_add_phone, 0002_bad and 0003_late\n");
  EXPECT_THAT(report.pending_migrations, ElementsAre("0001_add_phone", "0002_bad", "0003_late"));
  EXPECT_THAT(commands(report), ElementsAre("belay begin"));
}

TEST_F(StatusTest, AfterAFailureItTellsWhatWhereAndWhatToDo) {
  must_begin();
  EXPECT_TRUE(must_apply(kList).failed);
  const StatusReport report = status(kList);
  EXPECT_THAT(report.headline, AllOf(HasSubstr("Session " + report.session + " is open on "),
                                     HasSubstr("begun just now")));
  EXPECT_EQ(fact(report, "Applied"), "in this session: 0001_add_phone\n");
  EXPECT_EQ(fact(report, "Failed"),
            "0002_bad: migrations/0002_bad.sql:2:1: no such table: nowhere\n"
            "nothing of it has stayed\n");
  EXPECT_EQ(fact(report, "Pending"), "0002_bad and 0003_late\n");
  EXPECT_THAT(fact(report, "Snapshot"), HasSubstr("4 tables, 116 rows\n" + state_));
  EXPECT_THAT(commands(report), ElementsAre("belay rollback", "", "belay apply", "belay commit"));
}

TEST_F(StatusTest, OfMigrationsBeforeTheSession) {
  must_begin();
  must_succeed({kList[0]});
  must_commit();
  must_begin();
  const StatusReport report = status(kList);
  EXPECT_EQ(fact(report, "Applied"), "nothing in this session\n");
  EXPECT_THAT(to_text(report), HasSubstr("\n            before it: 0001_add_phone\n"));
  must_commit();
  EXPECT_EQ(fact(status(kList), "Applied"), "0001_add_phone\n");
}

TEST_F(StatusTest, RemembersAFailureThatWasCommitted) {
  must_begin();
  must_apply(kList);
  must_commit();
  const StatusReport report = status(kList);
  ASSERT_TRUE(report.failed.has_value());
  EXPECT_THAT(fact(report, "Failed"), HasSubstr("0002_bad: "));
  EXPECT_THAT(commands(report), ElementsAre("belay begin"));
}

TEST_F(StatusTest, OfManyMigrationsItNamesTheLast) {
  std::vector<MigrationScript> many;
  for (int i = 10; i < 30; ++i) {
    many.push_back(migration("00" + std::to_string(i), "x", "SELECT 1;"));
  }
  EXPECT_THAT(fact(status(many), "Pending"), HasSubstr("20, the last of them 0024_x, "));
  EXPECT_THAT(status(many).pending_migrations, SizeIs(20));
}

TEST_F(StatusTest, WarnsOfEditedAndNotesMissingMigrations) {
  must_begin();
  must_succeed({kList[0], kList[2]});
  std::vector<MigrationScript> now = {kList[0]};
  now[0].up.sql += " -- edited";
  EXPECT_THAT(status(now).notes,
              Contains("only their comments or their layout were edited since: 0001_add_phone"));
  EXPECT_THAT(status(now).warnings, IsEmpty());
  must_succeed(now);
  now[0].up.sql = "ALTER TABLE customers ADD COLUMN phone VARCHAR;";
  const StatusReport report = status(now);
  EXPECT_THAT(fact(report, "Edited since"), HasSubstr("0001_add_phone (applied "));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("will refuse to run")));
  EXPECT_THAT(report.notes, Contains("applied, but not among the migrations: 0003_late"));
  const Error error = refused(session().apply(now));
  EXPECT_THAT(error.message, HasSubstr("edited since: 0001_add_phone"));
  EXPECT_THAT(error.message, HasSubstr("nothing was run"));
  EXPECT_EQ(error.where, "migrations/0001_add_phone.sql");
}

TEST_F(StatusTest, WhereTheDatabaseCannotBeReadNothingIsClaimedAboutIt) {
  must_begin();
  must_succeed({kList[0]});
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const StatusReport report = status(kList);
  sqlite3_close(other);
  EXPECT_FALSE(report.reachable);
  EXPECT_THAT(report.unreachable_because, HasSubstr("locked"));
  EXPECT_THAT(report.pending_migrations, IsEmpty());
  EXPECT_EQ(fact(report, "Pending"), "not known\n");
  EXPECT_THAT(report.applied, ElementsAre("0001_add_phone")) << "the journal knows";
  EXPECT_THAT(commands(report), ElementsAre("belay status", "belay rollback"));
}

TEST_F(StatusTest, WithoutItsSnapshotASessionOffersNoRollback) {
  must_begin();
  must_succeed({kList[0]});
  const std::string path = status().snapshot->path;
  const std::string bytes = read_bytes(path);
  fs::remove(path);
  StatusReport report = status(kList);
  EXPECT_FALSE(report.snapshot->present);
  EXPECT_THAT(fact(report, "Snapshot"), HasSubstr("cannot be used: " + path));
  EXPECT_THAT(commands(report), Not(Contains("belay rollback")));
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("the snapshot is not there"));

  std::string damaged = bytes;
  damaged[bytes.size() / 2] ^= 1;
  write_bytes(path, damaged);
  EXPECT_TRUE(status().snapshot->verified) << "as far as a look at its size can tell";
  StatusOptions thorough;
  thorough.verify_snapshot = true;
  report = expect(session().status(kList, thorough));
  EXPECT_FALSE(report.snapshot->verified);
  EXPECT_THAT(fact(report, "Snapshot"), HasSubstr("damaged"));
  const std::string before = dump(database_);
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("damaged"));
  EXPECT_TRUE(same_content(dump(database_), before));

  write_bytes(path, bytes);
  must_roll_back();
}

TEST_F(StatusTest, WhatIsNoDatabaseIsRefusedAndNothingIsMadeBesideIt) {
  write_bytes(database_, std::string(5000, 'x'));
  const Error error = refused(session().begin());
  EXPECT_THAT(error.to_string(), HasSubstr("no SQLite database, or it is encrypted"));
  EXPECT_FALSE(fs::exists(state_));
  const StatusReport report = status();
  EXPECT_FALSE(report.reachable);
  EXPECT_THAT(commands(report), ElementsAre("belay status"));
}

TEST_F(StatusTest, ADamagedDatabaseIsRefused) {
  std::string bytes = read_bytes(database_);
  std::fill_n(bytes.begin() + 4096, 3 * 4096, '\xff');
  write_bytes(database_, bytes);
  const Error error = refused(session().begin());
  EXPECT_THAT(error.message, HasSubstr("no session was opened"));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_EQ(read_bytes(database_), bytes);
}

TEST_F(StatusTest, AReadOnlyDatabaseIsRefused) {
  options_.database_url += "?mode=ro";
  const Error error = refused(session().begin());
  EXPECT_THAT(error.message, HasSubstr("read-only"));
  EXPECT_THAT(error.hint, HasSubstr("the URL's mode"));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_F(StatusTest, AppliesUpToTheOneThatIsNamed) {
  must_begin();
  apply_options_.to = "0001";
  ApplyReport report = must_succeed({kList[0], kList[2]});
  EXPECT_THAT(report.migrations, SizeIs(1));
  EXPECT_EQ(report.pending, 1U);
  EXPECT_EQ(fact(report, "Pending"), "0003_late\n");
  report = must_succeed({kList[0], kList[2]});
  EXPECT_THAT(report.headline, HasSubstr("None of what is pending was asked for"));
  apply_options_.to = "0003_late";
  EXPECT_EQ(must_succeed({kList[0], kList[2]}).pending, 0U);
  apply_options_.to = "0004";
  EXPECT_THAT(refused(session().apply(kList, apply_options_)).message,
              HasSubstr("there is no migration `0004`"));
}

TEST_F(StatusTest, ACascadeIsAWarningThatPeopleSee) {
  must_begin();
  const ApplyReport report =
      must_succeed({migration("0001", "rebuild",
                              "PRAGMA foreign_keys=ON;\n"
                              "CREATE TABLE c2 (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
                              "INSERT INTO c2 SELECT id, email, name FROM customers;\n"
                              "DROP TABLE customers;\nALTER TABLE c2 RENAME TO customers;\n")});
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_THAT(report.warnings[0],
              AllOf(HasSubstr("0001_rebuild: 60 rows of orders are gone"), HasSubstr("CASCADE")));
  EXPECT_THAT(fact(report, "Applied"), HasSubstr("orders: 60 rows fewer"));
  EXPECT_THAT(to_text(report), HasSubstr("Warning: 0001_rebuild: 60 rows of orders"));
  must_roll_back();
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
}

TEST_F(StatusTest, ACommitOfAHalfAppliedMigrationHasToBeTold) {
  must_begin();
  must_apply(
      {migration("0001", "half", "VACUUM;\nCREATE TABLE a (x);\nINSERT INTO b VALUES (1);")});
  const StatusReport report = status();
  EXPECT_THAT(fact(report, "Failed"), HasSubstr("2 of its 3 statements have run and stay"));
  const Error error = refused(session().commit());
  EXPECT_THAT(error.hint, HasSubstr("`belay commit --accept-partial`"));
  CommitOptions options;
  options.accept_partial = true;
  expect(session().commit(options));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM a"), "0");
}

}  // namespace
}  // namespace belay::testing

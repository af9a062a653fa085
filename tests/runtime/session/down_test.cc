// Going back: which migrations, what is refused and what has to be confirmed, what the ledger and
// the database hold afterwards.
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
using ::testing::SizeIs;
using Verdict = DownAdvice::Verdict;

MigrationScript with_down(MigrationScript script, std::string down,
                          Verdict verdict = Verdict::kExact) {
  Script& text = script.down.emplace();
  text.sql = std::move(down);
  text.path = "migrations/" + script.version + "_" + script.name + ".down.sql";
  script.down_advice.verdict = verdict;
  script.down_advice.reason = "so says the test";
  return script;
}

class DownTest : public SessionFixture {
 protected:
  void SetUp() override {
    make_shop(database_);
    for (int i = 0; i <= 3; ++i) {
      states_.push_back(dump_without_ledger(database_));
      if (i == 3) break;
      must_begin();
      must_succeed({list_.begin(), list_.begin() + i + 1});
      must_commit();
    }
    must_begin();
  }

  DownReport must_go_down() {
    DownReport report = expect(session().down(list_, down_));
    EXPECT_FALSE(report.failed) << report.headline;
    return report;
  }
  std::string ledger(const std::string& columns) {
    return query_text(database_, "SELECT group_concat(row, ' ') FROM (SELECT " + columns +
                                     " AS row FROM belay_migrations ORDER BY version)");
  }

  Migrations list_ = {
      with_down(migration("0001", "add_phone", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
                "ALTER TABLE customers DROP COLUMN phone;"),
      with_down(migration("0002", "tags", "CREATE TABLE tags (name TEXT);"), "DROP TABLE tags;"),
      with_down(migration("0003", "tag", "INSERT INTO tags VALUES ('a');"), "DELETE FROM tags;")};
  std::vector<std::string> states_;
  DownOptions down_;
};

TEST_F(DownTest, TakesBackTheNewestWithItsRowInTheLedger) {
  const DownReport report = must_go_down();
  EXPECT_THAT(report.headline,
              AllOf(HasSubstr("1 migration was taken back; 0002_tags stays applied"),
                    HasSubstr("the snapshot of session")));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[2]));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done 0003rolled_back");
  EXPECT_EQ(ledger("rolled_back_at IS NOT NULL"), "0 0 1");
  EXPECT_THAT(status(list_).pending_migrations, ElementsAre("0003_tag"));
  EXPECT_THAT(status(list_).taken_back, ElementsAre("0003_tag"));
  EXPECT_THAT(must_commit().headline, HasSubstr("0 migrations stay, 1 taken back"));
}

TEST_F(DownTest, ToAVersionLeavesThatVersionApplied) {
  down_.to = "0001";
  const DownReport report = must_go_down();
  EXPECT_EQ(report.stays, "0001_add_phone");
  ASSERT_THAT(report.migrations, SizeIs(2));
  EXPECT_EQ(report.migrations[0].display_name, "0003_tag") << "the newest first";
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[1]));
  EXPECT_THAT(must_go_down().headline, HasSubstr("nothing to take back"));
}

TEST_F(DownTest, ToZeroTakesBackAllAndRollbackBringsAllBack) {
  const std::string before = dump(database_);
  down_.to = "0";
  EXPECT_THAT(must_go_down().headline, HasSubstr("none stays applied"));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[0]));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before));
}

TEST_F(DownTest, WhatWasTakenBackIsAppliedAgainInItsOrder) {
  down_.to = "0001";
  must_go_down();
  must_succeed(list_);
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[3]));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done 0003done");
  down_ = {};
  must_go_down();
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[2])) << "0003 is the newest";
}

TEST_F(DownTest, MoreStepsThanThereAreIsAnErrorAndNeverAll) {
  down_.steps = 4;
  EXPECT_THAT(refused(session().down(list_, down_)).message,
              HasSubstr("only 3 migrations are applied"));
  down_.steps = 0;
  refused(session().down(list_, down_));
  down_.to = "0009";
  EXPECT_THAT(refused(session().down(list_, down_)).message, HasSubstr("no migration `0009`"));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[3]));
}

TEST_F(DownTest, NeedsASessionOrAWord) {
  must_commit();
  EXPECT_THAT(refused(session().down(list_, down_)).message, HasSubstr("no session is open"));
  down_.allow_unguarded = true;
  EXPECT_THAT(must_go_down().headline, HasSubstr("there is no snapshot to come back to"));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_F(DownTest, WithoutADownOrWithOneThatFailsItSaysToGoForward) {
  list_[2].down.reset();
  Error error = refused(session().down(list_, down_));
  EXPECT_THAT(error.message, HasSubstr("0003_tag cannot be taken back: it has no down"));
  EXPECT_THAT(error.hint, HasSubstr("`belay new NAME`"));
  list_[2] = with_down(list_[2], "DROP TABLE nowhere;", Verdict::kFails);
  error = refused(session().down(list_, down_));
  EXPECT_THAT(error.message, HasSubstr("its down fails, so says the test"));
  down_.to = "0";
  refused(session().down(list_, down_));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[3])) << "all or nothing";
}

TEST_F(DownTest, WhatIsNotExactHasToBeNamed) {
  for (const Verdict verdict : {Verdict::kLosesData, Verdict::kDiffers, Verdict::kUnknown}) {
    list_[2].down_advice.verdict = verdict;
    const Error error = refused(session().down(list_, down_));
    EXPECT_THAT(error.message, HasSubstr("0003_tag has to be confirmed"));
    EXPECT_THAT(error.message, HasSubstr("so says the test"));
    EXPECT_THAT(error.hint, HasSubstr("--confirm 0003"));
  }
  down_.confirmed = {"0002"};
  refused(session().down(list_, down_));
  down_.confirmed = {"0003"};
  must_go_down();
}

TEST_F(DownTest, ANewTableThatGoesIsALossOnlyWhereItHasRows) {
  list_[1].down_advice.losses = {{"the table tags", "tags", true}};
  down_.steps = 2;
  const Error error = refused(session().down(list_, down_));
  EXPECT_THAT(error.message, HasSubstr("lost would be the table tags"));
  down_.steps = 1;
  must_go_down();
  must_go_down();  // tags is empty now
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[1]));
}

TEST_F(DownTest, WhatWasEditedSinceIsNotBelievedToBeExact) {
  list_[2].up.sql = "INSERT INTO tags VALUES ('b');";
  EXPECT_THAT(refused(session().down(list_, down_)).message, HasSubstr("its up was edited since"));
  list_[2].up.sql = "-- why\nINSERT INTO tags VALUES ('a');";
  must_go_down();
}

TEST_F(DownTest, WhatIsOlderThanTheWindowStays) {
  run_sql(database_, "UPDATE belay_migrations SET applied_at = '2020-01-31T12:00:00.000Z'");
  down_.window = std::chrono::hours(24);
  const Error error = refused(session().down(list_, down_));
  EXPECT_THAT(error.message, HasSubstr("longer ago than the rollback window"));
  EXPECT_THAT(error.hint, HasSubstr("--beyond-window"));
  down_.window.reset();
  must_go_down();
}

TEST_F(DownTest, AFailureLeavesTheMigrationApplied) {
  list_[2].down->sql = "DELETE FROM tags;\nINSERT INTO nowhere VALUES (1);";
  const DownReport report = expect(session().down(list_, down_));
  EXPECT_TRUE(report.failed);
  EXPECT_THAT(report.headline,
              AllOf(HasSubstr("the down of 0003_tag failed: migrations/0003_tag.down.sql:2:1"),
                    HasSubstr("the migration is applied as before")));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[3]));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done 0003done");
  EXPECT_THAT(ledger("coalesce(error, '')"), HasSubstr("no such table: nowhere"));
  EXPECT_THAT(to_text(status(list_)), HasSubstr("the down of 0003_tag: "));
  list_[2].down->sql = "DELETE FROM tags;";
  must_go_down();
  EXPECT_FALSE(status(list_).failed.has_value());
  EXPECT_EQ(ledger("coalesce(error, '')"), "  ");
}

TEST_F(DownTest, ByStatementsItGoesOnWhereItStopped) {
  list_[2].down->sql = "VACUUM;\nDELETE FROM tags;\nINSERT INTO nowhere VALUES (1);";
  EXPECT_THAT(expect(session().down(list_, down_)).headline,
              HasSubstr("2 of its 3 statements have run and stay"));
  EXPECT_EQ(ledger("version || state || statements_done"), "0001done1 0002done1 0003rolling_back2");
  EXPECT_THAT(refused(session().apply(list_)).message, HasSubstr("0003_tag is taken back in part"));
  EXPECT_THAT(refused(session().commit()).message, HasSubstr("0003_tag is taken back in part"));
  EXPECT_THAT(status(list_).pending_migrations, IsEmpty());
  const std::string right = list_[2].down->sql;
  list_[2].down->sql = "VACUUM;\nDROP TABLE tags;\nSELECT 1;";
  EXPECT_THAT(refused(session().down(list_, down_)).message,
              HasSubstr("the first 2 statements of its down, which have run, are not"));
  list_[2].down->sql = "VACUUM;\nDELETE FROM tags;\nSELECT 1;";
  must_go_down();
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM tags"), "0");
  EXPECT_EQ(ledger("version || state"), "0001done 0002done 0003rolled_back");
}

TEST_F(DownTest, WarnsWhereAnExactDownLeavesAnotherSchema) {
  list_[2].down->sql = "DELETE FROM tags;\nCREATE TABLE left_over (x);";
  const DownReport report = must_go_down();
  EXPECT_THAT(report.warnings, Contains(HasSubstr("is not the one that the ledger remembers")));
}

TEST_F(DownTest, APlanSaysAllAndWritesNothing) {
  list_[1].down_advice.losses = {{"the table tags", "tags", true}};
  list_[1].down_advice.risk = "high";
  down_.steps = 2;
  const std::string before = dump(database_);
  const std::string journal = read_bytes(state_ + "/journal");
  const DownPlanReport plan = expect(session().plan_down(list_, down_));
  EXPECT_EQ(plan.headline,
            "2 migrations would be taken back, 1 of them only where its version is typed");
  EXPECT_THAT(to_text(plan), AllOf(HasSubstr("0001_add_phone, which stays applied itself"),
                                   HasSubstr("as long as their ups took"),
                                   HasSubstr("2.              0002_tags, version 0002, risk high"),
                                   HasSubstr("lost: the table tags")));
  ASSERT_THAT(plan.items, SizeIs(2));
  EXPECT_FALSE(plan.items[0].needs_confirmation);
  EXPECT_TRUE(plan.items[1].needs_confirmation);
  EXPECT_TRUE(same_content(dump(database_), before));
  EXPECT_EQ(read_bytes(state_ + "/journal"), journal);
}

TEST_F(DownTest, RedoLeavesItApplied) {
  down_.steps = 2;
  const DownReport report = expect(session().redo(list_, down_));
  EXPECT_THAT(report.headline, HasSubstr("2 migrations were taken back and applied again"));
  EXPECT_THAT(report.migrations, SizeIs(4));
  EXPECT_TRUE(same_content(dump_without_ledger(database_), states_[3]));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done 0003done");
  EXPECT_THAT(status(list_).applied, ElementsAre("0002_tags", "0003_tag"));
}

TEST_F(DownTest, WhatIsNotAmongTheMigrationsStaysAndStopsIt) {
  list_.pop_back();
  EXPECT_THAT(refused(session().down(list_, down_)).message,
              HasSubstr("0003_tag is applied, but is not among the migrations"));
}

TEST_F(DownTest, WithoutADatabaseThereIsNothing) {
  must_commit();
  fs::remove(database_);
  const Error error = refused(session().plan_down(list_, down_));
  EXPECT_THAT(error.message, HasSubstr("nothing is applied"));
  EXPECT_FALSE(fs::exists(database_));
}

}  // namespace
}  // namespace belay::testing

// What happened, and what is put right: history, baseline, repair.
#include <filesystem>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = HistoryEvent::Kind;
using Problem = LedgerProblem::Kind;

class UpkeepTest : public SessionFixture {
 protected:
  void SetUp() override { make_shop(database_); }

  std::vector<Kind> kinds() {
    std::vector<Kind> out;
    for (const HistoryEvent& event : expect(session().history()).events) out.push_back(event.kind);
    return out;
  }
  std::string ledger(const std::string& columns) {
    return query_text(database_, "SELECT group_concat(row, ' ') FROM (SELECT " + columns +
                                     " AS row FROM belay_migrations ORDER BY position)");
  }
  std::vector<Problem> problems() {
    std::vector<Problem> out;
    for (const LedgerProblem& problem : expect(session().plan_repair(list_)).problems) {
      out.push_back(problem.kind);
    }
    return out;
  }
  /// 0002 stops behind two of its three statements.
  void apply_by_half() {
    list_[1].up.sql = "VACUUM;\nCREATE TABLE b (x);\nINSERT INTO nowhere VALUES (1);";
    must_begin();
    EXPECT_TRUE(must_apply(list_).failed);
  }

  Migrations list_ = {migration("0001", "a", "CREATE TABLE a (x);"),
                      migration("0002", "b", "CREATE TABLE b (x);"),
                      migration("0003", "c", "CREATE TABLE c (x);")};
  RepairOptions repair_;
};

TEST_F(UpkeepTest, HistoryTellsWhoDidWhatWhenOverAllSessions) {
  EXPECT_EQ(expect(session().history()).headline, "Nothing is recorded yet");
  list_[1].down.emplace().sql = "DROP TABLE b;";
  list_[1].down_advice.verdict = DownAdvice::Verdict::kExact;
  must_begin();
  must_succeed({list_[0], list_[1]});
  must_commit();
  must_begin();
  expect(session().down({{list_[0], list_[1]}}));
  list_[2].up.sql = "nonsense;";
  must_apply(list_);
  must_roll_back();
  EXPECT_THAT(kinds(), ElementsAre(Kind::kBegun, Kind::kApplied, Kind::kApplied, Kind::kCommitted,
                                   Kind::kBegun, Kind::kTakenBack, Kind::kApplied, Kind::kFailed,
                                   Kind::kRestored));
  const HistoryReport report = expect(session().history());
  EXPECT_EQ(report.events[5].command, "down");
  EXPECT_EQ(report.events[5].name, "0002_b");
  EXPECT_TRUE(report.events[5].duration_ms.has_value());
  EXPECT_THAT(report.events[7].text, HasSubstr("syntax error"));
  for (const HistoryEvent& event : report.events) EXPECT_THAT(event.by, HasSubstr("@"));
  EXPECT_THAT(to_text(report), HasSubstr("0002_b taken back, "));
  EXPECT_THAT(report.ledger, SizeIs(2));
}

TEST_F(UpkeepTest, HistoryGoesOnBehindADamagedLine) {
  must_begin();
  must_commit();
  const std::string log = read_bytes(state_ + "/audit.log");
  write_bytes(state_ + "/audit.log", "garbage\n" + log + "half a li");
  const HistoryReport report = expect(session().history());
  EXPECT_THAT(report.events, SizeIs(2));
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(UpkeepTest, ABaselineMarksWithoutRunning) {
  const std::string before = dump(database_);
  const BaselineReport report = expect(session().baseline(list_, "0002"));
  EXPECT_EQ(report.headline, "2 migrations are marked as applied; none of them was run");
  EXPECT_TRUE(same_content(dump_without_ledger(database_), before));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done");
  EXPECT_THAT(status(list_).pending_migrations, ElementsAre("0003_c"));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_EQ(expect(session().verify_schema()).drift.state, SchemaDrift::State::kNone);
  EXPECT_THAT(kinds(), ElementsAre(Kind::kEdited, Kind::kEdited)) << "the audit log knows";
  EXPECT_EQ(expect(session().history()).events[0].command, "baseline");
  EXPECT_THAT(expect(session().baseline(list_, "0002")).headline, HasSubstr("nothing to mark"));
  EXPECT_THAT(expect(session().baseline(list_, "0003")).marked, ElementsAre("0003_c"));
}

TEST_F(UpkeepTest, ABaselineIsRefusedWhereTheLedgerSaysSomethingElse) {
  EXPECT_THAT(refused(session().baseline(list_, "0009")).message, HasSubstr("no migration `0009`"));
  must_begin();
  must_succeed({list_[0], list_[1]});
  EXPECT_THAT(refused(session().baseline(list_, "0001")).message,
              HasSubstr("0002_b: it is not among those up to 0001_a"));
  list_[0].up.sql = "CREATE TABLE other (x);";
  EXPECT_THAT(refused(session().baseline(list_, "0003")).message,
              HasSubstr("its text is not the one that was applied"));
  EXPECT_EQ(ledger("version || state"), "0001done 0002done");
  must_roll_back();
  fs::remove(database_);
  fs::remove_all(state_);
  EXPECT_THAT(refused(session().baseline(list_, "0001")).message, HasSubstr("does not exist"));
  EXPECT_FALSE(fs::exists(state_));
}

TEST_F(UpkeepTest, ARollbackTakesABaselineBackToo) {
  const std::string before = dump(database_);
  must_begin();
  expect(session().baseline(list_, "0002"));
  EXPECT_EQ(status(list_).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before));
}

TEST_F(UpkeepTest, OfALedgerInOrderThereIsNothingToRepair) {
  must_begin();
  must_succeed(list_);
  must_commit();
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(expect(session().repair(list_)).headline, "The ledger is in order");
}

TEST_F(UpkeepTest, RepairTellsFirstAndRemovesFailuresOfWhichNothingStayed) {
  list_[1].up.sql = "nonsense;";
  must_begin();
  EXPECT_TRUE(must_apply(list_).failed);
  EXPECT_THAT(problems(), ElementsAre(Problem::kFailed));
  const RepairReport plan = expect(session().plan_repair(list_));
  EXPECT_FALSE(plan.changed);
  EXPECT_THAT(to_text(plan), AllOf(HasSubstr("nothing was changed yet"),
                                   HasSubstr("0002_b: the row of the failed run is removed")));
  EXPECT_EQ(ledger("version || state"), "0001done 0002failed");
  EXPECT_TRUE(expect(session().repair(list_)).changed);
  EXPECT_EQ(ledger("version || state"), "0001done");
  EXPECT_FALSE(status(list_).failed.has_value());
}

TEST_F(UpkeepTest, WhatIsThereByHalfIsMarkedAsAPersonSays) {
  apply_by_half();
  EXPECT_THAT(problems(), ElementsAre(Problem::kHalfApplied));
  EXPECT_FALSE(expect(session().repair(list_)).changed) << "nobody said what it is";
  run_sql(database_, "INSERT INTO b VALUES (1)");
  repair_.mark_applied = {"0002"};
  EXPECT_TRUE(expect(session().repair(list_, repair_)).changed);
  EXPECT_EQ(ledger("version || state || statements_done"), "0001done1 0002done3");
  must_commit();  // nothing is there by half any more
  EXPECT_THAT(refused(session().repair(list_, repair_)).message,
              HasSubstr("neither applied in part nor failed"));
}

TEST_F(UpkeepTest, OrAsNotApplied) {
  apply_by_half();
  run_sql(database_, "DROP TABLE b");
  repair_.mark_pending = {"0002_b"};
  expect(session().repair(list_, repair_));
  EXPECT_EQ(ledger("version || state"), "0001done");
  EXPECT_EQ(expect(session().verify_schema()).drift.state, SchemaDrift::State::kNone);
  list_[1].up.sql = "CREATE TABLE b (x);";
  must_succeed(list_);
}

TEST_F(UpkeepTest, AnEditedTextCountsWhereAPersonSaysSo) {
  must_begin();
  must_succeed(list_);
  list_[0].up.sql = "CREATE TABLE a (x, y);";
  EXPECT_THAT(problems(), ElementsAre(Problem::kEdited));
  refused(session().apply(list_));
  repair_.accept_checksum = {"0001"};
  expect(session().repair(list_, repair_));
  EXPECT_THAT(problems(), IsEmpty());
  must_succeed(list_);
  repair_.accept_checksum = {"0007"};
  EXPECT_THAT(refused(session().repair(list_, repair_)).message, HasSubstr("no entry `0007`"));
}

}  // namespace
}  // namespace belay::testing

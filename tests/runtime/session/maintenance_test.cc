// The flag file and the hooks: there from before the snapshot until the session is over, whatever
// kills a command on the way.
#include <filesystem>

#include <belay/maintenance.h>

#include "runtime/io/fault.h"
#include "tests/runtime/session/child.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MaintenanceTest : public SessionFixture {
 protected:
  void SetUp() override {
    make_shop(database_);
    options_.maintenance_file = flag_;
    options_.on_begin = [this](const SessionEvent& event) {
      calls_.push_back(event.event + (flagged() ? " flagged" : ""));
      return failing_begin_ ? Result<void>(Error{"the page could not be put up", "", ""})
                            : Result<void>();
    };
    options_.on_end = [this](const SessionEvent& event) {
      calls_.push_back(event.event + (flagged() ? " flagged" : ""));
      return failing_end_ ? Result<void>(Error{"nobody answers", "", ""}) : Result<void>();
    };
  }
  bool flagged() const { return migration_in_progress(flag_); }

  std::string flag_ = directory_.file("maintenance.flag");
  std::vector<std::string> calls_;
  bool failing_begin_ = false;
  bool failing_end_ = false;
};

TEST_F(MaintenanceTest, TheFlagIsThereWhileASessionIsOpen) {
  EXPECT_FALSE(flagged());
  const BeginReport begun = expect(session().begin());
  EXPECT_TRUE(flagged());
  EXPECT_THAT(migration_flag(flag_), AllOf(HasSubstr("\"session\":\"" + begun.session + "\""),
                                           HasSubstr("\"database\":\"sqlite:" + database_ + "\""),
                                           HasSubstr("\"since\":")));
  must_succeed({migration("1", "a", "CREATE TABLE a (x);")});
  EXPECT_TRUE(flagged());
  must_commit();
  EXPECT_FALSE(flagged());
  EXPECT_EQ(migration_flag(flag_), "");
  EXPECT_THAT(calls_, ElementsAre("begin flagged", "end"));
}

TEST_F(MaintenanceTest, ARollbackTakesItAwayToo) {
  must_begin();
  must_roll_back();
  EXPECT_FALSE(flagged());
  EXPECT_THAT(calls_, ElementsAre("begin flagged", "end"));
}

TEST_F(MaintenanceTest, ARunWithoutASnapshotHasIt) {
  apply_options_.allow_unguarded = true;
  must_succeed({migration("1", "a", "CREATE TABLE a (x);")});
  EXPECT_FALSE(flagged());
  EXPECT_THAT(calls_, ElementsAre("begin flagged", "end"));
}

TEST_F(MaintenanceTest, WhereTheHookFailsNoSessionIsOpened) {
  failing_begin_ = true;
  const std::string before = dump(database_);
  const Error error = refused(session().begin());
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("the page could not be put up"), HasSubstr("no session was opened")));
  EXPECT_FALSE(flagged());
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_TRUE(same_content(dump(database_), before));
  EXPECT_THAT(calls_, ElementsAre("begin flagged")) << "what was not begun needs no end";
  failing_begin_ = false;
  must_begin();
}

TEST_F(MaintenanceTest, ASessionThatCannotBeOpenedAfterTheHookEndsIt) {
  options_.free_space_margin = uint64_t{1} << 62U;
  refused(session().begin());
  EXPECT_FALSE(flagged());
  EXPECT_THAT(calls_, ElementsAre("begin flagged", "end"));
}

TEST_F(MaintenanceTest, AHookThatFailsAtTheEndIsAWarning) {
  failing_end_ = true;
  must_begin();
  const CommitReport report = must_commit();
  EXPECT_THAT(report.warnings, Contains(HasSubstr("nobody answers")));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_F(MaintenanceTest, TheNextCommandPutsTheFlagWhereItBelongs) {
  must_begin();
  ASSERT_EQ(::unlink(flag_.c_str()), 0);
  must_succeed({});
  EXPECT_TRUE(flagged());
  must_commit();
  write_bytes(flag_, "{}");
  refused(session().commit());
  EXPECT_FALSE(flagged()) << "no session is open";
}

TEST_F(MaintenanceTest, AFlagThatCannotBeWrittenKeepsTheSessionFromBeingOpened) {
  options_.maintenance_file = directory_.file("nowhere/maintenance.flag");
  EXPECT_THAT(refused(session().begin()).message, HasSubstr("no session was opened"));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_THAT(calls_, IsEmpty());
}

/// Ends the process at the n-th thing that it is about to do, or has done.
class KillAt : public fault::Hook {
 public:
  explicit KillAt(int n) : left_(n) {}
  int before(fault::Operation /*operation*/, std::string_view /*path*/,
             std::string_view /*other*/) override {
    if (--left_ == 0) ::_exit(9);
    return 0;
  }
  void after(fault::Operation /*operation*/, std::string_view /*path*/,
             std::string_view /*other*/) override {
    if (--left_ == 0) ::_exit(9);
  }

 private:
  int left_;
};

TEST_F(MaintenanceTest, AfterAKillAnywhereTheFlagTellsWhetherASessionIsOpen) {
  options_.on_begin = nullptr;
  options_.on_end = nullptr;
  const Migrations migrations = {migration("1", "a", "CREATE TABLE a (x);")};
  int survivors = 0;
  int cases = 0;
  for (const bool roll_back : {false, true}) {
    for (int n = 1;; ++n) {
      ++cases;
      std::filesystem::remove_all(state_);
      std::filesystem::remove(database_);
      std::filesystem::remove(flag_);
      make_shop(database_);
      Child child([&] {
        KillAt kill(n);
        fault::install(&kill);
        if (!session().begin() || !session().apply(migrations)) return 1;
        return (roll_back ? session().rollback().ok() : session().commit().ok()) ? 0 : 1;
      });
      const int code = child.wait();
      ASSERT_TRUE(code == 0 || code == 9) << "at " << n;
      // Before anything is settled: what the database may be in the middle of is flagged.
      const StatusReport left = status();
      if (left.phase != SessionPhase::kNone && left.phase != SessionPhase::kInterruptedBegin) {
        EXPECT_TRUE(flagged()) << "at " << n << ": " << left.headline;
      }
      (void)session().apply(migrations);  // settles
      EXPECT_EQ(flagged(), status().phase == SessionPhase::kOpen) << "at " << n;
      if (::testing::Test::HasFailure()) return;
      if (code == 0) {
        ++survivors;
        break;
      }
    }
  }
  EXPECT_EQ(survivors, 2);
  EXPECT_GT(cases, 100) << "it was killed at every step";
  RecordProperty("cases", cases);
}

}  // namespace
}  // namespace belay::testing

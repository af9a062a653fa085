// A disk without space, for real: a file system of a few hundred kilobytes where this process may
// mount one, else a limit on the size of files. Nothing is injected.
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "tests/runtime/session/child.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// More than there is room for, and rows that must not be lost on the way.
const std::vector<MigrationScript> kLarge = {
    migration("0001", "small", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
    migration("0002", "large",
              "DELETE FROM orders WHERE id > 30;\n"
              "CREATE TABLE blobs (b BLOB);\n"
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)\n"
              "INSERT INTO blobs SELECT randomblob(1000) FROM n;")};

class FullDisk : public SessionFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    disk_ = directory_.file("disk");
    fs::create_directory(disk_);
    if (::mount("none", disk_.c_str(), "tmpfs", 0, "size=256k") != 0) {
      GTEST_SKIP() << "a small file system cannot be mounted here";
    }
    mounted_ = true;
    database_ = disk_ + "/shop.db";
    options_.database_url = "sqlite:" + database_;
    make_shop(database_, GetParam());
    before_ = dump(database_);
  }
  void TearDown() override {
    if (mounted_) ::umount(disk_.c_str());
  }

  void fill() { write_bytes(disk_ + "/filler", std::string(1 << 20, 'x')); }
  void make_room() { fs::remove(disk_ + "/filler"); }

  std::string disk_;
  std::string before_;
  bool mounted_ = false;
};

TEST_P(FullDisk, BeginIsRefusedBeforeAnythingIsCopied) {
  fill();
  const Error error = refused(session().begin());
  EXPECT_THAT(error.to_string(),
              AnyOf(HasSubstr("free some space"), HasSubstr("the disk may be full")));
  make_room();
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_begin();
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(FullDisk, AMigrationThatFillsItIsTakenBack) {
  must_begin();
  const ApplyReport report = must_apply(kLarge);
  ASSERT_TRUE(report.failed);
  EXPECT_EQ(report.migrations.back().error->code_name, "SQLITE_FULL");
  EXPECT_THAT(to_text(report), HasSubstr("free some space"));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
  const StatusReport now = status(kLarge);
  EXPECT_EQ(now.phase, SessionPhase::kOpen);
  EXPECT_THAT(now.applied, ::testing::ElementsAre("0001_small"));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(FullDisk, ARollbackWithoutRoomChangesNothingAndWorksLater) {
  must_begin();
  must_succeed({kLarge[0]});
  const std::string after = dump(database_);
  fill();
  const Result<RollbackReport> first = session().rollback();
  make_room();  // to look into a database with a log takes space, too
  if (!first) {
    EXPECT_TRUE(same_content(dump(database_), after)) << first.error().to_string();
    must_roll_back();
  }
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

INSTANTIATE_TEST_SUITE_P(JournalModes, FullDisk, ::testing::Values("delete", "wal"), journal_name);

/// Runs the command in a process whose files cannot grow beyond `bytes`.
int with_file_limit(uint64_t bytes, const std::function<int()>& command) {
  return Child([&] {
           std::signal(SIGXFSZ, SIG_IGN);
           const rlimit limit{bytes, bytes};
           if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 99;
           return command();
         })
      .wait();
}

class FileLimit : public ShopSession {};

constexpr uint64_t kBelowTheDatabase = 16U << 10U;  // the shop has 32 kB
constexpr uint64_t kAboveTheDatabase = 256U << 10U;

TEST_P(FileLimit, ABeginThatCannotWriteLeavesNothing) {
  EXPECT_EQ(with_file_limit(kBelowTheDatabase, [&] { return session().begin() ? 1 : 0; }), 0);
  EXPECT_EQ(status().phase, SessionPhase::kNone);
  EXPECT_TRUE(!fs::exists(state_ + "/snapshots") || fs::is_empty(state_ + "/snapshots"));
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(FileLimit, AMigrationThatCannotWriteIsTakenBack) {
  must_begin();
  EXPECT_EQ(with_file_limit(kAboveTheDatabase,
                            [&] {
                              const Result<ApplyReport> report = session().apply(kLarge);
                              return report && report->failed && report->migrations.size() == 2 ? 0
                                                                                                : 1;
                            }),
            0);
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
  EXPECT_THAT(status(kLarge).applied, ::testing::ElementsAre("0001_small"));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

INSTANTIATE_TEST_SUITE_P(JournalModes, FileLimit, ::testing::Values("delete", "wal"), journal_name);

}  // namespace
}  // namespace belay::testing

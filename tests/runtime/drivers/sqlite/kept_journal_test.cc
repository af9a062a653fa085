// How often the directory of a journal that stays is synced: once for each file that comes to have
// its name. What a power cut would leave otherwise is tried in tests/faults.
#include "runtime/drivers/sqlite/kept_journal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/drivers/driver.h"
#include "runtime/io/fault.h"
#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using belay::testing::make_shop;
using belay::testing::TemporaryDirectory;
using belay::testing::write_bytes;

/// Counts Belay's own syncs of directories.
class DirectorySyncs : public fault::Hook {
 public:
  DirectorySyncs() { fault::install(this); }
  ~DirectorySyncs() override { fault::install(nullptr); }
  int before(fault::Operation, std::string_view, std::string_view) override { return 0; }
  void after(fault::Operation operation, std::string_view, std::string_view) override {
    if (operation == fault::Operation::kSyncDirectory) ++count;
  }

  int count = 0;
};

class KeptJournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    make_shop(path_);
    const Result<DatabaseUrl> url = parse_database_url("sqlite:" + path_, nullptr);
    ASSERT_TRUE(url.ok());
    Result<std::unique_ptr<Driver>> driver = open_driver(*url, {});
    ASSERT_TRUE(driver.ok());
    auto connection = (*driver)->connect(Driver::Purpose::kSession, /*create=*/false);
    ASSERT_TRUE(connection.ok());
    connection_ = *std::move(connection);
  }

  /// Returns how many directories were synced by us.
  int commit(int times) {
    DirectorySyncs syncs;
    for (int i = 0; i < times; ++i) {
      const Result<void> done = connection_->execute("UPDATE settings SET value = value || 'x'");
      EXPECT_TRUE(done.ok()) << done.error().to_string();
    }
    return syncs.count;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("shop.db");
  std::string journal_ = path_ + "-journal";
  std::unique_ptr<Connection> connection_;
};

TEST_F(KeptJournalTest, SyncsTheDirectoryOnce) {
  EXPECT_EQ(commit(1), 0) << "SQLite does when it makes the journal";
  ASSERT_TRUE(std::filesystem::exists(journal_));
  EXPECT_EQ(commit(1), 1);
  EXPECT_EQ(commit(10), 0);
}

TEST_F(KeptJournalTest, SyncsItAgainForAnotherFileOfThatName) {
  EXPECT_EQ(commit(3), 1);
  for (int i = 0; i < 5; ++i) {
    std::filesystem::remove(journal_);
    write_bytes(journal_, "");  // most file systems would give it the number of the one before
    EXPECT_EQ(commit(1), 1);
    EXPECT_EQ(commit(3), 0);
  }
}

TEST_F(KeptJournalTest, LeavesItToSqliteWhereTheFileIsGone) {
  EXPECT_EQ(commit(3), 1);
  std::filesystem::remove(journal_);
  EXPECT_EQ(commit(1), 0);
  EXPECT_TRUE(std::filesystem::exists(journal_));
}

}  // namespace
}  // namespace belay::runtime

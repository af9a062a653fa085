#include "runtime/session/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ConnectionOptions options;
    options.create = true;
    auto made = connect(*parse_database_url("sqlite:" + path_, nullptr), options);
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    connection_ = *std::move(made);
  }

  static LedgerEntry entry(const std::string& version, MigrationState state) {
    LedgerEntry entry;
    entry.version = version;
    entry.name = "name";
    entry.checksum = std::string(64, 'c');
    entry.state = state;
    entry.started_at = "2026-01-31T12:00:00.000Z";
    entry.belay_version = "0.1.0";
    return entry;
  }

  std::vector<LedgerEntry> read() {
    Result<std::vector<LedgerEntry>> entries = Ledger::read(*connection_);
    EXPECT_TRUE(entries.ok()) << entries.error().to_string();
    return entries ? *std::move(entries) : std::vector<LedgerEntry>{};
  }

  testing::TemporaryDirectory directory_;
  std::string path_ = directory_.file("a.db");
  std::unique_ptr<Connection> connection_;
};

TEST_F(LedgerTest, IsEmptyWithoutItsTableAndDoesNotMakeIt) {
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(testing::query_text(path_, "SELECT count(*) FROM sqlite_schema"), "0");
}

TEST_F(LedgerTest, GivesBackWhatWasPut) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  LedgerEntry full = entry("0001", MigrationState::kFailed);
  full.history = "billing";
  full.in_transaction = false;
  full.statements = 7;
  full.statements_done = 3;
  full.statements_hash = std::string(64, 'h');
  full.applied_at = "a";
  full.rolled_back_at = "r";
  full.duration_ms = 12345678901;
  full.error = "it's broken";
  full.session = "s";
  full.schema_before = std::string(64, 'b');
  full.schema_after = std::string(64, 'a');
  ASSERT_TRUE(Ledger::put(*connection_, full).ok());
  const std::vector<LedgerEntry> entries = read();
  ASSERT_EQ(entries.size(), 1U);
  const LedgerEntry& got = entries[0];
  EXPECT_EQ(got.history, "billing");
  EXPECT_EQ(got.state, MigrationState::kFailed);
  EXPECT_FALSE(got.in_transaction);
  EXPECT_EQ(got.statements, 7U);
  EXPECT_EQ(got.statements_done, 3U);
  EXPECT_EQ(got.statements_hash, full.statements_hash);
  EXPECT_EQ(got.applied_at, "a");
  EXPECT_EQ(got.rolled_back_at, "r");
  EXPECT_EQ(got.duration_ms, 12345678901);
  EXPECT_EQ(got.error, "it's broken");
  EXPECT_EQ(got.session, "s");
  EXPECT_EQ(got.schema_before, full.schema_before);
  EXPECT_EQ(got.schema_after, full.schema_after);
  EXPECT_EQ(got.position, 1);
}

TEST_F(LedgerTest, KeepsAnEntrysPlaceWhenItIsWrittenAgain) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  for (const char* version : {"1", "3", "2"}) {
    ASSERT_TRUE(Ledger::put(*connection_, entry(version, MigrationState::kDone)).ok());
  }
  ASSERT_TRUE(Ledger::put(*connection_, entry("3", MigrationState::kFailed)).ok());
  const std::vector<LedgerEntry> entries = read();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[1].version, "3");
  EXPECT_EQ(entries[1].state, MigrationState::kFailed);
  EXPECT_EQ(entries[2].version, "2");
}

TEST_F(LedgerTest, TellsHistoriesApart) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  LedgerEntry other = entry("1", MigrationState::kDone);
  other.history = "billing";
  ASSERT_TRUE(Ledger::put(*connection_, entry("1", MigrationState::kDone)).ok());
  ASSERT_TRUE(Ledger::put(*connection_, other).ok());
  const std::vector<LedgerEntry> entries = read();
  EXPECT_EQ(entries.size(), 2U);
  EXPECT_EQ(find_entry(entries, "billing", "1")->history, "billing");
  EXPECT_EQ(find_entry(entries, "nobody", "1"), nullptr);
}

TEST_F(LedgerTest, CountsProgress) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  LedgerEntry started = entry("1", MigrationState::kStarted);
  ASSERT_TRUE(Ledger::put(*connection_, started).ok());
  started.statements_done = 2;
  started.statements_hash = "h";
  ASSERT_TRUE(Ledger::note_progress(*connection_, started).ok());
  EXPECT_EQ(read()[0].statements_done, 2U);
  EXPECT_EQ(read()[0].statements_hash, "h");
  EXPECT_EQ(read()[0].state, MigrationState::kStarted);
}

TEST_F(LedgerTest, ReadsAnOlderTableAsItIsAndWidensItAtTheNextWrite) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  LedgerEntry first = entry("1", MigrationState::kDone);
  first.sql_checksum = std::string(64, 's');
  ASSERT_TRUE(Ledger::put(*connection_, first).ok());
  EXPECT_EQ(read()[0].sql_checksum, first.sql_checksum);
  testing::run_sql(path_, "ALTER TABLE belay_migrations DROP COLUMN sql_checksum");
  EXPECT_EQ(read()[0].sql_checksum, "");
  EXPECT_EQ(read()[0].checksum, first.checksum);
  const char* columns =
      "SELECT count(*) FROM pragma_table_info('belay_migrations') WHERE name = 'sql_checksum'";
  EXPECT_EQ(testing::query_text(path_, columns), "0") << "reading changes nothing";

  ASSERT_TRUE(connection_->begin().ok());
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  ASSERT_TRUE(connection_->roll_back().ok());
  EXPECT_EQ(testing::query_text(path_, columns), "0") << "it belongs to the transaction";
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  ASSERT_TRUE(Ledger::put(*connection_, first).ok());
  EXPECT_EQ(read()[0].sql_checksum, first.sql_checksum);
}

TEST_F(LedgerTest, PutsAnEntryBehindAllOthersWhereItIsToldTo) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  for (const char* version : {"1", "2", "3"}) {
    ASSERT_TRUE(Ledger::put(*connection_, entry(version, MigrationState::kDone)).ok());
  }
  LedgerEntry again = entry("1", MigrationState::kRolledBack);
  again.position = Ledger::kLast;
  ASSERT_TRUE(Ledger::put(*connection_, again).ok());
  EXPECT_EQ(read().back().version, "1");
  ASSERT_TRUE(Ledger::remove(*connection_, again).ok());
  EXPECT_EQ(read().size(), 2U);
}

TEST_F(LedgerTest, DoesNotMistakeSomebodyElsesTable) {
  testing::run_sql(path_, "CREATE TABLE belay_migrations (id, what)");
  const auto entries = Ledger::read(*connection_);
  ASSERT_FALSE(entries.ok());
  EXPECT_THAT(entries.error().message, HasSubstr("not as this Belay makes it"));
}

TEST_F(LedgerTest, DoesNotGuessAboutAStateItDoesNotKnow) {
  ASSERT_TRUE(Ledger::create(*connection_).ok());
  ASSERT_TRUE(Ledger::put(*connection_, entry("1", MigrationState::kDone)).ok());
  testing::run_sql(path_, "UPDATE belay_migrations SET state = 'squashed'");
  const auto entries = Ledger::read(*connection_);
  ASSERT_FALSE(entries.ok());
  EXPECT_THAT(entries.error().message, HasSubstr("`squashed`"));
}

}  // namespace
}  // namespace belay::runtime

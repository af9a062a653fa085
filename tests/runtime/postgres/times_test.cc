// What a server's locks are measured by, and what is stopped there because it runs too long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PostgresTimes : public ::testing::Test {
 protected:
  void SetUp() override {
    make_postgres_shop(kDatabase);
    options_.database_url = url_text(kDatabase);
    options_.base_directory = directory_.path();
    options_.free_space_margin = 0;
  }
  void TearDown() override { drop_postgres(kDatabase); }

  /// The report on the only migration, with this script, that ran in a session.
  MigrationReport run(const std::string& sql) {
    const Session session(options_);
    EXPECT_TRUE(session.begin().ok());
    const Result<ApplyReport> report = session.apply({{migration("0001", "m", sql)}});
    EXPECT_TRUE(report.ok()) << report.error().to_string();
    return report ? report->migrations.at(0) : MigrationReport{};
  }
  /// `table mode`, with what was held for at least so long.
  static std::vector<std::string> held(const MigrationReport& report, int64_t at_least_ms) {
    std::vector<std::string> out;
    for (const HeldLock& lock : report.locks) {
      if (lock.duration_ms >= at_least_ms) out.push_back(lock.table + " " + lock.mode);
    }
    return out;
  }

  static constexpr const char* kDatabase = "times of tests";
  TemporaryDirectory directory_;
  SessionOptions options_;
};

TEST_F(PostgresTimes, LocksAreTimedFromTheirStatementOn) {
  const MigrationReport report =
      run("SELECT pg_sleep(0.4);\n"
          "ALTER TABLE customers ADD COLUMN phone text;\n"
          "SELECT pg_sleep(0.3);\n"
          "CREATE INDEX orders_by_total ON orders (total);\n");
  ASSERT_EQ(report.state, MigrationState::kDone);
  EXPECT_THAT(held(report, 0), ElementsAre("customers AccessExclusiveLock", "orders ShareLock"));
  EXPECT_GE(report.locks[0].duration_ms, 300);
  EXPECT_LE(report.locks[0].duration_ms, report.duration_ms - 400) << "not before its statement";
}

TEST_F(PostgresTimes, NobodyWaitsForRowsNorForWhatIsNew) {
  const MigrationReport report = run(
      "UPDATE customers SET name = name;\n"
      "CREATE TABLE archive (id int);\n"
      "ALTER TABLE archive ADD COLUMN name text;\n"
      "CREATE INDEX ON archive (name);\n"
      "SAVEPOINT s;\nCREATE TABLE more (id int);\nALTER TABLE more ADD COLUMN n int;\nRELEASE s;\n"
      "INSERT INTO archive SELECT id FROM customers;\n");
  ASSERT_EQ(report.state, MigrationState::kDone);
  EXPECT_THAT(held(report, 0), IsEmpty());
}

TEST_F(PostgresTimes, TransactionsOfTheirOwnAreTimedEach) {
  const MigrationReport report =
      run("ALTER TABLE customers ADD COLUMN a int;\n"
          "CREATE INDEX CONCURRENTLY later ON orders (total);\n"
          "SELECT pg_sleep(0.3);\n"
          "BEGIN;\nALTER TABLE log ADD COLUMN b int;\nSELECT pg_sleep(1.5);\nCOMMIT;\n");
  ASSERT_EQ(report.state, MigrationState::kDone);
  EXPECT_THAT(held(report, 0),
              ElementsAre("customers AccessExclusiveLock", "log AccessExclusiveLock"));
  EXPECT_THAT(held(report, 1500), ElementsAre("log AccessExclusiveLock"));
}

TEST_F(PostgresTimes, TurnsInVainAreWaiting) {
  options_.busy_timeout = milliseconds(20'000);
  ASSERT_TRUE(Session(options_).begin().ok());
  auto reader = connect_postgres(kDatabase);
  ASSERT_TRUE(reader->execute("BEGIN").ok());
  ASSERT_TRUE(reader->query("SELECT count(*) FROM customers").ok());
  std::thread ends([&] {
    std::this_thread::sleep_for(milliseconds(5000));
    reader.reset();
  });
  const Result<ApplyReport> report = Session(options_).apply(
      {{migration("0001", "m", "ALTER TABLE customers ADD COLUMN phone text;\n")}});
  ends.join();
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_FALSE(report->failed) << report->headline;
  EXPECT_GE(report->migrations[0].lock_wait_ms, 900);
}

TEST_F(PostgresTimes, AStatementThatRunsTooLongIsStopped) {
  options_.statement_timeout = milliseconds(1100);
  const std::string before = dump_postgres(kDatabase, /*with_ledger=*/false);
  const MigrationReport report =
      run("CREATE TABLE t (i int);\n"
          "SELECT pg_sleep(60);\n");
  ASSERT_EQ(report.state, MigrationState::kFailed);
  EXPECT_TRUE(report.error->timed_out);
  EXPECT_FALSE(report.error->cancelled);
  EXPECT_EQ(report.error->place.line, 2U);
  EXPECT_THAT(report.error->to_error().to_string(), HasSubstr("it ran for longer than 1.1 s"));
  ASSERT_EQ(report.slow.size(), 1U);
  EXPECT_THAT(report.slow[0].statement, HasSubstr("pg_sleep(60)"));
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, false), before));
}

/// One that the script sets counts as well; the server says so itself.
TEST_F(PostgresTimes, TheServersOwnTimeoutStaysTheServers) {
  const MigrationReport report = run("SET LOCAL statement_timeout = 200;\nSELECT pg_sleep(60);\n");
  ASSERT_EQ(report.state, MigrationState::kFailed);
  EXPECT_FALSE(report.error->timed_out);
  EXPECT_THAT(report.error->message, HasSubstr("statement timeout"));
}

}  // namespace
}  // namespace belay::testing

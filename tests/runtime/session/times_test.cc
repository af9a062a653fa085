// What is measured while migrations run, and what is stopped because it runs too long.
#include <sqlite3.h>

#include <thread>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Counts up to a number; a billion take minutes.
std::string count_to(const std::string& last) {
  return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + last +
         ") SELECT max(i) FROM n";
}
const std::string kBillion = "1000000000";

using Times = ShopSession;

TEST_P(Times, AStatementThatRunsTooLongIsStopped) {
  options_.statement_timeout = milliseconds(300);
  must_begin();
  const ApplyReport report = must_apply({migration("0001", "m",
                                                   "ALTER TABLE customers ADD COLUMN phone TEXT;\n"
                                                   "UPDATE customers SET phone = (" +
                                                       count_to(kBillion) + ");")});
  ASSERT_TRUE(report.failed);
  EXPECT_FALSE(report.cancelled);
  const DatabaseError& error = *report.migrations[0].error;
  EXPECT_TRUE(error.timed_out);
  EXPECT_FALSE(error.cancelled);
  EXPECT_EQ(error.place.line, 2U);
  EXPECT_THAT(error.to_error().to_string(), HasSubstr("it ran for longer than 0.3 s"));
  EXPECT_THAT(error.hint, HasSubstr("statement_timeout"));
  EXPECT_EQ(query_text(database_,
                       "SELECT count(*) FROM pragma_table_info('customers') "
                       "WHERE name = 'phone'"),
            "0");
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Times, TheTimeIsEachStatementsOwn) {
  options_.statement_timeout = milliseconds(1000);
  must_begin();
  std::string sql = "CREATE TABLE sums (i INTEGER);\n";
  for (int i = 0; i < 20; ++i) sql += "INSERT INTO sums " + count_to("200000") + ";\n";
  must_succeed({migration("0001", "m", sql)});
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM sums"), "20");
}

TEST_P(Times, WritersAreLockedOutForAsLongAsTheTransaction) {
  must_begin();
  const MigrationReport report =
      must_succeed({migration("0001", "m", "CREATE TABLE sums AS " + count_to("3000000") + ";")})
          .migrations[0];
  ASSERT_THAT(report.locks, SizeIs(1));
  EXPECT_EQ(report.locks[0].table, "");
  EXPECT_EQ(report.locks[0].mode, "RESERVED");
  EXPECT_GT(report.locks[0].duration_ms, 50);
  EXPECT_LE(report.locks[0].duration_ms, report.duration_ms);
}

TEST_P(Times, SlowStatementsAreNamed) {
  must_begin();
  options_.statement_timeout = milliseconds(1200);
  const ApplyReport report = must_apply({migration("0001", "m",
                                                   "CREATE TABLE sums (i INTEGER);\n"
                                                   "INSERT INTO sums " +
                                                       count_to(kBillion) + ";")});
  ASSERT_THAT(report.migrations[0].slow, SizeIs(1));
  const SlowStatement& slow = report.migrations[0].slow[0];
  EXPECT_EQ(slow.place.line, 2U);
  EXPECT_THAT(slow.statement, HasSubstr("INSERT INTO sums"));
  EXPECT_GE(slow.duration_ms, 1200);
}

TEST_P(Times, WaitingForAnotherWriterIsCounted) {
  must_begin();
  options_.busy_timeout = milliseconds(5000);
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(writer, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  std::thread ends([&] {
    std::this_thread::sleep_for(milliseconds(2000));
    sqlite3_close(writer);
  });
  const MigrationReport report =
      must_succeed({migration("0001", "m", "CREATE TABLE t (i INTEGER);")}).migrations[0];
  ends.join();
  EXPECT_GE(report.lock_wait_ms, 300);
}

INSTANTIATE_TEST_SUITE_P(Journals, Times, ::testing::Values("delete", "wal"), journal_name);

}  // namespace
}  // namespace belay::testing

// The same for users' own programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <belay/batches.h>

#include "runtime/batches/key.h"
#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunInBatches : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::run_sql(path_,
                     "CREATE TABLE users (name TEXT PRIMARY KEY NOT NULL, n INT DEFAULT 0);"
                     "INSERT INTO users (name) VALUES ('e'), ('a'), ('c'), ('b'), ('d');"
                     "CREATE TABLE place (at TEXT); INSERT INTO place VALUES ('');");
    auto made = connect(*parse_database_url("sqlite:" + path_, nullptr), {});
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    connection_ = *std::move(made);
    options_.table = "users";
    options_.key = "name";
    options_.size = 2;
  }

  Result<BatchesReport> run(const BatchWork& work) {
    return run_in_batches(*connection_, options_, work);
  }
  /// The statement of the work, and with it the place to go on from.
  static Result<void> count(Connection& db, const Batch& batch) {
    const std::array<Value, 2> keys = {batch.first, batch.last};
    BELAY_TRY(db.execute("UPDATE users SET n = n + 1 WHERE name BETWEEN ? AND ?", keys));
    const Value at = batch.position;
    return db.execute("UPDATE place SET at = ?", {&at, 1});
  }

  testing::TemporaryDirectory directory_;
  std::string path_ = directory_.file("a.db");
  std::unique_ptr<Connection> connection_;
  BatchOptions options_;
};

TEST_F(RunInBatches, HandsOutEachKeyOnceInTheirOrder) {
  std::vector<std::string> seen;
  const auto report = run([&](Connection&, const Batch& batch) -> Result<void> {
    seen.push_back(shown_key(batch.first) + "-" + shown_key(batch.last) + " " +
                   std::to_string(batch.rows));
    return {};
  });
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_THAT(seen, ElementsAre("a-b 2", "c-d 2", "e-e 1"));
  EXPECT_EQ(report->batches, 3U);
  EXPECT_EQ(report->rows, 5U);
}

TEST_F(RunInBatches, AnErrorTakesItsBatchBackAndTheNextRunGoesOn) {
  const auto failed = run([&](Connection& db, const Batch& batch) -> Result<void> {
    BELAY_TRY(count(db, batch));
    if (batch.number == 2) return Error{"enough", "", ""};
    return {};
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "enough");
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(testing::query_text(path_, "SELECT group_concat(n, '') FROM users ORDER BY name"),
            "01010");
  options_.resume = testing::query_text(path_, "SELECT at FROM place");
  const auto rest = run(count);
  ASSERT_TRUE(rest.ok()) << rest.error().to_string();
  EXPECT_EQ(rest->rows, 3U);
  EXPECT_EQ(testing::query_text(path_, "SELECT count(*) FROM users WHERE n = 1"), "5");
}

TEST_F(RunInBatches, RefusesWhatItCannotDo) {
  const auto refused = [&](const char* what) {
    const auto report = run(count);
    EXPECT_FALSE(report.ok()) << what;
    return report.ok() ? "" : report.error().message;
  };
  options_.key = "n";
  EXPECT_THAT(refused("key"), HasSubstr("not unique by itself"));
  options_.key = "name";
  options_.resume = "{}";
  EXPECT_THAT(refused("position"), HasSubstr("not one of the key name of users"));
  options_.resume.clear();
  options_.size = 0;
  EXPECT_THAT(refused("size"), HasSubstr("0 rows"));
  options_.size = 2;
  options_.table = "us ers";
  EXPECT_THAT(refused("name"), HasSubstr("not the name of a table"));
  options_.table = "users";
  ASSERT_TRUE(connection_->begin().ok());
  EXPECT_THAT(refused("transaction"), HasSubstr("in a transaction"));
}

TEST(BatchKeyText, ComesBackExactly) {
  const std::vector<Value> keys = {int64_t{-9223372036854775807 - 1},
                                   0.1,
                                   1e300,
                                   std::string(),
                                   std::string("a\0b", 3),
                                   std::string("\xff\x80"),
                                   std::string("\xF0\x9F\x98\x80 'x\" \\"),
                                   Blob{std::string("\0\xff", 2)}};
  for (const Value& key : keys) {
    const std::optional<Value> back = key_from_text(key_text(key));
    ASSERT_TRUE(back.has_value()) << key_text(key);
    EXPECT_TRUE(*back == key) << key_text(key);
  }
  for (const char* bad : {"", "i", "i1x", "b0", "bzz", "q1"}) {
    EXPECT_FALSE(key_from_text(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace belay::runtime

// The driver's connection, on a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <belay/connection.h>

#include "tests/workbench/verify/round_trips.h"

namespace belay::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PostgresConnectionTest : public workbench::OnPostgres {
 protected:
  void SetUp() override {
    OnPostgres::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = *engine().create();
    connection_ = *database_->connect();
  }

  std::unique_ptr<workbench::ScratchDatabase> database_;
  std::unique_ptr<Connection> connection_;
};

TEST_P(PostgresConnectionTest, GivesAndTakesValues) {
  const Value parameters[] = {int64_t{7}, std::string("it's ?"), nullptr, Blob{{"\0\x7f", 2}}, 1.5};
  const Result<Rows> rows = connection_->query(
      "SELECT ?::bigint AS a, ?::text, ?::int, ?::bytea, ?::float8, true, '?', 12.30::numeric",
      parameters);
  ASSERT_TRUE(rows.ok()) << rows.error().to_string();
  EXPECT_EQ(rows->columns[0], "a");
  const std::vector<Value> expected = {
      int64_t{7},       std::string("it's ?"), nullptr, Blob{{"\0\x7f", 2}}, 1.5, int64_t{1},
      std::string("?"), std::string("12.30")};
  EXPECT_EQ(rows->rows[0], expected);
}

TEST_P(PostgresConnectionTest, KnowsWhetherATransactionIsOpen) {
  EXPECT_FALSE(connection_->in_transaction());
  ASSERT_TRUE(connection_->begin().ok());
  EXPECT_TRUE(connection_->in_transaction());
  EXPECT_FALSE(connection_->execute("SELECT 1/0").ok());
  EXPECT_EQ(connection_->last_error().code_name, "22012");
  EXPECT_TRUE(connection_->in_transaction());
  ASSERT_TRUE(connection_->roll_back().ok());
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(connection_->last_error().code_name, "22012");
  EXPECT_TRUE(connection_->roll_back().ok());
}

TEST_P(PostgresConnectionTest, RefusesCommandsOfPsql) {
  const Script script{"SELECT 1;\n\\connect other\n", "a.sql", 0, 1};
  const Result<void> run = connection_->run(script, 0, static_cast<uint32_t>(script.sql.size()));
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message, HasSubstr("is a command of psql"));
  EXPECT_EQ(run.error().where, "a.sql:2:1");
}

TEST_P(PostgresConnectionTest, IsCancelledOnTheServer) {
  const CancellationToken token;
  // The scratch database hides its URL; its own connection tells it.
  const Result<Rows> names = connection_->query(
      "SELECT current_database()::text, current_setting('unix_socket_directories')");
  DatabaseUrl url;
  url.engine = Engine::kPostgres;
  url.database = names->text(0, 0);
  url.host = names->text(0, 1);
  url.user = "belay";
  ConnectionOptions options;
  options.cancellation = token;
  const std::unique_ptr<Connection> other = *connect(url, options);
  std::thread canceller([&token] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    token.cancel();
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(other->execute("SELECT pg_sleep(60)").ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
  EXPECT_TRUE(other->last_error().cancelled);
  canceller.join();
}

TEST_P(PostgresConnectionTest, NoMessageHoldsThePassword) {
  DatabaseUrl url;
  url.engine = Engine::kPostgres;
  url.host = "/nowhere";
  url.user = "somebody";
  url.password = "nowhere";  // even where the server's own words would hold it
  const Result<std::unique_ptr<Connection>> refused = connect(url, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, Not(HasSubstr("nowhere")));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresConnectionTest,
                         ::testing::ValuesIn(workbench::kPostgresServers), workbench::server_name);

}  // namespace
}  // namespace belay::runtime

// The history tables of other tools, on a real server.
#include "tests/runtime/session/foreign_histories.h"
#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

class PostgresForeignHistories : public OnPostgres {};

TEST_P(PostgresForeignHistories, AreWrittenAsTheyAreRead) {
  const std::unique_ptr<ScratchDatabase> database = *engine().create();
  const std::unique_ptr<runtime::Connection> connection = *database->connect();
  testing::check_foreign_histories(*connection);
}

TEST_P(PostgresForeignHistories, SqitchHasASchemaOfItsOwn) {
  const std::unique_ptr<ScratchDatabase> database = *engine().create();
  const std::unique_ptr<runtime::Connection> connection = *database->connect();
  for (const char* sql : {"CREATE SCHEMA sqitch",
                          "CREATE TABLE sqitch.changes (change_id TEXT PRIMARY KEY, script_hash "
                          "TEXT NULL, change TEXT "
                          "NOT NULL, project TEXT NOT NULL, committed_at TIMESTAMPTZ NOT NULL, "
                          "planned_at TIMESTAMPTZ "
                          "NOT NULL)",
                          "SET TIME ZONE 'America/New_York'",
                          "INSERT INTO sqitch.changes VALUES ('c', NULL, 'totals', 'shop', "
                          "'2024-03-01 08:00:00.25+00', "
                          "'2024-01-12 09:00:00+00')"}) {
    const Result<void> done = connection->execute(sql);
    ASSERT_TRUE(done.ok()) << done.error().to_string();
  }
  const auto history = runtime::foreign_history("sqitch", "");
  ASSERT_TRUE(*history->is_there(*connection));
  const Result<runtime::ForeignRecords> records = history->read(*connection);
  ASSERT_TRUE(records.ok()) << records.error().to_string();
  ASSERT_EQ(records->applied.size(), 1U);
  EXPECT_EQ(records->applied[0].applied_at, "2024-03-01T08:00:00.250Z");
  runtime::MigrationScript migration;
  migration.name = "totals";
  migration.version = "2024-01-12T09:00:00Z";
  EXPECT_TRUE(history->is_about(records->applied[0], migration));
  migration.version = "2024-02-01T09:00:00Z";
  EXPECT_FALSE(history->is_about(records->applied[0], migration));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresForeignHistories, ::testing::ValuesIn(kPostgresServers),
                         server_name);

}  // namespace
}  // namespace belay::workbench

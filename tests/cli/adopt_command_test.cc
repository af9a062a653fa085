// `belay adopt` on a database that golang-migrate has left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::HasSubstr;

class AdoptCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/1_a.up.sql", "CREATE TABLE a (x);\n");
    folder_.write("migrations/1_a.down.sql", "DROP TABLE a;\n");
    folder_.write("migrations/2_b.up.sql", "CREATE TABLE b (x);\n");
    folder_.write("migrations/2_b.down.sql", "DROP TABLE b;\n");
    options_.folder = folder_.path();
  }

  void run_sql(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_.path() / "app.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  ScratchFolder folder_;
  RunOptions options_;
};

TEST_F(AdoptCommand, SaysFirstAndDoesThen) {
  run_sql(
      "CREATE TABLE schema_migrations (version uint64,dirty bool); CREATE TABLE a (x);"
      "INSERT INTO schema_migrations VALUES (1, 0);");
  Answer answer = run_belay({"adopt", "--dry-run", "--format", "json"}, options_);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["tool"], "golang-migrate");
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_TRUE(json["session"].is_null());
  EXPECT_EQ(json["migrations"][0]["outcome"], "adopted");
  EXPECT_TRUE(json["migrations"][0]["applied_at"].is_null());
  EXPECT_EQ(json["migrations"][1]["outcome"], "pending");

  answer = run_belay({"adopt"}, options_);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("1 migration of golang-migrate is adopted"));
  EXPECT_THAT(answer.out, HasSubstr("Pending  2_b"));
  answer = run_belay({"apply", "--without-snapshot", "--yes"}, options_);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("1 migration was applied"));
}

TEST_F(AdoptCommand, StopsAtADirtyVersion) {
  run_sql(
      "CREATE TABLE schema_migrations (version uint64,dirty bool);"
      "INSERT INTO schema_migrations VALUES (2, 1);");
  const Answer answer = run_belay({"adopt"}, options_);
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.err, HasSubstr("version 2 as dirty"));
  EXPECT_THAT(answer.err, HasSubstr("migrate force 2"));
}

TEST_F(AdoptCommand, KeepsTheirTableUpToDateWhereItIsAsked) {
  run_sql(
      "CREATE TABLE schema_migrations (version uint64,dirty bool); CREATE TABLE a (x);"
      "INSERT INTO schema_migrations VALUES (1, 0);");
  Answer answer = run_belay({"adopt", "--keep-in-sync"}, options_);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("schema_migrations of golang-migrate gets what Belay does"));
  answer = run_belay({"apply", "--without-snapshot", "--yes"}, options_);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  answer = run_belay({"status", "--format", "json"}, options_);
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["in_sync"]["tool"], "golang-migrate");
  EXPECT_TRUE(json["in_sync"]["differences"].empty());

  run_sql("UPDATE schema_migrations SET version = 1");
  answer = run_belay({"status"}, options_);
  EXPECT_THAT(answer.out + answer.err, HasSubstr("golang-migrate is at version 1"));
  answer = run_belay({"adopt", "--format", "json"}, options_);
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(nlohmann::json::parse(answer.out)["migrations"][1]["outcome"], "taken-back");

  EXPECT_EQ(run_belay({"adopt", "--stop-sync"}, options_).exit_code, 0);
  answer = run_belay({"status", "--format", "json"}, options_);
  EXPECT_TRUE(nlohmann::json::parse(answer.out)["in_sync"].is_null());
  answer = run_belay({"adopt", "--stop-sync", "--keep-in-sync"}, options_);
  EXPECT_EQ(answer.exit_code, 2);
}

TEST_F(AdoptCommand, RefusesAToolThatIsNone) {
  const Answer answer = run_belay({"adopt", "--from", "gose"}, options_);
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("did you mean `goose`"));
}

}  // namespace
}  // namespace belay::cli

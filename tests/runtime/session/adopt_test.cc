// Databases as other tools leave them: the tables are made with the statements of the tools' own
// sources, by SQLite alone.
#include <belay/adopt.h>

#include "tests/runtime/session/foreign_histories.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Outcome = AdoptedMigration::Outcome;

class AdoptTest : public SessionFixture {
 protected:
  static MigrationScript script(const std::string& version, const std::string& name) {
    MigrationScript out = migration(version, name, "CREATE TABLE t" + name + " (x);");
    out.id = version + "_" + name;
    return out;
  }

  void goose(const std::string& rows) {
    run_sql(database_,
            "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id "
            "INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT "
            "(datetime('now')));"
            "INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES " +
                rows);
  }

  AdoptReport must_adopt(const AdoptOptions& options = {}) {
    return expect(session().adopt(migrations_, options));
  }

  static std::vector<std::string> names(const AdoptReport& report, Outcome outcome) {
    std::vector<std::string> out;
    for (const AdoptedMigration& m : report.migrations) {
      if (m.outcome == outcome) out.push_back(m.display_name);
    }
    return out;
  }

  std::string ledger(const std::string& column) {
    return query_text(database_, "SELECT group_concat(" + column +
                                     ", ',') FROM (SELECT * FROM belay_migrations ORDER BY "
                                     "position)");
  }

  Migrations migrations_ = {script("00001", "a"), script("00002", "b"), script("00003", "c"),
                            script("10", "d")};
};

TEST_F(AdoptTest, TakesOverTimesAndOrderAndTheNextApplyRunsTheRestOnly) {
  run_sql(database_, "CREATE TABLE ta (x); CREATE TABLE tb (x);");
  goose(
      "(0, 1, '2024-01-01 08:00:00'), (1, 1, '2024-01-02 08:00:00'), (2, 1, '2024-02-02 "
      "09:30:00')");
  const AdoptReport report = must_adopt();
  EXPECT_EQ(report.tool, "goose");
  EXPECT_EQ(report.table, "goose_db_version");
  EXPECT_THAT(names(report, Outcome::kAdopted), ElementsAre("00001_a", "00002_b"));
  EXPECT_THAT(names(report, Outcome::kPending), ElementsAre("00003_c", "10_d"));
  EXPECT_EQ(ledger("version || state"), "00001done,00002done");
  EXPECT_EQ(ledger("applied_at"), "2024-01-02T08:00:00.000Z,2024-02-02T09:30:00.000Z");
  EXPECT_EQ(ledger("checksum"), migrations_[0].checksum() + "," + migrations_[1].checksum());
  EXPECT_EQ(ledger("session"), report.session + "," + report.session);
  EXPECT_THAT(
      read_bytes(state_ + "/audit.log"),
      AllOf(HasSubstr("adopted from goose"), HasSubstr("00002_b"), HasSubstr(report.session)));

  must_begin();
  const ApplyReport applied = must_succeed(migrations_);
  ASSERT_EQ(applied.migrations.size(), 2U);
  EXPECT_EQ(applied.migrations[0].display_name, "00003_c");
  must_commit();
}

TEST_F(AdoptTest, ADryRunWritesNothing) {
  goose("(0, 1, '2024-01-01 08:00:00'), (1, 1, '2024-01-02 08:00:00')");
  const std::string before = dump(database_);
  AdoptOptions options;
  options.dry_run = true;
  const AdoptReport report = must_adopt(options);
  EXPECT_THAT(report.headline, HasSubstr("1 migration of goose would be adopted; nothing was"));
  EXPECT_THAT(to_text(report), HasSubstr("Would adopt  00001_a, applied 2024-01-02T08:00:00.000Z"));
  EXPECT_TRUE(same_content(dump(database_), before));
  EXPECT_NE(::access(state_.c_str(), F_OK), 0) << "not even a directory";
}

TEST_F(AdoptTest, GoosesYoungestRowCounts) {
  goose("(0, 1, ''), (1, 1, ''), (2, 1, ''), (2, 0, ''), (3, 1, ''), (3, 0, ''), (3, 1, '')");
  EXPECT_THAT(names(must_adopt(), Outcome::kAdopted), ElementsAre("00001_a", "00003_c"));
}

TEST_F(AdoptTest, WhatIsOlderAndWhatHasNoFileIsTold) {
  goose("(0, 1, ''), (1, 1, ''), (3, 1, ''), (77, 1, '')");
  const AdoptReport report = must_adopt();
  EXPECT_THAT(report.without_file, ElementsAre("77"));
  EXPECT_THAT(report.late, ElementsAre("00002_b"));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("no file of the project belongs to it: 77")));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("not applied: 00002_b; `belay apply` will run")));
}

TEST_F(AdoptTest, ASecondTimeChangesNothing) {
  goose("(0, 1, ''), (1, 1, '')");
  must_adopt();
  const std::string before = dump(database_);
  const AdoptReport again = must_adopt();
  EXPECT_THAT(names(again, Outcome::kKnown), ElementsAre("00001_a"));
  EXPECT_THAT(again.headline, HasSubstr("nothing to adopt"));
  EXPECT_TRUE(same_content(dump(database_), before));
}

TEST_F(AdoptTest, GolangMigrateNotesTheLastVersionAlone) {
  run_sql(database_,
          "CREATE TABLE schema_migrations (version uint64,dirty bool);"
          "CREATE UNIQUE INDEX version_unique ON schema_migrations (version);"
          "INSERT INTO schema_migrations VALUES (3, 0);");
  const AdoptReport report = must_adopt();
  EXPECT_EQ(report.tool, "golang-migrate");
  EXPECT_THAT(names(report, Outcome::kAdopted), ElementsAre("00001_a", "00002_b", "00003_c"));
  EXPECT_THAT(report.notes, Contains(HasSubstr("the last version alone")));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM belay_migrations WHERE applied_at IS NULL"),
            "3")
      << "what is not known is not made up";
}

TEST_F(AdoptTest, ADirtyVersionStopsWithWhatToDo) {
  run_sql(database_,
          "CREATE TABLE schema_migrations (version uint64,dirty bool);"
          "INSERT INTO schema_migrations VALUES (2, 1);");
  const Error error = refused(session().adopt(migrations_));
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("version 2 as dirty"), HasSubstr("nothing was adopted")));
  EXPECT_THAT(error.hint, HasSubstr("migrate force 2"));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'belay%'"),
            "0");
}

TEST_F(AdoptTest, DbmateIsToldFromGolangMigrate) {
  run_sql(database_,
          "create table if not exists \"schema_migrations\" (version varchar(128) primary key);"
          "INSERT INTO schema_migrations VALUES ('00001'), ('10');");
  const AdoptReport report = must_adopt();
  EXPECT_EQ(report.tool, "dbmate");
  EXPECT_THAT(names(report, Outcome::kAdopted), ElementsAre("00001_a", "10_d"));
  EXPECT_THAT(report.late, ElementsAre("00002_b", "00003_c"));
}

TEST_F(AdoptTest, DieselsVersionsHaveNoDashes) {
  migrations_ = {script("2018-01-08-174750", "a"), script("20190101000000", "b")};
  run_sql(
      database_,
      "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on "
      "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
      "INSERT INTO __diesel_schema_migrations VALUES ('20180108174750', '2018-01-09 10:00:00');");
  EXPECT_THAT(names(must_adopt(), Outcome::kAdopted), ElementsAre("2018-01-08-174750_a"));
  EXPECT_EQ(ledger("applied_at"), "2018-01-09T10:00:00.000Z");
}

constexpr const char* kSqlx =
    "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, "
    "installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum "
    "BLOB NOT NULL, execution_time BIGINT NOT NULL);";

TEST_F(AdoptTest, SqlxKnowsHowLongItTook) {
  run_sql(database_, std::string(kSqlx) +
                         "INSERT INTO _sqlx_migrations VALUES (1, 'a', '2024-01-02 08:00:00', 1, "
                         "x'00', 12345678);");
  EXPECT_THAT(names(must_adopt(), Outcome::kAdopted), ElementsAre("00001_a"));
  EXPECT_EQ(ledger("duration_ms"), "12");
}

TEST_F(AdoptTest, SqlxsUnsuccessfulVersionStops) {
  run_sql(database_,
          std::string(kSqlx) + "INSERT INTO _sqlx_migrations VALUES (1, 'a', '', 0, x'00', -1);");
  EXPECT_THAT(refused(session().adopt(migrations_)).message, HasSubstr("begun version 1"));
}

constexpr const char* kFlyway =
    "CREATE TABLE \"flyway_schema_history\" (\"installed_rank\" INT NOT NULL PRIMARY KEY, "
    "\"version\" VARCHAR(50), \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20) NOT "
    "NULL, "
    "\"script\" VARCHAR(1000) NOT NULL, \"checksum\" INT, \"installed_by\" VARCHAR(100) NOT NULL, "
    "\"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), "
    "\"execution_time\" INT NOT NULL, \"success\" BOOLEAN NOT NULL);";

TEST_F(AdoptTest, FlywaysBaselineUndoAndRepairCount) {
  migrations_ = {script("1", "a"),    script("1_1", "b"), script("2.9", "c"),
                 script("2.10", "d"), script("3", "e"),   script("4", "f")};
  run_sql(
      database_,
      std::string(kFlyway) +
          "INSERT INTO flyway_schema_history VALUES "
          "(1, '1.1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, '', "
          "'2024-01-01 08:00:00.250', 0, 1),"
          "(2, '2.9', 'c', 'SQL', 'V2.9__c.sql', 1, '', '2024-01-02 08:00:00.000', 17, 1),"
          "(3, '2.10', 'd', 'SQL', 'V2.10__d.sql', 1, '', '2024-01-03 08:00:00.000', 5, 1),"
          "(4, '2.10', 'd', 'UNDO_SQL', 'U2.10__d.sql', 1, '', '2024-01-04 08:00:00.000', 5, 1),"
          "(5, '3', 'e', 'SQL', 'V3__e.sql', 1, '', '2024-01-05 08:00:00.000', 5, 0),"
          "(6, '3', 'e', 'SQL', 'V3__e.sql', 1, '', '2024-01-06 08:00:00.000', 5, 1),"
          "(7, '4', 'f', 'SQL', 'V4__f.sql', 1, '', '2024-01-06 08:00:00.000', 5, 1),"
          "(8, '4', 'f', 'DELETE', 'V4__f.sql', 1, '', '2024-01-07 08:00:00.000', 5, 1),"
          "(9, NULL, 'view', 'SQL', 'R__view.sql', 1, '', '2024-01-08 08:00:00.000', 5, 1);");
  const AdoptReport report = must_adopt();
  EXPECT_THAT(names(report, Outcome::kAdopted), ElementsAre("1_a", "1_1_b", "2.9_c", "3_e"));
  EXPECT_THAT(report.late, ElementsAre("2.10_d"));
  EXPECT_EQ(ledger("duration_ms"), "0,0,17,5");
  EXPECT_EQ(ledger("coalesce(applied_at, 'null')"),
            "null,2024-01-01T08:00:00.250Z,2024-01-02T08:00:00.000Z,2024-01-06T08:00:00.000Z");
}

TEST_F(AdoptTest, FlywaysFailedVersionStops) {
  run_sql(database_,
          std::string(kFlyway) +
              "INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', "
              "1, '', '2024-01-01 08:00:00.000', 0, 0);");
  const Error error = refused(session().adopt(migrations_));
  EXPECT_THAT(error.hint, HasSubstr("flyway repair"));
}

TEST_F(AdoptTest, PrismasAttemptsAreTold) {
  const std::string create =
      "CREATE TABLE \"_prisma_migrations\" (\"id\" TEXT PRIMARY KEY NOT NULL, \"checksum\" TEXT "
      "NOT "
      "NULL, \"finished_at\" DATETIME, \"migration_name\" TEXT NOT NULL, \"logs\" TEXT, "
      "\"rolled_back_at\" DATETIME, \"started_at\" DATETIME NOT NULL DEFAULT current_timestamp, "
      "\"applied_steps_count\" INTEGER UNSIGNED NOT NULL DEFAULT 0);";
  run_sql(database_, create +
                         "INSERT INTO _prisma_migrations VALUES "
                         "('1', 'x', NULL, '00001_a', 'failed', 1704103200000, 1704103100000, 0),"
                         "('2', 'x', 1704103300123, '00001_a', NULL, NULL, 1704103300000, 1);");
  EXPECT_THAT(names(must_adopt(), Outcome::kAdopted), ElementsAre("00001_a"));
  EXPECT_EQ(ledger("applied_at"), "2024-01-01T10:01:40.123Z");
  run_sql(database_,
          "INSERT INTO _prisma_migrations VALUES ('3', 'x', NULL, '00002_b', NULL, NULL, "
          "1704103400000, 0);");
  EXPECT_THAT(refused(session().adopt(migrations_)).hint,
              HasSubstr("prisma migrate resolve --applied 00002_b"));
}

TEST_F(AdoptTest, NodePgMigrateKeepsNames) {
  run_sql(database_,
          "CREATE TABLE pgmigrations (id INTEGER PRIMARY KEY, name varchar(255) NOT NULL, run_on "
          "timestamp NOT NULL);"
          "INSERT INTO pgmigrations VALUES (1, '00001_a', '2024-01-02T08:00:00.5'), "
          "(2, '00002_b.up', '2024-01-02 10:00:00+02');");
  EXPECT_THAT(names(must_adopt(), Outcome::kAdopted), ElementsAre("00001_a", "00002_b"));
  EXPECT_EQ(ledger("applied_at"), "2024-01-02T08:00:00.500Z,2024-01-02T08:00:00.000Z");
}

TEST_F(AdoptTest, SqitchsRegistryStandsBesideTheDatabase) {
  run_sql(database_, "CREATE TABLE customers (x)");
  migrations_ = {script("2024-01-10T09:00:00Z", "customers"),
                 script("2024-01-12T09:00:00Z", "totals"),
                 script("2024-02-01T09:00:00Z", "totals")};
  run_sql(
      directory_.file("sqitch.db"),
      "CREATE TABLE changes (change_id TEXT PRIMARY KEY, script_hash TEXT NULL, change TEXT NOT "
      "NULL, project TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', committed_at DATETIME NOT "
      "NULL DEFAULT CURRENT_TIMESTAMP, committer_name TEXT NOT NULL, committer_email TEXT NOT "
      "NULL, planned_at DATETIME NOT NULL, planner_name TEXT NOT NULL, planner_email TEXT NOT "
      "NULL);"
      "INSERT INTO changes VALUES "
      "('c1', 'h', 'customers', 'shop', '', '2024-03-01 08:00:00', 'n', 'e', '2024-01-10 "
      "09:00:00', 'n', 'e'),"
      "('c2', 'h', 'totals', 'shop', '', '2024-03-01 08:00:01', 'n', 'e', '2024-01-12 09:00:00', "
      "'n', 'e');");
  const AdoptReport report = must_adopt();
  EXPECT_EQ(report.tool, "sqitch");
  EXPECT_THAT(names(report, Outcome::kAdopted),
              ElementsAre("2024-01-10T09:00:00Z_customers", "2024-01-12T09:00:00Z_totals"))
      << "the first totals, not the reworked one";
}

TEST_F(AdoptTest, OneOfSeveralHistoriesIsChosen) {
  goose("(0, 1, ''), (1, 1, '')");
  run_sql(database_,
          "create table schema_migrations (version varchar(128) primary key);"
          "INSERT INTO schema_migrations VALUES ('00002');");
  const Error error = refused(session().adopt(migrations_));
  EXPECT_THAT(error.message, HasSubstr("dbmate and goose"));
  AdoptOptions options;
  options.dry_run = true;
  options.preferred_tool = "goose";
  EXPECT_EQ(must_adopt(options).tool, "goose");
  options.tool = "dbmate";
  EXPECT_EQ(must_adopt(options).tool, "dbmate");
}

TEST_F(AdoptTest, ATableOfAnotherNameIsRead) {
  run_sql(database_,
          "CREATE TABLE \"my versions\" (version uint64,dirty bool); INSERT INTO \"my versions\" "
          "VALUES (1, false);");
  EXPECT_THAT(refused(session().adopt(migrations_)).message, HasSubstr("no history of"));
  AdoptOptions options;
  options.tool = "golang-migrate";
  options.table = "my versions";
  EXPECT_THAT(names(must_adopt(options), Outcome::kAdopted), ElementsAre("00001_a"));
}

TEST_F(AdoptTest, IsRefusedInASession) {
  goose("(0, 1, ''), (1, 1, '')");
  must_begin();
  EXPECT_THAT(refused(session().adopt(migrations_)).message,
              HasSubstr("is open; nothing was adopted"));
}

TEST_F(AdoptTest, RefusesWhatIsNotThere) {
  EXPECT_THAT(refused(session().adopt(migrations_)).message, HasSubstr("does not exist"));
  AdoptOptions options;
  options.tool = "gose";
  EXPECT_THAT(refused(session().adopt(migrations_, options)).message,
              HasSubstr("`gose` is no tool"));
}

TEST_F(AdoptTest, ATableThatIsSomethingElseIsAnError) {
  run_sql(database_, "CREATE TABLE goose_db_version (version_id, other)");
  EXPECT_THAT(refused(session().adopt(migrations_)).message, HasSubstr("is not as goose makes it"));
}

TEST(ForeignHistories, AreWrittenAsTheyAreReadOnSqlite) {
  const TemporaryDirectory directory;
  ConnectionOptions options;
  options.create = true;
  auto connection =
      connect(*parse_database_url("sqlite:" + directory.file("a.db"), nullptr), options);
  ASSERT_TRUE(connection.ok()) << connection.error().to_string();
  check_foreign_histories(**connection);
}

/// A checksum that differs from what the tool makes of the file stops the tool.
TEST(ForeignHistories, ChecksumsAreTheToolsOwn) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("a.db");
  ConnectionOptions options;
  options.create = true;
  auto connection = connect(*parse_database_url("sqlite:" + file, nullptr), options);
  ASSERT_TRUE(connection.ok());
  MigrationScript script = migration("1", "check", "123456789\r\n");
  for (const char* tool : {"flyway", "sqlx", "prisma"}) {
    const auto history = foreign_history(tool, "");
    ASSERT_TRUE(history->create(**connection).ok());
    ForeignChange change;
    change.migration = &script;
    change.state = ForeignState::kApplied;
    ASSERT_TRUE(history->set(**connection, change).ok());
  }
  // The check value of CRC-32/ISO-HDLC, without the line's end, as a signed number.
  EXPECT_EQ(query_text(file, "SELECT checksum FROM flyway_schema_history"),
            std::to_string(static_cast<int32_t>(0xCBF43926U)));
  EXPECT_EQ(query_text(file, "SELECT length(checksum) FROM _sqlx_migrations"), "48");
  EXPECT_EQ(query_text(file, "SELECT checksum FROM _prisma_migrations").size(), 64U);
}

}  // namespace
}  // namespace belay::testing

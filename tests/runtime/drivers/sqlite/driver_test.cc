// The driver against real files: what an error says, what a mark tells, what a digest covers.
#include "runtime/drivers/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <thread>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/connection.h"
#include "runtime/drivers/sqlite/page_digest.h"
#include "runtime/io/durable_file.h"
#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using belay::testing::make_shop;
using belay::testing::run_sql;
using belay::testing::TemporaryDirectory;
using belay::testing::write_bytes;
using ::testing::HasSubstr;

class SqliteDriverTest : public ::testing::Test {
 protected:
  std::unique_ptr<Driver> driver(const std::string& options = "") {
    const Result<DatabaseUrl> url = parse_database_url("sqlite:" + path_ + options, nullptr);
    EXPECT_TRUE(url.ok());
    DriverOptions driver_options;
    driver_options.busy_timeout = std::chrono::milliseconds(50);
    Result<std::unique_ptr<Driver>> made = open_driver(*url, driver_options);
    EXPECT_TRUE(made.ok()) << made.error().to_string();
    return made ? *std::move(made) : nullptr;
  }

  std::unique_ptr<Connection> connection(bool create = true) {
    auto made = driver()->connect(Driver::Purpose::kSession, create);
    EXPECT_TRUE(made.ok()) << made.error().to_string();
    return made ? *std::move(made) : nullptr;
  }

  ChangeMark mark(Connection& connection) {
    EXPECT_TRUE(connection.execute("BEGIN").ok());
    Result<ChangeMark> mark = driver()->mark(connection);
    EXPECT_TRUE(mark.ok());
    EXPECT_TRUE(connection.roll_back().ok());
    return *mark;
  }

  std::string digest() {
    Result<std::string> digest = driver()->digest();
    EXPECT_TRUE(digest.ok()) << digest.error().to_string();
    return digest ? *digest : "";
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("shop.db");
};

TEST_F(SqliteDriverTest, PlacesAnErrorInTheScriptsFile) {
  Script script;
  script.path = "db/0001.sql";
  script.offset = 100;
  script.line = 7;  // the script stands behind a mark in its file
  script.sql = "CREATE TABLE t (a);\n  INSERT INTO t VALUES ('\xC3\xA9', nope);\n";
  auto database = connection();
  const Result<void> done = database->run(script, 0, static_cast<uint32_t>(script.sql.size()));
  ASSERT_FALSE(done.ok());
  const DatabaseError& error = database->last_error();
  EXPECT_EQ(error.place.path, "db/0001.sql");
  EXPECT_EQ(error.place.line, 8U);
  EXPECT_EQ(error.place.column, 30U);  // of `nope`, in characters
  EXPECT_EQ(error.place.offset, 100 + script.sql.find("nope"));
  EXPECT_EQ(error.code_name, "SQLITE_ERROR");
  EXPECT_EQ(error.statement, "INSERT INTO t VALUES ('\xC3\xA9', nope);");
  EXPECT_EQ(done.error().to_string(), "db/0001.sql:8:30: no such column: nope");
}

TEST_F(SqliteDriverTest, PlacesAnErrorAtRunTimeAtItsStatement) {
  Script script;
  script.path = "up.sql";
  script.sql =
      "CREATE TABLE t (a UNIQUE);\n/* one */ INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);";
  auto database = connection();
  ASSERT_FALSE(database->run(script, 0, static_cast<uint32_t>(script.sql.size())).ok());
  EXPECT_EQ(database->last_error().place.to_string(), "up.sql:3:1");
  EXPECT_EQ(database->last_error().code_name, "SQLITE_CONSTRAINT_UNIQUE");
}

TEST_F(SqliteDriverTest, RefusesParametersThatSqliteWouldTakeForNull) {
  Script script;
  script.sql = "CREATE TABLE t (a);\nINSERT INTO t VALUES (:value);";
  auto database = connection();
  const Result<void> done = database->run(script, 0, static_cast<uint32_t>(script.sql.size()));
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr(":value"));
  EXPECT_EQ(database->query("SELECT count(*) FROM t")->number(), 0);
}

TEST_F(SqliteDriverTest, BindsAndReadsEveryKindOfValue) {
  auto database = connection();
  const std::vector<Value> values = {int64_t{1} << 62U, 1.5, std::string("a\0b", 3),
                                     Blob{std::string("\x00\xFF", 2)}, nullptr};
  const Result<Rows> rows = database->query("SELECT ?, ?, ?, ?, ?", values);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->rows[0], values);
}

TEST_F(SqliteDriverTest, ReadsTextOfADatabaseInUtf16) {
  run_sql(path_,
          "PRAGMA encoding='UTF-16le'; CREATE TABLE \"t\xC3\xA9\" (a); INSERT INTO \"t\xC3\xA9\" "
          "VALUES ('\xC3\xA9');");
  auto database = connection();
  EXPECT_EQ(database->query("SELECT a FROM \"t\xC3\xA9\"")->text(), "\xC3\xA9");
  EXPECT_EQ(driver()->row_counts(*database)->at("t\xC3\xA9"), 1U);
}

TEST_F(SqliteDriverTest, SaysWhatIsNoDatabase) {
  write_bytes(path_, std::string(5000, 'x'));
  const auto made = driver()->connect(Driver::Purpose::kSession, false);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("not a database"));
  EXPECT_THAT(made.error().hint, HasSubstr("encrypted"));
  EXPECT_EQ(made.error().where, path_);
}

TEST_F(SqliteDriverTest, MakesNoDatabaseUnlessTold) {
  const auto made = driver()->connect(Driver::Purpose::kSession, false);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("no such database"));
  EXPECT_FALSE(file_exists(path_));
}

TEST_F(SqliteDriverTest, KnowsItsOptions) {
  make_shop(path_);
  auto strict = driver("?foreign_keys=on")->connect(Driver::Purpose::kSession, false);
  EXPECT_EQ((*strict)->query("PRAGMA foreign_keys")->number(), 1);
  auto usual = driver()->connect(Driver::Purpose::kSession, false);
  EXPECT_EQ((*usual)->query("PRAGMA foreign_keys")->number(), 0);
  for (const char* option : {"?foreign_keys=maybe", "?mode=rx", "?cache=shared"}) {
    const Result<DatabaseUrl> url = parse_database_url("sqlite:" + path_ + option, nullptr);
    EXPECT_FALSE(open_driver(*url, {}).ok()) << option;
  }
}

TEST_F(SqliteDriverTest, GivesOneFileOneName) {
  make_shop(path_);
  const std::string link = directory_.file("link.db");
  ASSERT_EQ(::symlink(path_.c_str(), link.c_str()), 0);
  const auto by_link = open_driver(*parse_database_url("sqlite:" + link, nullptr), {});
  EXPECT_EQ((*by_link)->name(), driver()->name());
}

TEST_F(SqliteDriverTest, TellsEmptyFromAbsent) {
  EXPECT_EQ(*driver()->presence(), Driver::Presence::kAbsent);
  write_bytes(path_, "");
  EXPECT_EQ(*driver()->presence(), Driver::Presence::kEmpty);
  make_shop(path_);
  EXPECT_EQ(*driver()->presence(), Driver::Presence::kPresent);
}

TEST_F(SqliteDriverTest, CountsRowsOfRealTablesAlone) {
  make_shop(path_);
  run_sql(path_,
          "CREATE VIRTUAL TABLE notes USING fts5(text); INSERT INTO notes VALUES ('x');"
          "CREATE VIEW broken AS SELECT * FROM nowhere; CREATE TABLE \"a\"\"b\" (x);");
  const auto database = connection();
  const Result<RowCounts> counts = driver()->row_counts(*database);
  ASSERT_TRUE(counts.ok()) << counts.error().to_string();
  EXPECT_EQ(counts->at("orders"), 60U);
  EXPECT_EQ(counts->at("settings"), 4U);
  EXPECT_EQ(counts->at("a\"b"), 0U);
  EXPECT_TRUE(counts->contains("notes_data"));  // a shadow table: real rows
  EXPECT_FALSE(counts->contains("notes"));
  EXPECT_FALSE(counts->contains("big_orders"));
  EXPECT_FALSE(counts->contains("sqlite_sequence"));
}

TEST_F(SqliteDriverTest, FingerprintsTheSchemaAndNothingElse) {
  make_shop(path_);
  const auto database = connection();
  const std::string before = *driver()->schema_fingerprint(*database);
  run_sql(path_, "DELETE FROM orders; CREATE TABLE belay_migrations (x);");
  EXPECT_EQ(*driver()->schema_fingerprint(*database), before);
  run_sql(path_, "ALTER TABLE log ADD COLUMN x");
  EXPECT_NE(*driver()->schema_fingerprint(*database), before);
}

class ChangeMarkTest : public SqliteDriverTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { make_shop(path_, GetParam()); }
};

TEST_P(ChangeMarkTest, CountsOthersCommits) {
  const auto watcher = connection();
  const ChangeMark before = mark(*watcher);
  EXPECT_EQ(driver()->commits_between(before, mark(*watcher)), 0U);
  // The others keep their connection, and with it the log.
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  for (uint64_t commits = 1; commits <= 3; ++commits) {
    sqlite3_exec(other, "UPDATE orders SET total = total + 1", nullptr, nullptr, nullptr);
    EXPECT_EQ(driver()->commits_between(before, mark(*watcher)), commits);
  }
  sqlite3_exec(other, "BEGIN; DELETE FROM orders; ROLLBACK; SELECT * FROM orders", nullptr, nullptr,
               nullptr);
  EXPECT_EQ(driver()->commits_between(before, mark(*watcher)), 3U);
  sqlite3_close(other);
}

TEST_P(ChangeMarkTest, IsNeverSureOfNoCommitsWhereThereWereSome) {
  ChangeMark before;
  {
    const auto first = connection();
    driver()->tidy(*first, /*at_end=*/true);
    before = mark(*first);
  }
  // In WAL mode the times of files have their part in it; not all kernels count finer than this.
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  run_sql(path_, "UPDATE orders SET total = total + 1");  // opens, commits, puts its log away
  const auto second = connection();
  EXPECT_NE(driver()->commits_between(before, mark(*second)), 0U);
}

TEST_P(ChangeMarkTest, IsTheSameForALookInBetween) {
  ChangeMark before;
  {
    const auto first = connection();
    driver()->tidy(*first, /*at_end=*/true);
    before = mark(*first);
  }
  EXPECT_EQ(testing::query_text(path_, "SELECT count(*) FROM orders"), "60");
  const auto second = connection();
  EXPECT_EQ(driver()->commits_between(before, mark(*second)), 0U);
}

INSTANTIATE_TEST_SUITE_P(JournalModes, ChangeMarkTest, ::testing::Values("delete", "wal"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST_F(SqliteDriverTest, CannotTellCommitsAcrossJournalModes) {
  make_shop(path_);
  const ChangeMark before = mark(*connection());
  run_sql(path_, "PRAGMA journal_mode=WAL");
  EXPECT_EQ(driver()->commits_between(before, mark(*connection())), std::nullopt);
}

TEST_F(SqliteDriverTest, DigestsTheContentWhateverTheJournal) {
  make_shop(path_);
  const std::string before = digest();
  run_sql(path_, "PRAGMA journal_mode=WAL");
  EXPECT_EQ(digest(), before);
  run_sql(path_, "BEGIN; UPDATE orders SET total = 0; ROLLBACK");
  EXPECT_EQ(digest(), before);
  run_sql(path_, "UPDATE settings SET value = 13 WHERE key = 'limit'");
  EXPECT_NE(digest(), before);
}

/// What it saw while it watched tells the same as a look at everything.
TEST_F(SqliteDriverTest, SeesWhatAScriptWrites) {
  for (const char* sql : {
           "INSERT INTO settings VALUES ('a', 1)",
           "INSERT OR REPLACE INTO customers (id, email) VALUES (1, 'new@example.org')",
           "PRAGMA foreign_keys=ON; INSERT OR REPLACE INTO customers (id, email) VALUES (1, 'n')",
           "DELETE FROM log",
           "INSERT INTO orders VALUES (900, 1, 1, NULL)",  // a trigger writes to `log`
           "DELETE FROM customers WHERE id = 2",
           "PRAGMA foreign_keys=ON; DELETE FROM customers WHERE id = 2",  // a cascade to `orders`
           "PRAGMA foreign_keys=ON; DROP TABLE customers",
           "DROP TABLE log",
           "ALTER TABLE settings RENAME TO options; INSERT INTO options VALUES ('a', 1)",
           "ALTER TABLE log RENAME TO old; CREATE TABLE log (x)",
           "CREATE TABLE copy AS SELECT * FROM orders; DELETE FROM copy WHERE id < 10",
           "CREATE TRIGGER t AFTER DELETE ON log BEGIN DELETE FROM settings; END; DELETE FROM log",
           "CREATE TRIGGER t INSTEAD OF DELETE ON big_orders BEGIN DELETE FROM orders WHERE id = "
           "old.id; END; DELETE FROM big_orders",
           "CREATE VIRTUAL TABLE words USING fts5 (word)",
           "INSERT INTO notes VALUES ('a few words'); INSERT INTO notes (notes) VALUES ('rebuild')",
           "SAVEPOINT a; DELETE FROM log; ROLLBACK TO a; CREATE TABLE t (x)",
           "SAVEPOINT a; CREATE TABLE t (x); ROLLBACK TO a; CREATE TABLE t (x, y)",
           "CREATE TEMP TABLE log (x); INSERT INTO log VALUES (1)",
           "CREATE TEMP TRIGGER t AFTER INSERT ON main.settings BEGIN DELETE FROM log; END; "
           "INSERT INTO settings VALUES ('a', 1)",
           "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name = 'log'",
           "CREATE INDEX i ON log (message); REINDEX; ANALYZE; DROP INDEX i",
           "WITH n AS (SELECT 1) INSERT INTO log SELECT 'x' FROM n RETURNING *",
           "INSERT INTO settings VALUES ('limit', 0) ON CONFLICT DO UPDATE SET value = 0",
           "UPDATE OR REPLACE settings SET key = 'limit' WHERE key = 'raw'",
           "CREATE TABLE t (x); CREATE INDEX i ON t (x); CREATE VIEW v AS SELECT * FROM t; "
           "CREATE TRIGGER c AFTER INSERT ON t BEGIN SELECT 1; END",
           "CREATE TABLE t (x UNIQUE, y INTEGER REFERENCES customers (id))",
           "CREATE TABLE t (x INTEGER PRIMARY KEY AUTOINCREMENT)",
           "DROP VIEW big_orders; CREATE VIEW big_orders AS SELECT 1",
           "DROP INDEX by_message; CREATE INDEX by_message ON log (message DESC)",
           "DROP TRIGGER kept; CREATE TRIGGER other AFTER DELETE ON settings BEGIN SELECT 1; END",
           "ALTER TABLE log ADD COLUMN y; CREATE TABLE t (x)",
           "ALTER TABLE log RENAME COLUMN message TO text",
           "VACUUM; CREATE TABLE t (x)",
           "CREATE TABLE t (x); DROP TABLE t; CREATE TABLE u (x)",
           "SELECT 1",
       }) {
    make_shop(path_);
    run_sql(path_,
            "CREATE TABLE gone (x); CREATE VIRTUAL TABLE notes USING fts5 (note);"
            "CREATE INDEX by_message ON log (message);"
            "CREATE TRIGGER kept AFTER DELETE ON settings BEGIN SELECT 1; END;"
            "DROP TABLE gone");  // leaves a number that no row has
    const std::unique_ptr<Driver> shop = driver();
    const std::unique_ptr<Connection> database = connection();
    const Result<Content> before = shop->content(*database);
    ASSERT_TRUE(before.ok());
    shop->watch(*database);
    Script script;
    script.sql = sql;
    const Result<void> done = database->run(script, 0, static_cast<uint32_t>(script.sql.size()));
    ASSERT_TRUE(done.ok()) << sql << ": " << done.error().to_string();
    const Result<Content> seen = shop->content_since(*database, *before);
    const Result<Content> now = shop->content(*database);
    ASSERT_TRUE(seen.ok()) << seen.error().to_string();
    ASSERT_TRUE(now.ok());
    EXPECT_EQ(seen->rows, now->rows) << sql;
    EXPECT_EQ(seen->schema_fingerprint, now->schema_fingerprint) << sql;
    EXPECT_EQ(seen->refers, now->refers) << sql;
    for (const char* suffix : {"", "-journal"}) std::remove((path_ + suffix).c_str());
  }
}

TEST_F(SqliteDriverTest, DigestsWhatStandsInTheLogOnly) {
  make_shop(path_, "wal");
  const std::string before = digest();
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &writer), SQLITE_OK);
  sqlite3_exec(writer, "PRAGMA wal_autocheckpoint=0; UPDATE orders SET total = 0", nullptr, nullptr,
               nullptr);
  const std::string in_log = digest();
  EXPECT_NE(in_log, before);
  sqlite3_exec(writer, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr);
  EXPECT_EQ(digest(), in_log);
  sqlite3_close(writer);
}

TEST_F(SqliteDriverTest, DigestsACopyLikeItsOriginal) {
  for (const char* page_size : {"512", "4096", "65536"}) {
    const std::string original = directory_.file(std::string("original") + page_size);
    run_sql(original,
            std::string("PRAGMA page_size=") + page_size +
                "; CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                "i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT randomblob(300) FROM n");
    path_ = original;
    const std::string expected = digest();
    path_ = original + ".copy";
    testing::write_bytes(path_, testing::read_bytes(original));
    EXPECT_EQ(digest(), expected);
    // One byte of one row, deep in the file.
    std::string bytes = testing::read_bytes(original);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    testing::write_bytes(path_, bytes);
    EXPECT_NE(digest(), expected) << page_size;
  }
}

}  // namespace
}  // namespace belay::runtime

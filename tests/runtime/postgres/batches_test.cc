// Statements that run in batches on PostgreSQL: keys of every kind, others beside, the way on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::HasSubstr;

class PostgresBatches : public ::testing::Test {
 protected:
  void SetUp() override {
    run_postgres("postgres", std::string("CREATE DATABASE ") + kDatabase);
    options_.database_url = url_text(kDatabase);
    options_.base_directory = directory_.path();
    options_.busy_timeout = std::chrono::milliseconds(500);
    options_.free_space_margin = 0;
    apply_options_.allow_unguarded = true;
  }
  void TearDown() override { drop_postgres(kDatabase); }

  static void run(const std::string& sql) { run_postgres(kDatabase, sql); }
  static std::string query(const std::string& sql) { return query_postgres(kDatabase, sql); }

  Result<ApplyReport> apply(const std::string& sql, const std::string& version = "0001") const {
    return Session(options_).apply(std::vector<MigrationScript>{migration(version, "fill", sql)},
                                   apply_options_);
  }

  /// A table with a key of a type, of which each row is done once.
  void expect_once(const std::string& key, const std::string& type, const std::string& values) {
    SCOPED_TRACE(key);
    const std::string table = "t_" + key;
    run("CREATE TABLE " + table + " (" + key + " " + type +
        " UNIQUE NOT NULL, n int DEFAULT 0); INSERT INTO " + table + " SELECT " + values);
    for (const auto& [size, n] : {std::pair("1", "1"), std::pair("7", "2")}) {
      const Result<ApplyReport> report =
          apply("-- belay:batch table=" + table + " key=" + key + " size=" + size + "\nUPDATE " +
                    table + " SET n = n + 1 WHERE n < 5 AND " + key + " BETWEEN $1 AND $2;",
                key + size);
      ASSERT_TRUE(report.ok()) << report.error().to_string();
      ASSERT_FALSE(report->failed) << report->headline;
      EXPECT_EQ(query("SELECT count(*) FROM " + table + " WHERE n <> " + n), "0");
      EXPECT_EQ(std::to_string(report->migrations[0].batched.at(0).rows),
                query("SELECT count(*) FROM " + table));
    }
  }

  static constexpr const char* kDatabase = "batches";
  TemporaryDirectory directory_;
  SessionOptions options_;
  ApplyOptions apply_options_;
};

TEST_F(PostgresBatches, KeysOfEveryKind) {
  run("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
      "CREATE COLLATION odd (provider = icu, locale = 'de-u-co-phonebk');"
      "CREATE DOMAIN day AS date; CREATE TYPE mood AS ENUM ('sad', 'ok', 'good');"
      "ALTER DATABASE batches SET datestyle = 'SQL, DMY';"
      "ALTER DATABASE batches SET timezone = 'Asia/Kolkata';"
      "ALTER DATABASE batches SET bytea_output = 'escape'");
  const std::string fifty = " FROM generate_series(1, 50) i";
  expect_once("whole", "bigint", "i * 7 - 150" + fifty);
  expect_once("exact", "numeric", "i / 7.0" + fifty);
  expect_once("id", "uuid", "md5(i::text)::uuid" + fifty);
  expect_once("word", "text COLLATE odd", "chr(i + 31) || i % 3" + fifty + " UNION SELECT ''");
  expect_once("same", "text COLLATE nocase", "md5(i::text)" + fifty);
  expect_once("fixed", "char(6)", "md5(i::text)::char(4)" + fifty);
  expect_once("bytes", "bytea", "decode(md5(i::text), 'hex')" + fifty);
  expect_once("moment", "timestamptz", "'2026-03-29'::timestamptz + i * interval '0.7 ms'" + fifty);
  expect_once("birth", "day", "'0044-01-01 BC'::date + i * 40001" + fifty);
  expect_once("feeling", "mood", "unnest(enum_range(NULL::mood))");
  expect_once("address", "inet", "'10.0.0.0'::inet + i * 77" + fifty);
}

TEST_F(PostgresBatches, WithoutAKeyThatCanBePagedByNothingRuns) {
  run("CREATE TABLE pairs (a int, b int, c int UNIQUE, f float8 UNIQUE, l interval UNIQUE, "
      "x text, PRIMARY KEY (a, b)); CREATE UNIQUE INDEX ON pairs (lower(x));"
      "CREATE UNIQUE INDEX ON pairs (x) WHERE x > 'a';"
      "CREATE UNIQUE INDEX ON pairs (x COLLATE \"C\");"
      "INSERT INTO pairs VALUES (1, 1, NULL); CREATE VIEW v AS SELECT * FROM pairs;");
  const auto error_for = [&](const std::string& table, const std::string& key) {
    const Result<ApplyReport> report =
        apply("-- belay:batch table=" + table + " key=" + key + "\nDELETE FROM " + table +
              " WHERE " + key + " BETWEEN $1 AND $2;");
    EXPECT_FALSE(report.ok()) << table << "." << key;
    if (report.ok()) return std::string();
    EXPECT_THAT(report.error().where, HasSubstr("1:1"));
    return report.error().message;
  };
  EXPECT_THAT(error_for("pairs", "a"), HasSubstr("not unique by itself"));
  EXPECT_THAT(error_for("pairs", "x"), HasSubstr("not unique by itself"));
  EXPECT_THAT(error_for("pairs", "f"), HasSubstr("text depends on settings"));
  EXPECT_THAT(error_for("pairs", "l"), HasSubstr("text depends on settings"));
  EXPECT_THAT(error_for("pairs", "c"), HasSubstr("whose c is NULL"));
  EXPECT_THAT(error_for("v", "c"), HasSubstr("v is not a table"));
  EXPECT_THAT(error_for("other.pairs", "c"), HasSubstr("there is no table other.pairs"));
  EXPECT_EQ(query("SELECT to_regclass('belay_migrations') IS NULL"), "1");
}

TEST_F(PostgresBatches, PartitionsQuotedNamesAndSchemas) {
  run("CREATE SCHEMA app; CREATE TABLE app.\"Odd name\" (\"Key\" int PRIMARY KEY, n int DEFAULT 0) "
      "PARTITION BY RANGE (\"Key\");"
      "CREATE TABLE app.low PARTITION OF app.\"Odd name\" FOR VALUES FROM (0) TO (50);"
      "CREATE TABLE app.high PARTITION OF app.\"Odd name\" FOR VALUES FROM (50) TO (200);"
      "INSERT INTO app.\"Odd name\" SELECT generate_series(0, 199, 3)");
  const Result<ApplyReport> report = apply(
      "-- belay:batch table=app.\"Odd name\" key=\"Key\" size=10\n"
      "UPDATE app.\"Odd name\" SET n = n + 1 WHERE \"Key\" BETWEEN $1 AND $2;");
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_FALSE(report->failed) << report->headline;
  EXPECT_EQ(query("SELECT count(*) FROM app.\"Odd name\" WHERE n <> 1"), "0");
}

TEST_F(PostgresBatches, GoesOnAfterAnErrorWithOthersBeside) {
  run("CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0 CHECK (n < 100));"
      "INSERT INTO t (id) SELECT i * 2 FROM generate_series(1, 100) i;"
      "UPDATE t SET n = 99 WHERE id = 50");
  const std::string sql =
      "-- belay:batch table=t key=id size=10\nUPDATE t SET n = n + 1 WHERE id BETWEEN $1 AND $2;";
  Result<ApplyReport> report = apply(sql);
  ASSERT_TRUE(report.ok());
  ASSERT_TRUE(report->failed);
  EXPECT_EQ(report->migrations[0].error->code_name, "23514");
  EXPECT_EQ(report->migrations[0].error->place.line, 2U);
  EXPECT_THAT(report->headline, HasSubstr("2 batches of the next one (up to the key 40)"));
  run("UPDATE t SET n = 0 WHERE id = 50; DELETE FROM t WHERE id IN (60, 200);"
      "INSERT INTO t (id) VALUES (3), (61), (1000)");
  report = apply(sql);
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->failed) << report->headline;
  EXPECT_EQ(query("SELECT string_agg(id::text, ',' ORDER BY id) FROM t WHERE n <> 1"), "3,1000");
  EXPECT_EQ(query("SELECT count(*) FROM t WHERE n = 1"), "99");
}

TEST_F(PostgresBatches, AParameterWithoutAMarkIsStillAnError) {
  run("CREATE TABLE t (id int PRIMARY KEY)");
  const Result<ApplyReport> report = apply("DELETE FROM t WHERE id = $1;");
  ASSERT_TRUE(report.ok());
  ASSERT_TRUE(report->failed);
  EXPECT_THAT(report->headline, HasSubstr("there is no parameter $1"));
}

}  // namespace
}  // namespace belay::testing

// Migrations that are C++ classes, in sessions on PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <belay/migration_tester.h>
#include <belay/migrations.h>

#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::HasSubstr;

class AddHost : public SafelyReversible {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "add host"; }
  void up(Database& db) override {
    db.execute("ALTER TABLE customers ADD COLUMN host text");
    for (const Row& row : db.query("SELECT id, email FROM customers WHERE email IS NOT NULL")) {
      const std::string email = row.text("email");
      db.execute("UPDATE customers SET host = ? WHERE id = ?", email.substr(email.find('@') + 1),
                 row.number("id"));
    }
  }
  void down(Database& db) override { db.execute("ALTER TABLE customers DROP COLUMN host"); }
};

class IndexConcurrently : public Migration {
 public:
  static inline bool fails = false;

  std::string version() const override { return "0002"; }
  std::string description() const override { return "index"; }
  bool in_transaction() const override { return false; }
  void up(Database& db) override {
    db.execute("CREATE INDEX CONCURRENTLY orders_by_total ON orders (total)");
    if (fails) throw MigrationError("enough");
  }
};

class RaiseTotals : public DataMigration {
 public:
  static inline int64_t fail_behind = 0;

  std::string version() const override { return "0003"; }
  std::string description() const override { return "raise totals"; }
  Batches batches() const override { return {"orders", "id", 7, {}}; }
  void process(Database& db, const Batch& batch) override {
    const Row keys = db.query("SELECT CAST(? AS bigint) AS last", batch.last)[0];
    if (fail_behind > 0 && keys.number("last") > fail_behind) throw MigrationError("enough");
    db.execute("UPDATE orders SET total = total + 1000 WHERE id BETWEEN ? AND ?", batch.first,
               batch.last);
  }
};

class PostgresPrograms : public ::testing::Test {
 protected:
  void SetUp() override {
    make_postgres_shop(kDatabase);
    before_ = dump_postgres(kDatabase, /*with_ledger=*/true);
    options_.database_url = url_text(kDatabase);
    options_.base_directory = directory_.path();
    options_.free_space_margin = 0;
    begin();
  }
  void TearDown() override {
    const Result<RollbackReport> back = Session(options_).rollback();
    EXPECT_TRUE(back.ok()) << back.error().to_string();
    EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), before_));
    drop_postgres(kDatabase);
  }
  void begin() const {
    const Result<BeginReport> begun = Session(options_).begin();
    ASSERT_TRUE(begun.ok()) << begun.error().to_string();
  }
  template <class T>
  static MigrationScript script() {
    return script_of([] { return std::make_unique<T>(); }, "T");
  }
  ApplyReport apply(const MigrationScript& migration) const {
    Result<ApplyReport> report = Session(options_).apply({{migration}});
    EXPECT_TRUE(report.ok()) << report.error().to_string();
    return report ? *std::move(report) : ApplyReport{};
  }

  static constexpr const char* kDatabase = "programs of tests";
  TemporaryDirectory directory_;
  SessionOptions options_;
  std::string before_;
};

TEST_F(PostgresPrograms, GoUpAndDown) {
  const std::string before = dump_postgres(kDatabase, false);
  const ApplyReport report = apply(script<AddHost>());
  ASSERT_FALSE(report.failed) << report.headline;
  EXPECT_EQ(query_postgres(kDatabase,
                           "SELECT count(*) FROM customers WHERE email IS NOT NULL AND "
                           "email NOT LIKE '%@' || host"),
            "0");
  ASSERT_EQ(report.migrations[0].locks.size(), 1U);
  EXPECT_EQ(report.migrations[0].locks[0].table, "customers");
  const Result<DownReport> down = Session(options_).down({{script<AddHost>()}});
  ASSERT_TRUE(down.ok()) << down.error().to_string();
  EXPECT_FALSE(down->failed) << down->headline;
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, false), before));
}

TEST_F(PostgresPrograms, RunOutsideATransactionWhereTheyAsk) {
  IndexConcurrently::fails = true;
  EXPECT_TRUE(apply(script<IndexConcurrently>()).failed);
  IndexConcurrently::fails = false;
  const Result<ApplyReport> again = Session(options_).apply({{script<IndexConcurrently>()}});
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("was stopped half-way"));
  ASSERT_TRUE(Session(options_).rollback().ok());
  begin();
  EXPECT_FALSE(apply(script<IndexConcurrently>()).failed);
  EXPECT_EQ(query_postgres(kDatabase,
                           "SELECT indisvalid::text FROM pg_index WHERE indexrelid = "
                           "'orders_by_total'::regclass"),
            "true");
}

TEST_F(PostgresPrograms, GoOnBehindTheirLastBatch) {
  const std::string after =
      query_postgres(kDatabase, "SELECT sum(total) + 1000 * count(*) FROM orders");
  RaiseTotals::fail_behind = 30;
  EXPECT_TRUE(apply(script<RaiseTotals>()).failed);
  RaiseTotals::fail_behind = 0;
  EXPECT_FALSE(apply(script<RaiseTotals>()).failed);
  EXPECT_EQ(query_postgres(kDatabase, "SELECT sum(total) FROM orders"), after);
}

/// The database is made beside the shop's, and is gone afterwards.
TEST_F(PostgresPrograms, AreTriedOnADatabaseOfTheirOwn) {
  MigrationScript people;
  people.version = "0000";
  people.name = "shop";
  people.up.sql =
      "CREATE TABLE customers (id bigint PRIMARY KEY, email text);\n"
      "CREATE SCHEMA app;\nCREATE TABLE app.log (line text);\n";
  people.down.emplace().sql = "DROP TABLE customers;\nDROP TABLE app.log;\nDROP SCHEMA app;\n";
  MigrationTester tester({people, script<AddHost>()}, {url_text(kDatabase)});
  tester.before("0001", [](Database& db) {
    db.execute("INSERT INTO customers VALUES (1, 'ada@host'); INSERT INTO app.log VALUES ('x')");
  });
  const auto trials = tester.try_all();
  ASSERT_EQ(trials.size(), 2U);
  for (const MigrationTrial& trial : trials) EXPECT_TRUE(trial.passed()) << trial.to_string();
  EXPECT_EQ(query_postgres(kDatabase,
                           "SELECT count(*) FROM pg_database WHERE datname LIKE "
                           "'belay_trial_%'"),
            "0");
}

}  // namespace
}  // namespace belay::testing

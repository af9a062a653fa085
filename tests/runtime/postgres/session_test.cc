// The life of a session on PostgreSQL: a real server, a database that Belay did not make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<MigrationScript> kGood = {
    migration("0001", "add_phone",
              "ALTER TABLE customers ADD COLUMN phone text;\n"
              "UPDATE customers SET phone = '+44 ' || id;"),
    migration(
        "0002", "drop_log",
        "DROP TRIGGER order_added ON orders;\nDROP TABLE log;\n"
        "DELETE FROM orders WHERE id % 2 = 0;\nALTER TYPE mood RENAME VALUE 'sad' TO 'low';")};

class PostgresSession : public ::testing::Test {
 protected:
  void SetUp() override {
    make_postgres_shop(kDatabase);
    before_ = dump_postgres(kDatabase, /*with_ledger=*/true);
    options_.database_url = url_text(kDatabase);
    options_.base_directory = directory_.path();
    options_.lock_timeout = std::chrono::milliseconds(3000);
    options_.busy_timeout = std::chrono::milliseconds(500);
    options_.free_space_margin = 0;
  }
  void TearDown() override {
    const std::string left = databases_on_server();
    EXPECT_EQ(left, std::string(kDatabase) + "|1|\n") << "databases that nobody knows of";
    drop_postgres(kDatabase);
  }

  Session session() const { return Session(options_); }
  template <class T>
  static T expect(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return result ? *std::move(result) : T{};
  }
  template <class T>
  static Error refused(const Result<T>& result) {
    EXPECT_FALSE(result.ok()) << "it was not refused";
    return result ? Error{} : result.error();
  }
  /// With another state directory nobody opens a second session.
  void expect_to_be_seen_elsewhere() {
    const TemporaryDirectory elsewhere;
    SessionOptions options = options_;
    options.base_directory = elsewhere.path();
    EXPECT_THAT(refused(Session(options).begin()).message, HasSubstr("is open on this database"));
  }
  void expect_as_before() { EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), before_)); }

  static constexpr const char* kDatabase = "shop of tests";
  TemporaryDirectory directory_;
  SessionOptions options_;
  std::string before_;
};

TEST_F(PostgresSession, AnotherHostSeesTheSession) {
  const TemporaryDirectory elsewhere;
  SessionOptions options = options_;
  options.base_directory = elsewhere.path();  // and with it the state directory
  const Session other(options);
  ApplyOptions unguarded;
  unguarded.allow_unguarded = true;
  const auto expect_refused = [&](const std::string& open) {
    for (const Error& error : {refused(other.begin()), refused(other.apply(kGood, unguarded))}) {
      EXPECT_THAT(error.message, HasSubstr("session " + open + " is open on this database"));
    }
    EXPECT_THAT(to_text(expect(other.status(kGood))), HasSubstr("session " + open));
  };
  for (const Guard guard : {Guard::kDatabase, Guard::kTables, Guard::kTransaction}) {
    BeginOptions begin;
    begin.advice.emplace();
    begin.advice->guard = guard;
    if (guard == Guard::kTables) begin.advice->tables = {"orders"};
    for (const bool keep : {true, false}) {
      const std::string open = expect(session().begin(begin)).session;
      expect_refused(open);
      if (keep) {
        expect(session().commit());
      } else {
        expect(session().rollback());
      }
      const std::string theirs = expect(other.begin(begin)).session;
      EXPECT_THAT(refused(session().begin()).message, HasSubstr(theirs));
      expect(other.rollback());
      EXPECT_EQ(query_postgres(kDatabase,
                               "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'belay%'"),
                "0");
      expect_as_before();
    }
  }
}

TEST_F(PostgresSession, ADryRunChecksWhatIsCheckedAtACommit) {
  expect(session().begin());
  const std::string table =
      "CREATE TABLE notes (customer int UNIQUE DEFERRABLE INITIALLY DEFERRED);\n"
      "INSERT INTO notes VALUES (1), (1);\n";
  const DryRunReport bad = expect(session().dry_run({{migration("0001", "bad", table)}}));
  EXPECT_TRUE(bad.failed);
  EXPECT_THAT(bad.headline, HasSubstr("duplicate key"));
  // What is deferred stays so for the statements of the next one.
  const DryRunReport good = expect(session().dry_run(
      {{migration("0001", "good", table + "UPDATE notes SET customer = 2 WHERE ctid = '(0,1)';"),
        migration("0002", "more",
                  "INSERT INTO notes VALUES (1);\nDELETE FROM notes WHERE customer = 1;")}}));
  EXPECT_FALSE(good.failed) << good.headline;
  expect(session().rollback());
  expect_as_before();
}

TEST_F(PostgresSession, RollbackBringsEverythingBack) {
  const BeginReport begun = expect(session().begin());
  EXPECT_EQ(begun.snapshot.strategy, "postgres-template");
  EXPECT_EQ(begun.snapshot.rows, 3U + 60U + 60U + 3U);
  expect_as_before();
  const ApplyReport applied = expect(session().apply(kGood));
  EXPECT_FALSE(applied.failed) << applied.headline;
  EXPECT_EQ(query_postgres(kDatabase, "SELECT count(*) FROM orders"), "30");
  const StatusReport status = expect(session().status(kGood));
  EXPECT_EQ(status.phase, SessionPhase::kOpen);
  EXPECT_EQ(status.pending, 0U);
  EXPECT_EQ(status.foreign_writes.certainty, ForeignWrites::Certainty::kNone) << to_text(status);
  const RollbackReport back = expect(session().rollback());
  EXPECT_THAT(back.headline, HasSubstr("as it was at the begin"));
  expect_as_before();
  EXPECT_EQ(expect(session().status()).phase, SessionPhase::kNone);
}

TEST_F(PostgresSession, CommitKeepsWhatWasApplied) {
  expect(session().begin());
  expect(session().apply(kGood));
  const std::string after = dump_postgres(kDatabase, true);
  expect(session().commit());
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), after));
  EXPECT_EQ(expect(session().status(kGood)).pending, 0U);
  EXPECT_EQ(query_postgres(kDatabase, "SELECT string_agg(state, ',') FROM belay_migrations"),
            "done,done");
}

TEST_F(PostgresSession, AFailedMigrationLeavesNothingAndSaysWhere) {
  expect(session().begin());
  std::vector<MigrationScript> migrations = {kGood[0]};
  migrations.push_back(migration("0003", "bad",
                                 "CREATE TABLE half (x int);\n"
                                 "INSERT INTO half\n  SELECT nothing FROM nowhere;"));
  const ApplyReport report = expect(session().apply(migrations));
  EXPECT_TRUE(report.failed);
  const MigrationReport& failed = report.migrations.back();
  EXPECT_EQ(failed.error->code_name, "42P01");
  EXPECT_EQ(failed.error->place.line, 3U);
  EXPECT_EQ(failed.error->place.column, 23U);
  EXPECT_EQ(failed.statements_done, 0U);
  EXPECT_EQ(query_postgres(kDatabase, "SELECT to_regclass('half') IS NULL"), "1");
  EXPECT_EQ(query_postgres(kDatabase,
                           "SELECT string_agg(state, ',' ORDER BY position) FROM belay_migrations"),
            "done,failed");
  expect(session().rollback());
  expect_as_before();
}

TEST_F(PostgresSession, AnIndexThatIsMadeConcurrentlyRunsByItself) {
  expect(session().begin());
  const ApplyReport report = expect(session().apply(std::vector<MigrationScript>{
      migration("0001", "index",
                "CREATE INDEX CONCURRENTLY by_name ON customers (name);\n"
                "CREATE INDEX CONCURRENTLY by_mood ON customers (mood);")}));
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_FALSE(report.migrations[0].in_transaction);
  EXPECT_EQ(query_postgres(kDatabase,
                           "SELECT count(*) FROM pg_index WHERE indisvalid AND "
                           "indexrelid::regclass::text LIKE 'by\\_%'"),
            "2");
  expect(session().rollback());
  expect_as_before();
}

/// As `pg_dump` writes it.
TEST_F(PostgresSession, AMigrationMayEmptyTheSearchPath) {
  expect(session().begin());
  const ApplyReport report = expect(session().apply(std::vector<MigrationScript>{
      migration("0001", "dump",
                "SELECT pg_catalog.set_config('search_path', '', false);\n"
                "CREATE TABLE public.more (id int);\n"
                "DO $$BEGIN RAISE NOTICE 'made more'; END$$;")}));
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_THAT(report.migrations[0].warnings, ::testing::IsEmpty());
  EXPECT_THAT(to_text(report), HasSubstr("the server: NOTICE: made more"));
  EXPECT_EQ(query_postgres(kDatabase, "SELECT state FROM public.belay_migrations"), "done");
  expect(session().rollback());
  expect_as_before();
}

/// Somebody reads from the table in a transaction; those who come behind us are let through between
/// our turns.
TEST_F(PostgresSession, ALockIsWaitedForInTurns) {
  options_.busy_timeout = std::chrono::milliseconds(8000);
  expect(session().begin());
  auto reader = connect_postgres(kDatabase);
  ASSERT_TRUE(reader->execute("BEGIN").ok());
  ASSERT_TRUE(reader->query("SELECT count(*) FROM customers").ok());
  std::thread ends([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));
    reader.reset();
  });
  const ApplyReport report = expect(session().apply(kGood));
  ends.join();
  EXPECT_FALSE(report.failed) << report.headline;
  expect(session().rollback());
  expect_as_before();
}

/// An index of which nobody knows whether it was made: the ledger says that the run was
/// interrupted.
TEST_F(PostgresSession, AnInterruptedConcurrentIndexIsNotMadeTwice) {
  const std::vector<MigrationScript> index = {
      migration("0001", "index",
                "CREATE TABLE made (id int);\n"
                "CREATE INDEX CONCURRENTLY by_name ON customers (name);\n"
                "CREATE TABLE later (id int);")};
  expect(session().begin());
  std::vector<MigrationScript> failing = index;
  failing[0].up.sql =
      "CREATE TABLE made (id int);\nCREATE INDEX CONCURRENTLY by_name ON customers (nothing);";
  expect(session().apply(failing));
  run_postgres(kDatabase,
               "UPDATE belay_migrations SET state = 'started', error = NULL;"
               "CREATE INDEX by_name ON customers (name)");
  const ApplyReport report = expect(session().apply(index));
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_THAT(to_text(report),
              HasSubstr("statement 2, in which an earlier run was interrupted, had been done"));
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  expect_as_before();
}

TEST_F(PostgresSession, OthersWritesAreNotTakenBackUnasked) {
  expect(session().begin());
  expect(session().apply(kGood));
  run_postgres(kDatabase, "INSERT INTO customers (email) VALUES ('new@example.org')");
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("others have written"));
  EXPECT_THAT(error.message, HasSubstr("customers: 1 row more"));
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  expect_as_before();
}

TEST_F(PostgresSession, WhoIsConnectedIsNotThrownOutUnasked) {
  expect(session().begin());
  expect(session().apply(kGood));
  const auto other = connect_postgres(kDatabase);
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("others are connected to the database, 1: belay (role"));
  EXPECT_THAT(error.message, HasSubstr("was not changed"));
  EXPECT_TRUE(other->query("SELECT 1").ok());
  options_.end_other_sessions = true;
  expect(session().rollback());
  EXPECT_FALSE(other->query("SELECT 1").ok());
  expect_as_before();
}

/// Guarded by the tables that the migrations touch.
class TablesGuard : public PostgresSession {
 protected:
  BeginReport must_begin(std::vector<std::string> tables) {
    BeginOptions options;
    options.advice.emplace();
    options.advice->guard = Guard::kTables;
    options.advice->tables = std::move(tables);
    return expect(session().begin(options));
  }
};

/// The migrations, whose caller says that they touch these tables.
std::vector<MigrationScript> touching(const std::vector<std::string>& tables,
                                      std::vector<MigrationScript> migrations) {
  for (MigrationScript& m : migrations) m.up_touches = GuardAdvice{Guard::kTables, tables, {}, ""};
  return migrations;
}

const std::vector<MigrationScript> kCustomers = {
    migration("0001", "split",
              "ALTER TABLE customers ADD COLUMN first_name text;\n"
              "UPDATE customers SET first_name = name;\n"
              "ALTER TABLE customers DROP COLUMN name CASCADE;\n"
              "CREATE TABLE nicknames (id int REFERENCES customers (id));\n"
              "CREATE VIEW firsts AS SELECT first_name FROM customers;"),
    migration("0002", "drop",
              "DROP TABLE settings;\nALTER TABLE customers RENAME TO people;\n"
              "DELETE FROM people WHERE id = 1;")};

TEST_F(TablesGuard, RollbackBringsBackTablesWithAllThatBelongsToThem) {
  run_postgres(kDatabase, R"(
    DROP TRIGGER order_added ON orders;
    CREATE VIEW rich AS SELECT c.email, b.total FROM customers c JOIN big_orders b ON b.customer_id = c.id;
    CREATE STATISTICS mood_email ON mood, email FROM customers;
    ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON customers FOR SELECT TO PUBLIC USING (email = current_user);
    ALTER TABLE customers ADD CONSTRAINT long_email CHECK (length(email) > 3) NOT VALID;
    COMMENT ON CONSTRAINT long_email ON customers IS 'a''b';
    CREATE UNIQUE INDEX lower_email ON customers (lower(email)) INCLUDE (name);
    ALTER TABLE customers CLUSTER ON lower_email;
    ALTER TABLE settings ALTER value SET STORAGE EXTERNAL;
    GRANT UPDATE (name) ON customers TO PUBLIC;)");
  before_ = dump_postgres(kDatabase, true);
  const BeginReport begun = must_begin({"customers", "settings", "nicknames"});
  EXPECT_EQ(begun.guard, Guard::kTables);
  EXPECT_EQ(begun.snapshot.strategy, "postgres-tables");
  EXPECT_EQ(begun.snapshot.tables, 3U) << "orders go with customers";
  expect_as_before();
  const ApplyReport applied =
      expect(session().apply(touching({"customers", "settings", "people"}, kCustomers)));
  EXPECT_FALSE(applied.failed) << applied.headline;
  EXPECT_EQ(query_postgres(kDatabase, "SELECT count(*) FROM people"), "2");
  expect(session().rollback());
  expect_as_before();
  EXPECT_EQ(
      query_postgres(kDatabase, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'belay%'"),
      "0");
  // The sequences go on where they were.
  EXPECT_EQ(query_postgres(kDatabase, "INSERT INTO orders (customer_id) VALUES (1) RETURNING id"),
            "61");
}

TEST_F(TablesGuard, OthersKeepWorkingAndKeepWhatTheyWrote) {
  run_postgres(kDatabase, "DROP TRIGGER order_added ON orders");
  const auto other = connect_postgres(kDatabase);
  must_begin({"settings"});
  expect(session().apply(touching(
      {"settings"}, {migration("0001", "clear", "DELETE FROM settings WHERE key = 'limit';")})));
  ASSERT_TRUE(other->execute("INSERT INTO log VALUES ('meanwhile')").ok());
  EXPECT_EQ(expect(session().status()).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  expect(session().rollback());
  EXPECT_EQ(query_postgres(kDatabase, "SELECT count(*) FROM settings"), "3");
  EXPECT_EQ(query_postgres(kDatabase, "SELECT count(*) FROM log WHERE message = 'meanwhile'"), "1");
}

TEST_F(TablesGuard, AWriteToAGuardedTableIsSeen) {
  must_begin({"settings"});
  run_postgres(kDatabase, "INSERT INTO settings VALUES ('theirs', '1')");
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("settings: 1 row more"));
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  expect_as_before();
}

/// Nothing is copied for them, and others go on working.
TEST_F(TablesGuard, WhatIsNewIsDroppedAgain) {
  std::vector<MigrationScript> list = {
      migration("0001", "index", "CREATE INDEX CONCURRENTLY orders_by_total ON orders (total);"),
      migration("0002", "tags",
                "CREATE TABLE tags (id int PRIMARY KEY, what int REFERENCES orders (id));\n"
                "CREATE FUNCTION two() RETURNS int LANGUAGE sql AS 'SELECT 2';")};
  for (MigrationScript& m : list) m.up_touches = GuardAdvice{Guard::kTransaction, {}, {}, ""};
  BeginOptions options;
  options.advice = list[0].up_touches;
  const BeginReport begun = expect(session().begin(options));
  EXPECT_EQ(begun.guard, Guard::kTransaction);
  EXPECT_EQ(begun.snapshot.rows, 0U);
  EXPECT_FALSE(expect(session().apply(list)).failed);
  run_postgres(kDatabase, "INSERT INTO settings VALUES ('theirs', '1')");
  expect(session().rollback());
  EXPECT_EQ(query_postgres(kDatabase, "DELETE FROM settings WHERE key = 'theirs' RETURNING key"),
            "theirs");
  expect_as_before();
}

TEST_F(TablesGuard, WhatItCannotBringBackIsGuardedWhole) {
  const BeginReport begun = must_begin({"orders"});
  EXPECT_EQ(begun.guard, Guard::kDatabase);
  EXPECT_EQ(begun.snapshot.strategy, "postgres-template");
  EXPECT_THAT(to_text(begun), HasSubstr("triggers on orders may write to other tables"));
  expect(session().rollback());
  expect_as_before();
}

/// The advice was wrong: a function is changed, too.
TEST_F(TablesGuard, ARestoreThatWouldBeIncompleteChangesNothing) {
  must_begin({"settings"});
  expect(session().apply(
      touching({"settings"},
               {migration("0001", "more",
                          "DROP TABLE settings;\nALTER TYPE mood RENAME VALUE 'sad' TO 'low';")})));
  const std::string after = dump_postgres(kDatabase, true);
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("something else was changed"));
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), after));
  EXPECT_EQ(expect(session().status()).phase, SessionPhase::kOpen);
  run_postgres(kDatabase, "ALTER TYPE mood RENAME VALUE 'low' TO 'sad'");
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  expect_as_before();
}

/// Somebody is connected all the time, and no analysis tells what is touched.
TEST_F(PostgresSession, WithOthersConnectedADumpIsTaken) {
  const auto other = connect_postgres(kDatabase);
  const BeginReport begun = expect(session().begin());
  EXPECT_EQ(begun.snapshot.strategy, "postgres-dump");
  EXPECT_THAT(to_text(begun), HasSubstr("others are connected to the database, 1: belay (role"));
  expect(session().apply(kGood));
  run_postgres(kDatabase, "CREATE SCHEMA more; CREATE TABLE more.things (of mood)");
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("others have written"));
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  expect_as_before();
  EXPECT_TRUE(other->query("SELECT 1").ok());
}

/// The file is cut off, and its checksum made to fit: what is restored is compared, too.
TEST_F(PostgresSession, ADumpThatIsNotWholeChangesNothing) {
  const auto other = connect_postgres(kDatabase);
  const BeginReport begun = expect(session().begin());
  expect(session().apply(kGood));
  const std::string after = dump_postgres(kDatabase, true);
  const std::string dump = read_bytes(begun.snapshot.path);
  write_bytes(begun.snapshot.path, dump.substr(0, dump.size() - 200));
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("not as long as"));
  std::string damaged = dump;
  damaged[damaged.find("ada@example.org")] = 'A';
  write_bytes(begun.snapshot.path, damaged);
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("not what it was"));
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), after));
  write_bytes(begun.snapshot.path, dump);
  expect(session().rollback());
  expect_as_before();
}

TEST_F(PostgresSession, ClearTakesOutEverythingAndComesBack) {
  expect(session().begin());
  expect(session().clear());
  EXPECT_EQ(
      query_postgres(kDatabase,
                     "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
      "0");
  const std::vector<MigrationScript> list = {migration("0001", "a", "CREATE TABLE a (x int);")};
  EXPECT_FALSE(expect(session().apply(list)).failed);
  EXPECT_EQ(expect(session().status(list)).foreign_writes.certainty,
            ForeignWrites::Certainty::kNone);
  expect(session().rollback());
  expect_as_before();
}

TEST_F(PostgresSession, AKeptCopyBecomesTheDatabaseAgain) {
  const std::string kept = expect(session().begin()).session;
  CommitOptions keep;
  keep.keep_snapshot = true;
  expect(session().commit(keep));
  run_postgres(kDatabase, "DROP TABLE log CASCADE; DELETE FROM orders");
  const std::string later = dump_postgres(kDatabase, true);
  expect(session().begin());
  RestoreOptions restore;
  restore.source = kept;
  const ReplaceReport report = expect(session().restore(restore));
  EXPECT_EQ(report.rows, 3U + 60U + 60U + 3U);
  expect_as_before();
  expect_to_be_seen_elsewhere();
  EXPECT_EQ(expect(session().status()).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  expect(session().rollback());
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), later));
  EXPECT_THAT(expect(session().snapshots()).snapshots, ::testing::IsEmpty()) << "it was used up";
}

TEST_F(PostgresSession, AnArchiveThatOthersMadeIsTheSourceAsAWhole) {
  const std::string archive = directory_.file("monday.dump");
  const DatabaseUrl url = postgres_url(kDatabase);
  const std::string program = "pg_dump --format=custom --host=" + url.host + " --username=belay ";
  ASSERT_EQ(std::system((program + "--file=" + archive + " '" + kDatabase + "'").c_str()), 0);
  run_postgres(kDatabase, "DELETE FROM orders; CREATE TABLE later (x int)");
  const std::string later = dump_postgres(kDatabase, true);
  expect(session().begin());
  RestoreOptions restore;
  restore.source = archive;
  const std::string whole = read_bytes(archive);
  write_bytes(archive, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refused(session().restore(restore)).message,
              HasSubstr("the database was not changed"));
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), later));
  write_bytes(archive, whole);
  expect(session().restore(restore));
  expect_as_before();
  expect_to_be_seen_elsewhere();
  expect(session().rollback());
  EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), later));
}

TEST_F(PostgresSession, ADiagnosisTellsWhatIsInTheWay) {
  const auto findings = [&] {
    std::string out;
    for (const Finding& finding : expect(session().diagnose()).findings) {
      // The server of the tests is not made to last.
      if (finding.level == Finding::Level::kGood || finding.topic == "safety") continue;
      out +=
          std::string(level_name(finding.level)) + " " + finding.topic + ": " + finding.text + "\n";
    }
    return out;
  };
  EXPECT_EQ(findings(), "");
  run_postgres("postgres", "ALTER ROLE belay SET statement_timeout = '5s'");
  EXPECT_THAT(findings(), HasSubstr("warning time-outs: statement_timeout is 5000 ms"));
  run_postgres("postgres", "ALTER ROLE belay RESET statement_timeout");
  {
    const auto other = connect_postgres(kDatabase);
    EXPECT_THAT(findings(), HasSubstr("warning snapshots: the server cannot copy the whole"));
  }
  options_.database_url = "postgresql://belay@/nowhere?host=" + postgres_url("x").host;
  EXPECT_THAT(findings(), HasSubstr("problem connection"));
}

TEST_F(PostgresSession, TheLockIsTheServers) {
  expect(session().begin());
  // Another machine: the same database, another state directory.
  TemporaryDirectory elsewhere;
  SessionOptions other = options_;
  other.base_directory = elsewhere.path();
  other.lock_timeout = std::chrono::milliseconds(100);
  const auto holder = connect_postgres("postgres");
  ASSERT_TRUE(
      holder->execute("SELECT set_config('application_name', 'belay apply on far', false)").ok());
  const std::string key = query_postgres(
      "postgres",
      "SELECT ('x' || substr(encode(sha256('shop of tests'), 'hex'), 1, 7))::bit(28)::int");
  ASSERT_EQ(holder->query("SELECT pg_try_advisory_lock(x'62656C61'::int, " + key + ")")->number(),
            1);
  EXPECT_THAT(refused(Session(other).begin()).message,
              HasSubstr("in the hands of belay apply on far"));
  options_.lock_timeout = std::chrono::milliseconds(100);
  EXPECT_THAT(refused(session().rollback()).message,
              HasSubstr("in the hands of belay apply on far"));
  ASSERT_TRUE(holder->execute("SELECT pg_advisory_unlock_all()").ok());
  expect(session().rollback());
}

}  // namespace
}  // namespace belay::testing

// What is told without changing anything: plan, dry run, drift, check.
#include <filesystem>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Drift = SchemaDrift::State;

class PlanTest : public ShopSession {
 protected:
  void SetUp() override {
    ShopSession::SetUp();
    must_begin();
    must_succeed({list_[0], list_[2]});
    must_commit();
    before_ = dump(database_);
  }

  PlanReport plan() { return expect(session().plan(list_)); }
  DryRunReport dry_run() { return expect(session().dry_run(list_, apply_options_)); }
  /// All files of the database and of Belay beside it, but for locks.
  std::string files() const {
    std::string out;
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path())) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || name == "lock" || name.ends_with("-shm")) continue;
      out += entry.path().string() + "\n" + read_bytes(entry.path()) + "\n";
    }
    return out;
  }

  Migrations list_ = {
      migration("0001", "add_phone", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
      migration("0002", "tags", "CREATE TABLE tags (name TEXT);\nDELETE FROM log;"),
      migration("0003", "late", "CREATE TABLE late (x);"),
      migration("0004", "shrink", "VACUUM;\nDROP TABLE late;")};
};

TEST_P(PlanTest, TellsWhatIsPendingAndHowItRuns) {
  const PlanReport report = plan();
  EXPECT_EQ(report.headline, "2 migrations are pending");
  EXPECT_EQ(report.applied, 2U);
  ASSERT_THAT(report.pending, SizeIs(2));
  EXPECT_EQ(report.pending[0].display_name, "0002_tags");
  EXPECT_TRUE(report.pending[0].out_of_order);
  EXPECT_TRUE(report.pending[0].in_transaction);
  EXPECT_EQ(report.pending[0].statements, 2U);
  EXPECT_FALSE(report.pending[1].out_of_order);
  EXPECT_FALSE(report.pending[1].in_transaction);
  EXPECT_THAT(report.obstacles, IsEmpty());
  EXPECT_EQ(report.drift.state, Drift::kNone);
}

TEST_P(PlanTest, ReadsTheLiveSizes) {
  const PlanReport report = plan();
  ASSERT_THAT(report.tables, SizeIs(5)) << "without Belay's own";
  const TableSize& orders = report.tables[3];
  EXPECT_EQ(orders.table, "orders");
  EXPECT_EQ(orders.rows, 60U);
  ASSERT_TRUE(orders.bytes.has_value());
  EXPECT_EQ(*orders.bytes, std::stoull(query_text(database_,
                                                  "SELECT sum(pgsize) FROM dbstat WHERE name IN "
                                                  "('orders', 'orders_by_customer')")));
  EXPECT_EQ(*report.database_bytes, fs::file_size(database_));
}

TEST_P(PlanTest, WritesNothing) {
  const std::string files_before = files();
  plan();
  expect(session().check());
  expect(session().verify_schema());
  expect(session().history());
  expect(session().plan_repair(list_));
  EXPECT_TRUE(files() == files_before);
}

TEST_P(PlanTest, TellsEverythingThatWouldStopAnApply) {
  list_[0].up.sql = "SELECT 1;";
  list_[1].up.sql = "CREATE TABLE x (y);\nPRAGMA foreign_keys=OFF;\nDROP TABLE x;";
  const PlanReport report = plan();
  EXPECT_THAT(report.headline, HasSubstr("`apply` would refuse to run"));
  EXPECT_THAT(report.edited, ElementsAre(HasSubstr("0001_add_phone")));
  ASSERT_TRUE(report.pending[0].problem.has_value());
  EXPECT_THAT(report.obstacles, ElementsAre(HasSubstr("edited since: 0001_add_phone"),
                                            HasSubstr("0002_tags: migrations/0002_tags.sql:2:1")));
  refused(session().dry_run(list_));
}

TEST_P(PlanTest, FindsWhatSomebodyElseChangedInTheSchema) {
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kNone);
  run_sql(database_, "CREATE INDEX by_hand ON log (message)");
  const VerifySchemaReport report = expect(session().verify_schema());
  EXPECT_EQ(report.drift.state, Drift::kDrifted);
  EXPECT_THAT(report.headline, HasSubstr("The schema has drifted"));
  EXPECT_EQ(report.drift.recorded_by, "0003_late");
  EXPECT_THAT(plan().warnings, Contains(HasSubstr("something else has changed it")));
  run_sql(database_, "DROP INDEX by_hand");
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kNone);
}

TEST_P(PlanTest, AfterADownTheSchemaIsTheOneThatTheDownLeft) {
  list_[2].down.emplace().sql = "ALTER TABLE late ADD COLUMN y;";
  must_begin();
  DownOptions down;
  down.confirmed = {"0003"};
  expect(session().down(list_, down));
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kNone);
  list_[2].up.sql = "SELECT 1;";
  must_apply({list_[0], list_[2]});
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kNone);
  must_roll_back();
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kNone);
}

TEST_P(PlanTest, WithoutALedgerDriftIsNotKnown) {
  run_sql(database_, "DROP TABLE belay_migrations");
  EXPECT_EQ(expect(session().verify_schema()).drift.state, Drift::kUnknown);
}

TEST_P(PlanTest, ADryRunRunsAndLeavesNothing) {
  list_[3].up.sql = "UPDATE orders SET total = 0;";
  run_sql(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string files_before = files();
  const DryRunReport report = dry_run();
  EXPECT_EQ(report.headline, "2 migrations ran in a dry run; nothing of it has stayed");
  ASSERT_THAT(report.migrations, SizeIs(2));
  ASSERT_THAT(report.migrations[0].row_changes, SizeIs(2));
  EXPECT_EQ(report.migrations[0].row_changes[0].table, "log");
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_TRUE(files() == files_before) << "byte for byte";
}

TEST_P(PlanTest, ADryRunLeavesASessionAsItIs) {
  must_begin();
  must_succeed({list_[0], list_[1], list_[2]});
  const std::string before = dump(database_);
  const std::string journal = read_bytes(state_ + "/journal");
  list_[3].up.sql = "DROP TABLE orders;";
  EXPECT_THAT(dry_run().migrations, SizeIs(1));
  EXPECT_TRUE(same_content(dump(database_), before));
  EXPECT_EQ(read_bytes(state_ + "/journal"), journal);
  EXPECT_EQ(status(list_).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(PlanTest, ADryRunTellsWhatFailsAndWhere) {
  list_[1].up.sql = "DELETE FROM orders;\nINSERT INTO nowhere VALUES (1);";
  const DryRunReport report = dry_run();
  EXPECT_TRUE(report.failed);
  EXPECT_THAT(report.headline,
              HasSubstr("0002_tags would fail: migrations/0002_tags.sql:2:1: no such table"));
  ASSERT_THAT(report.not_tried, SizeIs(1));
  EXPECT_EQ(report.not_tried[0].why, "it comes behind 0002_tags");
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(PlanTest, ADryRunChecksWhatIsCheckedAtACommit) {
  options_.database_url += "?foreign_keys=on";
  const std::string table =
      "CREATE TABLE notes (customer REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED);\n";
  list_ = {migration("0009", "bad", table + "INSERT INTO notes VALUES (99);")};
  EXPECT_THAT(dry_run().headline, HasSubstr("0009_bad would fail: the commit would fail"));
  list_ = {migration("0009", "good",
                     table + "INSERT INTO notes VALUES (99);\n"
                             "UPDATE notes SET customer = 1;")};
  EXPECT_FALSE(dry_run().failed);
}

TEST_P(PlanTest, ADryRunTellsWhatItCannotTry) {
  list_.push_back(migration("0005", "behind", "CREATE TABLE behind (x);"));
  const DryRunReport report = dry_run();
  EXPECT_FALSE(report.failed);
  EXPECT_THAT(report.migrations, SizeIs(1));
  ASSERT_THAT(report.not_tried, SizeIs(2));
  EXPECT_EQ(report.not_tried[0].display_name, "0004_shrink");
  EXPECT_EQ(report.not_tried[0].why, "it cannot run in one transaction");
  EXPECT_EQ(report.not_tried[1].why, "it comes behind 0004_shrink");
}

TEST_P(PlanTest, ADryRunMindsSettingsThatATransactionCannotChange) {
  list_[3].up.sql = "PRAGMA foreign_keys = OFF;\nDROP TABLE late;\nPRAGMA foreign_keys = ON;";
  EXPECT_THAT(dry_run().not_tried, IsEmpty()) << "it is off already";
  list_[3].up.sql = "PRAGMA foreign_keys = ON;\nDROP TABLE late;";
  const DryRunReport report = dry_run();
  ASSERT_THAT(report.not_tried, SizeIs(1));
  EXPECT_THAT(report.not_tried[0].why, HasSubstr("PRAGMA foreign_keys = ON"));
}

TEST_P(PlanTest, ADryRunTakesItsStepsAndRefusesWithoutADatabase) {
  apply_options_.limit = 1;
  EXPECT_THAT(dry_run().migrations, SizeIs(1));
  fs::remove(database_);
  fs::remove(database_ + "-wal");
  EXPECT_THAT(refused(session().dry_run(list_)).hint, HasSubstr("belay verify"));
  EXPECT_FALSE(fs::exists(database_));
  EXPECT_FALSE(plan().database_exists);
  EXPECT_THAT(plan().pending, SizeIs(4));
}

TEST_P(PlanTest, ACheckComparesTheRowsWithWhatTheLastRunLeft) {
  CheckReport report = expect(session().check());
  EXPECT_TRUE(report.sound());
  EXPECT_TRUE(report.integrity_checked);
  EXPECT_THAT(report.row_changes, IsEmpty());
  run_sql(database_, "DELETE FROM log WHERE rowid < 5; INSERT INTO orders VALUES (900, 77, 1, 0)");
  report = expect(session().check());
  EXPECT_FALSE(report.sound());
  EXPECT_EQ(report.foreign_key_violations, 1U);
  ASSERT_THAT(report.row_changes, SizeIs(2));
  EXPECT_THAT(to_text(report),
              AllOf(HasSubstr("log: 3 rows fewer"), HasSubstr("orders: 1 row more"),
                    HasSubstr("orders row 900 references customers")));
}

TEST_P(PlanTest, ACheckFindsDamage) {
  run_sql(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
  std::string bytes = read_bytes(database_);
  const size_t root = std::stoull(query_text(
      database_, "SELECT rootpage FROM sqlite_schema WHERE name = 'orders_by_customer'"));
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>((root - 1) * 4096 + 2000), 1500, '\x7f');
  write_bytes(database_, bytes);
  const CheckReport report = expect(session().check());
  EXPECT_FALSE(report.sound());
  EXPECT_THAT(report.integrity_problems, Contains(HasSubstr("orders_by_customer")));
}

INSTANTIATE_TEST_SUITE_P(JournalModes, PlanTest, ::testing::Values("delete", "wal"), journal_name);

}  // namespace
}  // namespace belay::testing

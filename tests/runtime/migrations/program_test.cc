// Migrations that are C++ classes, in sessions on SQLite: written as a user writes them.
#include <stdexcept>

#include <belay/migrations.h>

#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SplitEmail : public SafelyReversible {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "Split the e-mail"; }
  void up(Database& db) override {
    db.execute("ALTER TABLE customers ADD COLUMN host TEXT");
    for (const Row& row : db.query("SELECT id, email FROM customers WHERE email IS NOT NULL")) {
      const std::string email = row.text("email");
      db.execute("UPDATE customers SET host = ? WHERE id = ?", email.substr(email.find('@') + 1),
                 row.number("id"));
    }
  }
  void validate(Database& db) override {
    const auto left = db.query("SELECT count(*) AS n FROM customers WHERE host LIKE '%@%'");
    if (left[0].number("n") > 0) throw MigrationError("some hosts still hold an @");
  }
  void down(Database& db) override { db.execute("ALTER TABLE customers DROP COLUMN host"); }
};

class DropLog : public Migration {
 public:
  std::string version() const override { return "0002"; }
  std::string description() const override { return "drop the log"; }
  std::vector<std::string> dependencies() const override { return {"0001"}; }
  void up(Database& db) override { db.execute("DROP TRIGGER order_added; DROP TABLE log"); }
};

/// Does what it is told.
class Told : public Migration {
 public:
  explicit Told(std::function<void(Database&)> what, bool in_transaction = true)
      : what_(std::move(what)), in_transaction_(in_transaction) {}
  std::string version() const override { return "0009"; }
  std::string description() const override { return "told"; }
  bool in_transaction() const override { return in_transaction_; }
  void up(Database& db) override { what_(db); }

 private:
  std::function<void(Database&)> what_;
  bool in_transaction_;
};

template <class T>
MigrationScript script() {
  return script_of([] { return std::make_unique<T>(); }, "T");
}

class ProgramSession : public ShopSession {
 protected:
  static Migrations told(const std::function<void(Database&)>& what, bool in_transaction = true) {
    return {script_of([=] { return std::make_unique<Told>(what, in_transaction); }, "Told")};
  }
  /// The only migration has failed and left nothing.
  DatabaseError must_fail(const Migrations& migrations) {
    const std::string before = dump_without_ledger(database_);
    const ApplyReport report = must_apply(migrations);
    EXPECT_TRUE(report.failed);
    EXPECT_TRUE(same_content(dump_without_ledger(database_), before));
    return report.failed ? *report.migrations.back().error : DatabaseError{};
  }
  std::string value(const std::string& sql) { return query_text(database_, sql); }
};

TEST_P(ProgramSession, GoesUpAndDownAndBack) {
  const Migrations both = {script<SplitEmail>(), script<DropLog>()};
  must_begin();
  const ApplyReport report = must_succeed(both);
  EXPECT_THAT(report.migrations, SizeIs(2));
  EXPECT_EQ(report.migrations[0].display_name, "0001_split_the_e_mail");
  EXPECT_THAT(report.migrations[0].warnings, IsEmpty());
  EXPECT_THAT(report.migrations[1].warnings, IsEmpty()) << "it says that it drops the table";
  EXPECT_EQ(value("SELECT count(*) FROM customers WHERE email LIKE '%@' || host"),
            value("SELECT count(*) FROM customers WHERE email IS NOT NULL"));
  EXPECT_EQ(value("SELECT group_concat(version || state) FROM belay_migrations"),
            "0001done,0002done");
  EXPECT_EQ(status(both).pending, 0U);

  EXPECT_THAT(refused(session().down(both)).message, HasSubstr("0002_drop_the_log"));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));

  must_begin();
  must_succeed({both[0]});
  const DownReport down = expect(session().down({{both[0]}}));
  EXPECT_FALSE(down.failed) << down.headline;
  EXPECT_TRUE(same_content(dump_without_ledger(database_), before_));
  must_roll_back();
}

TEST_P(ProgramSession, RunsBetweenScripts) {
  must_begin();
  const Migrations mixed = {migration("0000", "before", "UPDATE customers SET email = id || '@b';"),
                            script<SplitEmail>(),
                            migration("0003", "after", "UPDATE customers SET host = host || 'c';")};
  must_succeed(mixed);
  EXPECT_EQ(value("SELECT group_concat(DISTINCT host) FROM customers"), "bc");
}

TEST_P(ProgramSession, WhatIsThrownTakesAllOfItBack) {
  must_begin();
  const auto failing = [](auto&& error) {
    return told([error](Database& db) {
      db.execute("DELETE FROM orders");
      throw error;
    });
  };
  const DatabaseError own = must_fail(failing(MigrationError("no such plan", "make one")));
  EXPECT_EQ(own.message, "no such plan");
  EXPECT_EQ(own.hint, "make one");
  EXPECT_THAT(own.place.path, HasSubstr("program_test.cc"));
  EXPECT_GT(own.place.line, 0U);
  EXPECT_EQ(must_fail(failing(std::runtime_error("broken"))).message, "broken");
  EXPECT_THAT(must_fail(failing(42)).message, HasSubstr("no std::exception"));
  EXPECT_EQ(status(failing(1)).phase, SessionPhase::kOpen);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(ProgramSession, AnErrorOfTheDatabaseEndsIt) {
  must_begin();
  bool went_on = false;
  const DatabaseError error = must_fail(told([&](Database& db) {
    db.execute("CREATE TABLE t (x)");
    db.execute("INSERT INTO nowhere VALUES (?)", 1);
    went_on = true;
  }));
  EXPECT_FALSE(went_on);
  EXPECT_THAT(error.message, HasSubstr("no such table: nowhere"));
  EXPECT_THAT(error.statement, HasSubstr("INSERT INTO nowhere"));
  EXPECT_THAT(error.place.path, HasSubstr("program_test.cc"));
}

TEST_P(ProgramSession, TheTransactionIsNotItsOwn) {
  must_begin();
  for (const char* end : {"COMMIT", "ROLLBACK"}) {
    EXPECT_THAT(must_fail(told([end](Database& db) {
                  db.execute(end);
                  db.execute("CREATE TABLE behind (x)");
                })).message,
                HasSubstr("has ended the transaction"))
        << end;
  }
  EXPECT_THAT(must_fail(told([](Database& db) {
                const auto begun = db.connection().begin();
                if (!begun) throw MigrationError(begun.error());
              })).message,
              HasSubstr("neither opens nor ends"));
}

TEST_P(ProgramSession, AFailedValidationTakesAllOfItBack) {
  class TwoAts : public SplitEmail {
    void up(Database& db) override {
      SplitEmail::up(db);
      db.execute("UPDATE customers SET host = '@'");
    }
  };
  must_begin();
  EXPECT_THAT(must_fail({script<TwoAts>()}).message, HasSubstr("still hold an @"));
}

TEST_P(ProgramSession, ValuesGoThereAndBack) {
  must_begin();
  must_succeed(told([](Database& db) {
    db.execute("CREATE TABLE v (i, r, t, b, n)");
    const std::optional<int> none;
    EXPECT_EQ(db.execute("INSERT INTO v VALUES (?, ?, ?, ?, ?)", int64_t{1} << 40, 1.5, "tëxt",
                         Blob{std::string("\0\xff", 2)}, none),
              1);
    const auto rows = db.query("SELECT * FROM v WHERE i > ?", 7);
    ASSERT_EQ(rows.size(), 1U);
    const Row row = rows[0];
    EXPECT_EQ(row.number("i"), int64_t{1} << 40);
    EXPECT_EQ(row.real("r"), 1.5);
    EXPECT_EQ(row.text("t"), "tëxt");
    EXPECT_EQ(row.value("b"), Value(Blob{std::string("\0\xff", 2)}));
    EXPECT_TRUE(row.is_null("n"));
    EXPECT_THROW((void)row.text("n"), MigrationError);
    EXPECT_THROW((void)row.number("t"), MigrationError);
    EXPECT_THROW((void)row.text("other"), MigrationError);
    EXPECT_THROW((void)row.text(9), MigrationError);
    db.execute("INSERT INTO v SELECT ?, ?, ?, ?, ?", row.value("i"), row.value("r"), row.value("t"),
               row.value("b"), row.value("n"));
    EXPECT_EQ(db.query("SELECT DISTINCT * FROM v").size(), 1U);
  }));
}

TEST_P(ProgramSession, ValuesThatAreMissingAreNotNull) {
  must_begin();
  const auto fails = [&](const std::function<void(Database&)>& what, const char* why) {
    EXPECT_THAT(must_fail(told(what)).message, HasSubstr(why));
  };
  fails([](Database& db) { db.execute("DELETE FROM orders WHERE id = ?"); }, "parameter");
  fails([](Database& db) { db.execute("DELETE FROM orders WHERE id = ?", 1, 2); },
        "has 1 parameter, and 2 values");
  fails([](Database& db) { db.execute("DELETE FROM orders WHERE id = ?; DROP TABLE log", 1); },
        "several statements");
}

TEST_P(ProgramSession, RowsThatVanishAreNoticed) {
  must_begin();
  const ApplyReport report = must_succeed(told([](Database& db) {
    db.execute("CREATE TRIGGER t AFTER INSERT ON settings BEGIN DELETE FROM log; END");
    db.execute("INSERT INTO settings VALUES (?, ?)", "a", "b");
  }));
  ASSERT_THAT(report.migrations[0].warnings, SizeIs(1));
  EXPECT_THAT(report.migrations[0].warnings[0].message, HasSubstr("rows of log are gone"));
}

TEST_P(ProgramSession, ADryRunLeavesNothing) {
  must_begin();
  const std::string before = dump(database_);
  const DryRunReport report =
      expect(session().dry_run({{script<SplitEmail>(), script<DropLog>()}}));
  EXPECT_FALSE(report.failed) << report.headline;
  EXPECT_THAT(report.migrations, SizeIs(2));
  EXPECT_TRUE(same_content(dump(database_), before));
}

/// Nobody knows how far it came, so that nobody guesses.
TEST_P(ProgramSession, OutsideATransactionItDoesNotGoOnByItself) {
  must_begin();
  bool fail = true;
  const Migrations bare = told(
      [&](Database& db) {
        db.execute("CREATE TABLE first (x)");
        db.execute("VACUUM");
        if (fail) db.execute("INSERT INTO nowhere VALUES (1)");
      },
      /*in_transaction=*/false);
  const ApplyReport report = must_apply(bare);
  ASSERT_TRUE(report.failed);
  EXPECT_EQ(report.migrations[0].statements_done, 2U);
  EXPECT_THAT(report.headline, HasSubstr("2 of its 3 statements have run and stay"));
  fail = false;
  EXPECT_THAT(refused(session().apply(bare)).message,
              HasSubstr("stopped half-way: 2 statements of it ran, and the next one failed"));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_begin();
  must_succeed(bare);
  EXPECT_EQ(value("SELECT count(*) FROM first"), "0");
}

class RaiseTotals : public DataMigration {
 public:
  static inline int64_t fail_behind = 0;

  std::string version() const override { return "0005"; }
  std::string description() const override { return "raise totals"; }
  Batches batches() const override { return {"orders", "id", 7, {}}; }
  void process(Database& db, const Batch& batch) override {
    const Row keys = db.query("SELECT ? AS last", batch.last)[0];
    if (fail_behind > 0 && keys.number("last") > fail_behind) throw MigrationError("enough");
    db.execute("UPDATE orders SET total = total + 1000 WHERE id BETWEEN ? AND ?", batch.first,
               batch.last);
  }
  void validate(Database& db) override {
    if (db.query("SELECT 1 FROM orders WHERE total < 1000").empty()) return;
    throw MigrationError("some were left out");
  }
};

TEST_P(ProgramSession, BatchesGoOnBehindTheLastOne) {
  const std::string before = value("SELECT sum(total) FROM orders");
  const std::string after = value("SELECT sum(total) + 1000 * count(*) FROM orders");
  must_begin();
  RaiseTotals::fail_behind = 30;
  const ApplyReport broken = must_apply({script<RaiseTotals>()});
  ASSERT_TRUE(broken.failed);
  EXPECT_EQ(broken.migrations[0].error->message, "enough");
  EXPECT_THAT(broken.headline, HasSubstr("batches of the next one"));
  RaiseTotals::fail_behind = 0;
  const ApplyReport report = must_succeed({script<RaiseTotals>()});
  EXPECT_EQ(value("SELECT sum(total) FROM orders"), after) << "each row once";
  ASSERT_THAT(report.migrations[0].batched, SizeIs(1));
  EXPECT_EQ(std::to_string(report.migrations[0].batched[0].changed),
            value("SELECT count(*) FROM orders"));
  must_roll_back();
  EXPECT_EQ(value("SELECT sum(total) FROM orders"), before);
}

INSTANTIATE_TEST_SUITE_P(Journals, ProgramSession, ::testing::Values("delete", "wal"),
                         journal_name);

class Registered : public SplitEmail {};
BELAY_MIGRATION(Registered);

TEST(MigrationRegistry, KnowsWhatItsFilesRegister) {
  const auto scripts = MigrationRegistry::instance().scripts();
  ASSERT_TRUE(scripts.ok());
  ASSERT_EQ(scripts->size(), 1U);
  EXPECT_EQ(scripts->front().version, "0001");
  EXPECT_THAT(scripts->front().up.path, HasSubstr("program_test.cc"));
  EXPECT_TRUE(scripts->front().down.has_value());
}

TEST(MigrationRegistry, NamesTheClassThatCannotBeMade) {
  class Broken : public DropLog {
   public:
    Broken() { throw std::runtime_error("no configuration"); }
  };
  MigrationRegistry registry;
  registry.add("Broken", [] { return std::make_unique<Broken>(); });
  EXPECT_THAT(registry.scripts().error().to_string(),
              HasSubstr("the migration Broken cannot be made: no configuration"));
}

}  // namespace
}  // namespace belay::testing

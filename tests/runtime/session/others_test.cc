// Belay is not alone: other programs read and write the database, other Belays begin at the same
// moment, and people lose patience.
#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "tests/runtime/session/child.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::Contains;
using ::testing::HasSubstr;
using Certainty = ForeignWrites::Certainty;

const std::vector<MigrationScript> kGood = {
    migration("0001", "add_phone", "ALTER TABLE customers ADD COLUMN phone TEXT;"),
    migration("0002", "log_it", "INSERT INTO log VALUES ('migrated');")};

/// Another program's connection.
class OtherProgram {
 public:
  explicit OtherProgram(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  }
  ~OtherProgram() { sqlite3_close(db_); }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;

  void run(const char* sql) {
    EXPECT_EQ(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
  }

 private:
  sqlite3* db_ = nullptr;
};

class Others : public ShopSession {
 protected:
  /// How many of several processes that do the same at once exit with 0.
  int race(int processes, const std::function<bool()>& work) {
    const StartingGun gun;
    std::vector<Child> children;
    for (int i = 0; i < processes; ++i) {
      children.emplace_back([&] {
        gun.wait_in_child();
        return work() ? 0 : 1;
      });
    }
    gun.fire();
    int winners = 0;
    for (Child& child : children) {
      const int code = child.wait();
      EXPECT_NE(code, -1);
      if (code == 0) ++winners;
    }
    return winners;
  }

  static constexpr int kProcesses = 6;
};

TEST_P(Others, OfSeveralThatBeginAtOnceOneDoes) {
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(race(kProcesses, [&] { return session().begin().ok(); }), 1);
    EXPECT_EQ(status().phase, SessionPhase::kOpen);
    EXPECT_TRUE(status().snapshot->present);
    must_roll_back();
  }
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Others, OfSeveralThatApplyAtOnceOneRunsEachMigration) {
  must_begin();
  const int done = race(kProcesses, [&] {
    const Result<ApplyReport> report = session().apply(kGood);
    return report && !report->failed;
  });
  EXPECT_EQ(done, kProcesses) << "those who came later had nothing to do";
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM log WHERE message = 'migrated'"), "1");
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM belay_migrations"), "2");
  EXPECT_EQ(status().foreign_writes.certainty, Certainty::kNone);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Others, OfSeveralThatEndTheSessionAtOnceOneDoes) {
  must_begin();
  must_succeed(kGood);
  const std::string after = dump(database_);
  const int ended = race(kProcesses, [&, self = ::getpid()] {
    const bool commit = (::getpid() - self) % 2 == 0;
    return commit ? session().commit().ok() : session().rollback().ok();
  });
  EXPECT_EQ(ended, 1);
  const std::string found = dump(database_);
  EXPECT_TRUE(found == before_ || found == after);
  EXPECT_EQ(status().phase, SessionPhase::kNone);
}

TEST_P(Others, ThoseWhoWaitAreToldForWhom) {
  options_.lock_timeout = std::chrono::milliseconds(50);
  must_begin();
  Child holder([&] {
    SessionOptions options = options_;
    options.progress = [&](const Progress&) { ::usleep(700'000); };
    return Session(options).apply(kGood).ok() ? 0 : 1;
  });
  while (!status().running) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const StatusReport report = status();
  EXPECT_EQ(report.running->pid, holder.pid());
  EXPECT_EQ(report.running->command, "apply");
  EXPECT_THAT(report.headline, HasSubstr("a command is running: belay apply, process " +
                                         std::to_string(holder.pid())));
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("in the hands of belay apply, process"));
  EXPECT_TRUE(session().snapshots().ok());
  EXPECT_THAT(refused(session().snapshots({.verify = true})).message,
              HasSubstr("in the hands of belay apply, process"));
  EXPECT_EQ(holder.wait(), 0);
}

TEST_P(Others, WhatTheyWroteIsNotTakenBackUnasked) {
  must_begin();
  must_succeed(kGood);
  run_sql(database_, "INSERT INTO orders VALUES (99, 1, 5.0, NULL)");
  const std::string theirs = dump(database_);
  const StatusReport report = status(kGood);
  EXPECT_EQ(report.foreign_writes.certainty, Certainty::kSome);
  EXPECT_THAT(report.foreign_writes.details, Contains("orders: 1 row more"));
  EXPECT_THAT(to_text(report), HasSubstr("Warning: others have written to the database"));
  EXPECT_THAT(to_text(report), HasSubstr("`belay rollback --discard-foreign-writes`"));
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("orders: 1 row more"));
  EXPECT_THAT(error.message, HasSubstr("nothing was changed"));
  EXPECT_THAT(error.hint, HasSubstr("--discard-foreign-writes"));
  EXPECT_TRUE(same_content(dump(database_), theirs));
  EXPECT_EQ(status().phase, SessionPhase::kOpen);
  RollbackOptions options;
  options.discard_foreign_writes = true;
  const RollbackReport back = expect(session().rollback(options));
  EXPECT_EQ(back.foreign_writes.certainty, Certainty::kSome);
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Others, WhatTheyChangedInPlaceIsSeenToo) {
  must_begin();
  run_sql(database_, "UPDATE customers SET name = 'Eve' WHERE id = 1");
  EXPECT_EQ(status().foreign_writes.certainty, Certainty::kSome);
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("changes that leave every table's"));
}

TEST_P(Others, WhatTheyWroteStaysKnownAfterAnotherApply) {
  must_begin();
  run_sql(database_, "DELETE FROM orders WHERE id = 1");
  const ApplyReport applied = must_succeed(kGood);
  EXPECT_THAT(applied.foreign_writes.details, Contains("orders: 1 row fewer"));
  EXPECT_FALSE(applied.warnings.empty());
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("orders: 1 row fewer"));
  must_commit();
}

TEST_P(Others, AWriterIsWaitedForAndThenNamedAsTheReason) {
  must_begin();
  must_succeed(kGood);
  const std::string after = dump(database_);
  OtherProgram writer(database_);
  writer.run("BEGIN IMMEDIATE; DELETE FROM log");
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.to_string(), HasSubstr("others are using the database"));
  EXPECT_EQ(status().phase, SessionPhase::kOpen);
  writer.run("ROLLBACK");
  EXPECT_TRUE(same_content(dump(database_), after));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Others, AReaderKeepsWhatItReadsAndNothingIsHalfRestored) {
  must_begin();
  must_succeed(kGood);
  const std::string after = dump(database_);
  OtherProgram reader(database_);
  reader.run("BEGIN; SELECT * FROM customers");
  const Result<RollbackReport> first = session().rollback();
  if (std::string(GetParam()) == "wal") {
    // There a reader and a writer do not meet.
    EXPECT_TRUE(first.ok()) << first.error().to_string();
  } else {
    EXPECT_THAT(refused(first).message, HasSubstr("the database was not changed"));
    EXPECT_TRUE(same_content(dump(database_), after));
    EXPECT_EQ(status().phase, SessionPhase::kOpen);
    reader.run("COMMIT");
    must_roll_back();
  }
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(Others, AnOpenConnectionSeesTheRestoredDatabase) {
  OtherProgram program(database_);
  program.run("SELECT * FROM customers");
  must_begin();
  must_succeed(kGood);
  must_roll_back();
  // Same file, same handle: it goes on as after anybody's commit.
  program.run("INSERT INTO log VALUES ('still here')");
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM log WHERE message = 'still here'"), "1");
  EXPECT_EQ(query_text(database_, "PRAGMA integrity_check"), "ok");
}

CancellationToken* interrupted = nullptr;

TEST_P(Others, AnInterruptLeavesNothingHalfDone) {
  must_begin();
  const std::vector<MigrationScript> list = {
      kGood[0], migration("0002", "endless",
                          "DELETE FROM orders;\n"
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                          "INSERT INTO log SELECT i FROM n;")};
  Child child([&] {
    CancellationToken token;
    interrupted = &token;
    ::signal(SIGINT, [](int) { interrupted->cancel(); });
    SessionOptions options = options_;
    options.cancellation = token;
    const Result<ApplyReport> report = Session(options).apply(list);
    return report && report->cancelled ? 0 : 1;
  });
  while (status().applied.empty() || !status().running) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ASSERT_EQ(::kill(child.pid(), SIGINT), 0);
  EXPECT_EQ(child.wait(), 0) << "it came to an end of its own";
  const StatusReport report = status(list);
  EXPECT_EQ(report.phase, SessionPhase::kOpen);
  EXPECT_EQ(report.recovery, "") << "nothing is left to be settled";
  EXPECT_THAT(report.applied, ::testing::ElementsAre("0001_add_phone"));
  ASSERT_TRUE(report.failed.has_value());
  EXPECT_THAT(to_text(report), HasSubstr("cancelled"));
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM log"), "49");
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

INSTANTIATE_TEST_SUITE_P(JournalModes, Others, ::testing::Values("delete", "wal"), journal_name);

}  // namespace
}  // namespace belay::testing

// Migrations that only make something new: nothing is copied, and others may go on working.
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::HasSubstr;

MigrationScript touching(GuardAdvice advice, MigrationScript script) {
  script.up_touches = std::move(advice);
  return script;
}
MigrationScript adding(std::string version, std::string name, std::string up) {
  return touching({Guard::kTransaction, {}, {}, "it only makes something new"},
                  migration(std::move(version), std::move(name), std::move(up)));
}

class NewObjectsTest : public ShopSession {
 protected:
  BeginReport begin_adding() {
    BeginOptions options;
    options.advice = GuardAdvice{Guard::kTransaction, {}, {}, ""};
    return expect(session().begin(options));
  }

  const Migrations list_ = {
      adding("0001", "tags",
             "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);\n"
             "CREATE INDEX orders_by_total ON orders (total);\n"
             "CREATE VIEW rich AS SELECT * FROM big_orders WHERE total > 200;\n"
             "CREATE TABLE tagged (tag REFERENCES tags (id), what REFERENCES orders (id));"),
      touching({Guard::kTables, {"tags"}, {}, ""},
               migration("0002", "fill", "INSERT INTO tags (name) VALUES ('new'), ('old');"))};
};

TEST_P(NewObjectsTest, ARollbackDropsThemAndNothingWasCopied) {
  const BeginReport begun = begin_adding();
  EXPECT_EQ(begun.guard, Guard::kTransaction);
  EXPECT_EQ(begun.snapshot.bytes, 0U);
  EXPECT_THAT(to_text(begun), HasSubstr("nothing is copied: a rollback drops what is new"));
  must_succeed(list_);
  EXPECT_EQ(status(list_).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  EXPECT_THAT(must_roll_back().headline, HasSubstr("what was new is gone"));
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(NewObjectsTest, TheLedgerIsAsItWas) {
  must_begin();
  must_succeed({list_[0]});
  must_commit();
  const std::string middle = dump(database_);
  begin_adding();
  must_succeed({list_[0], adding("0003", "more", "CREATE TABLE more (x);")});
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), middle));
}

TEST_P(NewObjectsTest, WhatOthersWriteElsewhereStays) {
  begin_adding();
  must_succeed(list_);
  run_sql(database_, "DELETE FROM orders WHERE id = 1");
  EXPECT_EQ(status(list_).foreign_writes.certainty, ForeignWrites::Certainty::kNone);
  must_roll_back();
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "59");
  EXPECT_EQ(query_text(database_, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'tag%'"),
            "0");
}

TEST_P(NewObjectsTest, WhatOthersWriteToTheNewTablesIsNotLostUnasked) {
  begin_adding();
  must_succeed(list_);
  run_sql(database_, "INSERT INTO tags (name) VALUES ('theirs')");
  const Error error = refused(session().rollback());
  EXPECT_THAT(error.message, HasSubstr("tags: 1 row more"));
  RollbackOptions options;
  options.discard_foreign_writes = true;
  expect(session().rollback(options));
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(NewObjectsTest, WhatTouchesMoreIsRefused) {
  begin_adding();
  const MigrationScript change = touching({Guard::kTables, {"orders"}, {}, ""},
                                          migration("0003", "change", "DELETE FROM orders;"));
  EXPECT_THAT(refused(session().apply(std::vector{change})).message,
              HasSubstr("does not hold the table orders"));
  EXPECT_THAT(
      refused(session().apply(std::vector{migration("0004", "x", "DELETE FROM log;")})).message,
      HasSubstr("no copy of what was there"));
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_commit();
}

/// What was said of the migration is not true.
TEST_P(NewObjectsTest, ARestoreThatWouldBeIncompleteChangesNothing) {
  begin_adding();
  must_succeed({adding("0001", "liar", "CREATE TABLE a (x);\nDROP TABLE log;")});
  const std::string after = dump(database_);
  EXPECT_THAT(refused(session().rollback()).message,
              HasSubstr("something that was there was changed"));
  EXPECT_TRUE(same_content(dump(database_), after));
  EXPECT_EQ(status().phase, SessionPhase::kOpen);
}

TEST_P(NewObjectsTest, ATableThatIsThereIsCopiedWithAllOthers) {
  BeginOptions options;
  options.advice = GuardAdvice{Guard::kTables, {"main.Orders"}, {}, ""};
  EXPECT_EQ(expect(session().begin(options)).guard, Guard::kDatabase);
  must_commit();
  options.advice->tables = {"tags"};
  EXPECT_EQ(expect(session().begin(options)).guard, Guard::kTransaction);
  must_commit();
}

INSTANTIATE_TEST_SUITE_P(Journals, NewObjectsTest, ::testing::Values("delete", "wal"),
                         journal_name);

}  // namespace
}  // namespace belay::testing
